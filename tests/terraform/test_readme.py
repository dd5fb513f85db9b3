"""The README of a module: a diagram, who can decrypt, and text from a definition that is always escaped."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from every_kind import make_flow_of_every_kind
from flow_documents import data, make_flow, make_loop, make_prompt, read
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from paths import ROOT
from plans import SOURCE, plan_document, plan_example

from generator.flow.bedrock_models import load_known_models
from generator.flow.model import Engine
from generator.flow.nodes import collect_grants
from generator.terraform.module import TEST_FILE, read_copied_files
from generator.terraform.module.outputs_tf import list_outputs
from generator.terraform.module.variables_tf import VARIABLES
from generator.terraform.prerequisites import (
    CAPABILITIES,
    IN_MARKETPLACE,
    NOT_IN_MARKETPLACE,
    RESOURCES,
    list_prerequisites,
)
from generator.terraform.readme import draw_flow, escape_markdown, render_readme, write_code
from generator.terraform.render import render_module, write_header

HEADER = write_header(SOURCE)
HOSTILE = '| `x` <script>alert(1)</script> [a](b) ![c](d) --> "] %%{init}%% *b* _i_ ~~s~~ $m$ \n# h\r\n- l\u202e\x00'


def test_it_has_a_diagram_with_every_node_and_connection() -> None:
    readme = render_readme(plan_example("support-triage"), HEADER)
    picture = readme.split("```mermaid\n")[1].split("```")[0]
    assert picture.count("<br/>") == 9
    assert picture.count("-->") == 8
    assert picture.count(".->") == 3
    assert '  n3 -. "urgent" .-> n5\n' in picture


def test_a_loop_is_drawn_around_its_nodes() -> None:
    inner = make_loop(make_prompt(), name="Inner")
    inner["configuration"]["loop"]["definition"]["connections"] = [data("Ask", "modelCompletion", "Ask", "question")]
    document = make_flow(make_prompt(), make_loop(inner, name="Outer"))
    document["definition"]["connections"].append(data("Ask", "modelCompletion", "Outer", "loopInput"))
    flow = read(document).flow
    assert flow is not None
    assert list(draw_flow(flow)) == [
        "```mermaid",
        "flowchart LR",
        '  n1["Start<br/>Input"]',
        '  n2["Ask<br/>Prompt"]',
        '  subgraph n3["Outer<br/>Loop"]',
        "    direction LR",
        '    subgraph n4["Inner<br/>Loop"]',
        "      direction LR",
        '      n5["Ask<br/>Prompt"]',
        '      n5 -- "modelCompletion" --> n5',
        "    end",
        "  end",
        '  n6["End<br/>Output"]',
        '  n1 -- "document" --> n2',
        '  n2 -- "modelCompletion" --> n6',
        '  n2 -- "modelCompletion" --> n3',
        "```",
    ]


def test_it_names_every_input_and_output() -> None:
    plan = plan_example("policy-answers")
    readme = render_readme(plan, HEADER)
    assert "requirement\\_terraform" in readme
    docs = readme.split("<!-- BEGIN_TF_DOCS -->")[1].split("<!-- END_TF_DOCS -->")[0]
    names = re.findall(r'<a name="(input|output)_(\w+)">', docs)
    expected = {item.name for item in VARIABLES} | {
        "policy_documents_id",
        "guardrail",
        "guardrail_version",
        "documents_key",
        "temperature",
    }
    assert {name for kind, name in names if kind == "input"} == expected
    assert [name for kind, name in names if kind == "output"] == sorted(
        item.name for item in list_outputs(plan.kind.flow)
    )


def test_it_lists_who_can_decrypt_and_what_the_key_does_not_protect() -> None:
    readme = render_readme(plan_example("order-desk"), HEADER)
    for words in ("AllowRootModifyKMSId", "AllowRoleUseKMSKey", "EncryptionFlows", "EncryptFlow", "kms:PutKeyPolicy"):
        assert words in readme
    assert "in plaintext in the repository" in readme
    assert "instead of using `depends_on` in its call" in readme


def test_it_warns_reviewers_about_patterns_and_unmanaged_files() -> None:
    readme = " ".join(render_readme(plan_example("report-archive"), HEADER).split())
    assert "`aws:SourceArn` is `flow/*`, because the flow's ID does not exist when the role is created" in readme
    assert "cover every key. After the first apply, replace `key/*` with the output" in readme
    assert "If a file in this folder has any, `flowseal check` reports `UnmanagedPermissions`." in readme
    assert "must exist in this account, unless the flow's definition lists" in readme
    assert "(SSE-KMS), list that key under `permissions: kms_keys`" in readme
    assert 'source = "./path/to/report-archive"' in readme


def test_it_links_to_the_deployment_policies() -> None:
    readme = render_readme(plan_example("order-desk"), HEADER)
    linked = dict(re.findall(r"\[(policies/\S+)\]\((policies/\S+)\)", readme))
    assert linked == {path: path for path in read_copied_files(is_released=False)}
    assert "Statement" not in readme


def test_it_has_about_a_hundred_lines_plus_those_of_the_flow() -> None:
    assert len(render_readme(plan_document(make_flow(make_prompt())), HEADER).splitlines()) <= 120
    for folder in (ROOT / "examples" / "flows").iterdir():
        before, _, rest = render_readme(plan_example(folder.name), HEADER).partition("```mermaid\n")
        assert len([*before.splitlines(), *rest.partition("```\n")[2].splitlines()]) <= 190


@pytest.mark.parametrize("path", ["policies/deployment.json", "policies/plan.json"])
@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("is_released", [False, True])
def test_a_deployment_policy_is_json_and_within_the_iam_quota(is_released: bool, engine: Engine, path: str) -> None:
    text = read_copied_files(is_released, engine)[path]
    policy = json.loads(text)
    assert len(re.sub(r"\s", "", text)) < 6144
    sids = [statement["Sid"] for statement in policy["Statement"]]
    assert len(set(sids)) == len(sids)
    for statement in policy["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert actions == sorted(actions)
        assert not [action for action in actions if "*" in action]


def test_the_usage_has_a_valid_terraform_label() -> None:
    assert 'module "support_triage" {' in render_readme(plan_example("support-triage"), HEADER)
    assert 'module "flow_4_ever" {' in render_readme(
        plan_document({**make_flow(make_prompt()), "name": "4-Ever"}), HEADER
    )


def test_hostile_text_is_escaped() -> None:
    parameters = {"m": {"description": HOSTILE, "model": "foundation-model"}}
    description = HOSTILE.replace("\x00", "").replace("\u202e", "")
    document = make_flow(make_prompt(model={"$param": "m"}), description=description, parameters=parameters)
    readme = render_readme(plan_document(document), HEADER)
    for raw in ("<script>", "![c]", "[a](b)", "\u202e", "\x00", "\r", '--> "]', "`x`", "\n# h", "\n- l"):
        assert raw not in readme
    row = next(line for line in readme.splitlines() if "input_m" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 6


@given(st.text())
def test_escaped_text_stays_on_its_line_and_in_its_cell(text: str) -> None:
    escaped = escape_markdown(text)
    assert "\n" not in escaped
    assert "\r" not in escaped
    assert not re.search(r"(?<!\\)(?:\\\\)*[|`*_\[\]~<>]", escaped)
    code = write_code(text)
    assert "\n" not in code
    assert "|" not in code


def show(markdown: str) -> str:
    """Return what a reader of the rendered page sees."""
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)
    return unescape(re.sub(r"<[^>]*>", "", html)).strip()


@given(st.text("&;#<>=+-*_~`|[]()!\\$@.:/0129abgtx "))
@example(">= 1.5.7")
@example("https://example.com/a_b?c=d&amp;e")
def test_the_rendered_page_shows_the_text_unchanged(text: str) -> None:
    words = " ".join(text.split())
    assert show(escape_markdown(text)) == words
    assert show(f"| a |\n|---|\n| {escape_markdown(text)} |").removeprefix("a").strip() == words


@pytest.mark.parametrize("text", ["- a", "+ a", "= a", "> a", "# a", "1. a", "23) a"])
def test_no_text_starts_a_list_or_heading(text: str) -> None:
    assert re.match(r"\\|&gt;|\d+\\", escape_markdown(text))


def read_first_call(document: dict[str, Any]) -> str:
    """Return the section "Before the first call" of a document's module, or an empty string."""
    readme = render_readme(plan_document(document), HEADER)
    return readme.partition("## Before the first call")[2].partition("## Usage")[0]


