"""What is proven of each module: the columns of the table, and how one test fills its part of a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

PASSED, FAILED, NOT_REACHED = "ok", "FAILED", "-"
COLUMNS = {
    "format": "`fmt -check` finds nothing to change",
    "init": "`init` succeeds, and `validate` produces no warnings",
    "plan": "The first plan produces no warnings",
    "apply": "The apply produces no warnings",
    "order": "Node permissions exist before CreateFlow; the key policy follows it",
    "replan": "The second plan is empty",
    "definition": "The API returns the author's definition, value by value",
    "policies": "Key policy, service role policy, and caller policy match the three on AWS's page",
    "prepare": "The plan is still empty after PrepareFlow",
    "edit": "An edited prompt updates only the flow, in place; no policy becomes unknown",
    "permission": "A node needs a new permission: it is attached before UpdateFlow",
    "callers": "Callers are added and removed in both variables, also roles from the same apply; the flow is untouched",
    "account": "A role from another account is rejected, and the error says what to do",
    "depends": "`depends_on` on the module call: every policy becomes unknown once, nothing is replaced",
    "rename": "A new name updates flow and key in place and replaces role and policies, new node policies first",
    "replace": "Key, flow, and role are replaced in one apply each; the old key and role are deleted last",
    "version": "Prepared first; an edit creates one version, moves the aliases in place, and deletes the old version",
    "rollback": "The reverted definition becomes a new version with the old content",
    "idle": "The plan after a release is empty; new tags and another description create no version",
    "prepared": "A flow that AWS does not accept leaves the aliases alone; the next apply goes on",
    "swap": "Until the aliases move, their version can call its former model, even if preparing fails; then none can",
    "lost": "Cloud Control: a failed update stops the next plan, and is repaired in two applies",
    "drift": "Cloud Control: a change by hand stops the next plan, and is repaired in two applies; no new version",
    "invoke": "A caller role invokes exactly the aliases, another role none; with `invoke: none`, neither does",
    "aliases": "Aliases are added and removed; the others, the version, and the flow are untouched",
    "release": "`release` is added to a module and removed: aliases, then the version are deleted, the flow stays",
    "destroy": "Nothing is left except the key, which is pending deletion",
    "import": "A flow from the console is imported: updated in place, own role and key, versions and aliases kept",
    "moved": "A flow in the same state moves into the module: updated in place, own role and key; old ones are deleted",
    "engine": "From `cloud-control` to `native`: the flow, its version, and its aliases stay, with the printed blocks",
    "places": "Twice in one account by `for_each`, by a provider alias, in two Regions, with a 200-character name",
    "upgrade": "Modules from earlier flowseal versions upgrade without destroying anything",
    "tests": "The module's own tests pass without an account",
    "deployment": "A role with exactly the deployment policy applies, changes, and destroys; a planning role plans",
    "access": "Who may use the key, change it, read the flow, and what its nodes may do: see `tests/terraform/access`",
}
"""In the table's order; each sentence says what a passing cell shows."""


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
