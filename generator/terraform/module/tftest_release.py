"""tests/flow.tftest.hcl, the part for a release: the version, the aliases, and the policy for invoking the flow."""

from __future__ import annotations

import json
from collections.abc import Iterator

from generator.flow.model import Alias, Release
from generator.terraform.hcl import Block, Reference, Value, encode_value
from generator.terraform.module.plan import ModuleKind, make_block
from generator.terraform.module.tftest_fixed import (
    API,
    FLOW_ARN,
    IAM,
    KNOWN,
    assert_all,
    assert_document,
    expect_rejection,
    override,
)
from generator.terraform.policies import PolicyDocument

RESOURCE = "aws_cloudcontrolapi_resource"


def list_settings(alias: Alias) -> dict[str, Value]:
    """Return the description and the concurrency of an alias in the terms of AWS::Bedrock::FlowAlias, if it has any."""
    settings: dict[str, Value] = {}
    if alias.description is not None:
        settings["Description"] = alias.description
    if alias.concurrency is not None:
        kind, most = alias.concurrency
        settings["ConcurrencyConfiguration"] = {"Type": kind} | ({} if most is None else {"MaxConcurrency": most})
    return settings


def plan_release_tests(release: Release, invoke: PolicyDocument, kind: ModuleKind) -> Iterator[Block]:
    """Yield the blocks of a release's own tests; `invoke` is the policy for invoking the flow."""
    arns = {alias.name: f"{FLOW_ARN}/alias/ALIAS{number}" for number, alias in enumerate(release.aliases, 1)}
    yield override("resource", f"{RESOURCE}.version", id=f"{FLOW_ARN}|7")
    for alias, arn in zip(release.aliases, arns.values(), strict=True):
        properties = json.dumps({"RoutingConfiguration": [{"FlowVersion": "7"}], **list_settings(alias)})
        target = f"{RESOURCE}.alias[{encode_value(alias.name)}]"
        yield override("resource", target, id=f"{arn}|{FLOW_ARN}", properties=properties)
    yield override("data", "data.aws_iam_policy_document.caller_invoke", json='{"Id":"caller_invoke"}')
    if release.invoke:
        yield override("resource", "aws_iam_policy.caller_invoke", arn=f"{IAM}policy/caller_invoke")
    known = {**KNOWN, "local.flow_arn": FLOW_ARN}
    known |= {f"local.alias_arns[{encode_value(name)}]": arn for name, arn in arns.items()}
    yield make_block(
        "run",
        "releases_the_flow",
        body=(
            make_block("variables", caller_roles={"api": API}),
            assert_document(invoke, known, "The policy for invoking the flow was changed. Check InvokeFlow."),
            assert_all(tuple(_list_conditions(release, arns, kind)), "The version or an alias is not as generated."),
        ),
    )
    if release.invoke:
        yield _plan_run_without_attachments()
    if kind.is_native:
        yield from _plan_preparation_runs()


def _plan_preparation_runs() -> Iterator[Block]:
    yield make_block(
        "run",
        "prepares_the_flow",
        command=Reference("plan"),
        body=(
            make_block("variables", prepare_flow=True),
            assert_all(("length(terraform_data.prepared) == 1",), "Nothing prepares the flow."),
        ),
    )
    yield expect_rejection(
        "rejects_invalid_values_for_preparing",
        {"aws_cli_profile": "two words", "aws_cli_role_arn": f"{IAM}user/somebody"},
    )


def _plan_run_without_attachments() -> Block:
    message = "With attach_caller_policy = false, the policy for invoking the flow is still attached."
    return make_block(
        "run",
        "callers_get_no_policy_for_invoking_without_attachments",
        body=(
            make_block("variables", caller_roles={"api": API}, attach_caller_policy=False),
            assert_all(("length(aws_iam_role_policy_attachment.caller_invoke) == 0",), message),
        ),
    )


def _list_conditions(release: Release, arns: dict[str, str], kind: ModuleKind) -> Iterator[str]:
    version = f"jsondecode({RESOURCE}.version.desired_state)"
    yield f"{version}.FlowArn == {kind.flow.arn}"
    yield f"{version}.Description == output.definition_sha256"
    yield 'output.flow_version == "7"'
    yield f"length(output.alias_arns) == {len(arns)}"
    for name, arn in arns.items():
        alias = f"jsondecode({RESOURCE}.alias[{encode_value(name)}].desired_state)"
        yield f"{alias}.Name == {encode_value(name)}"
        yield f"{alias}.FlowArn == {kind.flow.arn}"
        yield f"{alias}.RoutingConfiguration[0].FlowVersion == output.flow_version"
        yield f"output.alias_arns[{encode_value(name)}] == {encode_value(arn)}"
        yield f"output.alias_ids[{encode_value(name)}] == {encode_value(arn.rpartition('/')[2])}"
    yield "output.invoke_policy_json == data.aws_iam_policy_document.caller_invoke.json"
    if release.invoke:
        yield "aws_iam_policy.caller_invoke.policy == data.aws_iam_policy_document.caller_invoke.json"
        yield 'aws_iam_role_policy_attachment.caller_invoke["api"].role == "api"'
        yield 'aws_iam_role_policy_attachment.caller_invoke["api"].policy_arn == aws_iam_policy.caller_invoke.arn'
