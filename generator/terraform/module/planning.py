"""The whole plan of a module, from the plans of its files."""

from __future__ import annotations

from functools import cache

from generator.findings import Finding, has_errors
from generator.flow.grant import Grant
from generator.flow.model import Flow, ModuleSettings
from generator.terraform.hcl import Block
from generator.terraform.module.checks import check_policies, check_tags
from generator.terraform.module.files import TEST_FILE
from generator.terraform.module.iam_tf import plan_iam_tf
from generator.terraform.module.kms_tf import plan_kms_tf
from generator.terraform.module.main_tf import plan_main_tf
from generator.terraform.module.outputs_tf import list_outputs, plan_outputs_tf
from generator.terraform.module.parameters import plan_parameter
from generator.terraform.module.permissions_tf import plan_permissions_tf
from generator.terraform.module.plan import ModuleKind, ModulePlan
from generator.terraform.module.release_tf import add_release, plan_fixed_release
from generator.terraform.module.tftest_fixed import plan_fixed_tests
from generator.terraform.module.tftest_flow import plan_flow_tests
from generator.terraform.module.variables_tf import CLOUD_CONTROL_VARIABLES, build_variable_block, list_variables
from generator.terraform.module.versions_tf import plan_versions_tf
from generator.terraform.policies import (
    plan_caller_policy,
    plan_encryption_policy,
    plan_key_policy,
    plan_node_policies,
    plan_trust_policy,
)


def plan_module(
    flow: Flow, grants: tuple[Grant, ...], settings: ModuleSettings = ModuleSettings()
) -> tuple[ModulePlan | None, list[Finding]]:
    """Return the plan of a flow's module with its findings; None if any of them is an error."""
    policies = plan_node_policies(grants)
    main, texts, findings = plan_main_tf(flow, [policy.name for policy in policies])
    findings += [*check_tags(flow.tags), *check_policies(flow, policies)]
    for alias in flow.release.aliases if flow.release else ():
        findings += check_tags(alias.tags, ("release", "aliases", alias.name, "tags"))
    if has_errors(findings):
        return None, findings
    kind = ModuleKind(settings, flow.engine, flow.release is not None)
    fixed = plan_fixed_files(kind)
    parameters = (plan_parameter(parameter, flow.engine) for parameter in flow.parameters)
    own = (*parameters, *(() if kind.is_native else CLOUD_CONTROL_VARIABLES))
    blocks = {
        **fixed,
        "main.tf": main,
        "permissions.tf": tuple(plan_permissions_tf(grants, policies, flow.release is not None)),
        "variables.tf": (*fixed["variables.tf"], *map(build_variable_block, own)),
        TEST_FILE: (*fixed[TEST_FILE], *plan_flow_tests(flow, grants, policies)),
    }
    documents = (
        *(plan_key_policy(), plan_trust_policy(), plan_encryption_policy(), plan_caller_policy()),
        *policies,
    )
    variables, outputs = (*list_variables(kind), *own), list_outputs(kind.flow)
    plan = ModulePlan(
        flow.name, flow, grants, blocks, documents, dict(sorted(texts.values())), variables, outputs, settings
    )
    if flow.release is not None:
        plan = add_release(plan, flow.release, {path: file for path, (file, _) in texts.items()})
    return plan, findings


@cache
def plan_fixed_files(kind: ModuleKind) -> dict[str, tuple[Block, ...]]:
    """Return the blocks that all modules of a kind share, by file. Some files have more."""
    release = {"release.tf": plan_fixed_release(kind)} if kind.is_released else {}
    return {
        "iam.tf": plan_iam_tf(kind.flow),
        "kms.tf": plan_kms_tf(),
        "outputs.tf": plan_outputs_tf(kind.flow),
        **release,
        "variables.tf": tuple(map(build_variable_block, list_variables(kind))),
        "versions.tf": plan_versions_tf(kind.settings),
        TEST_FILE: plan_fixed_tests(kind),
    }
