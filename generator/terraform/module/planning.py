"""A flow and the rights of its nodes -> the plan of its module."""

from __future__ import annotations

import pkgutil
import re
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

from generator.findings import Finding, error, has_errors
from generator.flow.api.check import MALFORMED_VALUE
from generator.terraform.module.fixed_tests import TEST_FILE, plan_fixed_tests
from generator.terraform.module.flow import plan_flow_file
from generator.terraform.module.flow_tests import plan_flow_tests
from generator.terraform.module.interface import (
    OUTPUTS,
    build_variable_block,
    list_variables,
    plan_outputs_file,
    plan_versions_file,
)
from generator.terraform.module.key import plan_key_file
from generator.terraform.module.parameters import plan_parameter
from generator.terraform.module.permissions import plan_permissions_file
from generator.terraform.module.plan import ModulePlan, ModuleSettings
from generator.terraform.module.role import plan_role_file
from generator.terraform.module.tags import check_tags
from generator.terraform.policies import (
    list_inexact_texts,
    plan_caller_policy,
    plan_encryption_policy,
    plan_key_policy,
    plan_node_policies,
    plan_trust_policy,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.flow.model import Flow, Grant
    from generator.source.position import Path
    from generator.terraform.hcl import Block
    from generator.terraform.policies import PolicyDocument

NO_SETTINGS = ModuleSettings()
_PLAIN = re.compile(r"[A-Za-z0-9:/._-]*")
MOST_POLICIES = 9
"""IAM attaches 10 managed policies to a role by default, and one of them is for the key."""
POLICY_QUOTA_EXCEEDED = error(
    "PolicyQuotaExceeded", "The nodes need more permissions than fit in the policies of one role."
)


def plan_module(
    flow: Flow, grants: tuple[Grant, ...], settings: ModuleSettings = NO_SETTINGS
) -> tuple[ModulePlan | None, list[Finding]]:
    """Return the plan of a flow's module, or None with the findings that say what stands in its way."""
    policies = plan_node_policies(grants)
    main, texts, findings = plan_flow_file(flow, [policy.name for policy in policies])
    findings += [*check_tags(flow.tags), *_check_exactness(flow, policies)]
    if len(policies) > MOST_POLICIES:
        findings.append(_report_rights(len(policies)))
    if has_errors(findings):
        return None, findings
    parameters = tuple(map(plan_parameter, flow.parameters))
    fixed = plan_fixed_files(settings)
    blocks = {
        **fixed,
        "main.tf": main,
        "permissions.tf": tuple(plan_permissions_file(grants, policies)),
        "variables.tf": (*fixed["variables.tf"], *map(build_variable_block, parameters)),
        TEST_FILE: (*fixed[TEST_FILE], *plan_flow_tests(flow, grants, policies)),
    }
    documents = (*plan_fixed_documents(), *policies)
    variables = (*list_variables(settings), *parameters)
    plan = ModulePlan(flow.name, flow, grants, blocks, documents, texts, variables, OUTPUTS, settings)
    return plan, findings


@cache
def plan_fixed_files(settings: ModuleSettings) -> dict[str, tuple[Block, ...]]:
    """Return the blocks that all modules of a project share, by file; of variables.tf and the tests they are a part."""
    return {
        "iam.tf": plan_role_file(),
        "kms.tf": plan_key_file(plan_key_policy()),
        "outputs.tf": plan_outputs_file(),
        "variables.tf": tuple(map(build_variable_block, list_variables(settings))),
        "versions.tf": plan_versions_file(settings),
        TEST_FILE: plan_fixed_tests(),
    }


@cache
def read_standing_policies() -> dict[str, str]:
    """Return the policies for the roles that run Terraform, by path in the module: texts, the same in every module.

    Nothing in the module attaches them: their owners do, before the first apply.
    """
    files = {"policies/deployment.json": "deployment_policy.json", "policies/plan.json": "plan_policy.json"}
    return {
        path: (pkgutil.get_data("generator", f"data/{name}") or b"").decode("utf-8") for path, name in files.items()
    }


@cache
def plan_fixed_documents() -> tuple[PolicyDocument, ...]:
    """Return the policy documents that are the same in every module."""
    return plan_key_policy(), plan_trust_policy(), plan_encryption_policy(), plan_caller_policy()


def _check_exactness(flow: Flow, policies: tuple[PolicyDocument, ...]) -> Iterator[Finding]:
    """Yield each text that would make a statement wider, or another one, than its author can have meant."""
    authored = list(_list_texts({"definition": flow.definition, "permissions": asdict(flow.permissions)}, ()))
    for literals in dict.fromkeys(list_inexact_texts(policies)):
        # What flowseal wrote around the author's text, or took out of it, does not hide it.
        found = [path for path, text in authored if text and any(text in part or part in text for part in literals)]
        unsafe = [path for path in found if not _PLAIN.fullmatch(dict(authored)[path])]
        message = f"{''.join(literals)!r} would become part of a policy statement, which must contain exact names only."
        remedy = "Write the name of one resource, without *, ?, $, quotes, or spaces, or use a parameter."
        yield Finding(MALFORMED_VALUE, message, remedy, next(iter(unsafe or found), ("definition",)))


def _list_texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the texts of a tree with their paths, keys of mappings (as their values' paths) included."""
    match value:
        case str():
            yield path, value
        case dict():
            for key, item in value.items():
                yield from _list_texts(item, (*path, key))
        case list() | tuple():
            for index, item in enumerate(value):
                yield from _list_texts(item, (*path, index))


def _report_rights(count: int) -> Finding:
    message = (
        f"The permissions of the nodes need {count} policies; a role has room for {MOST_POLICIES} besides the key's."
    )
    remedy = "Split the flow, or use fewer models, functions, and buckets."
    return Finding(POLICY_QUOTA_EXCEEDED, message, remedy, ("definition",))
