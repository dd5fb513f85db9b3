"""Parts of JSON Schema (2020-12), and the references that can replace a value: parameters and files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from generator.flow.reading.references import PLACEHOLDER, REFERENCES

Schema: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MADE_BY = "Made by `flowseal schema`; do not edit."
SCHEMA_PROPERTY: Schema = {"$schema": {"description": "The path or URL of this schema, for editors.", "type": "string"}}
"""The property that tells editors where the schema is."""
PARAMETER = "$param"
FILE = "$file"
DOCUMENT = "Document"
PLAIN_KEY: Schema = {"not": {"enum": list(REFERENCES)}}
"""A key of free-form JSON, where $param and $file would be read as references."""
_PLACEHOLDER: Schema = {"type": "string", "pattern": f"^{PLACEHOLDER.pattern}$"}


def write_schema(schema: Mapping[str, Any]) -> str:
    """Return a schema as JSON, with a final line break."""
    return json.dumps({"$schema": DIALECT, "$comment": MADE_BY, **schema}, indent=2, ensure_ascii=False) + "\n"


def is_written_schema(data: bytes) -> bool:
    """Return whether the contents of a file are a schema from `write_schema` of this or an earlier version."""
    try:
        document = json.loads(data.decode())
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("$comment") == MADE_BY


def make_mapping(properties: Schema, *, required: Iterable[str] = (), description: str = "") -> Schema:
    """Return the schema of a mapping with no other keys than these."""
    schema: Schema = {"type": "object"}
    if description:
        schema = {"description": description, **schema}
    if properties:
        schema["properties"] = properties
    if required := list(required):
        schema["required"] = required
    return {**schema, "additionalProperties": False}


def make_choice(meanings: Mapping[str, str]) -> Schema:
    """Return the schema of a choice between words, each with its meaning."""
    return {"anyOf": [{"const": word, "description": meaning} for word, meaning in meanings.items()]}


def allow_nothing(schema: Schema) -> Schema:
    """Return a schema that also accepts null, which is a key without a value."""
    return {**schema, "type": [schema["type"], "null"]}


def refer(name: str) -> Schema:
    """Return a reference to a part of the same schema."""
    return {"$ref": f"#/$defs/{name}"}


def make_reference_schemas() -> dict[str, Schema]:
    """Return the schemas of references, and of JSON that contains none."""
    name = {"type": "string", "minLength": 1, "description": "The name of a parameter in the section `parameters`."}
    path = {
        "type": "string",
        "minLength": 1,
        "description": "A UTF-8 file below the folder of flowseal.yaml. The path is relative to this definition.",
    }
    description = "A reference to a parameter, which becomes a variable of the module. Declare it under `parameters`."
    return {
        PARAMETER: {
            "anyOf": [
                make_mapping({"$param": name}, required=["$param"], description=description),
                {
                    "description": "A placeholder as in AWS's sample templates. It becomes a parameter.",
                    **_PLACEHOLDER,
                },
            ]
        },
        FILE: make_mapping({"$file": path}, required=["$file"], description="The contents of a file, byte for byte."),
        DOCUMENT: {
            "type": ["object", "array", "string", "number", "boolean", "null"],
            "propertyNames": PLAIN_KEY,
            "additionalProperties": refer(DOCUMENT),
            "items": refer(DOCUMENT),
            "not": _PLACEHOLDER,
        },
    }


def allow_parameter(schema: Schema) -> Schema:
    """Return a schema that also accepts a parameter."""
    return {"anyOf": [schema, refer(PARAMETER)]}


def allow_text(schema: Schema) -> Schema:
    """Return the schema of a string that also accepts a parameter or a file."""
    return {"anyOf": [schema, refer(PARAMETER), refer(FILE)]}
