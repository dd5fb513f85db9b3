"""Names that must be unique, and those that become files and folders, which not every disk can hold side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generator.findings import Finding, Related, Rule, error, soft_error
from generator.flow.model import Node
from generator.flow.wording import list_names
from generator.source.position import Path
from generator.validation.registry import register_check
from generator.validation.scope import Scope

DUPLICATE_NODE_NAME = error("DuplicateNodeName", "Two nodes have one name, which CreateFlow refuses.")
DUPLICATE_CONNECTION_NAME = error("DuplicateConnectionName", "Two connections have one name, which CreateFlow refuses.")
DUPLICATE_PORT_NAME = soft_error("DuplicatePortName", "Two inputs, or two outputs, of a node have one name.")
DUPLICATE_CONDITION_NAME = error(
    "DuplicateConditionName", "Two conditions of a node have one name, which CreateFlow refuses."
)
COLLIDING_FLOW_NAMES = error(
    "CollidingFlowNames", "Two flows of one run would have one folder, on some disks or on all."
)
COLLIDING_NODE_FILES = error(
    "CollidingNodeFiles", "The texts of two nodes would be one file on a disk that ignores case."
)
FORBIDDEN_FILE_NAME = soft_error("ForbiddenFileName", "A name would become a file or folder that Windows forbids.")

DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)
"""Names that Windows keeps for devices, with any ending (Microsoft, "Naming Files, Paths, and Namespaces")."""


@register_check(DUPLICATE_NODE_NAME)
def check_node_names(scope: Scope) -> Iterator[Finding]:
    """Report each node that has the name of an earlier one."""
    named = ((node.name, (*node.path, "name")) for node in scope.body.nodes)
    renamed = scope.perhaps_renamed
    remedy = f"Name one of them {list_names(renamed)}, as connections do." if renamed else ""
    return _report_repeated(named, "node", "", DUPLICATE_NODE_NAME, remedy)


@register_check(DUPLICATE_CONNECTION_NAME)
def check_connection_names(scope: Scope) -> Iterator[Finding]:
    """Report each connection that has the name of an earlier one."""
    named = ((connection.name, (*connection.path, "name")) for connection in scope.body.connections)
    return _report_repeated(named, "connection", "", DUPLICATE_CONNECTION_NAME)


@register_check(DUPLICATE_PORT_NAME)
def check_port_names(scope: Scope) -> Iterator[Finding]:
    """Report each port that has the name of an earlier one on the same side of its node."""
    for node in scope.body.nodes:
        for what, ports in (("input", node.inputs), ("output", node.outputs)):
            if len(ports) > 1:
                named = ((port.name, (*port.path, "name")) for port in ports)
                yield from _report_repeated(named, what, f" of the node {node.name!r}", DUPLICATE_PORT_NAME)


@register_check(DUPLICATE_CONDITION_NAME)
def check_condition_names(scope: Scope) -> Iterator[Finding]:
    """Report each condition that has the name of an earlier one of its node."""
    for node, conditions in scope.conditions:
        if node.type == "Condition":
            named = ((condition.name, (*condition.path, "name")) for condition in conditions)
            yield from _report_repeated(named, "condition", f" of the node {node.name!r}", DUPLICATE_CONDITION_NAME)


def find_colliding_flows(names: Mapping[str, str]) -> list[tuple[str, Finding]]:
    """Return, with its file, a finding for each flow whose folder another one of the run would share.

    `names` gives the flow's name by the file of its definition. Names that differ only in case collide too.
    """
    folders: dict[str, list[str]] = {}
    for file, name in names.items():
        folders.setdefault(name.casefold(), []).append(file)
    return [
        (file, _report_collision(file, next(other for other in folders[name.casefold()] if other != file), names))
        for file, name in names.items()
        if len(folders[name.casefold()]) > 1
    ]


@register_check(FORBIDDEN_FILE_NAME)
def check_flow_folder(scope: Scope) -> Iterator[Finding]:
    """Report a flow's name that Windows takes for a device."""
    if scope.loop is None and scope.flow.name.casefold() in DEVICES:
        message = f"Windows forbids a folder named {scope.flow.name!r}, and the module would be one."
        yield Finding(FORBIDDEN_FILE_NAME, message, "Give the flow another name.", ("name",))


@register_check(COLLIDING_NODE_FILES, FORBIDDEN_FILE_NAME)
def check_node_files(scope: Scope) -> Iterator[Finding]:
    """Report nodes whose texts would be one file where case is ignored, or a file that Windows forbids."""
    first: dict[tuple[str, str], Node] = {}
    # No module carries a loop, so what stands in one becomes no file.
    for node in scope.body.nodes if scope.loop is None else ():
        if not _has_text(node):
            continue
        path = (*node.path, "name")
        if node.name.casefold() in DEVICES:
            message = f"Windows forbids files named {node.name!r}, and the node's text would be one."
            yield Finding(FORBIDDEN_FILE_NAME, message, "Give the node another name.", path)
        other = first.setdefault((node.type, node.name.casefold()), node)
        if other.name != node.name:
            message = f"The texts of {other.name!r} and {node.name!r} would be one file on a disk that ignores case."
            related = (Related("The other node is here.", (*other.path, "name")),)
            remedy = "Give them names that differ in more than case."
            yield Finding(COLLIDING_NODE_FILES, message, remedy, path, related=related)


def _report_repeated(
    named: Iterable[tuple[str, Path]], what: str, of: str, rule: Rule, remedy: str = ""
) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for name, path in named:
        other = first.setdefault(name, path)
        if other is not path:
            message = f"Two {what}s{of} are named {name!r}."
            related = (Related(f"The other {what} is here.", other),)
            otherwise = f"Give one {what} another name, or leave one out if they are the same."
            yield Finding(rule, message, remedy or otherwise, path, related=related)


def _has_text(node: Node) -> bool:
    """Tell whether a node has a text that the module keeps in a file of its own."""
    if node.type == "InlineCode":
        return True
    source = node.configuration.get("sourceConfiguration") if node.type == "Prompt" else None
    return isinstance(source, dict) and "inline" in source


def _report_collision(file: str, other: str, names: Mapping[str, str]) -> Finding:
    if names[file] == names[other]:
        message = f"The flow in {other} is named {names[file]!r} too."
    else:
        message = f"On a disk that ignores case, {names[file]!r} and {names[other]!r} (in {other}) are one folder."
    return Finding(COLLIDING_FLOW_NAMES, message, "Give one of the flows another name.", ("name",))
