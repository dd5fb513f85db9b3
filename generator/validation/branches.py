"""Nodes that wait for two branches of the same condition, and so never run.

Each run of a flow takes one branch of every Condition node. A set of runs is therefore an integer with one bit per
combination of branches: at the API's limits (5 conditions with 5 branches each), 3,125 bits. A node runs when all of
its inputs receive a value and one of the conditional connections to it is followed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.findings import Finding, Related, soft_error
from generator.flow.model import Connection, Node
from generator.flow.wording import list_names
from generator.source.position import Path
from generator.validation.registry import register_check
from generator.validation.satisfiability import Combinations
from generator.validation.scope import Scope

UNSATISFIED_CONNECTION_CONDITIONS = soft_error(
    "UnsatisfiedConnectionConditions", "A node waits for two branches that never run together."
)

MAX_RUNS = 1 << 16
"""Flows with more combinations of branches, far above the quota of Condition nodes, are not analyzed."""
NO_BRANCH = ""
"""Represents a missing default: no branch is taken."""


@dataclass(frozen=True, slots=True)
class Need:
    """A node waits for any one of these connections. `runs` are the runs in which one of them delivers."""

    connections: tuple[Connection, ...]
    runs: int


@register_check(UNSATISFIED_CONNECTION_CONDITIONS)
def check_branches_that_meet(scope: Scope) -> Iterator[Finding]:
    """Report the first nodes that can never run because no run satisfies everything they wait for."""
    choices = Combinations(_list_branches(scope))
    if not _find_candidates(scope, choices.choices) or choices.count > MAX_RUNS or scope.body.lacks_connections:
        return
    runs: dict[str, int] = {}
    for name in scope.order:
        needs = _list_needs(scope.nodes[name], scope, runs, choices)
        runs[name] = choices.everywhere
        for need in needs:
            runs[name] &= need.runs
        if not runs[name]:
            yield _report(name, _find_conflict(needs), choices)
            runs[name] = choices.everywhere


def _list_branches(scope: Scope) -> dict[str, tuple[str, ...]]:
    found = {}
    for node, conditions in scope.routes:
        names = tuple(dict.fromkeys(condition.name for condition in conditions))
        found[node.name] = names if any(item.is_default for item in conditions) else (*names, NO_BRANCH)
    return found


def _find_candidates(scope: Scope, routes: Collection[str]) -> set[str]:
    """Return the nodes with two or more inputs that depend on a branch. No other node can be unable to run."""
    touched = scope.find_reachable(routes)
    candidates = set()
    for name in touched & scope.nodes.keys():
        incoming = scope.incoming.get(name, ())
        needs = {item.input for item in incoming if item.source in touched}
        if len(needs) > 1:
            candidates.add(name)
    return candidates


def _list_needs(node: Node, scope: Scope, runs: Mapping[str, int], choices: Combinations[str]) -> list[Need]:
    """Return what a node waits for: a value for each input and, if branches lead to it, one of those branches."""
    incoming = scope.incoming.get(node.name, ())
    groups = [[item for item in incoming if item.input == port.name] for port in node.inputs]
    groups.append([item for item in incoming if item.condition is not None])
    return [Need(tuple(group), _join_runs(group, runs, choices)) for group in groups if group]


def _join_runs(connections: Sequence[Connection], runs: Mapping[str, int], choices: Combinations[str]) -> int:
    joined = 0
    for item in connections:
        given = runs.get(item.source, choices.everywhere)
        if item.condition is not None:
            given &= choices.places.get(item.source, {}).get(item.condition, choices.everywhere)
        joined |= given
    return joined


def _find_conflict(needs: Sequence[Need]) -> list[Need]:
    """Return two needs that are never met in the same run, or else the shortest leading list of such needs."""
    for index, need in enumerate(needs):
        for other in needs[:index]:
            if not need.runs & other.runs:
                return [other, need]
    together = needs[0].runs
    for index, need in enumerate(needs):
        together &= need.runs
        if not together:
            return list(needs[: index + 1])
    return list(needs)


def _report(name: str, needs: list[Need], choices: Combinations[str]) -> Finding:
    condition = next((node for node in choices.choices if _excludes(needs, node, choices)), None)
    if condition is None:
        taken = ", ".join(choices.choices)
        reasons = list_names([_name_need(need) for need in needs], "and")
        message = f"Node {name!r} waits for {reasons}, but no combination of branches ({taken}) runs all of them."
    else:
        names = [f"{_name_need(need)} (branch {_name_branches(need, condition, choices)})" for need in needs]
        reasons = list_names(names, "and")
        message = f"Node {name!r} waits for {reasons}, but each run takes only one branch of {condition!r}."
    connections = [connection for need in needs for connection in need.connections]
    last = max(connections, key=lambda item: item.path[-1])
    related = tuple(
        Related(f"The connection from {item.source} is here.", _find_place(item))
        for item in connections
        if item is not last
    )
    help = "Connect each branch to its own node, for example to two Output nodes."
    return Finding(UNSATISFIED_CONNECTION_CONDITIONS, message, help, _find_place(last), related=related)


def _excludes(needs: list[Need], node: str, choices: Combinations[str]) -> bool:
    """Return whether the needs depend on different branches of a Condition node."""
    taken = [set(_list_taken(need.runs, node, choices)) for need in needs]
    return not set.intersection(*taken)


def _name_branches(need: Need, node: str, choices: Combinations[str]) -> str:
    return " or ".join(repr(name) for name in _list_taken(need.runs, node, choices) if name != NO_BRANCH)


def _name_need(need: Need) -> str:
    names = list(dict.fromkeys(connection.source for connection in need.connections))
    return " or ".join(names)


def _list_taken(runs: int, node: str, choices: Combinations[str]) -> list[str]:
    """Return the branches of a node that at least one of the runs takes."""
    return [name for name, taking in choices.places[node].items() if runs & taking]


def _find_place(connection: Connection) -> Path:
    return connection.input_path if connection.condition is None else connection.condition_path
