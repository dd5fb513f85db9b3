"""tests/flow.tftest.hcl, the part that is the same in every module of an engine: mocks, policies, rejected values.

A second statement next to the template's literal code, on purpose: the proof compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from generator.terraform.hcl import (
    Attribute,
    Block,
    Call,
    Comment,
    Equality,
    Reference,
    Template,
    Value,
    encode_value,
    join_parts,
)
from generator.terraform.module.plan import Item, ModuleKind, make_block
from generator.terraform.policies import (
    PolicyDocument,
    PolicyValue,
    Statement,
    plan_caller_policy,
    plan_encryption_policy,
    plan_key_policy,
    plan_trust_policy,
)

ACCOUNT = "111122223333"
REGION = "us-east-1"
IAM = f"arn:aws:iam::{ACCOUNT}:"
FLOW_ARN = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:flow/FLOW"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
ROLE_ARN = f"{IAM}role/flow"
KEY_AND_ROLE = {"CustomerEncryptionKeyArn": KEY_ARN, "ExecutionRoleArn": ROLE_ARN}
PROPERTIES = json.dumps(KEY_AND_ROLE, separators=(",", ":"))
"""What Cloud Control returns of the mocked flow: it has no definition."""
API = f"{IAM}role/path/api"
PARTNER = "arn:aws:iam::444455556666:role/partner"
KNOWN = {
    "local.partition": "aws",
    "local.region": REGION,
    "local.account_id": ACCOUNT,
    "local.via_service": f"bedrock.{REGION}.amazonaws.com",
}
"""The module's local values under the mocks."""
CREATED = {
    "local.key_arn": Reference("aws_kms_key.this.arn"),
    "local.role_arn": Reference("aws_iam_role.this.arn"),
}
ARNS = ("caller_roles", "caller_principals")
NAMES = ("name", *ARNS, "caller_policy_name", "permissions_boundary_arn")
DAYS = ("deletion_window_in_days", "rotation_period_in_days")


def plan_fixed_tests(kind: ModuleKind) -> tuple[Block, ...]:
    """Return the mocked provider and the runs that every module of a kind has."""
    role = f"{IAM}role/"
    invalid: list[Value] = ["two--hyphens", {"user": f"{IAM}user/somebody"}, {"account": f"{IAM}root"}]
    invalid += ["two words", "PowerUserAccess", 6, 89, {"aws:team": "desk"}]
    wildcards: list[Value] = ["*", {"all": f"{role}*"}, {"all": "*"}, "*", f"{IAM}policy/*", {"*": "desk"}]
    spaces: list[Value] = ["desk ", {"api": f"{role}api "}, {"api": f"{role}api "}, "desk ", f"{IAM}policy/boundary "]
    sso = f"{role}aws-reserved/sso.amazonaws.com/AWSReservedSSO_Desk"
    return (
        _plan_mock_provider(kind),
        _plan_encryption_run(kind),
        _plan_run_without_attachments(),
        expect_rejection("rejects_invalid_values", dict(zip((*NAMES, *DAYS, "tags"), invalid, strict=True))),
        expect_rejection("rejects_wildcards", dict(zip((*NAMES, "tags"), wildcards, strict=True))),
        expect_rejection("rejects_spaces", dict(zip(NAMES, spaces, strict=True))),
        expect_rejection("rejects_too_many_days", dict(zip(DAYS, (31, 2561), strict=True))),
        expect_rejection("rejects_tag_keys_that_differ_in_case", {"tags": {"Team": "desk", "team": "desk"}}),
        expect_rejection("rejects_sso_roles_as_caller_roles", {"caller_roles": {"sso": sso}}),
        expect_rejection(
            "rejects_duplicate_caller_roles", {"caller_roles": {"one": f"{role}api", "two": f"{role}api"}}
        ),
        expect_rejection(
            "rejects_caller_roles_in_other_accounts",
            {"caller_roles": {"partner": PARTNER}},
            "aws_iam_role_policy_attachment.caller",
            "aws_kms_key_policy.this",
        ),
        expect_rejection(
            "rejects_caller_roles_in_other_accounts_without_attachments",
            {"caller_roles": {"partner": PARTNER}, "attach_caller_policy": False},
            "aws_kms_key_policy.this",
        ),
        *(() if kind.is_native else _plan_difference_runs(kind.flow.address)),
    )


