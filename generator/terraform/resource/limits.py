"""What the API accepts and an engine's resource does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from generator.findings import Finding, Related, Rule, error
from generator.flow.api import Shape
from generator.flow.model import Engine, Flow, Value
from generator.source.position import Path
from generator.terraform.resource.schema import Resource, Schema, find_member

CANNOT_EXPRESS = error("ProviderCannotExpress", "The engine does not support something that the API supports.")
STRICTER = error("ProviderIsStricter", "The engine rejects a value that the API accepts.")
OTHER_WAY = "create this flow without Terraform (check it with --target api)"
DEPLOYED = "For a flow that is deployed with `native`, first see `flowseal rules EngineChange`."
_LOOP = "Move the loop into a Lambda function or inline code"
_KNOWLEDGE_BASE = "KnowledgeBaseFlowNodeConfiguration"
HELP = {
    ("FlowNodeType", "Loop"): _LOOP,
    ("FlowNodeType", "LoopController"): _LOOP,
    ("FlowNodeType", "LoopInput"): _LOOP,
    (_KNOWLEDGE_BASE, "orchestrationConfiguration"): "Remove it to use the knowledge base's own setting",
    (_KNOWLEDGE_BASE, "promptTemplate"): (
        "Remove it to use the default prompt, or write the answer in a Prompt node after this one"
    ),
    (_KNOWLEDGE_BASE, "rerankingConfiguration"): "Remove it to keep the default order of results",
    ("PromptTemplateType", "CHAT"): (
        "Create the prompt in Prompt management and set sourceConfiguration.resource.promptArn to its ARN"
    ),
    ("ToolSpecification", "strict"): "Remove it; the model may then deviate from the tool's input schema",
}
"""How to do without a key of a shape, or without a value."""
MOST_CHARACTERS = 262_144
"""Characters of JSON in one request to Cloud Control, by botocore's model: its shapes Properties and PatchDocument."""
_ESCAPED = re.compile("[<>&\u2028\u2029]")
"""What Terraform's jsonencode writes in six characters, such as \\u003c, where Python writes one."""
_DEFINITION: Path = ("definition",)
_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)


class Limit(NamedTuple):
    """Something that a resource does not accept.

    `problem` is what the resource does, and `advice` how to do without. `path` is the place of the finding, and `place`
    that of the key or value, which can be missing or a parameter's default. What is in `affected` cannot be used
    because of it.
    """

    rule: Rule
    problem: str
    advice: str
    path: Path
    place: Path
    affected: tuple[Path, ...] = ()
    key: bool = False

    def rules_out(self, place: Path) -> bool:
        """Return whether the resource accepts nothing at a place because of this."""
        return any(place[: len(top)] == top for top in (self.place, *self.affected))


def report_limits(limits: Sequence[Limit], resource: Resource, others: Sequence[Limit], other: Engine) -> list[Finding]:
    """Return the findings about a resource's limits; `others` are those of the other engine for the same flow.

    The help names the other engine if that engine supports what this one does not, except for inline chat prompts: AWS
    probably rejects them.
    """
    return list(dict.fromkeys(_report(limit, resource, others, other) for limit in limits))


def _report(limit: Limit, resource: Resource, others: Sequence[Limit], other: Engine) -> Finding:
    message = f"Engine `{resource.engine}` ({resource.source}) {limit.problem}."
    help, related = f"{limit.advice}, or {OTHER_WAY}.", tuple[Related, ...]()
    is_chat = limit.advice == HELP["PromptTemplateType", "CHAT"]
    if limit.rule is STRICTER or is_chat:
        help = f"{limit.advice}."
    # To keep the whole definition, the other engine must support all of it.
    is_lost = others if limit.place == _DEFINITION else any(item.rules_out(limit.place) for item in others)
    if not is_chat and not is_lost:
        switch = f"Set `engine: {other}`"
        related = tuple(Related(f"Engine `{other}` does not accept this.", item.path, item.key) for item in others[:1])
        if related:
            switch += ", after changing what that engine does not accept"
        help = f"{switch}, or {_lower(limit.advice)}."
        help += f" {DEPLOYED}" if other is Engine.CLOUD_CONTROL else ""
    return Finding(limit.rule, message, help, limit.path, limit.key, related)


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def limit_key(shape: Shape, member: str, path: Path) -> Limit:
    """Return the limit for a key that the resource does not have."""
    advice = HELP.get((shape.name, member), "Remove it")
    return Limit(CANNOT_EXPRESS, f"does not support {member!r}", advice, path, path, key=True)


def limit_choice(shape: Shape, value: str, path: Path, affected: tuple[Path, ...]) -> Limit:
    """Return the limit for one of the API's choices that the resource does not have; `affected` follows from it."""
    what = f"nodes of type {value}" if shape.name == "FlowNodeType" else f"{path[-1]} {value}"
    advice = HELP.get((shape.name, value), "Choose another value")
    return Limit(CANNOT_EXPRESS, f"does not support {what}", advice, path, path, affected)


