"""tests/flow.tftest.hcl, the part that is the same in every module: the seal, and what the variables refuse."""

from __future__ import annotations

from generator.terraform.hcl import Attribute, Block, Call, Reference, Template, Value, encode_value
from generator.terraform.module.blocks import make_block
from generator.terraform.module.mocks import IAM, KNOWN, PARTNER, plan_mock_provider
from generator.terraform.module.statements import assert_document
from generator.terraform.policies import (
    Text,
    plan_caller_policy,
    plan_encryption_policy,
    plan_key_policy,
    plan_trust_policy,
)

TEST_FILE = "tests/flow.tftest.hcl"
API = f"{IAM}role/path/api"
MADE = {
    "local.flow_arn": Reference("aws_bedrockagent_flow.this.arn"),
    "local.key_arn": Reference("aws_kms_key.this.arn"),
    "local.role_arn": Reference("aws_iam_role.this.arn"),
}
ARNS = ("caller_roles", "caller_principals")
NAMED = ("name", *ARNS, "caller_policy_name", "permissions_boundary_arn")
DAYS = ("deletion_window_in_days", "rotation_period_in_days")


def plan_fixed_tests() -> tuple[Block, ...]:
    """Return the mocked provider and the runs that every module has."""
    role = f"{IAM}role/"
    wrong_forms: list[Value] = ["two--hyphens", {"user": f"{IAM}user/somebody"}, {"account": f"{IAM}root"}]
    wrong_forms += ["two words", "PowerUserAccess", 6, 89, {"aws:team": "desk"}]
    wildcards: list[Value] = ["*", {"all": f"{role}*"}, {"all": "*"}, "*", f"{IAM}policy/*", {"*": "desk"}]
    blanks: list[Value] = ["desk ", {"api": f"{role}api "}, {"api": f"{role}api "}, "desk ", f"{IAM}policy/boundary "]
    sso = f"{role}aws-reserved/sso.amazonaws.com/AWSReservedSSO_Desk"
    return (
        plan_mock_provider(),
        _plan_seal(),
        _plan_seal_without_attachments(),
        refuse_values("rejects_invalid_values", dict(zip((*NAMED, *DAYS, "tags"), wrong_forms, strict=True))),
        refuse_values("rejects_wildcards", dict(zip((*NAMED, "tags"), wildcards, strict=True))),
        refuse_values("rejects_spaces", dict(zip(NAMED, blanks, strict=True))),
        refuse_values("rejects_too_many_days", dict(zip(DAYS, (31, 2561), strict=True))),
        refuse_values("rejects_tag_keys_that_differ_in_case", {"tags": {"Team": "desk", "team": "desk"}}),
        refuse_values("rejects_sso_roles_as_caller_roles", {"caller_roles": {"sso": sso}}),
        refuse_values("rejects_duplicate_caller_roles", {"caller_roles": {"one": f"{role}api", "two": f"{role}api"}}),
        refuse_values(
            "rejects_caller_roles_in_other_accounts",
            {"caller_roles": {"partner": PARTNER}},
            "aws_iam_role_policy_attachment.caller",
            "aws_kms_key_policy.this",
        ),
        refuse_values(
            "rejects_caller_roles_in_other_accounts_without_attachments",
            {"caller_roles": {"partner": PARTNER}, "attach_caller_policy": False},
            "aws_kms_key_policy.this",
        ),
    )


def refuse_values(name: str, values: dict[str, Value], *refusing: str) -> Block:
    """Return a run in which each of these variables refuses its value, or else each of `refusing` does."""
    failures: list[Value] = [Reference(item) for item in refusing or [f"var.{name}" for name in values]]
    given = Block("variables", (), tuple(Attribute(name, value) for name, value in values.items()))
    body = (Attribute("command", Reference("plan")), given, Attribute("expect_failures", failures))
    return Block("run", (name,), body)


def _plan_seal() -> Block:
    given = make_block("variables", caller_roles={"api": API}, caller_principals={"partner": PARTNER})
    documents = (
        (plan_key_policy(), "The key policy was changed. Check AllowRootModifyKMSId and AllowRoleUseKMSKey."),
        (plan_caller_policy(), "The caller policy was changed. Check EncryptFlow."),
        (plan_encryption_policy(), "The service role's policy for the key was changed. Check EncryptionFlows."),
        (plan_trust_policy(), "The service role's trust policy was changed. Check FlowsTrustBedrock."),
    )
    flow, key, key_policy, role = (
        f"aws_{name}.this" for name in ("bedrockagent_flow", "kms_key", "kms_key_policy", "iam_role")
    )
    document, policy, attachment = "data.aws_iam_policy_document", "aws_iam_policy", "aws_iam_role_policy_attachment"
    belonging = (
        f"{flow}.customer_encryption_key_arn == {key}.arn",
        f"{flow}.execution_role_arn == {role}.arn",
        f"{key}.enable_key_rotation",
        f"{key_policy}.key_id == {key}.key_id",
    )
    places = (
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
    asserts = [assert_document(item, _fill, message) for item, message in documents]
    asserts += [
        assert_all(belonging, "The flow does not use this module's key and role, or key rotation is disabled."),
        assert_all(places, "A policy is not attached as generated."),
    ]
    return make_block("run", "encrypts_the_flow", body=(given, *asserts))


def _plan_seal_without_attachments() -> Block:
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
    """Return the assertion that all of these hold."""
    listed: list[Value] = [Reference(condition) for condition in conditions]
    return make_block("assert", condition=Call("alltrue", (listed,)), error_message=error_message)


def _fill(text: Text | Call) -> Value:
    match text:
        case Call():
            return [MADE["local.role_arn"], API, PARTNER]
        case Template(parts):
            return "".join(part if isinstance(part, str) else KNOWN[part.text] for part in parts)
        case Reference(name):
            return MADE.get(name, KNOWN.get(name))
    return text
