"""What the Terraform resource aws_bedrockagent_flow can express, as data, and a definition translated into it."""

from generator.terraform.resource.limits import STRICTER
from generator.terraform.resource.schema import find_definition_block, list_unexpressible_members
from generator.terraform.resource.translation import translate_definition

__all__ = ["STRICTER", "find_definition_block", "list_unexpressible_members", "translate_definition"]
