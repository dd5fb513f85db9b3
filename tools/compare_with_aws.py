"""Hold flowseal's verdicts on a definition against those of AWS's ValidateFlowDefinition, and print the differences.

usage: python tools/compare_with_aws.py DEFINITION [--value NAME=VALUE ...] [--region REGION] [--profile PROFILE]

The call makes nothing and needs the right bedrock:ValidateFlowDefinition. A parameter of the definition gets the value
given with --value, or else its default. Only AWS's own kinds are compared; each by its node, connection or loop. The
exit code is 1 where the two differ.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from generator.findings import Finding, has_errors  # noqa: E402
from generator.flow.api import find_shape_at, list_validation_kinds  # noqa: E402
from generator.flow.model import Flow, ParameterReference, Value  # noqa: E402
from generator.flow.reading import read_flow  # noqa: E402
from generator.project.discovery import DiskReader  # noqa: E402
from generator.source import read_document  # noqa: E402
from generator.validation import validate_flow  # noqa: E402


@dataclass(frozen=True, slots=True)
class Verdict:
    """A kind, and the names of what it is about: at AWS all that its details name, here all that the places name."""

    kind: str
    names: frozenset[str]
    message: str

    def agrees_with(self, other: Verdict) -> bool:
        """Return whether two verdicts are of one kind and about one thing."""
        return self.kind == other.kind and (bool(self.names & other.names) or not (self.names and other.names))


class UnusableError(Exception):
    """The definition cannot be sent; the message says why."""


def read_definition(path: Path) -> Flow:
    """Return the flow of a file, which must be right in shape: AWS answers a wrong shape with an exception."""
    document, faults = read_document(path.name, path.read_bytes())
    if document is None or faults:
        raise UnusableError(f"{path} cannot be read: {faults[0].message if faults else 'it is empty'}")
    reading = read_flow(document, DiskReader(path.parent))
    if reading.flow is None or has_errors(reading.findings):
        told = "; ".join(finding.message for finding in reading.findings)
        raise UnusableError(f"{path} is wrong in shape; see flowseal validate: {told}")
    return reading.flow


def fill_in(value: Value, flow: Flow, given: dict[str, str]) -> Any:
    """Return a value in the form that boto3 expects: parameters filled in, exact numbers as floats."""
    if isinstance(value, ParameterReference):
        default, _ = flow.resolve(value, ())
        if value.name not in given and default is None:
            raise UnusableError(f"the parameter {value.name} has no default: give --value {value.name}=...")
        if value.name in given:
            return read_value(value.name, given[value.name], flow)
        return fill_in(default, flow, given)
    if isinstance(value, dict):
        return {key: fill_in(item, flow, given) for key, item in value.items()}
    if isinstance(value, list):
        return [fill_in(item, flow, given) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, str) else value


def read_value(name: str, text: str, flow: Flow) -> Any:
    """Return a parameter's value from the command line: JSON where the API takes no text there."""
    parameter = next(item for item in flow.parameters if item.name == name)
    shape = find_shape_at(parameter.uses[0])
    return text if shape is None or shape.type == "string" else json.loads(text)


def ask_aws(client: Any, definition: dict[str, Any]) -> list[Verdict]:
    """Return what ValidateFlowDefinition says."""
    answer = client.validate_flow_definition(definition=definition)
    verdicts = []
    for item in answer["validations"]:
        details = next(iter(item.get("details", {}).values()), {})
        names = frozenset(str(name) for member, name in details.items() if member not in ("cause", "expectedType"))
        verdicts.append(Verdict(item.get("type", "Unspecified"), names, f"{item['severity']}: {item['message']}"))
    return verdicts


def ask_flowseal(flow: Flow) -> list[Verdict]:
    """Return what flowseal says, of AWS's own kinds."""
    kinds = list_validation_kinds()
    found = [finding for finding in validate_flow(flow) if finding.rule.name in kinds]
    return [Verdict(finding.rule.name, name_subjects(finding, flow), finding.message) for finding in found]


def name_subjects(finding: Finding, flow: Flow) -> frozenset[str]:
    """Return the names of the nodes and connections at a finding's places."""
    names: set[str] = set()
    for path in (finding.path, *(related.path for related in finding.related)):
        value: Any = {"definition": flow.definition}
        for part in path:
            value = value[part] if part in (value if isinstance(value, dict) else range(len(value))) else {}
            if isinstance(value, dict) and isinstance(value.get("name"), str):
                names.add(value["name"])
                names |= {value[end] for end in ("source", "target") if isinstance(value.get(end), str)}
    return frozenset(names)


def list_differences(ours: list[Verdict], theirs: list[Verdict]) -> list[str]:
    """Return what only one of the two says, a line each."""
    lines = []
    for who, verdicts, others in (("AWS alone", theirs, ours), ("flowseal alone", ours, theirs)):
        for verdict in verdicts:
            if not any(verdict.agrees_with(other) for other in others):
                about = ", ".join(sorted(verdict.names)) or "the flow"
                lines.append(f"{who}: {verdict.kind} ({about}): {verdict.message}")
    return lines


def compare(path: Path, given: dict[str, str], client: Any) -> list[str]:
    """Return the differences for one definition."""
    flow = read_definition(path)
    definition = fill_in(dict(flow.definition), flow, given)
    return list_differences(ask_flowseal(flow), ask_aws(client, definition))


def main() -> None:
    """Ask both and print what they differ in."""
    parser = argparse.ArgumentParser(description="Hold flowseal's verdicts against AWS's.")
    parser.add_argument("definition", type=Path)
    parser.add_argument("--value", action="append", default=[], metavar="NAME=VALUE", help="the value of a parameter")
    parser.add_argument("--region", help="the AWS region (default: the profile's)")
    parser.add_argument("--profile", help="the profile of the AWS configuration")
    arguments = parser.parse_args()
    import boto3

    client = boto3.Session(profile_name=arguments.profile, region_name=arguments.region).client("bedrock-agent")
    given = dict(item.split("=", 1) for item in arguments.value)
    try:
        differences = compare(arguments.definition, given, client)
    except UnusableError as error:
        sys.exit(str(error))
    print("\n".join(differences) or "AWS and flowseal say the same.")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
