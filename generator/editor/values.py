"""Pieces of JSON Schema (2020-12), and what may be in the place of a value: a parameter, a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from generator.flow.reading.references import PLACEHOLDER, REFERENCES

Schema: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MADE_BY = "Made by `flowseal schema`; do not edit."
SCHEMA_PROPERTY: Schema = {"$schema": {"description": "Where this JSON Schema is; editors read it.", "type": "string"}}
"""The property by which a document names its schema to editors."""
PARAMETER = "$param"
FILE = "$file"
DOCUMENT = "Document"
PLAIN_KEY: Schema = {"not": {"enum": list(REFERENCES)}}
"""A key of free JSON: a $param or $file there would be taken for a reference."""
_PLACEHOLDER: Schema = {"type": "string", "pattern": f"^{PLACEHOLDER.pattern}$"}


def write_schema(schema: Mapping[str, Any]) -> str:
    """Return a schema as JSON text, with a line break at its end."""
    return json.dumps({"$schema": DIALECT, "$comment": MADE_BY, **schema}, indent=2, ensure_ascii=False) + "\n"


def is_written_schema(data: bytes) -> bool:
    """Return whether some file's bytes are a schema that `write_schema` of this or an earlier flowseal made."""
    try:
        document = json.loads(data.decode())
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("$comment") == MADE_BY


def make_mapping(properties: Schema, *, required: Iterable[str] = (), description: str = "") -> Schema:
    """Return the schema of a mapping that has no other keys than these."""
    schema: Schema = {"type": "object"}
    if description:
        schema = {"description": description, **schema}
    if properties:
        schema["properties"] = properties
    if required := list(required):
        schema["required"] = required
    return {**schema, "additionalProperties": False}


def make_choice(meanings: Mapping[str, str]) -> Schema:
    """Return the schema of one word out of several, each with what it means."""
    return {"anyOf": [{"const": word, "description": meaning} for word, meaning in meanings.items()]}


def allow_nothing(schema: Schema) -> Schema:
    """Return a schema that admits null too: a key that is there, with nothing behind it."""
    return {**schema, "type": [schema["type"], "null"]}


def refer(name: str) -> Schema:
    """Return a reference to a part of the same schema."""
    return {"$ref": f"#/$defs/{name}"}


def make_reference_schemas() -> dict[str, Schema]:
    """Return the schemas of references, and of JSON that contains none."""
    name = {"type": "string", "minLength": 1, "description": "A name of the section parameters."}
    path = {
        "type": "string",
        "minLength": 1,
        "description": "A UTF-8 file below the folder of flowseal.yaml. The path is relative to this definition.",
    }
    description = "A parameter: it becomes a variable of the module. Describe it in the section parameters."
    return {
        PARAMETER: {
            "anyOf": [
                make_mapping({"$param": name}, required=["$param"], description=description),
                {
                    "description": "A placeholder as AWS's sample templates have it; it becomes a parameter.",
                    **_PLACEHOLDER,
                },
            ]
        },
        FILE: make_mapping({"$file": path}, required=["$file"], description="The text of a file, byte for byte."),
        DOCUMENT: {
            "type": ["object", "array", "string", "number", "boolean", "null"],
            "propertyNames": PLAIN_KEY,
            "additionalProperties": refer(DOCUMENT),
            "items": refer(DOCUMENT),
            "not": _PLACEHOLDER,
        },
    }


def allow_parameter(schema: Schema) -> Schema:
    """Return a schema that admits a parameter too."""
    return {"anyOf": [schema, refer(PARAMETER)]}


def allow_text(schema: Schema) -> Schema:
    """Return a schema of a text that admits a parameter and a file too."""
    return {"anyOf": [schema, refer(PARAMETER), refer(FILE)]}
