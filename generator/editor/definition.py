"""The JSON Schema of a definition in flowseal's own format."""

from __future__ import annotations

from generator.editor.shapes import make_shape_schemas
from generator.editor.values import (
    PARAMETER,
    PLAIN_KEY,
    SCHEMA_PROPERTY,
    Schema,
    allow_nothing,
    allow_parameter,
    allow_text,
    make_choice,
    make_mapping,
    make_reference_schemas,
    refer,
    write_schema,
)
from generator.flow.api import PERMISSION_SHAPES, PROFILE_SHAPES, describe_shape_rule, find_shape
from generator.flow.bedrock_models import MODEL_KINDS
from generator.flow.model import DAYS
from generator.flow.reading.forms import DECIDED, LIVE
from generator.flow.reading.names import MODULES_OWN, SNAKE_CASE, TERRAFORMS_OWN

SHAPES = ["FlowName", "FlowDescription", "FlowDefinition", "TagsMap", "FlowS3BucketName"]
SHAPES += [*PERMISSION_SHAPES.values(), *PROFILE_SHAPES.values()]
TITLE = "Flow definition"
DAYS_MEANING = {
    "deletion_window_in_days": "Days between the key's deletion and its end",
    "rotation_period_in_days": "Days between two rotations of the key",
}


def write_definition_schema() -> str:
    """Return the schema as JSON text.

    What is valid for flowseal is valid under it. It refuses what the API's grammar refuses and what flowseal's own
    sections do not take; what the parts of a definition say of each other only flowseal itself can judge.
    """
    name, description = find_shape("FlowName"), find_shape("FlowDescription")
    sections: Schema = {
        **SCHEMA_PROPERTY,
        "name": {
            "description": f"The flow's name, and its module's folder. {describe_shape_rule(name)}",
            **refer(name.name),
        },
        "description": {
            "description": f"What the AWS console shows. {describe_shape_rule(description)}",
            "anyOf": [*allow_text(refer(description.name))["anyOf"], {"type": "null"}],
        },
        "definition": {"description": "The flow, in AWS's own form.", **refer("FlowDefinition")},
        "tags": {
            "description": "Tags of everything that the module makes.",
            "anyOf": [refer("TagsMap"), {"type": "null"}],
        },
        "parameters": make_parameters_schema(),
        "encryption": make_encryption_schema(),
        "permissions": make_permissions_schema(),
        **{key: {"description": f"Not taken over. {reason}", "deprecated": True} for key, reason in DECIDED.items()},
        **{key: {"description": "Of an existing flow; not used.", "deprecated": True} for key in LIVE},
    }
    root = make_mapping(sections, required=["definition"])
    # A definition alone is named after its file.
    root["anyOf"] = [{"required": ["name"]}, {"propertyNames": {"enum": [*SCHEMA_PROPERTY, "definition"]}}]
    return write_schema({"title": TITLE, **root, "$defs": {**make_reference_schemas(), **make_shape_schemas(SHAPES)}})


def make_parameters_schema() -> Schema:
    """Return the schema of the section `parameters`."""
    kinds = {
        kind.value: f"Takes {f'{rule.id_form} or ' if rule.id_form else ''}{rule.arn_form}"
        for kind, rule in MODEL_KINDS.items()
    }
    model = {
        "description": "For a parameter that stands as a modelId: its kind, and with it the rights that it needs.",
        "anyOf": [*make_choice(kinds)["anyOf"], {"type": "null"}],
    }
    default = {
        "description": "The value where none is given; checked wherever the parameter stands.",
        "type": ["string", "number", "boolean", "array", "null"],
        "items": {"type": "string"},
    }
    description = {"description": "What the value is, for those who call the module.", "type": ["string", "null"]}
    settings = make_mapping({"description": description, "default": default, "model": model})
    names = {"pattern": f"^{SNAKE_CASE.pattern}$", "not": {"enum": sorted(TERRAFORMS_OWN | MODULES_OWN)}}
    return {
        "description": "What differs between environments. Each becomes a variable of the module.",
        "type": ["object", "null"],
        "propertyNames": names,
        "additionalProperties": allow_nothing(settings),
    }


def make_encryption_schema() -> Schema:
    """Return the schema of the section `encryption`, in a definition and in flowseal.yaml."""
    days = {
        key: {
            "description": f"{DAYS_MEANING[key]}, {least} to {most}.",
            "type": ["integer", "null"],
            "minimum": least,
            "maximum": most,
        }
        for key, (least, most) in DAYS.items()
    }
    return allow_nothing(make_mapping(days, description="The flow's KMS key."))


def make_permissions_schema() -> Schema:
    """Return the schema of the section `permissions`."""
    # A right names its resource: an empty text would be a draft.
    model = {"allOf": [refer("FlowPromptModelIdentifier"), {"minLength": 1}]}
    bucket = {**PLAIN_KEY, "anyOf": [{"pattern": "^[$]."}, refer("FlowS3BucketName")]}
    properties = {
        "models": {
            "description": "Models that the definition does not name, such as those of managed prompts.",
            "type": ["array", "null"],
            "items": allow_parameter(model),
        },
        "kms_keys": {
            "description": "Keys of what the nodes work with, such as a bucket's.",
            "type": ["array", "null"],
            "items": allow_parameter(refer("KmsKeyArn")),
        },
        "guardrail_profiles": {
            "description": "Profiles of guardrails with cross-Region inference, which the Standard tier has.",
            "type": ["array", "null"],
            "items": {
                "anyOf": [refer(PERMISSION_SHAPES["guardrail_profiles"]), make_profile_schema(), refer(PARAMETER)]
            },
        },
        "bucket_accounts": {
            "description": "S3 buckets of other accounts: the bucket, or $ and its parameter, and the owner's account.",
            "type": ["object", "null"],
            "propertyNames": bucket,
            "additionalProperties": allow_parameter(refer(PERMISSION_SHAPES["bucket_accounts"])),
        },
    }
    description = "What the nodes need and the definition cannot tell; exact, without wildcards."
    return allow_nothing(make_mapping(properties, description=description))


def make_profile_schema() -> Schema:
    """Return the schema of a guardrail profile that is given by its ID."""
    regions = {
        "description": "The destination Regions that AWS lists for the profile. The module's own Region is added.",
        "type": "array",
        "minItems": 1,
        "items": allow_parameter(refer(PROFILE_SHAPES["regions"])),
    }
    identifier = {"description": "The profile's ID.", **allow_parameter(refer(PROFILE_SHAPES["id"]))}
    return make_mapping({"id": identifier, "regions": regions}, required=PROFILE_SHAPES)
