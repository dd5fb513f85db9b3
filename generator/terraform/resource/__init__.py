"""What the Terraform resource aws_bedrockagent_flow can express, as data, and definitions translated into it."""

from generator.terraform.resource.limits import STRICTER
from generator.terraform.resource.schema import find_definition_block
from generator.terraform.resource.translation import translate_definition, translate_value
