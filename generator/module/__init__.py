"""A flow and the rights of its nodes -> the plan of its Terraform module."""

from generator.module.plan import ModulePlan, Output, Validation, Variable
from generator.module.planning import plan_module

__all__ = ["ModulePlan", "Output", "Validation", "Variable", "plan_module"]