def _plan_difference_runs(flow: str) -> tuple[Block, ...]:
    """Return the runs in which the flow in AWS has no definition; `flow` is the address of the resource."""
    return (
        expect_rejection("reports_another_definition", {"check_definition": True}, flow),
        expect_rejection("leaves_the_definition_out_with_an_error_only", {"rewrite_definition": True}, flow),
    )


def expect_rejection(name: str, values: dict[str, Value], *rejecting: str) -> Block:
    """Return a run in which each of these variables rejects its value, or else each of `rejecting` does."""
    failures: list[Value] = [Reference(item) for item in rejecting or [f"var.{name}" for name in values]]
    given = Block("variables", (), tuple(Attribute(name, value) for name, value in values.items()))
    body = (Attribute("command", Reference("plan")), given, Attribute("expect_failures", failures))
    return Block("run", (name,), body)


def _plan_encryption_run(kind: ModuleKind) -> Block:
    given = make_block("variables", caller_roles={"api": API}, caller_principals={"partner": PARTNER})
    documents = (
        (plan_key_policy(), "The key policy was changed. Check AllowRootModifyKMSId and AllowRoleUseKMSKey."),
        (plan_caller_policy(), "The caller policy was changed. Check EncryptFlow."),
        (plan_encryption_policy(), "The service role's policy for the key was changed. Check EncryptionFlows."),
        (plan_trust_policy(), "The service role's trust policy was changed. Check FlowsTrustBedrock."),
    )
    flow = kind.flow.address
    its_key, its_role = f"{flow}.customer_encryption_key_arn", f"{flow}.execution_role_arn"
    if not kind.is_native:
        its_key, its_role = (f"jsondecode({flow}.desired_state).{name}" for name in KEY_AND_ROLE)
    key, key_policy, role = (f"aws_{name}.this" for name in ("kms_key", "kms_key_policy", "iam_role"))
    document, policy, attachment = "data.aws_iam_policy_document", "aws_iam_policy", "aws_iam_role_policy_attachment"
    connected = (
        f"{its_key} == {key}.arn",
        f"{its_role} == {role}.arn",
        f"{key}.enable_key_rotation",
        f"{key_policy}.key_id == {key}.key_id",
    )
    attached = (
        f"{key_policy}.policy == {document}.key.json",
        f"{role}.assume_role_policy == {document}.trust.json",
        f"{policy}.encryption.policy == {document}.encryption.json",
        f"{policy}.caller.policy == {document}.caller.json",
        f"{attachment}.encryption.role == {role}.name",
        f"{attachment}.encryption.policy_arn == {policy}.encryption.arn",
        f'{attachment}.caller["api"].role == "api"',
        f'{attachment}.caller["api"].policy_arn == {policy}.caller.arn',
        f"length({attachment}.caller) == 1",
    )
    known: dict[str, str | Reference] = {**KNOWN, "local.flow_arn": Reference(kind.flow.arn)}
    asserts = [assert_document(item, known, message) for item, message in documents]
    asserts += [
        assert_all(connected, "The flow does not use this module's key and role, or key rotation is disabled."),
        assert_all(attached, "A policy is not attached as generated."),
    ]
    return make_block("run", "encrypts_the_flow", body=(given, *asserts))


def _plan_run_without_attachments() -> Block:
    admitted = "one(data.aws_iam_policy_document.key.statement[1].principals).identifiers"
    conditions = ("length(aws_iam_role_policy_attachment.caller) == 0", f"contains({admitted}, {encode_value(API)})")
    return make_block(
        "run",
        "key_policy_allows_callers_without_attachments",
        body=(
            make_block("variables", caller_roles={"api": API}, attach_caller_policy=False),
            assert_all(
                conditions,
                "With attach_caller_policy = false, a policy is still attached, or the key policy does not list the "
                "caller.",
            ),
        ),
    )


def assert_all(conditions: tuple[str, ...], error_message: str) -> Block:
    """Return the assertion that all of these conditions are true."""
    listed: list[Value] = [Reference(condition) for condition in conditions]
    return make_block("assert", condition=Call("alltrue", (listed,)), error_message=error_message)


