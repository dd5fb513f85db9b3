"""The kinds of model that a flow may name, the permissions that each needs, and the ids that AWS has published."""

from generator.flow.inference.identifiers import check_model_id, explain_model, find_kind, list_model_grants
from generator.flow.inference.kinds import (
    ACCOUNT,
    MODEL_KINDS,
    PARTITION,
    REGION,
    KindOfModel,
    fill_form,
    list_parameter_grants,
)
from generator.flow.inference.known import KnownModels, load_known_models

__all__ = [
    "ACCOUNT",
    "MODEL_KINDS",
    "PARTITION",
    "REGION",
    "KindOfModel",
    "KnownModels",
    "check_model_id",
    "explain_model",
    "fill_form",
    "find_kind",
    "list_model_grants",
    "list_parameter_grants",
    "load_known_models",
]
