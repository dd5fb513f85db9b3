"""The three policies on AWS's page "Encryption of Amazon Bedrock Flows resources", and the two that go with them.

The three and the service role's trust policy are the same in every module: whatever differs is in local values and
variables. The policy for invoking the flow depends on the aliases of its release.
"""

from __future__ import annotations

from generator.flow.model import Release
from generator.terraform.hcl import Call, Reference, Template, encode_value
from generator.terraform.policies.documents import Condition, PolicyDocument, Principal, Statement

PARTITION, REGION, ACCOUNT = Reference("local.partition"), Reference("local.region"), Reference("local.account_id")
FLOW_ARN, KEY_ARN, ROLE_ARN = Reference("local.flow_arn"), Reference("local.key_arn"), Reference("local.role_arn")
USE_KEY = ("kms:Decrypt", "kms:GenerateDataKey")
EXECUTIONS = (
    "bedrock:GetExecutionFlowSnapshot",
    "bedrock:GetFlowExecution",
    "bedrock:ListFlowExecutionEvents",
    "bedrock:ListFlowExecutions",
    "bedrock:StartFlowExecution",
)
ONLY_FOR_THE_FLOW = (
    Condition("StringEquals", "kms:EncryptionContext:aws:bedrock-flows:arn", (FLOW_ARN,)),
    Condition("StringEquals", "kms:ViaService", (Reference("local.via_service"),)),
)


def plan_caller_policy() -> PolicyDocument:
    """Return the page's first policy, which lets a caller of the API use the flow's key."""
    return PolicyDocument("caller", (Statement("EncryptFlow", USE_KEY, (KEY_ARN,), (), ONLY_FOR_THE_FLOW),))


def plan_key_policy() -> PolicyDocument:
    """Return the page's second policy, the key policy. It adds the callers next to the service role."""
    root = Template(("arn:", PARTITION, ":iam::", ACCOUNT, ":root"))
    callers = [Call("values", (Reference(f"var.{name}"),)) for name in ("caller_roles", "caller_principals")]
    users = Call("distinct", (Call("concat", ((ROLE_ARN,), *callers)),))
    return PolicyDocument(
        "key",
        (
            Statement("AllowRootModifyKMSId", ("kms:*",), (KEY_ARN,), (Principal("AWS", (root,)),)),
            Statement("AllowRoleUseKMSKey", USE_KEY, (KEY_ARN,), (Principal("AWS", users),), ONLY_FOR_THE_FLOW),
        ),
    )


def plan_encryption_policy() -> PolicyDocument:
    """Return the page's third policy, which lets the service role use the flow's key."""
    return PolicyDocument("encryption", (Statement("EncryptionFlows", USE_KEY, (KEY_ARN,), (), ONLY_FOR_THE_FLOW),))


def plan_trust_policy() -> PolicyDocument:
    """Return the trust policy of the service role (Bedrock user guide, service role for flows).

    It allows any flow of the account and Region: the ARN of this flow would form a cycle, because the flow needs the
    role.
    """
    flows = Template(("arn:", PARTITION, ":bedrock:", REGION, ":", ACCOUNT, ":flow/*"))
    conditions = (
        Condition("StringEquals", "aws:SourceAccount", (ACCOUNT,)),
        Condition("ArnLike", "aws:SourceArn", (flows,)),
    )
    bedrock = Principal("Service", ("bedrock.amazonaws.com",))
    return PolicyDocument("trust", (Statement("FlowsTrustBedrock", ("sts:AssumeRole",), (), (bedrock,), conditions),))


def plan_invoke_policy(release: Release) -> PolicyDocument:
    """Return the policy that lets a caller invoke the flow through the aliases of its release.

    Resources follow the Service Authorization Reference: an alias for InvokeFlow; flow, alias, and execution for what
    starts an execution and reads it.
    """
    aliases = tuple(Reference(f"local.alias_arns[{encode_value(alias.name)}]") for alias in release.aliases)
    statements = [Statement("InvokeFlow", ("bedrock:InvokeFlow",), aliases)]
    if release.invoke_async:
        executions = tuple(Template((alias, "/execution/*")) for alias in aliases)
        statements.append(Statement("RunExecutions", EXECUTIONS, (FLOW_ARN, *aliases, *executions)))
    return PolicyDocument("caller_invoke", tuple(statements))