VENDORS = {model.partition(".")[0] for model in load_known_models().models}


@pytest.mark.parametrize("vendor", sorted(VENDORS | IN_MARKETPLACE | NOT_IN_MARKETPLACE))
def test_marketplace_models_need_a_subscription(vendor: str) -> None:
    assert vendor in VENDORS
    for model in (f"{vendor}.sample-v1:0", f"us.{vendor}.sample-v1:0"):
        section = read_first_call(make_flow(make_prompt(model=model)))
        assert ("aws-marketplace:Subscribe" in section) is (vendor not in NOT_IN_MARKETPLACE)
        assert ("AWS sells it through AWS Marketplace, so" in section) is (vendor in IN_MARKETPLACE)
        assert ("PutUseCaseForModelAccess" in section) is (vendor == "anthropic")
        assert bool(section) is (vendor not in NOT_IN_MARKETPLACE)
        assert (f"`{vendor}.sample-v1:0`" in section) is bool(section)


def test_the_prerequisites_of_nodes_in_loops_are_the_same() -> None:
    bucket = {"storage": {"serviceConfiguration": {"s3": {"bucketName": "reports"}}}}
    base = {"knowledgeBase": {"knowledgeBaseId": "KB1", "modelId": "anthropic.claude-v2"}}
    nodes = [
        {"name": "Save", "type": "Storage", "configuration": bucket},
        {"name": "Search", "type": "KnowledgeBase", "configuration": base},
    ]
    found = []
    for document in (make_flow(*nodes), make_flow(make_loop(make_loop(*nodes, name="Inner")))):
        flow = read(document).flow
        assert flow is not None
        found.append(list(list_prerequisites(flow, collect_grants(flow)[0])))
    assert found[0] == found[1]
    assert {names for _, names, _ in found[1]} >= {("reports",), ("KB1",)}


