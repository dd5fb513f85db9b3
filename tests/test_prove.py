"""Every example's module through its whole life, by real Terraform; and what is in the account afterwards.

The provider is the stand-in unless the environment names a real one (tests/bench.py); the account is moto with the
flows API added (tests/account). docs/proof.md says what that leaves open.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from trees import read_tree

from bench import Bench, find_missing_parts, open_bench
from generator.definition import read_flow
from generator.intake import DiskReader
from generator.model import ParameterReference
from generator.source import read_document
from generator.verify.page import write_page_policies

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = sorted(path.name for path in (EXAMPLES / "modules").iterdir() if path.is_dir())
MISSING = find_missing_parts()
pytestmark = [pytest.mark.terraform, pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}")]

OWN = "arn:aws:bedrock:us-east-1:123456789012:"
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
VALUES: dict[str, Any] = {
    "answer_model": f"{OWN}inference-profile/us.amazon.nova-pro-v1:0",
    "archive_bucket": "archive",
    "bot_alias_arn": "arn:aws:lex:us-east-1:123456789012:bot-alias/ABC/DEF",
    "caller_guardrail": "abc123",
    "desk_agent_arn": f"{OWN}agent-alias/ABCDEFGHIJ/ABCDEFGHIJ",
    "documents_key": KEY,
    "guardrail": f"{OWN}guardrail/abc123",
    "handbook_id": "KB1",
    "order_lookup_arn": "arn:aws:lambda:us-east-1:123456789012:function:look-up:live",
    "planner_model": f"{OWN}application-inference-profile/abc123",
    "policy_documents_id": "KB2",
    "refund_arn": "arn:aws:lambda:us-east-1:123456789012:function:refund",
    "reply_prompt_arn": f"{OWN}prompt/ABCDEFGHIJ:7",
    "reports_account": "111122223333",
    "reports_bucket": "reports",
    "reports_key": KEY,
}
CALLER = """
resource "aws_iam_role" "caller" {
  name               = "caller-of-NAME"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("bench")) as bench:
        yield bench


def write_root(folder: Path, name: str, *, callers: bool) -> dict[str, Any]:
    """Write a root that calls a module, with a caller's role made in the same apply; return the values given."""
    if not (folder / "module").exists():
        shutil.copytree(EXAMPLES / "modules" / name, folder / "module")
    variables = (folder / "module" / "variables.tf").read_text(encoding="utf-8")
    blocks = re.findall(r'variable "(\w+)" \{\n(.*?)\n\}', variables, re.DOTALL)
    values = {variable: VALUES[variable] for variable, body in blocks if "\n  default " not in body}
    lines = [f"  {variable} = {json.dumps(value)}" for variable, value in values.items()]
    lines += ["  caller_roles = { api = aws_iam_role.caller.arn }"] if callers else []
    call = "\n".join(['module "flow" {', '  source = "./module"', *lines, "}"])
    outputs = "".join(
        f'output "{item}" {{\n  value = module.flow.{item}\n}}\n' for item in ("flow_id", "role_name", "key_id")
    )
    (folder / "main.tf").write_text(f"{CALLER.replace('NAME', name)}{call}\n{outputs}", encoding="utf-8")
    return values


def list_changes(plan: dict[str, Any]) -> dict[str, list[str]]:
    return {
        change["address"]: change["change"]["actions"]
        for change in plan["resource_changes"]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    }


