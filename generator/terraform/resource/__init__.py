"""What the Terraform resource of each engine can express, as data, and definitions translated into it."""

from generator.terraform.resource.limits import CANNOT_EXPRESS, STRICTER
from generator.terraform.resource.schema import (
    Resource,
    Schema,
    find_byte_bounds,
    find_narrower_pattern,
    find_resource,
    narrow_shape,
)
from generator.terraform.resource.translation import find_limits, translate_definition, translate_value
