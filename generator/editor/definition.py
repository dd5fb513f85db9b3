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
from generator.flow.api.shapes import load_texts
from generator.flow.bedrock_models import MODEL_KINDS
from generator.flow.model import DAYS
from generator.flow.reading.forms import DECIDED, LIVE
from generator.flow.reading.names import MODULES_OWN, SNAKE_CASE, TERRAFORMS_OWN

SHAPES = ["FlowName", "FlowDescription", "FlowDefinition", "TagsMap", "FlowS3BucketName"]
SHAPES += [*PERMISSION_SHAPES.values(), *PROFILE_SHAPES.values(), "AliasName"]
TITLE = "Flow definition"
DAYS_MEANING = {
    "deletion_window_in_days": "Days until the key is deleted after its deletion is scheduled",
    "rotation_period_in_days": "Days between rotations of the key",
}


def write_definition_schema() -> str:
    """Return the schema as JSON.

    It accepts every definition that flowseal accepts. It rejects what the API's grammar rejects and what is invalid in
    flowseal's own sections. Only flowseal itself checks how the parts of a definition fit together.
    """
    name, description = find_shape("FlowName"), find_shape("FlowDescription")
    sections: Schema = {
        **SCHEMA_PROPERTY,
        "name": {
            "description": f"The name of the flow, and of its module's folder. {describe_shape_rule(name)}",
            **refer(name.name),
        },
        "description": {
            "description": f"A description for the AWS console. {describe_shape_rule(description)}",
            "anyOf": [*allow_text(refer(description.name))["anyOf"], {"type": "null"}],
        },
        "engine": make_engine_schema(),
        "definition": {"description": "The flow, in the API's format.", **refer("FlowDefinition")},
        "tags": {
            "description": "Tags for all resources of the module.",
            "anyOf": [refer("TagsMap"), {"type": "null"}],
        },
        "parameters": make_parameters_schema(),
        "encryption": make_encryption_schema(),
        "permissions": make_permissions_schema(),
        "release": make_release_schema(),
        **{key: {"description": f"Not used. {reason}", "deprecated": True} for key, reason in DECIDED.items()},
        **{key: {"description": "Not used. It identifies an existing flow.", "deprecated": True} for key in LIVE},
    }
    root = make_mapping(sections, required=["definition"])
    # Without other keys, the flow is named after the file.
    root["anyOf"] = [{"required": ["name"]}, {"propertyNames": {"enum": [*SCHEMA_PROPERTY, "definition"]}}]
    return write_schema({"title": TITLE, **root, "$defs": {**make_reference_schemas(), **make_shape_schemas(SHAPES)}})


def make_engine_schema() -> Schema:
    """Return the schema of `engine`, in a definition and in flowseal.yaml."""
    choice = make_choice(load_texts()["engines"])["anyOf"]
    return {
        "description": "The Terraform resource for the flow. Default: native.",
        "anyOf": [*choice, {"type": "null"}],
    }


def make_parameters_schema() -> Schema:
    """Return the schema of the section `parameters`."""
    kinds = {
        kind.value: f"Accepts {f'{rule.id_form} or ' if rule.id_form else ''}{rule.arn_form}"
        for kind, rule in MODEL_KINDS.items()
    }
    model = {
        "description": "The kind of model, if the parameter is a model. It determines the permissions of the role.",
        "anyOf": [*make_choice(kinds)["anyOf"], {"type": "null"}],
    }
    default = {
        "description": "The value if the caller sets none. It must be valid wherever the parameter is used.",
        "type": ["string", "number", "boolean", "array", "null"],
        "items": {"type": "string"},
    }
    description = {"description": "The description of the module's variable.", "type": ["string", "null"]}
    settings = make_mapping({"description": description, "default": default, "model": model})
    names = {"pattern": f"^{SNAKE_CASE.pattern}$", "not": {"enum": sorted(TERRAFORMS_OWN | MODULES_OWN)}}
    return {
        "description": "Values that differ between environments. Each becomes a variable of the module.",
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
            "description": "Models that do not appear in the definition, such as those of managed prompts.",
            "type": ["array", "null"],
            "items": allow_parameter(model),
        },
        "kms_keys": {
            "description": "KMS keys of resources that the nodes use, such as buckets.",
            "type": ["array", "null"],
            "items": allow_parameter(refer("KmsKeyArn")),
        },
        "guardrail_profiles": {
            "description": "Guardrail profiles for cross-Region inference, which the Standard tier uses.",
            "type": ["array", "null"],
            "items": {
                "anyOf": [refer(PERMISSION_SHAPES["guardrail_profiles"]), make_profile_schema(), refer(PARAMETER)]
            },
        },
        "bucket_accounts": {
            "description": "S3 buckets in other accounts: the bucket, or $ and a parameter's name, and the account ID.",
            "type": ["object", "null"],
            "propertyNames": bucket,
            "additionalProperties": allow_parameter(refer(PERMISSION_SHAPES["bucket_accounts"])),
        },
    }
    description = "Permissions that cannot be derived from the nodes. Wildcards are not allowed."
    return allow_nothing(make_mapping(properties, description=description))


def make_release_schema() -> Schema:
    """Return the schema of the section `release`."""
    most = find_shape("AliasNames").maximum
    names = {"type": "array", "minItems": 1, "maxItems": most, "uniqueItems": True, "items": refer("AliasName")}
    by_name = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": most,
        "propertyNames": {"allOf": [PLAIN_KEY, refer("AliasName")]},
        "additionalProperties": allow_nothing(make_alias_schema()),
    }
    properties = {
        "aliases": {"description": "The aliases that callers use, by name.", "anyOf": [names, by_name]},
        "invoke": {
            "description": "Who gets a policy for invoking the flow through the aliases. Default: caller_roles.",
            "enum": [*find_shape("InvokingPrincipals").enum, None],
        },
        "invoke_async": {
            "description": "Whether they can also start executions and read them. Default: false.",
            "type": ["boolean", "null"],
        },
    }
    description = "Prepares the flow after each change, creates a version of it, and moves the aliases to that version."
    return allow_nothing(make_mapping(properties, required=["aliases"], description=description))


def make_alias_schema() -> Schema:
    """Return the schema of an alias's settings."""
    bounds = find_shape("ConcurrencyMax")
    concurrency = make_mapping(
        {
            "type": {
                "description": "Who decides which nodes run in parallel.",
                "type": "string",
                "enum": list(find_shape("ConcurrencyType").enum),
            },
            "max": {
                "description": "The most nodes that run at once.",
                "type": ["integer", "null"],
                "minimum": bounds.minimum,
                "maximum": bounds.maximum,
            },
        },
        required=["type"],
    )
    return make_mapping(
        {
            "description": {
                "description": "The alias's description.",
                "anyOf": [refer("FlowDescription"), {"type": "null"}],
            },
            "concurrency": {"description": "How nodes run in parallel.", **allow_nothing(concurrency)},
            "tags": {"description": "Tags of this alias only.", "anyOf": [refer("TagsMap"), {"type": "null"}]},
        }
    )


def make_profile_schema() -> Schema:
    """Return the schema of a guardrail profile given by its ID."""
    regions = {
        "description": "The destination Regions that AWS lists for the profile. flowseal adds the module's own Region.",
        "type": "array",
        "minItems": 1,
        "items": allow_parameter(refer(PROFILE_SHAPES["regions"])),
    }
    identifier = {"description": "The profile's ID.", **allow_parameter(refer(PROFILE_SHAPES["id"]))}
    return make_mapping({"id": identifier, "regions": regions}, required=PROFILE_SHAPES)