def read_expected(name: str, values: dict[str, Any]) -> Any:
    """Return the definition as its author meant it, the given values and defaults in the place of parameters."""
    (path,) = (EXAMPLES / "flows" / name).glob("*.flow.*")
    document, _ = read_document(path.name, path.read_bytes())
    assert document is not None
    flow = read_flow(document, DiskReader(path.parent)).flow
    assert flow is not None
    known = {item.name: item.default for item in flow.parameters} | values

    def fill(value: Any) -> Any:
        if isinstance(value, ParameterReference):
            return fill(known[value.name])
        if isinstance(value, dict):
            return {key: fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [fill(item) for item in value]
        return float(value) if isinstance(value, Decimal) else value

    return fill(dict(flow.definition))


def drop_empty_configurations(definition: dict[str, Any]) -> dict[str, Any]:
    """Leave out configurations that say nothing: absent and empty mean the same."""
    nodes = [dict(node) for node in definition["nodes"]]
    for node in nodes:
        if not any(node.get("configuration", {}).values()):
            node.pop("configuration", None)
    return {**definition, "nodes": nodes}


def find_policy(bench: Bench, role: str, start: str) -> Any:
    """Return the document of the policy attached to a role whose name begins so."""
    iam = bench.client("iam")
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    (arn,) = [item["PolicyArn"] for item in attached if item["PolicyName"].startswith(start)]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def place_arns(bench: Bench, policy: Any, outputs: dict[str, str]) -> Any:
    """Return a policy with the page's account and placeholders in the place of the real ones."""
    account = bench.client("sts").get_caller_identity()["Account"]
    text = json.dumps(policy).replace(outputs["key_id"], "KEY").replace(outputs["flow_id"], "FLOW")
    return json.loads(text.replace(outputs["role_name"], "ROLE").replace(account, "123456789012"))


def check_policies(bench: Bench, name: str, outputs: dict[str, str]) -> None:
    """Hold the three policies in the account against AWS's page; the caller stands beside the service role."""
    caller = f"caller-of-{name}"
    page = write_page_policies([f"arn:aws:iam::123456789012:role/{caller}"])
    key = json.loads(bench.client("kms").get_key_policy(KeyId=outputs["key_id"], PolicyName="default")["Policy"])
    assert place_arns(bench, key, outputs) == page["key"]
    encryption = find_policy(bench, outputs["role_name"], "bedrock-flow-encryption-")
    assert place_arns(bench, encryption, outputs) == page["encryption"]
    assert place_arns(bench, find_policy(bench, caller, "bedrock-flow-caller-"), outputs) == page["caller"]


def edit_a_prompt(folder: Path) -> None:
    texts = sorted((folder / "module" / "prompts").glob("*.txt")) or sorted((folder / "module").glob("code/*.py"))
    if texts:
        texts[0].write_text(texts[0].read_text(encoding="utf-8") + "\nBriefly.\n", encoding="utf-8")
    else:
        main = folder / "module" / "main.tf"
        text = main.read_text(encoding="utf-8")
        main.write_text(re.sub(r'(  description +=) ".*"', r'\1 "Another"', text, count=1), encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_whole_life_of_a_module(name: str, bench: Bench, tmp_path: Path) -> None:
    values = write_root(tmp_path, name, callers=True)
    bench.succeed(tmp_path, "init", "-input=false")
    assert "Warning" not in bench.succeed(tmp_path, "validate")
    assert "Warning" not in bench.succeed(tmp_path, "apply", "-auto-approve", "-input=false")
    assert bench.run(tmp_path, "plan", "-detailed-exitcode").returncode == 0
    raw = json.loads(bench.succeed(tmp_path, "output", "-json"))
    outputs = {item: value["value"] for item, value in raw.items()}
    found = bench.client("bedrock-agent").get_flow(flowIdentifier=outputs["flow_id"])
    expected = read_expected(name, values)
    assert drop_empty_configurations(found["definition"]) == drop_empty_configurations(expected)
    check_policies(bench, name, outputs)
    bench.client("bedrock-agent").prepare_flow(flowIdentifier=outputs["flow_id"])
    assert bench.run(tmp_path, "plan", "-detailed-exitcode").returncode == 0
    edit_a_prompt(tmp_path)
    plan = bench.plan(tmp_path)
    assert list_changes(plan) == {"module.flow.aws_bedrockagent_flow.this": ["update"]}
    assert not [item for item in plan["resource_changes"] if item["change"]["actions"] == ["read"]]
    bench.succeed(tmp_path, "destroy", "-auto-approve", "-input=false")
    state = bench.client("kms").describe_key(KeyId=outputs["key_id"])["KeyMetadata"]["KeyState"]
    assert state == "PendingDeletion"
    assert not [item for item in bench.client("iam").list_roles()["Roles"] if item["RoleName"] == outputs["role_name"]]
    assert read_tree(tmp_path / "module").keys() == read_tree(EXAMPLES / "modules" / name).keys()


def test_callers_come_and_go_and_the_flow_is_untouched(bench: Bench, tmp_path: Path) -> None:
    write_root(tmp_path, "order-desk", callers=False)
    bench.succeed(tmp_path, "init", "-input=false")
    bench.succeed(tmp_path, "apply", "-auto-approve", "-input=false")
    write_root(tmp_path, "order-desk", callers=True)
    changes = list_changes(bench.plan(tmp_path))
    assert changes == {
        'module.flow.aws_iam_role_policy_attachment.caller["api"]': ["create"],
        "module.flow.aws_kms_key_policy.this": ["update"],
    }
    root = tmp_path / "main.tf"
    text = root.read_text(encoding="utf-8")
    foreign = text.replace("aws_iam_role.caller.arn", '"arn:aws:iam::999999999999:role/x"')
    root.write_text(foreign, encoding="utf-8")
    refused = bench.run(tmp_path, "plan")
    assert refused.returncode == 1
    assert "Put it into caller_principals" in " ".join(refused.stderr.split())
    root.write_text(text, encoding="utf-8")
    bench.succeed(tmp_path, "destroy", "-auto-approve", "-input=false")


def test_a_new_name_changes_flow_and_key_in_place(bench: Bench, tmp_path: Path) -> None:
    write_root(tmp_path, "invoice-batch", callers=True)
    bench.succeed(tmp_path, "init", "-input=false")
    bench.succeed(tmp_path, "apply", "-auto-approve", "-input=false")
    root = tmp_path / "main.tf"
    text = root.read_text(encoding="utf-8")
    long_name = "a-" * 100
    root.write_text(text.replace('"./module"', f'"./module"\n  name = "{long_name}"'), encoding="utf-8")
    changes = list_changes(bench.plan(tmp_path))
    assert changes["module.flow.aws_bedrockagent_flow.this"] == ["update"]
    assert changes["module.flow.aws_kms_key.this"] == ["update"]
    assert changes["module.flow.aws_iam_role.this"] == ["create", "delete"]
    bench.succeed(tmp_path, "apply", "-auto-approve", "-input=false")
    assert bench.run(tmp_path, "plan", "-detailed-exitcode").returncode == 0
    bench.succeed(tmp_path, "destroy", "-auto-approve", "-input=false")


def test_rights_are_there_before_the_flow_that_needs_them(bench: Bench, tmp_path: Path) -> None:
    write_root(tmp_path, "travel-chat", callers=False)
    bench.succeed(tmp_path, "init", "-input=false")
    before = len(bench.read_calls())
    bench.succeed(tmp_path, "apply", "-auto-approve", "-input=false")
    calls = bench.read_calls()[before:]
    assert calls.index("AttachRolePolicy") < calls.index("CreateFlow") < calls.index("PutKeyPolicy")
    bench.succeed(tmp_path, "destroy", "-auto-approve", "-input=false")


def test_a_wrong_condition_in_the_account_is_seen(bench: Bench, tmp_path: Path) -> None:
    write_root(tmp_path, "order-desk", callers=True)
    key = tmp_path / "module" / "kms.tf"
    key.write_text(key.read_text(encoding="utf-8").replace("[local.via_service]", '["kms.us-east-1.amazonaws.com"]'))
    bench.succeed(tmp_path, "init", "-input=false")
    bench.succeed(tmp_path, "apply", "-auto-approve", "-input=false")
    outputs = {item: value["value"] for item, value in json.loads(bench.succeed(tmp_path, "output", "-json")).items()}
    with pytest.raises(AssertionError):
        check_policies(bench, "order-desk", outputs)
    bench.succeed(tmp_path, "destroy", "-auto-approve", "-input=false")


def test_a_policy_that_names_the_flow_directly_is_seen(bench: Bench, tmp_path: Path) -> None:
    write_root(tmp_path, "support-triage", callers=True)
    key = tmp_path / "module" / "kms.tf"
    text = key.read_text(encoding="utf-8")
    key.write_text(text.replace("[local.flow_arn]", "[aws_bedrockagent_flow.this.arn]"), encoding="utf-8")
    bench.succeed(tmp_path, "init", "-input=false")
    bench.succeed(tmp_path, "apply", "-auto-approve", "-input=false")
    edit_a_prompt(tmp_path)
    assert "module.flow.aws_kms_key_policy.this" in list_changes(bench.plan(tmp_path))
    bench.succeed(tmp_path, "destroy", "-auto-approve", "-input=false")
