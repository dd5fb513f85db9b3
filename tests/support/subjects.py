"""What is proven: every module of the examples, of AWS's own sample flows, and of an inline chat prompt."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from paths import ROOT
from plans import INLINE_CHAT
from typer.testing import CliRunner

from generator.cli import app
from generator.flow.model import ParameterReference
from generator.flow.reading import read_flow
from generator.project.discovery import DiskReader
from generator.source import read_document

MODULES = ROOT / "examples" / "modules"
SAMPLES = {
    json.loads(path.read_text(encoding="utf-8"))["name"]: path
    for path in sorted((ROOT.parent / "shared" / "real_flows").glob("*_flow.json"))
}
SAMPLES["inline-chat"] = INLINE_CHAT
EXAMPLES = sorted(path.name for path in MODULES.iterdir() if path.is_dir())
EVERYDAY = "support-triage"
RELEASED = "ticket-summary"
LOOPING = "article-teaser"
"""The example with the engine cloud-control."""
CLOUD, UNRELEASED = f"{LOOPING}-twice", f"{LOOPING}-unreleased"
"""The same with a second alias and asynchronous calls, and without its release."""

OWN = "arn:aws:bedrock:us-east-1:123456789012:"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-"
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:"
NEW_RIGHT = f"{LAMBDA}register"
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-12345678901"
VALUES: dict[str, tuple[Any, Any]] = {
    "answer_model": (
        f"{OWN}inference-profile/us.amazon.nova-pro-v1:0",  # modules of before take no ID: see upgrades.py
        "eu.amazon.nova-pro-v1:0",
    ),
    "archive_bucket": ("archive", "attic"),
    "bot_alias_arn": tuple(f"arn:aws:lex:us-east-1:123456789012:bot-alias/{bot}/DEF" for bot in ("ABC", "GHI")),
    "caller_guardrail": ("abc123", f"{OWN}guardrail/def456"),
    "desk_agent_arn": (f"{OWN}agent-alias/ABCDEFGHIJ/ABCDEFGHIJ", f"{OWN}agent-alias/KLMNOPQRST/KLMNOPQRST"),
    "documents_key": (f"{KEY}2", f"{KEY}3"),
    "guardrail": (f"{OWN}guardrail/abc123", "def456"),
    "guardrail_id": ("abc123", f"{OWN}guardrail/def456"),
    "handbook_id": ("KB1", "KB3"),
    "knowledgebase_id": ("KB1", "KB4"),
    "knowledgebase_model_id": (f"{MODEL}lite-v1:0", f"{MODEL}pro-v1:0"),
    "order_lookup_arn": (f"{LAMBDA}look-up:live", f"{LAMBDA}look-up:next"),
    "plan_prompt_arn": (f"{OWN}prompt/ABCDEFGHIJ:1", f"{OWN}prompt/ABCDEFGHIJ:2"),
    "planner_model": (f"{OWN}application-inference-profile/abc123", f"{OWN}application-inference-profile/def456"),
    "policy_documents_id": ("KB2", "KB5"),
    "prompt_classify_input_model_id": (f"{MODEL}micro-v1:0", f"{MODEL}lite-v1:0"),
    "prompt_model_id": (f"{MODEL}pro-v1:0", "amazon.nova-premier-v1:0"),
    "refund_arn": (f"{LAMBDA}refund", f"{LAMBDA}refund-by-hand"),
    "reply_prompt_arn": (f"{OWN}prompt/ABCDEFGHIJ:7", f"{OWN}prompt/ABCDEFGHIJ:8"),
    "reports_account": ("111122223333", "444455556666"),
    "reports_bucket": ("reports", "reports-of-the-year"),
    "reports_key": (f"{KEY}4", f"{KEY}5"),
    "summary_model": (f"{OWN}inference-profile/us.amazon.nova-lite-v1:0", "eu.amazon.nova-lite-v1:0"),
    "teaser_model": (f"{OWN}inference-profile/us.amazon.nova-micro-v1:0", "eu.amazon.nova-micro-v1:0"),
}
"""For each parameter of these flows the value given to it, and the one given to a second call of the module."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A module under proof, and the definition that it was made from."""

    name: str
    definition: Path
    module: Path

    @property
    def is_cloud_control(self) -> bool:
        """Whether the flow is a resource of Cloud Control."""
        return 'resource "aws_cloudcontrolapi_resource" "flow"' in (self.module / "main.tf").read_text(encoding="utf-8")

    @property
    def flow(self) -> str:
        """The address of the flow in the module."""
        return "aws_cloudcontrolapi_resource.flow" if self.is_cloud_control else "aws_bedrockagent_flow.this"

    def find_input(self) -> str:
        """Return the name of the flow's Input node."""
        nodes = self.read_definition(self.choose_values())["nodes"]
        return next(str(node["name"]) for node in nodes if node["type"] == "Input")

    def choose_values(self, which: int = 0) -> dict[str, Any]:
        """Return a value for each variable that has no default: the first ones, or the second."""
        text = (self.module / "variables.tf").read_text(encoding="utf-8")
        blocks = re.findall(r'variable "(\w+)" \{\n(.*?)\n\}', text, re.DOTALL)
        return {variable: VALUES[variable][which] for variable, body in blocks if "\n  default " not in body}

    def read_definition(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the definition as its author meant it: values and defaults in the place of parameters, texts read."""
        document, _ = read_document(self.definition.name, self.definition.read_bytes())
        assert document is not None
        flow = read_flow(document, DiskReader(self.definition.parent)).flow
        assert flow is not None
        known = {item.name: item.default for item in flow.parameters} | values
        filled: dict[str, Any] = _fill(dict(flow.definition), known)
        return filled


def _fill(value: Any, known: dict[str, Any]) -> Any:
    if isinstance(value, ParameterReference):
        return _fill(known[value.name], known)
    if isinstance(value, dict):
        return {key: _fill(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, known) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def find_subject(name: str, folder: Path) -> Subject:
    """Return an example as it stands in the repository, or a sample or variant made into a module below `folder`."""
    if name in SAMPLES:
        return Subject(name, SAMPLES[name], generate_module(SAMPLES[name], folder))
    if name in VARIANTS:
        home = folder / name
        if not home.exists():
            generate_variant(find_subject(LOOPING, home), home, VARIANTS[name])
        return Subject(name, home / "flow" / f"{LOOPING}.flow.json", home / "modules" / LOOPING)
    (definition,) = (ROOT / "examples" / "flows" / name).glob("*.flow.*")
    return Subject(name, definition, MODULES / name)


def generate_module(definition: Path, folder: Path) -> Path:
    """Make a module of a definition, which must be without an error; return its folder."""
    result = CliRunner().invoke(app, ["generate", str(definition), "-o", str(folder)])
    assert result.exit_code == 0, result.output
    (module,) = (path for path in folder.iterdir() if path.is_dir())
    return module


def generate_variant(subject: Subject, folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Make a module of a subject's definition after a change of the document; return its folder."""
    document = yaml.safe_load(subject.definition.read_text(encoding="utf-8"))
    change(document)
    home = folder / "flow"
    home.mkdir(parents=True)
    for texts in (path for path in subject.definition.parent.iterdir() if path.is_dir()):
        shutil.copytree(texts, home / texts.name)
    definition = home / f"{subject.name}.flow.json"
    definition.write_text(json.dumps(document), encoding="utf-8")
    return generate_module(definition, folder / "modules")


def release_twice(document: dict[str, Any]) -> None:
    """Give a definition a release with two aliases, which callers may also call asynchronously."""
    document["release"] = {"aliases": {"live": {}, "beta": {"tags": {"stage": "beta"}}}, "invoke_async": True}


VARIANTS: dict[str, Callable[[dict[str, Any]], object]] = {
    CLOUD: release_twice,
    UNRELEASED: lambda document: document.pop("release"),
}
"""Changes of the looping example, by the name of what comes of them."""


def add_a_new_right(document: dict[str, Any]) -> None:
    """Give a definition one more node, which needs a right that the flow did not have."""
    nodes, connections = document["definition"]["nodes"], document["definition"]["connections"]
    (start,) = [node for node in nodes if node["type"] == "Input"]
    port = start["outputs"][0]
    nodes += [
        {
            "name": "Register",
            "type": "LambdaFunction",
            "configuration": {"lambdaFunction": {"lambdaArn": NEW_RIGHT}},
            "inputs": [{"name": "entry", "type": port["type"], "expression": "$.data"}],
            "outputs": [{"name": "functionResponse", "type": "String"}],
        },
        {
            "name": "Registered",
            "type": "Output",
            "inputs": [{"name": "document", "type": "String", "expression": "$.data"}],
        },
    ]
    connections += [
        _connect(start["name"], port["name"], "Register", "entry"),
        _connect("Register", "functionResponse", "Registered", "document"),
    ]


def _connect(source: str, output: str, target: str, port: str) -> dict[str, Any]:
    ends = {"sourceOutput": output, "targetInput": port}
    configuration = {"data": ends}
    return {"name": f"{source}To{target}", "source": source, "target": target, "type": "Data"} | {
        "configuration": configuration
    }


def edit_a_prompt(module: Path) -> None:
    """Change a text of a module as a new definition would: a prompt's, else code, else the flow's description."""
    texts = sorted(module.glob("prompts/**/*.txt")) or sorted(module.glob("code/**/*.py"))
    if texts:
        texts[0].write_text(texts[0].read_text(encoding="utf-8") + "\nBriefly.\n", encoding="utf-8")
        return
    main = module / "main.tf"
    text = main.read_text(encoding="utf-8")
    main.write_text(re.sub(r'(  description +=) ".*"', r'\1 "Another"', text, count=1), encoding="utf-8")
