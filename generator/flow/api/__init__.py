"""The API's grammar as data: what CreateFlow accepts for any node type, checked in one walk."""

from generator.flow.api.check import check_shape, fits_shape, report_unknown_key
from generator.flow.api.places import advise_on_place
from generator.flow.api.samples import find_sample, takes_value
from generator.flow.api.sentences import describe_shape_rule, write_pattern
from generator.flow.api.shapes import (
    MODEL_SHAPES,
    PERMISSION_SHAPES,
    PROFILE_SHAPES,
    Shape,
    find_place_shape,
    find_shape,
    find_shape_at,
    list_node_types,
    list_validation_kinds,
    takes_parameter,
)
