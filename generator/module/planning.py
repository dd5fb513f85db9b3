"""A flow and the rights of its nodes -> the plan of its module."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from generator.diagnostics import Finding, Severity, declare_rule, has_errors
from generator.module.flow import plan_flow_file
from generator.module.interface import (
    OUTPUTS,
    VARIABLES,
    build_variable_block,
    plan_outputs_file,
    plan_versions_file,
)
from generator.module.key import plan_key_file
from generator.module.parameters import plan_parameter
from generator.module.permissions import plan_permissions_file
from generator.module.plan import ModulePlan
from generator.module.role import plan_role_file
from generator.module.tags import check_tags
from generator.policies import (
    plan_caller_policy,
    plan_encryption_policy,
    plan_key_policy,
    plan_node_policies,
    plan_trust_policy,
)

if TYPE_CHECKING:
    from generator.hcl import Block
    from generator.model import Flow, Grant
    from generator.policies import PolicyDocument

MOST_POLICIES = 9
"""IAM attaches 10 managed policies to a role by default, and one of them is for the key."""
TOO_MANY_RIGHTS = declare_rule(
    "TooManyRights", Severity.ERROR, "The rights of the nodes do not fit into the policies that a role can have."
)


def plan_module(flow: Flow, grants: tuple[Grant, ...]) -> tuple[ModulePlan | None, list[Finding]]:
    """Return the plan of a flow's module, or None with the findings that say what stands in its way."""
    policies = plan_node_policies(grants)
    main, texts, findings = plan_flow_file(flow, [policy.name for policy in policies])
    findings += check_tags(flow.tags)
    if len(policies) > MOST_POLICIES:
        findings.append(_report_rights(len(policies)))
    if has_errors(findings):
        return None, findings
    parameters = tuple(map(plan_parameter, flow.parameters))
    fixed = plan_fixed_files()
    blocks = {
        **fixed,
        "main.tf": main,
        "permissions.tf": tuple(plan_permissions_file(grants, policies)),
        "variables.tf": (*fixed["variables.tf"], *map(build_variable_block, parameters)),
    }
    documents = (*plan_fixed_documents(), *policies)
    plan = ModulePlan(flow.name, flow, grants, blocks, documents, texts, (*VARIABLES, *parameters), OUTPUTS)
    return plan, findings


@cache
def plan_fixed_files() -> dict[str, tuple[Block, ...]]:
    """Return the blocks of the files that are the same in every module (of variables.tf, the part that is)."""
    return {
        "iam.tf": plan_role_file(),
        "kms.tf": plan_key_file(plan_key_policy()),
        "outputs.tf": plan_outputs_file(),
        "variables.tf": tuple(map(build_variable_block, VARIABLES)),
        "versions.tf": plan_versions_file(),
    }


@cache
def plan_fixed_documents() -> tuple[PolicyDocument, ...]:
    """Return the policy documents that are the same in every module."""
    return plan_key_policy(), plan_trust_policy(), plan_encryption_policy(), plan_caller_policy()


def _report_rights(count: int) -> Finding:
    message = f"What the nodes may do needs {count} policies, and beside the key's a role has room for {MOST_POLICIES}."
    remedy = "Split the flow, or use fewer models, functions and buckets in it."
    return Finding(TOO_MANY_RIGHTS, message, remedy, ("definition",))
