"""A flow and its nodes' permissions -> the plan of its Terraform module."""

from generator.terraform.module.files import NOT_HCL, TEMPLATES, TEST_FILE, read_copied_files
from generator.terraform.module.plan import ModuleKind, ModulePlan, Variable
from generator.terraform.module.planning import plan_fixed_files, plan_module
