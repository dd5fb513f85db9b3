"""What the Terraform resource aws_bedrockagent_flow can express, as data, and a definition translated into it."""

from generator.provider.limits import STRICTER
from generator.provider.resource import find_definition_block, list_unexpressible_members
from generator.provider.translation import translate_definition

__all__ = ["STRICTER", "find_definition_block", "list_unexpressible_members", "translate_definition"]
