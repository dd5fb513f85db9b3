"""Documents in formats that flowseal does not support: what they are, and what to do instead.

This is the only place that recognizes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from generator.findings import Finding, LocatedFinding, report_file
from generator.flow.reading.rules import CLOUDFORMATION, NOT_A_FLOW
from generator.source.position import Document, Path

FLOW_TYPE = "AWS::Bedrock::Flow"
PROPERTIES = frozenset({"Definition", "DefinitionString", "DefinitionS3Location", "DefinitionSubstitutions"})
"""Properties of AWS::Bedrock::Flow that contain or refer to the definition."""
DEFINITION_KEYS = frozenset({"Nodes", "Connections"})
API_KEYS = frozenset({"nodes", "connections", "name", "definition"})

TEMPLATE = "This is a CloudFormation template"
RESOURCE = "This is a CloudFormation resource"
SPELLING = "This definition uses CloudFormation keys"

COMMAND = "aws bedrock-agent get-flow --flow-identifier ID > NAME.flow.json"
IMPORT = "flowseal import FILE"
EXPORT = f"Export the deployed flow with `{COMMAND}`"
TERRAFORM, PYTHON, SCRIPT = "Terraform code", "a Python program", "a JavaScript or TypeScript program"
ENDINGS = {
    (".tf", ".tf.json", ".tofu", ".tofu.json", ".hcl", ".tfvars", ".tfvars.json", ".tfstate"): TERRAFORM,
    (".py", ".pyi", ".ipynb"): PYTHON,
    (".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"): SCRIPT,
}
CONTENTS = {
    TERRAFORM: re.compile(
        r"^(resource|data|module|variable|output|provider|terraform|locals|import|moved)\b[ \t\w\"-]*\{", re.MULTILINE
    ),
    SCRIPT: re.compile(
        r"^(import\b.*\bfrom ['\"]|import ['\"]|(const|let|var) \w+\b.*=|export (class|const|default|function)\b)",
        re.MULTILINE,
    ),
    PYTHON: re.compile(r"^(import [\w.]+|from [\w.]+ import )", re.MULTILINE),
}
HELP = {
    TERRAFORM: f"{EXPORT}. To keep the flow, see docs/existing-flows.md.",
    PYTHON: f"Save the arguments of its create_flow call as JSON, or export the deployed flow with `{COMMAND}`.",
    SCRIPT: f"Save the arguments of its CreateFlow call as JSON, or export the deployed flow with `{COMMAND}`.",
}


def recognize_code(file: str, text: str, document: Document | None = None) -> LocatedFinding | None:
    """Return a finding if a file is code. See find_code."""
    kind = find_code(file, text, document)
    if kind is None:
        return None
    return report_file(NOT_A_FLOW, f"This is {kind}, not a flow definition.", HELP[kind], file)


def find_code(file: str, text: str, document: Document | None = None) -> str | None:
    """Return what a file is if it is code, by its name or, if it is neither YAML nor JSON, by its contents."""
    kind = next((kind for endings, kind in ENDINGS.items() if file.casefold().endswith(endings)), None)
    if kind is None and document is not None and isinstance(document.value, dict | list):
        kind = TERRAFORM if _is_terraform(document.value) else None
    elif kind is None:
        kind = next((kind for kind, pattern in CONTENTS.items() if pattern.search(text)), None)
    return kind


def recognize_cloudformation(document: Document) -> Finding | None:
    """Return a finding if a document is a CloudFormation template, including CDK's, or a part of one."""
    found = find_cloudformation(document.value)
    if found is None:
        return None
    what, path = found
    help = f"Run `{IMPORT}` to write definitions in flowseal's own format."
    if what is SPELLING:
        help = (
            f"Start each key with a lowercase letter (`nodes`, `connections`, ...), as in the API. Or run `{IMPORT}`."
        )
        return Finding(CLOUDFORMATION, f"{what}.", help, path)
    return Finding(CLOUDFORMATION, f"{what}, not a flow definition.", help, path)


def find_cloudformation(value: object) -> tuple[str, Path] | None:
    """Return what a document is if it is a CloudFormation template or a part of one, and the path that shows it."""
    if not isinstance(value, dict):
        return None
    return _find_template(value) or _find_resource(value) or _find_properties(value)


def _is_terraform(value: object) -> bool:
    """Return whether a value is Terraform JSON: code, a plan, or a state."""
    if not isinstance(value, dict):
        return False
    resources = value.get("resource")
    is_code = isinstance(resources, dict) and any(str(key).startswith(("aws_", "awscc_")) for key in resources)
    return is_code or "terraform_version" in value


def _find_template(value: Mapping[str, object]) -> tuple[str, Path] | None:
    body = value.get("TemplateBody")
    if body is not None:
        return TEMPLATE, ("TemplateBody",)
    resources = value.get("Resources")
    types = _list_types(resources)
    if "AWSTemplateFormatVersion" in value or types:
        flows = [name for name, type_name in types.items() if type_name == FLOW_TYPE]
        return TEMPLATE, ("Resources", flows[0]) if flows else ()
    return None


def _find_resource(value: Mapping[str, object]) -> tuple[str, Path] | None:
    """Recognize a single resource, resources without `Resources`, and the response of Cloud Control."""
    for key in ("Type", "TypeName"):
        if str(value.get(key)).startswith("AWS::"):
            return RESOURCE, (key,)
    types = {} if API_KEYS & set(value) else _list_types(value)
    if not types:
        return None
    flows = [name for name, type_name in types.items() if type_name == FLOW_TYPE]
    return RESOURCE, ((flows or list(types))[0],)


def _find_properties(value: Mapping[str, object]) -> tuple[str, Path] | None:
    """Recognize a resource's properties, and a definition, even if the keys around it are the API's."""
    own = value.get("definition")
    if isinstance(own, dict) and DEFINITION_KEYS & set(own) and not API_KEYS & set(own):
        return SPELLING, ("definition",)
    if API_KEYS & set(value):
        return None
    if DEFINITION_KEYS & set(value):
        return SPELLING, ()
    definition = value.get("Definition")
    is_own_misspelled = isinstance(definition, dict) and bool(API_KEYS & set(definition))
    if PROPERTIES & set(value) and not is_own_misspelled:
        return "These are the properties of a CloudFormation resource", ()
    return None


def _list_types(resources: object) -> dict[str, str]:
    """Return the types of CloudFormation resources by name."""
    items = resources.items() if isinstance(resources, dict) else ()
    types = {name: item.get("Type") for name, item in items if isinstance(item, dict)}
    return {name: kind for name, kind in types.items() if isinstance(kind, str) and kind.startswith("AWS::")}