def test_the_prerequisites_are_only_those_of_the_flow() -> None:
    everything = read_first_call(make_flow_of_every_kind())
    lines = [line for line in everything.splitlines() if line.startswith("- ")]
    kinds = [re.sub(" `.*", "", line) for line in lines]
    assert kinds == [f"- {what}" for what in ("Model", *(what for what, _ in {**CAPABILITIES, **RESOURCES}.values()))]
    assert "`var.prompt_router`" in lines[0]
    assert "`var.application_inference_profile`" in lines[0]
    code = {"name": "Add", "type": "InlineCode", "configuration": {"inlineCode": {"code": "1", "language": "Python_3"}}}
    assert "Before the first call" not in render_readme(plan_document(make_flow(code)), HEADER)
    (line,) = read_first_call(make_flow(make_guarded())).strip().splitlines()[2:]
    assert line.startswith("- Guardrail `abc123`: must be in this account and Region")
    assert "until the flow's definition lists its guardrail profile" in line
    profile = {"id": "us.guardrail.v1:0", "regions": ["us-east-1"]}
    (line,) = read_first_call(make_flow(make_guarded(), permissions={"guardrail_profiles": [profile]})).splitlines()[
        4:5
    ]
    assert "The Regions of the guardrail profile in the definition must be" in line


def make_guarded() -> dict[str, Any]:
    node = make_prompt()
    guard = {"guardrailIdentifier": "abc123", "guardrailVersion": "1"}
    node["configuration"]["prompt"]["guardrailConfiguration"] = guard
    return node


def test_no_module_grants_marketplace_permissions() -> None:
    files = render_module(plan_document(make_flow(make_prompt(model="anthropic.claude-3-haiku-20240307-v1:0"))), SOURCE)
    assert not [name for name, text in files.items() if "aws-marketplace" in text and name != "README.md"]


def test_it_lists_everyone_who_can_decrypt_and_the_other_keys_of_the_service_role() -> None:
    readme = render_readme(plan_example("report-archive"), HEADER)
    decrypting, nodes = (
        readme.split(f"## {title}\n")[1].split("\n## ")[0] for title in ("Who can decrypt", "What the nodes may do")
    )
    assert "administrators, and anyone you attach `caller_policy_arn` to" in decrypting
    assert "allow `kms:Decrypt` on `key/*` for `flow/*`" in decrypting
    assert "other keys, for any data and without conditions: `<var.reports_key>`" in decrypting
    assert "| `permissions` in the definition | `kms:Decrypt`, `kms:GenerateDataKey` |" in nodes
    assert "the permission has no condition. |" in nodes
    assert "other keys" not in render_readme(plan_example("order-desk"), HEADER)


@pytest.mark.parametrize("release", [None, {"invoke": "none"}, {}, {"invoke_async": True}], ids=str)
def test_it_lists_everyone_who_can_invoke_a_released_flow(release: dict[str, Any] | None) -> None:
    sections = {} if release is None else {"release": {"aliases": {"live": {}}, **release}}
    plan = plan_document(make_flow(make_prompt(), **sections))
    readme = render_readme(plan, HEADER)
    _, _, rest = readme.partition("## Who can invoke\n")
    table = rest.partition("\n## ")[0]
    attachments = next(item.description for item in plan.variables if item.name == "attach_caller_policy")
    assert (bool(table), "its calls are denied" in attachments) == (release is not None,) * 2
    assert "`caller_principals`" in table or release is None
    assert "administrators" in table or release is None
    invokes = release is not None and "invoke" not in release
    assert ("attach `invoke_policy_arn` to each role yourself" in table) is invokes
    assert ("each of `caller_roles` and `caller_principals`" in table) is (release is not None and not invokes)
    assert ("`RunExecutions`" in table) is bool(release and "invoke_async" in release)
    assert ("Each release deletes the version before it." in readme) is (release is not None)


def test_the_usage_has_the_values_with_which_the_module_s_own_tests_run() -> None:
    usage = render_readme(plan_example("report-archive"), HEADER).split("```hcl\n")[1].split("```")[0]
    tests = render_module(plan_example("report-archive"), SOURCE)[TEST_FILE]
    found = dict(re.findall(r"^  (reports_\w+) += (.*)", usage, re.MULTILINE))
    assert found.keys() == {"reports_bucket", "reports_account", "reports_key"}
    assert found.items() <= set(re.findall(r"^  (\w+) += (.*)", tests, re.MULTILINE))
