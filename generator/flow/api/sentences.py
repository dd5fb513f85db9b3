"""The API's rules in plain English."""

from __future__ import annotations

from generator.flow.api.shapes import Shape, load_texts
from generator.flow.wording import describe_count, list_names

UNITS = {"string": "characters", "list": "items", "map": "keys"}
PLAIN = {"boolean": "be true or false", "integer": "be a whole number", "float": "be a number"}


def describe_shape_rule(shape: Shape, subject: str = "It") -> str:
    """Describe valid values of this shape in a sentence, such as "It must be DRAFT, or a version number ..."."""
    return f"{subject} must {_describe_rule(shape)}."


def write_pattern(shape: Shape) -> str | None:
    """Return the pattern for the whole value of a variable of this shape, or None.

    The API's alternative for the empty string is left out. A pattern whose parts are all optional (model IDs) still
    matches it, so check the length too.
    """
    return shape.pattern.removeprefix("$|^") if shape.pattern is not None else None


def _describe_rule(shape: Shape) -> str:
    sentence = load_texts()["sentences"].get(shape.name)
    if sentence is not None:
        return str(sentence)
    if shape.enum:
        return f"be {'one of ' if len(shape.enum) > 1 else ''}{list_names(shape.enum)}"
    count = describe_count(shape.minimum, shape.maximum)
    if shape.pattern is not None:
        length = f" and have {count} characters" if count else ""
        return f"match the pattern {shape.pattern}{length}"
    if shape.type in PLAIN:
        bounds = f" {_describe_bounds(shape)}" if count else ""
        return PLAIN[shape.type] + bounds
    if shape.type in ("structure", "union"):
        return f"be a mapping with {list_names(list(shape.members))}" if shape.members else "be empty, {}"
    if shape.type == "document":
        return "be JSON"
    kind = "list of strings" if shape.type == "list" else shape.type
    unit = UNITS[shape.type].removesuffix("s") if count.split()[-1:] == ["1"] else UNITS[shape.type]
    return f"be a {kind} of {count} {unit}" if count else f"be a {kind}"


def _describe_bounds(shape: Shape) -> str:
    if shape.minimum is not None and shape.maximum is not None:
        return f"from {shape.minimum:,} to {shape.maximum:,}"
    return f"of {shape.minimum:,} or more" if shape.minimum is not None else f"of {shape.maximum:,} or less"
