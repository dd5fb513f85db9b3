"""What is proven of each module: the columns of the table, and how one test fills its part of a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

PASSED, FAILED, NOT_REACHED = "ok", "FAILED", "-"
COLUMNS = {
    "format": "`fmt -check` would change nothing",
    "init": "init; validate without a warning",
    "plan": "plan from nothing, without a warning",
    "apply": "apply, without a warning",
    "order": "the nodes' rights are there before CreateFlow, the key policy comes after it",
    "again": "the second plan is empty",
    "leaves": "the API holds the author's definition, leaf by leaf",
    "policies": "key policy, service role's policy and callers' policy are the three of AWS's page",
    "prepared": "the plan is empty after PrepareFlow, too",
    "edit": "an edited prompt updates the flow in place and nothing else, no policy becomes unknown",
    "right": "a node with a new right: the right is there before UpdateFlow",
    "callers": "callers come and go, in both variables, roles of the same apply too; the flow is untouched",
    "foreign": "a role of another account is refused, with the way out",
    "depends": "`depends_on` on the module's call: every policy becomes unknown once, nothing is replaced",
    "rename": "a new name: flow and key in place, role and policies replaced, those of the nodes new before old",
    "replace": "key, flow and role replaced one by one: one apply each, the new key and role before the old ones go",
    "destroy": "nothing is left but the key, waiting for its deletion",
    "import": "a flow from the console is imported: updated in place, own role and key, versions and aliases kept",
    "moved": "a flow in the same state moves into the module: updated in place, own role and key, then the old ones go",
    "places": "twice in an account by `for_each`, by a provider alias, in two regions, with a name of 200 characters",
    "upgrade": "modules as flowseal made them before: nothing is destroyed",
    "tests": "the tests that travel with the module pass, without an account",
    "deployment": "a role with exactly the deployment policy applies, changes and destroys; a planner plans",
    "access": "who may use the key, change it, read the flow, and what its nodes get: as in `tests/access`",
}
"""In the order of the table. A sentence says what a green cell shows."""


class Proof:
    """The part of a module's row that one test fills: which columns it stands for, and what became of each."""

    def __init__(self, module: str, columns: Sequence[str]) -> None:
        self.module = module
        self.notes: dict[str, str] = {}
        self.cells = dict.fromkeys(columns, NOT_REACHED)
        unknown = set(columns) - set(COLUMNS)
        assert not unknown, f"no columns of the table: {sorted(unknown)}"

    @contextmanager
    def of(self, column: str) -> Iterator[None]:
        """Show one thing: green when the block ends well, red when it does not, and then nothing follows."""
        assert column in self.cells, f"this test does not stand for {column}: name it in its `proves` marker"
        self.cells[column] = FAILED
        yield
        self.cells[column] = PASSED

    def list_red(self) -> list[str]:
        """Return the columns that failed."""
        return [column for column, cell in self.cells.items() if cell == FAILED]
