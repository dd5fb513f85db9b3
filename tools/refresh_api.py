"""Make generator/data/bedrock_flow_api.json from the installed botocore: what CreateFlow's request reaches, and kinds.

Usage: python tools/refresh_api.py [--output FILE]. The same botocore gives the same bytes. Read the diff afterward:
a new pattern needs a sentence in generator/data/shape_texts.toml, a new node type an entry in
generator/flow/nodes/node_types.py, a new kind of validation a check in generator/validation/.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import botocore
from botocore.loaders import Loader

OUTPUT = Path(__file__).parent.parent / "generator" / "data" / "bedrock_flow_api.json"
SERVICE = "bedrock-agent"
ROOT = "CreateFlowRequest"
OF_VALIDATION = ("FlowValidationType", "IncompatibleLoopNodeType")
"""Lists that AWS's own validation of a definition speaks of."""
OF_BEDROCK = ("GuardrailCrossRegionGuardrailProfileArn", "GuardrailCrossRegionGuardrailProfileId")
"""Shapes of Bedrock's own service model (`bedrock`) that only the section `permissions` of a definition uses."""
OWN = {
    "AccountId": {"type": "string", "pattern": "[0-9]{12}"},
    "AliasConcurrency": {
        "type": "structure",
        "members": {"type": "ConcurrencyType", "max": "ConcurrencyMax"},
        "required": ["type"],
    },
    "AliasName": {"type": "string", "pattern": "([0-9a-zA-Z][_-]?){1,100}"},
    "AliasNames": {"type": "list", "element": "AliasName", "minimum": 1, "maximum": 10},
    "AliasSettings": {
        "type": "structure",
        "members": {"description": "FlowDescription", "concurrency": "AliasConcurrency", "tags": "TagsMap"},
    },
    "Aliases": {"type": "map", "key": "AliasName", "value": "AliasSettings", "minimum": 1, "maximum": 10},
    "ConcurrencyMax": {"type": "integer", "minimum": 1, "maximum": 100},
    "ConcurrencyType": {"type": "string", "enum": ["Automatic", "Manual"]},
    "Engine": {"type": "string", "enum": ["native", "cloud-control"]},
    "InvokingPrincipals": {"type": "string", "enum": ["caller_roles", "none"]},
    "ModuleTagKey": {"type": "string", "pattern": "[a-zA-Z0-9 _.:/=+@-]{1,128}", "minimum": 1, "maximum": 128},
    "ModuleTagValue": {"type": "string", "pattern": "[a-zA-Z0-9 _.:/=+@-]{0,256}", "minimum": 0, "maximum": 256},
    "Release": {
        "type": "structure",
        "members": {"aliases": "Aliases", "invoke": "InvokingPrincipals", "invoke_async": "Boolean"},
        "required": ["aliases"],
    },
    "Region": {"type": "string", "pattern": "[a-z]{2,4}(-[a-z]{2,10}){1,3}-[0-9]{1,2}", "maximum": 25},
}
"""Shapes of what a definition has beyond CreateFlow's request. Tags go to KMS and IAM, too, which accept less.

The names, descriptions, and concurrency of aliases follow CreateFlowAlias; the quota is 10 aliases per flow.
"""

TYPES = {"structure", "list", "map", "string", "integer", "float", "boolean"}

GUARDRAIL_PROFILE = "[a-z0-9-]+[.]guardrail[.]v[0-9]+:[0-9]+"
# Where AWS accepts more than its model says, or its model accepts what cannot exist. `warn_above` keeps the model's own
# limit as a warning.
OVERRIDES: dict[str, dict[str, Any]] = {
    "FlowConnections": {
        "maximum": 100,
        "warn_above": 20,
        "source": "Flows with 39 connections have been deployed, and CloudFormation's AWS::Bedrock::Flow admits 100.",
    },
    "GuardrailCrossRegionGuardrailProfileArn": {
        "pattern": f"arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{{1,20}}:[0-9]{{12}}:guardrail-profile/{GUARDRAIL_PROFILE}",
        "source": "The model's pattern ends in v[0-9:]+; AWS's guide writes every profile as v<number>:<number>.",
    },
    "GuardrailCrossRegionGuardrailProfileId": {
        "pattern": GUARDRAIL_PROFILE,
        "source": "The model's pattern ends in v[0-9:]+; AWS's guide writes every profile as v<number>:<number>.",
    },
    "KmsKeyArn": {
        "pattern": "arn:aws(-[a-z]+)*:kms:[a-zA-Z0-9-]*:[0-9]{12}:key/[a-zA-Z0-9-]{36}",
        "source": "The model leaves out partitions beyond aws, aws-cn and aws-us-gov, which have Bedrock and KMS too.",
    },
}


