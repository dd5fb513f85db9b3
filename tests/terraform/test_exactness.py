"""No author's value that is wider than a name reaches a statement: checked in the document, the plan, and the proof."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from flow_documents import make_flow, make_prompt, read
from fuzz import list_unsafe
from hostile import list_places
from plans import FLOWS, SOURCE

import generator.terraform.module.checks
from generator.flow.nodes import collect_grants
from generator.pipeline import DefinitionText, build_module, check_definitions
from generator.progress import Timings
from generator.project.discovery import DiskReader
from generator.terraform.module import plan_module

PATTERNS = (
    "*",
    "?",
    "arn:aws-*:x",
    " ",
    "\n",
    "\t",
    '"',
    "'",
    "$",
    "${aws:username}",
    "\0",
    "\x7f",
    "\u2028",
    "\u200b",
)
REACHING = ("Arn", "Id", "Identifier", "bucketName", "modelId")
"""Endings of the keys whose values become part of statements."""
GUARDRAIL = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc"


def make_guarded(guardrail: Any, **more: Any) -> dict[str, Any]:
    prompt = make_prompt()
    configuration = {"guardrailIdentifier": guardrail, "guardrailVersion": "1"}
    prompt["configuration"]["prompt"]["guardrailConfiguration"] = configuration
    return make_flow(prompt, **more)


def check(document: Any, folder: Path) -> Any:
    data = json.dumps(document, default=float).encode()
    text = DefinitionText("a.flow.json", data, DiskReader(folder))
    return check_definitions([text], for_terraform=True, timings=Timings())[0]


@pytest.mark.parametrize("partition", ["aws-*", "aws-?", "aws-\n", 'aws-"', "aws-$", "aws- x", "aws-é"])
@pytest.mark.parametrize("place", ["literal", "default"])
def test_the_partition_of_a_guardrail_is_letters_and_hyphens(partition: str, place: str, tmp_path: Path) -> None:
    hostile = GUARDRAIL.replace("aws", partition)
    document = make_guarded(hostile)
    if place == "default":
        document = make_guarded({"$param": "rail"}, parameters={"rail": {"description": "Rail", "default": hostile}})
    checked = check(document, tmp_path)
    (finding,) = [item for item in checked.findings if item.rule.name == "MalformedValue"]
    assert finding.pointer.endswith("/parameters/rail/default" if place == "default" else "/guardrailIdentifier")
    assert checked.plan is None or checked.buildable_plan is None


@pytest.mark.parametrize("hostile", [GUARDRAIL + "*", "a?c", "a b", 'a"c', "a\nc", "$x", "a\0c", "aé"])
def test_the_statements_themselves_are_checked(hostile: str) -> None:
    flow = read(make_guarded("abc")).flow
    assert flow is not None
    (node,) = [node for node in flow.nodes if node.type == "Prompt"]
    # As if no earlier check existed.
    dict.__setitem__(node.configuration["guardrailConfiguration"], "guardrailIdentifier", hostile)  # type: ignore[arg-type]
    plan, findings = plan_module(flow, collect_grants(flow)[0])
    assert plan is None
    (finding,) = findings
    assert (finding.rule.name, finding.path[-1]) == ("MalformedValue", "guardrailIdentifier")


@pytest.mark.parametrize("hostile", [GUARDRAIL + "*", "a?c", "a b", "$x", "a'c"])
def test_the_proof_checks_them_again(hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator.terraform.module.checks, "list_inexact_values", lambda _: ())
    flow = read(make_guarded("abc")).flow
    assert flow is not None
    (node,) = [node for node in flow.nodes if node.type == "Prompt"]
    dict.__setitem__(node.configuration["guardrailConfiguration"], "guardrailIdentifier", hostile)  # type: ignore[arg-type]
    plan, _ = plan_module(flow, collect_grants(flow)[0])
    assert plan is not None
    failures = build_module(plan, SOURCE, Timings()).failures
    assert [failure for failure in failures if "not an exact name" in failure.message]


@pytest.mark.parametrize("name", [*sorted(path.name for path in FLOWS.iterdir() if path.is_dir()), "guarded"])
def test_no_hostile_value_in_an_example_reaches_a_statement(name: str) -> None:
    (path,) = (FLOWS / name).glob("*.flow.*") if name != "guarded" else [FLOWS]
    document = make_guarded(GUARDRAIL) if path == FLOWS else yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    chance = random.Random(name)
    accepted = 0
    for holder, key in list_places(document):
        old = holder[key]
        if not isinstance(old, str):
            continue
        words = chance.sample(PATTERNS, 5 if str(key).endswith(REACHING) else 1)
        for word in words:
            at = chance.randrange(len(old) + 1)
            partition = old.replace("arn:aws:", f"arn:aws-{word}:")
            holder[key] = chance.choice((word, old + word, partition, old[:at] + word + old[at:]))
            plan = check(document, path.parent).buildable_plan
            if plan is not None:
                accepted += 1
                assert list(list_unsafe(plan)) == []
        holder[key] = old
    assert accepted
