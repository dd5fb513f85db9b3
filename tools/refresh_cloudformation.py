"""Make generator/data/release/flow*.json from the resource schemas in cfn-lint.

Usage: python tools/refresh_cloudformation.py FOLDER

FOLDER is cfnlint/data/schemas of an installed cfn-lint. A module passes these schemas to aws_cloudcontrolapi_resource,
which then neither fetches one nor keeps an old one in its state. Left out is what the provider does not need:
descriptions, handlers, the read-only definition inside a version, and other ways to give a flow's definition. For the
engine `cloud-control`, flowseal compares definitions with the flow's schema.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "generator" / "data" / "release"
TYPES = {
    "AWS::Bedrock::Flow": "flow.json",
    "AWS::Bedrock::FlowAlias": "flow-alias.json",
    "AWS::Bedrock::FlowVersion": "flow-version.json",
}
KEPT = (
    "typeName",
    "properties",
    "definitions",
    "required",
    "createOnlyProperties",
    "readOnlyProperties",
    "primaryIdentifier",
    "additionalProperties",
)


def reduce_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a resource schema without what a module does not need."""
    kept = {key: _drop_descriptions(schema[key]) for key in KEPT if key in schema}
    for pointer in schema.get("writeOnlyProperties", []):
        del kept["properties"][pointer.rpartition("/")[2]]
    # What only AWS sets needs no definition of its own.
    for pointer in kept["readOnlyProperties"]:
        name = pointer.rpartition("/")[2]
        if "$ref" in kept["properties"][name]:
            kept["properties"][name] = {"type": "object"} if name == "Definition" else {"type": "string"}
    text = json.dumps(kept["properties"])
    waiting = [name for name in kept.get("definitions", {}) if f'#/definitions/{name}"' in text]
    reached: dict[str, Any] = {}
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = kept["definitions"][name]
            waiting += [
                other for other in kept["definitions"] if f'#/definitions/{other}"' in json.dumps(reached[name])
            ]
    kept["definitions"] = dict(sorted(reached.items()))
    return {key: item for key, item in kept.items() if item != {}}


def _drop_descriptions(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _drop_descriptions(item)
            for key, item in value.items()
            if not (key == "description" and isinstance(item, str))
        }
    return [_drop_descriptions(item) for item in value] if isinstance(value, list) else value


def make_files(folder: Path) -> dict[str, str]:
    """Return the files by name, one per type, so that a new release of cfn-lint is a diff."""
    files = json.loads((folder / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    made = {}
    for name, file in TYPES.items():
        schema = json.loads((folder / "resources" / f"{files[name]}.json").read_text(encoding="utf-8"))
        made[file] = json.dumps(reduce_schema(schema), indent=2) + "\n"
    return made


def main() -> None:
    """Write the files."""
    for file, text in make_files(Path(sys.argv[1])).items():
        (DATA / file).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