def make_api() -> dict[str, Any]:
    """Return the data: where it comes from, the root shape, the overrides with their sources, the shapes by name."""
    loader = Loader()
    version = loader.determine_latest_version(SERVICE, "service-2")
    model = loader.load_service_model(SERVICE, "service-2", version)["shapes"]
    bedrock = loader.load_service_model("bedrock", "service-2")["shapes"]
    shapes = collect_shapes(model) | {name: convert_shape(name, bedrock[name]) for name in OF_BEDROCK} | OWN
    for name, override in OVERRIDES.items():
        shapes[name].update({rule: value for rule, value in override.items() if rule != "source"})
    return {
        "source": f"botocore {botocore.__version__}, service model {SERVICE}/{version} (Apache-2.0)",
        "botocore": botocore.__version__,
        "root": ROOT,
        "overrides": OVERRIDES,
        "shapes": dict(sorted(shapes.items())),
    }


def collect_shapes(model: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the shapes that the root and the validation reach, each with its rules only (no documentation)."""
    shapes: dict[str, dict[str, Any]] = {}
    waiting = [ROOT, *OF_VALIDATION]
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = convert_shape(name, model[name])
            waiting += list_references(shapes[name])
    return shapes


def convert_shape(name: str, raw: dict[str, Any]) -> dict[str, Any]:
    """Return one shape in the words of generator.flow.api.Shape."""
    if raw["type"] not in TYPES:
        raise ValueError(f"{name} is a {raw['type']}: generator/flow/api does not know how to check that yet")
    kind = "document" if raw.get("document") else "union" if raw.get("union") else raw["type"]
    members = {member: reference["shape"] for member, reference in raw.get("members", {}).items()}
    shape = {
        "type": kind,
        "members": members,
        "required": raw.get("required", []),
        "element": raw.get("member", {}).get("shape"),
        "key": raw.get("key", {}).get("shape"),
        "value": raw.get("value", {}).get("shape"),
        "pattern": raw.get("pattern"),
        "minimum": raw.get("min"),
        "maximum": raw.get("max"),
        "enum": raw.get("enum", []),
    }
    return {rule: value for rule, value in shape.items() if value not in (None, [], {})}


def list_references(shape: dict[str, Any]) -> list[str]:
    """Return the names of the shapes that a shape names."""
    ends = [shape[end] for end in ("element", "key", "value") if end in shape]
    return [*shape.get("members", {}).values(), *ends]


def write_api(api: dict[str, Any]) -> str:
    """Write the data as JSON, a line a shape, so that a refresh reads well as a diff."""
    head = {part: api[part] for part in ("source", "botocore", "root", "overrides")}
    lines = [f"{json.dumps(name)}: {json.dumps(shape)}" for name, shape in api["shapes"].items()]
    body = ",\n  ".join(lines)
    return json.dumps(head, indent=1)[:-2] + f',\n "shapes": {{\n  {body}\n }}\n}}\n'


def main() -> None:
    """Read botocore's model and write the data file."""
    parser = argparse.ArgumentParser(description="Refresh the API's grammar from the installed botocore.")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where to write (default: the project's data file)")
    arguments = parser.parse_args()
    api = make_api()
    arguments.output.write_text(write_api(api), encoding="utf-8", newline="\n")
    print(f"{len(api['shapes'])} shapes from {api['source']}")


if __name__ == "__main__":
    main()