def limit_items(path: Path, most: int) -> Limit:
    """Return the limit for a list with more items than the resource accepts."""
    count = "only one item" if most == 1 else f"at most {most} items"
    advice = "Merge them into one, or split them across several messages" if path[-1] == "content" else "Use fewer"
    return Limit(CANNOT_EXPRESS, f"accepts {count} in {path[-1]!r}", advice, path, path)


def count_characters(value: object) -> int:
    """Return the number of characters that Terraform's jsonencode writes for a value, or slightly fewer.

    A decimal number and a parameter count as one character: no value has fewer.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda _: 0)
    return len(text) + 5 * len(_ESCAPED.findall(text))


def limit_request(flow: Flow, excess: int) -> Iterator[Limit]:
    """Yield the limit for a flow whose desired state Cloud Control certainly refuses because of its size.

    Values that are only known on apply count as empty: the flow's name, the ARNs, and the values of tags. `excess` does
    not count: it is what the limits of single values already report. The patch that writes a whole definition again has
    fewer characters.
    """
    known = {"Description": flow.description, "Tags": dict.fromkeys(flow.tags, "")}
    properties = {
        **{name: value for name, value in known.items() if value},
        **dict.fromkeys(("Name", "ExecutionRoleArn", "CustomerEncryptionKeyArn"), ""),
        "Definition": flow.definition,
    }
    if (size := count_characters(properties) - excess) > MOST_CHARACTERS:
        problem = (
            f"accepts at most {MOST_CHARACTERS:,} characters of JSON in a flow, and this one has at least {size:,}"
        )
        yield Limit(STRICTER, problem, "Shorten its prompts and code", _DEFINITION, _DEFINITION, key=True)


def find_faults(value: Mapping[str, Value], shape: Shape, schema: Schema, path: Path) -> Iterator[Limit]:
    """Yield the limits that a block or object breaks as a whole: missing required keys, and too few or many keys."""
    given = {target.name for member in value if (target := find_member(schema, member)) is not None}
    # A key that the resource does not have is already reported.
    if shape.type == "union" and len(given) < len(value):
        return
    for member in shape.members:
        target = find_member(schema, member)
        if target is not None and target.name not in given and target.is_required:
            problem = f"requires {member!r} here, although the API does not"
            yield Limit(STRICTER, problem, f"Add {member}", path, (*path, member))
    wants_one = any(target.wants_one_of_siblings for target in (schema.members or {}).values())
    if wants_one and len(given) != 1:
        choice = ", ".join(member for member in shape.members if find_member(schema, member))
        problem = f"requires exactly one of {choice} here, but there are {len(given)}"
        yield Limit(STRICTER, problem, "Use exactly one of them", path, path)


def check_value(value: Value, schema: Schema, path: Path, place: Path) -> Iterator[Limit]:
    """Yield the limit that a value breaks, if any. `place` is where it is used, and `path` where it is."""
    if isinstance(value, int | Decimal) and schema.range and not _is_within(value, schema.range):
        least, most = schema.range
        bound = f"at least {least:,}" if most is None or value < least else f"at most {most:,}"
        problem = f"accepts {bound} for {place[-1]!r}, which is {value:,}"
        yield Limit(STRICTER, problem, f"Use a number from {_describe(schema.range)}", path, place)
    elif rule := _find_broken_rule(value, schema):
        problem = f"accepts only {rule} for {place[-1]!r}, although the API accepts this value"
        yield Limit(STRICTER, problem, "Change the value", path, place)


def _find_broken_rule(value: Value, schema: Schema) -> str | None:
    """Return the rule of a resource that a value breaks, if any."""
    if isinstance(value, str):
        return _find_broken_string_rule(value, schema)
    if isinstance(value, list) and schema.items and len(value) < schema.items[0]:
        return f"{schema.items[0]} or more items"
    return None


def _find_broken_string_rule(value: str, schema: Schema) -> str | None:
    if schema.is_arn and not _ARN.fullmatch(value):
        return "an ARN"
    if schema.pattern and not re.search(schema.pattern.removesuffix("$") + r"\Z", value, re.ASCII):
        return f"a string that matches {schema.pattern}"
    # The provider's length validators count bytes, where the API counts characters.
    if schema.length and not _is_within(size := len(value.encode("utf-8", "surrogatepass")), schema.length):
        return f"a string of {_describe(schema.length)} bytes (this one has {size:,} in UTF-8)"
    if schema.characters and not _is_within(len(value), schema.characters):
        return f"a string of {_describe(schema.characters)} characters"
    return None


def _is_within(number: int | Decimal, bounds: tuple[int, int | None]) -> bool:
    return bounds[0] <= number and (bounds[1] is None or number <= bounds[1])


def _describe(bounds: tuple[int, int | None]) -> str:
    return f"{bounds[0]:,} to {bounds[1]:,}" if bounds[1] is not None else f"{bounds[0]:,} or more"
