"""What may stand in the place of a value: a parameter, a file."""

from __future__ import annotations

from generator.definition.references import PLACEHOLDER, REFERENCES
from generator.schema.values import Schema, make_mapping, refer

PARAMETER = "$param"
FILE = "$file"
DOCUMENT = "Document"
PLAIN_KEY: Schema = {"not": {"enum": list(REFERENCES)}}
"""A key of free JSON: a $param or $file there would be taken for a reference."""
_PLACEHOLDER: Schema = {"type": "string", "pattern": f"^{PLACEHOLDER.pattern}$"}


def make_reference_schemas() -> dict[str, Schema]:
    """Return the parts that stand for references, and for JSON in which there are none."""
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