def assert_document(document: PolicyDocument, known: Mapping[str, str | Reference], error_message: str) -> Block:
    """Return the assertion that a document has exactly these statements, with no other arguments in any of them.

    Under a mocked provider the JSON is mocked, too, but the configuration is not. It compares every argument that is
    not empty: sets in Terraform's order, conditions by test and variable. `known` are the values of references.
    """
    found = (
        f"jsonencode([for s in data.aws_iam_policy_document.{document.name}.statement : "
        '{ for k, v in s : k => try({ for c in v : "${c.test} ${c.variable}" => c.values }, v) '
        "if try(length(v) > 0, false) }])"
    )
    expected: list[Value] = [_expect_statement(statement, known) for statement in document.statements]
    condition = Equality(Reference(found), Call("jsonencode", (expected,)))
    return make_block("assert", condition=condition, error_message=error_message)


def _expect_statement(statement: Statement, known: Mapping[str, str | Reference]) -> dict[str, Value]:
    expected: dict[str, Value] = {"sid": statement.sid, "actions": [*sorted(statement.actions)]}
    if statement.resources:
        expected["resources"] = _fill_all(statement.resources, known)
    if statement.principals:
        expected["principals"] = [
            {
                "type": principal.type,
                "identifiers": [CREATED["local.role_arn"], API, PARTNER]
                if isinstance(principal.identifiers, Call)
                else _fill_all(principal.identifiers, known),
            }
            for principal in statement.principals
        ]
    if statement.conditions:
        expected["condition"] = {
            f"{item.test} {item.variable}": [_fill(value, known) for value in item.values]
            for item in sorted(statement.conditions, key=lambda item: (item.test, item.variable))
        }
    return expected


def _fill_all(values: tuple[PolicyValue, ...], known: Mapping[str, str | Reference]) -> list[Value]:
    """Return values as Terraform returns a set of strings: unique and sorted."""
    filled = [_fill(value, known) for value in values]
    if not all(isinstance(value, str) for value in filled):
        return filled
    return [*sorted({str(value) for value in filled})]


def _fill(value: PolicyValue, known: Mapping[str, str | Reference]) -> Value:
    match value:
        case Template(parts):
            return join_parts(part if isinstance(part, str) else known[part.text] for part in parts)
        case Reference(address):
            return known[address] if address in known else CREATED[address]
    return value


def _plan_mock_provider(kind: ModuleKind) -> Block:
    """Return the mocked provider: IDs and ARNs are well-formed, because the real provider validates mocks, too."""
    documents = ("key", "trust", "encryption", "caller")
    body: tuple[Item, ...] = (
        _mock("data", "aws_caller_identity", account_id=ACCOUNT),
        _mock("data", "aws_partition", partition="aws", dns_suffix="amazonaws.com"),
        _mock("data", "aws_region", region=REGION),
        *((_mock("resource", "aws_bedrockagent_flow", arn=FLOW_ARN),) if kind.is_native else ()),
        _mock("resource", "aws_kms_key", arn=KEY_ARN),
        _mock("resource", "aws_iam_role", arn=ROLE_ARN),
        Comment("Different JSON and ARNs distinguish the policies."),
        _mock("data", "aws_iam_policy_document", json='{"Id":"nodes"}'),
        _mock("resource", "aws_iam_policy", arn=f"{IAM}policy/nodes"),
        *(override("data", f"data.aws_iam_policy_document.{label}", json=f'{{"Id":"{label}"}}') for label in documents),
        *(
            override("resource", f"aws_iam_policy.{label}", arn=f"{IAM}policy/{label}")
            for label in ("encryption", "caller")
        ),
        *(() if kind.is_native else (override("resource", kind.flow.address, id=FLOW_ARN, properties=PROPERTIES),)),
    )
    return make_block("mock_provider", "aws", body=body)


def _mock(kind: str, type_name: str, **defaults: str) -> Block:
    return make_block(f"mock_{kind}", type_name, defaults={**defaults})


def override(kind: str, target: str, **values: str) -> Block:
    """Return the block that gives a resource or data source (`kind`) these values instead of mocked ones."""
    return make_block(f"override_{kind}", target=Reference(target), values={**values})
