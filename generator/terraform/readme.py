"""The README of a module. Every string from a definition is escaped in one place, wherever it goes."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from generator.flow.grant import Derived, Grant, Symbol, Text
from generator.flow.model import Body, Flow, Release
from generator.flow.nodes.grants import FROM_PERMISSIONS
from generator.flow.wording import list_names
from generator.source.position import Path
from generator.terraform.hcl import Attribute, Block, Value, encode_value, write_block
from generator.terraform.module import TEST_FILE, ModulePlan
from generator.terraform.prerequisites import list_prerequisites

if TYPE_CHECKING:
    from jinja2 import Template

_SPACES = re.compile(
    "[\x00-\x20\x7f-\xa0\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\uffff\U000e0000-\U000e0fff]+"
)
_MARKS = re.compile(r"([\\`*_{}\[\]|~#$@])|^([-+=]|\d+(?=[.)]))")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_SYMBOLS = {Symbol.PARTITION: "PARTITION", Symbol.REGION: "REGION", Symbol.ACCOUNT: "ACCOUNT"}
_DERIVED = {
    "value": "{}",
    "foundation-model-arn": "the ARN of {}",
    "profile-arn": "the ARN of {}",
    "model-of-profile": "the model of {}",
    "without-version": "{} without its version",
    "guardrail-arn": "the ARN of {}",
}


class Markdown(str):
    """A string that is already Markdown. Anything else that a template prints is escaped."""

    __slots__ = ()


def render_readme(plan: ModulePlan, header: str) -> str:
    """Return the content of the module's README.md; `header`, from `write_header`, goes into its first line."""
    flow = plan.flow
    description = flow.description if isinstance(flow.description, str) else f"The Amazon Bedrock flow {flow.name}."
    versions = plan.blocks["versions.tf"][0]
    prerequisites = [
        f"- {what} {', '.join(map(write_code, names))}: {needs}"
        for what, names, needs in list_prerequisites(flow, plan.grants)
    ]
    return _load_template().render(
        header=Markdown(header),
        name=flow.name,
        description=description,
        diagram=Markdown("\n".join(draw_flow(flow))),
        other_keys=Markdown(", ".join(_list_other_keys(plan.grants))),
        permissions=Markdown("\n".join(_list_grants(plan.grants))),
        prerequisites=Markdown("\n".join(prerequisites)),
        usage=Markdown("\n".join(_show_usage(plan))),
        release=flow.release,
        is_native=plan.kind.is_native,
        label=Markdown(name_label(plan.name)),
        aliases=Markdown(_move_aliases(flow.release) if flow.release else ""),
        call=Markdown("\n".join(_show_call(plan))),
        terraform_version=_find_attribute(versions, "required_version"),
        provider_version=_find_provider_version(versions),
        inputs=Markdown("\n".join(_list_inputs(plan))),
        outputs=Markdown("\n".join(_list_outputs(plan))),
    )


@lru_cache(maxsize=1024)
def escape_markdown(text: str) -> str:
    """Escape `text` so that Markdown renders it literally, on one line. Safe in HTML and in table cells."""
    words = _SPACES.sub(" ", text).strip()
    marked = _MARKS.sub(lambda match: "\\" + match.group(), words)
    # A number at the start of a line would start a list: escape its dot, not the digit.
    marked = re.sub(r"^\\(\d+)([.)])", r"\1\\\2", marked)
    return marked.translate(_ENTITIES)


def write_code(text: str) -> str:
    """Return `text` as inline code. Safe in table cells."""
    words = _SPACES.sub(" ", text)
    if "`" not in words and "|" not in words and words.strip():
        return f"`{words}`"
    characters = words.translate(_ENTITIES)
    return "<code>" + "".join(f"&#{ord(item)};" if item in "|`*_\\[]" else item for item in characters) + "</code>"


