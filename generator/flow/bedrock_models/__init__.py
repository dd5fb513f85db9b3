"""The kinds of models that a flow can name, the permissions that each needs, and the IDs that AWS has published."""

from generator.flow.bedrock_models.identifiers import (
    check_model_id,
    explain_model,
    find_kind,
    list_model_grants,
    load_known_models,
)
from generator.flow.bedrock_models.kinds import (
    ACCOUNT,
    MODEL_KINDS,
    PARTITION,
    REGION,
    fill_form,
    list_parameter_grants,
)
