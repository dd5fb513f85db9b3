"""A release beside a generated module, played through: what the account, the provider and the AWS CLI are good for.

`tests/terraform/release` was first tried on the real provider's code, with the results that are expected here.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from identities import allow, make_role, write_document
from release_modules import ALIAS, FLOW, PREPARED, VERSION, Release, open_release
from released import invoke
from roots import Root
from subjects import EVERYDAY, edit_a_prompt, find_subject

from bench import Bench, find_missing_parts

MISSING = find_missing_parts()
pytestmark = [
    pytest.mark.terraform,
    pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}"),
]
PREPARING = ["UpdateFlow", "PrepareFlow"]
MOVING = ["CreateFlowVersion", "UpdateFlowAlias", "DeleteFlowVersion"]


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(find_subject(EVERYDAY, tmp_path / "subject"), roles=("api",), callers=("api",))


def change_tags(module: Path) -> None:
    """Give all resources other tags, as an edit of the definition's tags does."""
    main = module / "main.tf"
    text = main.read_text(encoding="utf-8")
    assert "  tags " in text
    main.write_text(re.sub(r"^  tags +=.*$", '  tags = { edited = "yes" }', text, flags=re.M), encoding="utf-8")


def break_the_flow(module: Path) -> None:
    """Take the last connection of the flow away, so that a node is not reached."""
    main = module / "main.tf"
    text = main.read_text(encoding="utf-8")
    start = text.rindex("    connection {")
    end = text.index("\n    }\n", start) + len("\n    }\n")
    main.write_text(text[:start] + text[end:], encoding="utf-8")


def test_a_release_from_the_first_apply_to_destroy(bench: Bench, tmp_path: Path, root: Root) -> None:
    with open_release(bench, tmp_path / "root", root) as release:
        check_first_apply(release)
        check_edit(release)
        check_tags(release)
        check_new_name(release, root)
        before = len(bench.read_calls())
        bench.do(release.folder, "destroy", "-auto-approve")
        assert release.list_steps(before) == ["DeleteFlowAlias", "DeleteFlowVersion", "DeleteFlow"]


def check_first_apply(release: Release) -> None:
    changes, steps = release.apply()
    assert {changes[address] for address in (FLOW, PREPARED, VERSION, ALIAS)} == {"create"}
    assert steps == ["CreateFlow", "PrepareFlow", "CreateFlowVersion", "CreateFlowAlias"]
    assert (release.plan(), release.read_routed(), ask(release)) == ({}, "1", "1")


def ask(release: Release) -> str:
    """Invoke the alias; return the version that answers."""
    document = invoke(release.bench, release.outputs["flow_id"], release.outputs["alias_arn"], "Hello", "Question")
    return str(document["flowVersion"])


def check_edit(release: Release) -> None:
    before = dict(release.outputs)
    edit_a_prompt(release.module)
    changes, steps = release.apply()
    assert changes == {FLOW: "update", PREPARED: "replace", VERSION: "replace", ALIAS: "update"}
    assert steps == PREPARING + MOVING
    assert (release.plan(), release.read_routed(), ask(release)) == ({}, "2", "2")
    assert release.outputs == before | {"flow_version": "2"}


def check_tags(release: Release) -> None:
    change_tags(release.module)
    changes, steps = release.apply()
    assert (changes[FLOW], changes[PREPARED], steps) == ("update", "replace", ["PrepareFlow"])
    assert not {VERSION, ALIAS} & changes.keys()
    assert (release.plan(), release.read_routed()) == ({}, "2")


def check_new_name(release: Release, root: Root) -> None:
    replace(root, name="renamed").write(release.folder)
    changes, steps = release.apply()
    assert (changes[FLOW], changes[VERSION], changes[ALIAS]) == ("update", "replace", "update")
    assert steps == PREPARING + MOVING
    assert (release.plan(), release.read_routed()) == ({}, "3")


def test_a_failed_preparation_leaves_the_alias_and_the_next_apply_goes_on(
    bench: Bench, tmp_path: Path, root: Root
) -> None:
    with open_release(bench, tmp_path / "root", root) as release:
        release.apply()
        whole = (release.module / "main.tf").read_text(encoding="utf-8")
        break_the_flow(release.module)
        said, steps = release.try_to_apply()
        assert (said.code, steps) == (1, PREPARING)
        (error,) = [text for text in said.list_diagnostics("error") if "local-exec" in text]
        assert "cannot be reached" in error
        assert release.read_routed() == "1"
        (release.module / "main.tf").write_text(whole, encoding="utf-8")
        edit_a_prompt(release.module)
        changes, steps = release.apply()
        assert (changes[FLOW], steps) == ("update", PREPARING + MOVING)
        assert (release.plan(), release.read_routed()) == ({}, "2")


def test_replacing_the_flow_meets_its_own_name_when_the_alias_is_already_gone(
    bench: Bench, tmp_path: Path, root: Root
) -> None:
    with open_release(bench, tmp_path / "root", root) as release:
        release.apply()
        before = len(bench.read_calls())
        said = bench.ask(release.folder, "apply", "-auto-approve", f"-replace={FLOW}")
        assert (said.code, release.list_steps(before)) == (1, ["DeleteFlowAlias", "CreateFlow"])
        assert "ConflictException" in " ".join(said.list_diagnostics("error"))
        assert release.plan() == {ALIAS: "create"}


def test_the_real_cli_prepares_too(bench: Bench, tmp_path: Path, root: Root) -> None:
    real = bench.with_cli("real")
    if shutil.which("aws", path=real.environment["PATH"]) is None:
        pytest.skip("missing: the AWS CLI")
    with open_release(real, tmp_path / "root", root) as release:
        _, steps = release.apply()
        assert steps == ["CreateFlow", "PrepareFlow", "CreateFlowVersion", "CreateFlowAlias"]


WHO = """
provider "aws" {{
  assume_role {{
    role_arn = "{role}"
  }}
}}

data "aws_caller_identity" "current" {{}}

resource "terraform_data" "asked" {{
  provisioner "local-exec" {{
    command = "aws sts get-caller-identity --query Arn --output text >who"
  }}
}}

output "flow" {{
  value = data.aws_caller_identity.current.arn
}}
"""


def test_a_provisioner_does_not_have_the_role_that_the_provider_assumes(bench: Bench, tmp_path: Path) -> None:
    iam, name = bench.client("iam"), "somebody-with-a-role"
    iam.create_user(UserName=name)
    policy = write_document(allow("sts:AssumeRole"))
    iam.put_user_policy(UserName=name, PolicyName="assume", PolicyDocument=policy)
    acting = bench.acting_with(iam.create_access_key(UserName=name)["AccessKey"])
    (tmp_path / "main.tf").write_text(WHO.format(role=make_role(bench, "assumed-by-provider")), encoding="utf-8")
    acting.succeed(tmp_path, "init", "-input=false")
    said = acting.do(tmp_path, "apply", "-auto-approve")
    assert ":assumed-role/assumed-by-provider/" in said.outputs["flow"]
    assert (tmp_path / "who").read_text(encoding="ascii").endswith(f":user/{name}\n")