@cache
def _load_template() -> Template:
    from jinja2 import Environment, StrictUndefined

    def finish(value: object) -> str:
        return value if isinstance(value, Markdown) else escape_markdown(str(value))

    source = (pkgutil.get_data("hcl_templates", "README.md.jinja") or b"").decode("utf-8")
    # `finish` escapes for both Markdown and HTML; Jinja's autoescape would escape HTML twice.
    environment = Environment(finalize=finish, undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701
    return environment.from_string(source)


def draw_flow(flow: Flow) -> Iterator[str]:
    """Yield the lines of a Mermaid diagram: solid arrows for data, dashed for conditions, and loops as subgraphs."""
    yield "```mermaid"
    yield "flowchart LR"
    yield from _draw_body(flow.body, {node.path: f"n{index}" for index, node in enumerate(flow.all_nodes, 1)}, "  ")
    yield "```"


def _draw_body(body: Body, numbers: Mapping[Path, str], indent: str) -> Iterator[str]:
    for node in body.nodes:
        box = f'{numbers[node.path]}["{_write_label(node.name)}<br/>{_write_label(node.type)}"]'
        if node.body is None:
            yield indent + box
            continue
        yield f"{indent}subgraph {box}"
        # Without a direction, Mermaid turns a subgraph by 90 degrees.
        yield f"{indent}  direction LR"
        yield from _draw_body(node.body, numbers, f"{indent}  ")
        yield f"{indent}end"
    by_name = {node.name: numbers[node.path] for node in body.nodes}
    for connection in body.connections:
        if connection.source not in by_name or connection.target not in by_name:
            continue
        ends = by_name[connection.source], by_name[connection.target]
        if connection.condition is not None:
            yield f'{indent}{ends[0]} -. "{_write_label(connection.condition)}" .-> {ends[1]}'
        else:
            yield f'{indent}{ends[0]} -- "{_write_label(connection.output or "")}" --> {ends[1]}'


def _write_label(text: str) -> str:
    # Names contain only letters, digits, and _. If that ever changes, nothing else reaches the diagram.
    return re.sub(r"[^A-Za-z0-9_ -]", "", text)


def _list_grants(grants: Iterable[Grant]) -> Iterator[str]:
    rows = [
        (
            # The one source that is not a node is Markdown already.
            ", ".join(name if name == FROM_PERMISSIONS else escape_markdown(name) for name in grant.nodes),
            ", ".join(map(write_code, grant.actions)),
            "<br/>".join(write_code(_write_value(resource)) for resource in grant.resources),
            "<br/>".join(
                f"{write_code(item.variable)} is {', '.join(write_code(_write_value(value)) for value in item.values)}"
                for item in grant.conditions
            ),
            escape_markdown(grant.note),
        )
        for grant in grants
    ]
    if not rows:
        yield "Nothing: no node needs permissions."
        return
    yield "| node | actions | resources | conditions | why it is not narrower |"
    yield "|------|---------|-----------|------------|-----------------------|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _list_other_keys(grants: Iterable[Grant]) -> Iterator[str]:
    """Yield, as inline code, the keys besides the flow's own that the service role can use."""
    for grant in grants:
        if grant.capability == "UseOtherKeys":
            yield from (write_code(_write_value(key)) for key in grant.resources)


def _write_value(value: Text) -> str:
    parts = []
    for part in value:
        if isinstance(part, Derived):
            parts.append("<" + _DERIVED[part.how].format(f"var.{part.parameter}") + ">")
        else:
            parts.append(_SYMBOLS[part] if isinstance(part, Symbol) else part)
    return "".join(parts)


def _show_usage(plan: ModulePlan) -> Iterator[str]:
    label = name_label(plan.name)
    arguments: list[Attribute | Block] = [Attribute("source", f"./path/to/{plan.name}")]
    needed = [item for item in plan.variables if not item.has_default]
    # The values with which the module's own tests run are valid.
    given = [item for block in plan.blocks[TEST_FILE] if block.type == "variables" for item in block.body]
    values = {item.name: item.value for item in given if isinstance(item, Attribute)}
    arguments += [Attribute(item.name, values[item.name]) for item in needed]
    arguments.append(Attribute("caller_roles", {"api": "arn:aws:iam::111122223333:role/api"}))
    yield "```hcl"
    yield write_block(Block("module", (label,), tuple(arguments)))
    yield "```"


def _move_aliases(release: Release) -> str:
    names = [write_code(alias.name) for alias in release.aliases]
    return f"the alias {names[0]} moves" if len(names) == 1 else f"the aliases {list_names(names, 'and')} move"


def _show_call(plan: ModulePlan) -> Iterator[str]:
    """Yield a call of the flow through its first alias, with boto3."""
    release, label = plan.flow.release, name_label(plan.name)
    start = next((node for node in plan.flow.nodes if node.type == "Input"), None)
    if release is None or start is None:
        return
    output = start.outputs[0]
    document = {"String": "'...'", "Number": "1", "Boolean": "True", "Array": "['...']"}.get(
        output.type, "{'...': '...'}"
    )
    flow, alias = f"module.{label}.flow_id", f"module.{label}.alias_ids[{json.dumps(release.aliases[0].name)}]"
    yield "```python"
    yield "runtime = boto3.client('bedrock-agent-runtime')"
    yield "response = runtime.invoke_flow("
    yield f"    flowIdentifier=FLOW_ID,  # {flow}"
    yield f"    flowAliasIdentifier=ALIAS_ID,  # {alias}"
    place = f"'nodeName': {start.name!r}, 'nodeOutputName': {output.name!r}"
    yield f"    inputs=[{{{place}, 'content': {{'document': {document}}}}}],"
    yield ")"
    yield "for event in response['responseStream']:"
    yield "    print(event)"
    yield "```"


def name_label(name: str) -> str:
    """Return the label for a flow's module in examples of a module call."""
    label = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return label if label[:1].isalpha() else f"flow_{label}"


def _list_inputs(plan: ModulePlan) -> Iterator[str]:
    yield "| Name | Description | Type | Default | Required |"
    yield "|------|-------------|------|---------|:--------:|"
    for item in sorted(plan.variables, key=lambda item: item.name):
        default = write_code(encode_value(item.default)) if item.has_default else "n/a"
        required = "no" if item.has_default else "yes"
        cells = (_link("input", item.name), escape_markdown(item.description), f"`{item.type}`", default, required)
        yield f"| {' | '.join(cells)} |"


def _list_outputs(plan: ModulePlan) -> Iterator[str]:
    yield "| Name | Description |"
    yield "|------|-------------|"
    for item in sorted(plan.outputs, key=lambda item: item.name):
        yield f"| {_link('output', item.name)} | {escape_markdown(item.description)} |"


def _link(kind: str, name: str) -> str:
    shown = name.replace("_", "\\_")
    return f'<a name="{kind}_{name}"></a> [{shown}](#{kind}\\_{shown})'


def _find_attribute(block: Block, name: str) -> Value:
    return next(item.value for item in block.body if isinstance(item, Attribute) and item.name == name)


def _find_provider_version(versions: Block) -> str:
    required = next(item for item in versions.body if isinstance(item, Block))
    aws = _find_attribute(required, "aws")
    return str(aws["version"]) if isinstance(aws, dict) else ""
