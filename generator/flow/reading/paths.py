"""What the value at a canonical path can be: a model, an identifier, a reference."""

from __future__ import annotations

from generator.flow.api import MODEL_SHAPES, find_place_shape, find_shape_at, fits_shape, takes_parameter
from generator.flow.model import Value
from generator.source.position import Path

UNCHECKED_SHAPES = MODEL_SHAPES | {"FlowLexBotLocaleId"}
"""The shapes of identifiers for which the API accepts much that cannot be one."""
STRUCTURAL = frozenset(
    {"name", "type", "source", "target", "sourceOutput", "targetInput", "condition"}
    | {"category", "templateType", "role", "language", "selectionMode"}
)
"""Keys that determine the structure of the flow: names, types, ends of connections, and choices between other keys."""


def is_model_path(path: Path) -> bool:
    """Return whether a value at a canonical path names a model."""
    shape = find_place_shape(path)
    return shape is not None and shape.name in MODEL_SHAPES


def is_identifier_path(path: Path) -> bool:
    """Return whether a value at a canonical path is an identifier, ARN, number, or the like, not free-form text."""
    shape = find_place_shape(path)
    if shape is None or shape.name == "ModuleTagValue" or not takes_parameter(shape):
        return False
    return shape.type != "string" or bool(shape.pattern or shape.enum) or shape.name in UNCHECKED_SHAPES


def refuses_value(value: Value, path: Path) -> bool:
    """Return whether the API rejects a value at a canonical path, or accepts it as a model that cannot exist."""
    if path[0] == "permissions" and len(path) != 3:
        return False
    shape = find_place_shape(path)
    return shape is not None and (shape.name in UNCHECKED_SHAPES or not fits_shape(value, shape.name))


def takes_reference(path: Path) -> bool:
    """Return whether a parameter can replace the value at a canonical path."""
    shape = find_place_shape(path)
    return refuse_place(path) is None and shape is not None and takes_parameter(shape)


def refuse_place(path: Path) -> str | None:
    """Return why there can be no reference at a canonical path, or None. Its shape is checked separately."""
    if path[0] in ("engine", "parameters", "encryption", "release"):
        return f"`{path[0]}` configures the module itself."
    if path[0] == "permissions":
        is_entry = len(path) == (5 if path[3:4] == ("regions",) else 4 if path[3:] == ("id",) else 3)
        return None if is_entry else "a parameter can replace one entry, not a whole section."
    shape = find_shape_at(path)
    if shape is None:
        return None
    if shape.type == "document":
        return "this JSON is passed to the model unchanged."
    if shape.type not in ("structure", "union") and path[-1] in STRUCTURAL and path[0] != "tags":
        return f"{path[-1]} is part of the flow's structure."
    return None
