"""Nodes that need what two branches of one condition give, which no run of the flow does.

A run of a flow takes one branch of each Condition node. So a set of runs is a set of choices, one bit for each
combination of branches: at the API's limits (5 conditions of 5 branches) 3,125 bits of one integer. A node runs in the
runs in which every one of its inputs is given something, and one of the conditional connections to it is followed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.findings import Finding, Related, soft_error
from generator.flow.model import Connection, Node
from generator.source.position import Path
from generator.validation.registry import register_check
from generator.validation.satisfiability import Combinations
from generator.validation.scope import Scope

UNSATISFIED_CONNECTION_CONDITIONS = soft_error(
    "UnsatisfiedConnectionConditions", "A node waits for two branches of one condition, never both run."
)

MOST_RUNS = 1 << 16
"""More combinations of branches than this are far beyond the quota of Condition nodes, and are not looked at."""
NO_BRANCH = ""
"""Stands for the missing default: no branch is taken."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a node waits for: one of these connections. `runs` are those in which there is one."""

    connections: tuple[Connection, ...]
    runs: int


@register_check(UNSATISFIED_CONNECTION_CONDITIONS)
def check_branches_that_meet(scope: Scope) -> Iterator[Finding]:
    """Report the first nodes that can never run, since what they wait for never comes in one run."""
    choices = Combinations(_list_branches(scope))
    if not _find_doubtful(scope, choices.choices) or choices.count > MOST_RUNS or scope.body.lacks_connections:
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


def _find_doubtful(scope: Scope, routes: Collection[str]) -> set[str]:
    """Return the nodes that wait for two or more things that a branch may keep from them: only they may never run."""
    touched = scope.spread(routes)
    doubtful = set()
    for name in touched & scope.nodes.keys():
        incoming = scope.incoming.get(name, ())
        needs = {item.input for item in incoming if item.source in touched}
        if len(needs) > 1:
            doubtful.add(name)
    return doubtful


def _list_needs(node: Node, scope: Scope, runs: Mapping[str, int], choices: Combinations[str]) -> list[Need]:
    """Return what a node waits for: something for each of its inputs, and a branch that leads to it, if any does."""
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
    """Return two needs that never come together, or else the first ones that do not."""
    for place, need in enumerate(needs):
        for other in needs[:place]:
            if not need.runs & other.runs:
                return [other, need]
    together = needs[0].runs
    for place, need in enumerate(needs):
        together &= need.runs
        if not together:
            return list(needs[: place + 1])
    return list(needs)


def _report(name: str, needs: list[Need], choices: Combinations[str]) -> Finding:
    parting = next((node for node in choices.choices if _parts(needs, node, choices)), None)
    if parting is None:
        taken = ", ".join(choices.choices)
        reasons = [_name_need(need) for need in needs]
        message = (
            f"The node {name!r} waits for {_join(reasons)}, which no choice of branches ({taken}) brings together."
        )
    else:
        reasons = [f"{_name_need(need)} (branch {_name_branches(need, parting, choices)})" for need in needs]
        message = f"The node {name!r} waits for {_join(reasons)} of {parting!r}, and a run takes only one branch."
    connections = [connection for need in needs for connection in need.connections]
    last = max(connections, key=lambda item: item.path[-1])
    related = tuple(
        Related(f"This is the connection from {item.source}.", _find_place(item))
        for item in connections
        if item is not last
    )
    remedy = "Let each branch go to a node of its own, such as two Output nodes."
    return Finding(UNSATISFIED_CONNECTION_CONDITIONS, message, remedy, _find_place(last), related=related)


def _parts(needs: list[Need], node: str, choices: Combinations[str]) -> bool:
    taken = [set(_list_taken(need.runs, node, choices)) for need in needs]
    return not set.intersection(*taken)


def _name_branches(need: Need, node: str, choices: Combinations[str]) -> str:
    return " or ".join(repr(name) for name in _list_taken(need.runs, node, choices) if name != NO_BRANCH)


def _name_need(need: Need) -> str:
    names = list(dict.fromkeys(connection.source for connection in need.connections))
    return " or ".join(names)


def _join(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _list_taken(runs: int, node: str, choices: Combinations[str]) -> list[str]:
    """Return the branches of a node that some of these runs take."""
    return [name for name, taking in choices.places[node].items() if runs & taking]


def _find_place(connection: Connection) -> Path:
    return connection.input_path if connection.condition is None else connection.condition_path
