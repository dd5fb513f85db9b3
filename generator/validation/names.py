"""Names that must be unique, and names of files and folders that collide or are forbidden on some disks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generator.findings import Finding, Related, Rule, error, soft_error
from generator.flow.model import Node
from generator.flow.nodes import find_value
from generator.flow.wording import list_names
from generator.source.position import Path
from generator.validation.registry import register_check
from generator.validation.scope import Scope

DUPLICATE_NODE_NAME = error("DuplicateNodeName", "Two nodes have the same name, which CreateFlow rejects.")
DUPLICATE_CONNECTION_NAME = error(
    "DuplicateConnectionName", "Two connections have the same name, which CreateFlow rejects."
)
DUPLICATE_PORT_NAME = soft_error("DuplicatePortName", "Two inputs or two outputs of a node have the same name.")
DUPLICATE_CONDITION_NAME = error(
    "DuplicateConditionName", "Two conditions of a node have the same name, which CreateFlow rejects."
)
COLLIDING_FLOW_NAMES = error(
    "CollidingFlowNames", "Two flows would be written to the same folder, at least on case-insensitive disks."
)
COLLIDING_NODE_FILES = error(
    "CollidingNodeFiles", "The prompts or code of two nodes would share a file on case-insensitive disks."
)
FORBIDDEN_FILE_NAME = soft_error(
    "ForbiddenFileName", "A name would become a file or folder that Windows does not allow."
)

PROMPTS = {
    "Prompt": (("sourceConfiguration", "inline"),),
    "KnowledgeBase": (("promptTemplate",), ("orchestrationConfiguration", "promptTemplate")),
}
"""Where nodes have prompts that the module stores in files, by node type."""
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)
"""Names reserved for devices on Windows, with any extension (Microsoft, "Naming Files, Paths, and Namespaces")."""


@register_check(DUPLICATE_NODE_NAME)
def check_node_names(scope: Scope) -> Iterator[Finding]:
    """Report each node with the name of an earlier one."""
    named = ((node.name, (*node.path, "name")) for node in scope.body.nodes)
    unmatched = scope.unmatched_names
    is_meant = 0 < len(unmatched) <= len(scope.body.nodes) - len({node.name for node in scope.body.nodes})
    help = f"Rename one of them to {list_names(unmatched)}, which connections use." if is_meant else ""
    return _report_repeated(named, "node", "", DUPLICATE_NODE_NAME, help)


@register_check(DUPLICATE_CONNECTION_NAME)
def check_connection_names(scope: Scope) -> Iterator[Finding]:
    """Report each connection with the name of an earlier one."""
    named = ((connection.name, (*connection.path, "name")) for connection in scope.body.connections)
    return _report_repeated(named, "connection", "", DUPLICATE_CONNECTION_NAME)


@register_check(DUPLICATE_PORT_NAME)
def check_port_names(scope: Scope) -> Iterator[Finding]:
    """Report each input or output with the name of an earlier one of its node."""
    for node in scope.body.nodes:
        for what, ports in (("input", node.inputs), ("output", node.outputs)):
            if len(ports) > 1:
                named = ((port.name, (*port.path, "name")) for port in ports)
                yield from _report_repeated(named, what, f" of node {node.name!r}", DUPLICATE_PORT_NAME)


@register_check(DUPLICATE_CONDITION_NAME)
def check_condition_names(scope: Scope) -> Iterator[Finding]:
    """Report each condition with the name of an earlier one of its node."""
    for node, conditions in scope.conditions:
        if node.type == "Condition":
            named = ((condition.name, (*condition.path, "name")) for condition in conditions)
            yield from _report_repeated(named, "condition", f" of node {node.name!r}", DUPLICATE_CONDITION_NAME)


def find_colliding_flows(names: Mapping[str, str]) -> list[tuple[str, Finding]]:
    """Return a finding, with its file, for each flow whose folder another flow would share.

    `names` maps the file of each definition to the flow's name. Names that differ only in case collide too.
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
    """Report a flow name that is reserved on Windows."""
    if scope.loop is None and scope.flow.name.casefold() in DEVICES:
        message = f"Windows does not allow a folder named {scope.flow.name!r}, which the module would need."
        yield Finding(FORBIDDEN_FILE_NAME, message, "Rename the flow.", ("name",))


@register_check(COLLIDING_NODE_FILES, FORBIDDEN_FILE_NAME)
def check_node_files(scope: Scope) -> Iterator[Finding]:
    """Report nodes whose file or, for loops, folder would collide on case-insensitive disks, or Windows forbids."""
    first: dict[tuple[str, str, str], Node] = {}
    for node in scope.body.nodes:
        folders = _list_folders(node)
        if not folders:
            continue
        path = (*node.path, "name")
        who, what = ("Node", "file") if node.body is None else ("Loop", "folder")
        if node.name.casefold() in DEVICES:
            message = f"Windows does not allow a {what} named {node.name!r}, which the {who.lower()} would need."
            yield Finding(FORBIDDEN_FILE_NAME, message, f"Rename the {who.lower()}.", path)
        others = [first.setdefault((what, folder, node.name.casefold()), node) for folder in sorted(folders)]
        other = next((other for other in others if other.name != node.name), node)
        if other is not node:
            message = f"{who}s {other.name!r} and {node.name!r} would share a {what} on case-insensitive disks."
            related = (Related(f"The other {who.lower()} is here.", (*other.path, "name")),)
            help = "Use names that differ in more than case."
            yield Finding(COLLIDING_NODE_FILES, message, help, path, related=related)


def _report_repeated(
    named: Iterable[tuple[str, Path]], what: str, of: str, rule: Rule, help: str = ""
) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for name, path in named:
        other = first.setdefault(name, path)
        if other is not path:
            message = f"Two {what}s{of} are named {name!r}."
            related = (Related(f"The other {what} is here.", other),)
            otherwise = f"Rename one {what}, or remove it if they are the same."
            yield Finding(rule, message, help or otherwise, path, related=related)


def _list_folders(node: Node) -> set[str]:
    """Return the module's folders in which a node, or one in its loop, has files: its prompts, or its code."""
    if node.body is not None:
        return {folder for inner in node.body.nodes for folder in _list_folders(inner)}
    if node.type == "InlineCode":
        return {"code"}
    return {"prompts"} if any(find_value(node, *prompt) is not None for prompt in PROMPTS.get(node.type, ())) else set()


def _report_collision(file: str, other: str, names: Mapping[str, str]) -> Finding:
    if names[file] == names[other]:
        message = f"The flow in {other} is also named {names[file]!r}."
    else:
        message = f"Flows {names[file]!r} and {names[other]!r} (in {other}) share a folder on case-insensitive disks."
    return Finding(COLLIDING_FLOW_NAMES, message, "Rename one of the flows.", ("name",))
