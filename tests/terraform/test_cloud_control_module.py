"""The module of a flow with the engine cloud-control: what holds against the weaknesses of Cloud Control's resource."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flow_documents import make_flow
from plans import SOURCE, plan_document

from generator.flow.model import Engine
from generator.terraform.hcl import Block, write_block
from generator.terraform.module import ModulePlan
from generator.terraform.proof import prove_module
from generator.terraform.proof.reader import read_file
from generator.terraform.proof.references import list_declarations
from generator.terraform.render import render_module

RESOURCE = "aws_cloudcontrolapi_resource"
RELEASE: dict[str, Any] = {"aliases": {"live": {}, "beta": {"tags": {"stage": "beta"}}}}
MUTATIONS = {
    "a lost update of the definition": ("main.tf", "== (var.rewrite_definition", "!= (var.rewrite_definition"),
    "a lost update of a temperature": ("main.tf", "(?:Temperature|TopP)", "(?:TopP)"),
    "a lost update of the key": ("main.tf", ", jsondecode(self.properties).CustomerEncryptionKeyArn]", "]"),
    "a failure that is taken for a change": ("main.tf", "= self.properties == null || try([", "= try(["),
    "a rejected flow that is not noticed": ("main.tf", '!= "Failed"', '!= "failed"'),
    "a rewrite that ends well": ("main.tf", '"rewritten"', '"none"'),
    "a rewrite without the key": ("main.tf", "    CustomerEncryptionKeyArn = local.key_arn\n", ""),
    "a replaced flow that keeps its aliases": ("release.tf", f"[{RESOURCE}.flow.id]", "[]"),
    "a replaced flow that keeps its version": ("release.tf", ', split("/", local.flow_arn)[1]]', "]"),
    "a schema of AWS": ("main.tf", '  schema        = file("${path.module}/schemas/flow.json")\n', ""),
    "another schema": ("schemas/flow.json", '"AWS::Bedrock::Flow"', '"AWS::Bedrock::Prompt"'),
    "no default tags": ("main.tf", "merge(data.aws_default_tags.current.tags, local.tags)", "local.tags"),
    "a version before the key policy": ("release.tf", "[aws_kms_key_policy.this, ", "["),
    "a flow that is not in the policies": ("iam.tf", f"= {RESOURCE}.flow.id", '= "arn:aws:bedrock:::flow/F"'),
}
"""For each cure, what takes it out of the files of a module."""


def make_plan(engine: Engine = Engine.CLOUD_CONTROL, **sections: Any) -> ModulePlan:
    return plan_document(make_flow(engine=engine.value, **sections))


PLANS = {"released": make_plan(release=RELEASE), "not released": make_plan()}


def write_resource(plan: ModulePlan, label: str) -> str:
    return write_block(find_block(plan, RESOURCE, label))


def find_block(plan: ModulePlan, *labels: str) -> Block:
    (found,) = [block for blocks in plan.blocks.values() for block in blocks if block.labels == labels]
    return found


@pytest.mark.parametrize("name", PLANS)
def test_the_module_is_proven(name: str) -> None:
    assert prove_module(PLANS[name], render_module(PLANS[name], SOURCE)) == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_proof_reports_a_missing_cure(name: str) -> None:
    plan = PLANS["released"]
    file, old, new = MUTATIONS[name]
    files = render_module(plan, SOURCE)
    assert files[file].count(old) == 1
    assert prove_module(plan, {**files, file: files[file].replace(old, new)})


def test_an_update_that_failed_and_a_change_made_elsewhere_are_reported() -> None:
    flow = write_resource(PLANS["released"], "flow")
    first, second, third = flow.split("postcondition {")[1:]
    assert 'try(jsondecode(self.properties).Status, "none") != "Failed"' in third
    assert "jsonencode(jsondecode(self.properties).Definition)" in first
    assert "jsonencode(local.definition)" in first
    for name, value in (("ExecutionRoleArn", "role_arn"), ("CustomerEncryptionKeyArn", "key_arn")):
        assert f"jsondecode(self.properties).{name}" in second
        assert f"local.{value}" in second
    # What AWS returned is unknown while any edit is planned: nothing else may depend on it.
    for plan in PLANS.values():
        files = render_module(plan, SOURCE)
        for file, text in files.items():
            checks = re.findall(r"^    postcondition \{\n.*?^    \}\n", text, re.DOTALL | re.MULTILINE)
            left = text.replace("flow_properties", "")
            for check in checks if file.endswith(".tf") else ():
                left = left.replace(check, "")
            assert not file.endswith(".tf") or "properties" not in left


def test_a_rewrite_leaves_only_the_definition_out() -> None:
    main = render_module(PLANS["not released"], SOURCE)["main.tf"]
    state = "jsonencode(merge(local.flow_properties, var.rewrite_definition ? {} : { Definition = local.definition }))"
    assert f"  desired_state = {state}\n" in main
    properties = main.split("flow_properties = merge(local.tagged, {\n")[1].split("  })\n")[0]
    assert dict(re.findall(r"(\w+) += (.*)", properties)) == {
        "Name": "local.name",
        "ExecutionRoleArn": "local.role_arn",
        "CustomerEncryptionKeyArn": "local.key_arn",
    }
    # Nothing else changes with it: no digest, no version, no alias.
    files = render_module(PLANS["released"], SOURCE)
    assert [file for file, text in files.items() if "var.rewrite_definition" in text] == ["main.tf"]


def test_a_replaced_flow_replaces_its_version_and_aliases() -> None:
    plan = PLANS["released"]
    assert f"replace_triggered_by  = [{RESOURCE}.flow.id]" in write_resource(plan, "alias")
    assert "replace_triggered_by  = [terraform_data.definition]" in write_resource(plan, "version")
    content = write_block(find_block(plan, "terraform_data", "definition"))
    assert 'input = [local.definition_sha256, split("/", local.flow_arn)[1]]' in content


def test_each_resource_has_a_schema_of_the_module() -> None:
    files = render_module(PLANS["released"], SOURCE)
    schemas = re.findall(r"schema +=(.*)", files["main.tf"] + files["release.tf"])
    assert schemas == [
        f' file("${{path.module}}/schemas/{name}.json")' for name in ("flow", "flow-version", "flow-alias")
    ]
    assert all(f"schemas/{name}.json" in files for name in ("flow", "flow-version", "flow-alias"))


@pytest.mark.parametrize("engine", Engine)
def test_resources_of_cloud_control_have_the_provider_s_default_tags(engine: Engine) -> None:
    files = render_module(make_plan(engine, release=RELEASE, tags={"team": "desk"}), SOURCE)
    assert "  all_tags = merge(data.aws_default_tags.current.tags, local.tags)\n" in files["main.tf"]
    assert ("flow_properties = merge(local.tagged, {\n" in files["main.tf"]) is (engine is Engine.CLOUD_CONTROL)
    assert "    live = local.tagged\n" in files["release.tf"]
    assert '      Tags = merge(local.all_tags, { stage = "beta" }, var.tags)\n' in files["release.tf"]


def test_a_module_without_resources_of_cloud_control_reads_no_default_tags() -> None:
    assert "default_tags" not in "".join(render_module(make_plan(Engine.NATIVE), SOURCE).values())


def test_cloud_control_prepares_the_flow() -> None:
    plan = PLANS["released"]
    files = render_module(plan, SOURCE)
    assert not [file for file in files if file.startswith("scripts/")]
    assert not [text for file, text in files.items() if file.endswith(".tf") and "prepare" in text]
    assert {"prepare_flow", "aws_cli_profile"}.isdisjoint(item.name for item in plan.variables)


def test_the_engine_changes_only_the_flow_and_how_it_is_prepared() -> None:
    declared, contents = {}, set()
    for engine in Engine:
        files = render_module(make_plan(engine, release=RELEASE), SOURCE)
        blocks = {file: read_file(text).blocks for file, text in files.items() if file.endswith(".tf")}
        declared[engine] = {item.address for item in list_declarations(blocks)}
        contents.add(files["release.tf"].split("version_content = {\n")[1].split("\n  }\n")[0])
        assert prove_module(make_plan(engine, release=RELEASE), files) == []
    assert declared[Engine.CLOUD_CONTROL] - declared[Engine.NATIVE] == {
        f"{RESOURCE}.flow",
        "local.definition",
        "local.float_pattern",
        "local.flow_properties",
        "var.check_definition",
        "var.rewrite_definition",
    }
    assert declared[Engine.NATIVE] - declared[Engine.CLOUD_CONTROL] == {
        "aws_bedrockagent_flow.this",
        "terraform_data.prepared",
        "var.aws_cli_profile",
        "var.aws_cli_role_arn",
        "var.prepare_flow",
    }
    # A new digest would create a version that nobody needs.
    assert len(contents) == 1


def test_the_input_of_the_version_is_the_flow_s_id_with_both_engines() -> None:
    """An import by ID, with which the engine changes, must not replace the version."""
    inputs = {
        engine: re.findall(r"  input += \[local.definition_sha256, (.*)\]\n", write_block(find_definition(engine)))
        for engine in Engine
    }
    assert inputs == {
        Engine.NATIVE: ["aws_bedrockagent_flow.this.id"],
        Engine.CLOUD_CONTROL: ['split("/", local.flow_arn)[1]'],
    }


def find_definition(engine: Engine) -> Block:
    return find_block(make_plan(engine, release=RELEASE), "terraform_data", "definition")
