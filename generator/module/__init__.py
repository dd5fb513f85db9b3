"""A flow and the rights of its nodes -> the plan of its Terraform module."""

from generator.module.plan import ModulePlan, ModuleSettings, Output, Validation, Variable
from generator.module.planning import plan_module

__all__ = ["ModulePlan", "ModuleSettings", "Output", "Validation", "Variable", "plan_module"]
