"""Make tests/terraform/account/actions.json: the kinds of resource of each action that the stand-in account decides.

Usage: python tools/refresh_actions.py [--output FILE], after `make oracle`. The source is the package iam-data (MIT),
which carries AWS's Service Authorization Reference; of it only names are kept, and only of actions that are operations
of an API, by botocore. The same packages give the same bytes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

ROOT = Path(__file__).parent.parent
OUTPUT = ROOT / "tests" / "terraform" / "account" / "actions.json"
PACKAGE = ROOT / "tests" / "terraform" / "oracle" / "node_modules" / "@cloud-copilot" / "iam-data"
SERVICES = {
    "bedrock": ("bedrock-agent", "bedrock-agent-runtime"),
    "cloudformation": ("cloudcontrol", "cloudformation"),
    "iam": ("iam",),
    "kms": ("kms",),
    "sts": ("sts",),
}
TAGS = {"ListTagsForResource", "TagResource", "UntagResource"}
OF_CLOUDFORMATION = {"DescribeType"}
"""All that the account has of CloudFormation itself, beside Cloud Control."""


def make_actions() -> dict[str, Any]:
    """Return the data: where it comes from, and by service the kinds of resource by action."""
    version = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))["version"]
    return {
        "source": f"iam-data {version} (MIT), from AWS's Service Authorization Reference",
        **{prefix: dict(sorted(list_actions(prefix))) for prefix in SERVICES},
    }


def list_operations(prefix: str) -> set[str]:
    """Return the operations of the APIs whose actions have a prefix."""
    found: set[str] = set()
    for service in SERVICES[prefix]:
        operations = set(Loader().load_service_model(service, "service-2")["operations"])
        found |= operations & OF_CLOUDFORMATION if service == "cloudformation" else operations
    return found


def list_actions(prefix: str) -> list[tuple[str, list[str]]]:
    """Return the actions of a service that are operations of its APIs, with their kinds of resource."""
    operations = list_operations(prefix)
    known = json.loads((PACKAGE / "data" / "actions" / f"{prefix}.json").read_text(encoding="utf-8"))
    found = []
    for action in known.values():
        kinds = sorted(kind["name"] for kind in action["resourceTypes"])
        if prefix == "bedrock":
            if "Flow" not in action["name"] and action["name"] not in TAGS:
                continue
            kinds = [kind for kind in kinds if kind.startswith("flow")]
        if action["name"] in operations:
            found.append((action["name"], kinds))
    return found


def write_actions(actions: dict[str, Any]) -> str:
    """Return the text of the file, an action a line."""
    parts = [f'  "source": {json.dumps(actions["source"])}']
    for prefix in SERVICES:
        lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(kinds)}" for name, kinds in actions[prefix].items())
        parts.append(f'  "{prefix}": {{\n{lines}\n  }}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    arguments.output.write_text(write_actions(make_actions()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
