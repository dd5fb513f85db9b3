"""The JSON Schema of flowseal.yaml."""

from __future__ import annotations

from collections.abc import Iterable

from generator.editor.definition import make_encryption_schema, make_engine_schema
from generator.editor.shapes import make_shape_schemas
from generator.editor.values import SCHEMA_PROPERTY, Schema, allow_nothing, make_mapping, refer, write_schema
from generator.findings import Rule, Severity

TITLE = "flowseal.yaml"
OFF = "off"
BOUNDARY = "^arn:aws[a-z-]*:iam::(?:[0-9]{12}|aws):policy/[^*? ]+$"


def write_configuration_schema(rules: Iterable[Rule]) -> str:
    """Return the schema as JSON. `rules` are those whose severity can be set."""
    properties: Schema = {
        **SCHEMA_PROPERTY,
        "flows": {
            "description": "Paths or patterns of the definitions, such as flows/**/*.flow.yaml, relative to this file.",
            "type": ["array", "null"],
            "items": {"type": "string", "minLength": 1},
        },
        "output": {
            "description": "The folder for modules, relative to this file. A module's folder is named after its flow.",
            "type": ["string", "null"],
            "minLength": 1,
        },
        "defaults": _make_defaults(),
        "rules": _make_rules(rules),
        "templates": {
            "description": "A folder with your own templates for `flowseal new`, relative to this file.",
            "type": ["string", "null"],
            "minLength": 1,
        },
    }
    parts = make_shape_schemas(["ModuleTagKey", "ModuleTagValue"])
    return write_schema({"title": TITLE, **make_mapping(properties), "$defs": parts})


def _make_defaults() -> Schema:
    tags = {
        "description": "Tags for all resources of the modules.",
        "type": ["object", "null"],
        "propertyNames": refer("ModuleTagKey"),
        "additionalProperties": refer("ModuleTagValue"),
    }
    boundary = {
        "description": "The permissions boundary of the flows' service roles: the ARN of an IAM policy.",
        "type": ["string", "null"],
        "pattern": BOUNDARY,
    }
    version = {
        "description": 'The oldest version of hashicorp/aws that the modules accept, in quotes, such as "6.40.0".',
        "type": ["string", "null"],
        "pattern": "^[0-9]{1,6}(?:[.][0-9]{1,6}){1,2}$",
    }
    properties = {
        "engine": make_engine_schema(),
        "encryption": make_encryption_schema(),
        "tags": tags,
        "permissions_boundary_arn": boundary,
        "provider_version": version,
    }
    return allow_nothing(make_mapping(properties, description="Defaults for flows that do not set these values."))


def _make_rules(rules: Iterable[Rule]) -> Schema:
    words: Schema = {
        rule.name: {"description": f"{rule.summary} Default: {rule.severity.value}.", "enum": _list_severities(rule)}
        for rule in sorted(rules, key=lambda rule: rule.name)
    }
    return allow_nothing(make_mapping(words, description="The severities of rules."))


def _list_severities(rule: Rule) -> list[str]:
    """Return the severities that a rule can have. Errors that protect the module cannot be downgraded."""
    if rule.severity is Severity.ERROR and not rule.can_be_suppressed:
        return [Severity.ERROR.value]
    return [*(severity.value for severity in Severity), OFF]
