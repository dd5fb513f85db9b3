"""A flow and the rights of its nodes -> the plan of its Terraform module."""

from generator.module.plan import ModulePlan, Output, Validation, Variable

__all__ = ["ModulePlan", "Output", "Validation", "Variable"]
