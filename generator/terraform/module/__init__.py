"""A flow and the rights of its nodes -> the plan of its Terraform module."""

from generator.terraform.module.fixed_tests import TEST_FILE
from generator.terraform.module.plan import ModulePlan, ModuleSettings, Output, Validation, Variable
from generator.terraform.module.planning import plan_fixed_files, plan_module, read_standing_policies

__all__ = [
    "TEST_FILE",
    "ModulePlan",
    "ModuleSettings",
    "Output",
    "Validation",
    "Variable",
    "plan_fixed_files",
    "plan_module",
    "read_standing_policies",
]
