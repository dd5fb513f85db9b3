"""What a model is, given its id or ARN as a literal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.api import suggest_name
from generator.diagnostics import Finding, Severity, declare_rule
from generator.inference.kinds import (
    ACCOUNT,
    MODEL,
    MODEL_KINDS,
    PARTITION,
    PREFIX,
    REGION,
    list_kind_grants,
)
from generator.inference.known import load_known_models
from generator.model import Grant, ModelKind, Text
from generator.source.position import Path

UNKNOWN_MODEL = declare_rule("UnknownModel", Severity.ERROR, "A model is of no kind whose rights flowseal knows.")
UNKNOWN_MODEL_ID = declare_rule(
    "UnknownModelId", Severity.WARNING, "AWS has published no model or inference profile with this id."
)
UNKNOWN_PROFILE_PREFIX = declare_rule(
    "UnknownProfilePrefix", Severity.WARNING, "The prefix of an inference profile's id is not one that flowseal knows."
)
LISTED_KINDS = (ModelKind.FOUNDATION_MODEL, ModelKind.INFERENCE_PROFILE, ModelKind.GLOBAL_INFERENCE_PROFILE)
"""The kinds whose ids AWS publishes; all others are the account's own."""


def list_model_grants(model: str, path: Path) -> Iterator[Grant | Finding]:
    """Yield the rights that a model given by id or ARN needs, and the findings that say what is not known of it."""
    kind = find_kind(model)
    if kind is None:
        yield _report_unknown(model, path)
        return
    yield from check_model_id(model, path)
    if model.startswith("arn:"):
        arn: Text = (model,)
    elif kind is ModelKind.FOUNDATION_MODEL:
        arn = ("arn:", PARTITION, ":bedrock:", REGION, f"::foundation-model/{model}")
    else:
        arn = ("arn:", PARTITION, ":bedrock:", REGION, ":", ACCOUNT, f":inference-profile/{model}")
    yield from list_kind_grants(kind, arn, (_name_model(model),))


def check_model_id(model: str, path: Path) -> list[Finding]:
    """Report an id that AWS has not published, bare or in an ARN; what has no published id is none of its business."""
    kind = find_kind(model)
    identifier = model.rpartition("/")[2]
    known = load_known_models()
    if kind not in LISTED_KINDS or known.has(identifier):
        return []
    prefix, _, rest = identifier.partition(".")
    if kind is ModelKind.INFERENCE_PROFILE and prefix not in known.prefixes and known.has(rest):
        # An ARN says without doubt that it is a profile's; a bare id with a prefix of no profile may be a slip.
        return [] if model.startswith("arn:") else [_report_prefix(prefix, identifier, rest, path)]
    return [_report_unknown_id(kind, identifier, path)]


def find_kind(model: str) -> ModelKind | None:
    """Return the kind of model that an ARN or an id stands for, None where it is in the form of none."""
    if model.startswith("arn:"):
        return next((kind for kind, rule in MODEL_KINDS.items() if rule.takes(model)), None)
    known = load_known_models()
    prefix, _, rest = model.partition(".")
    if model in known.models or (re.fullmatch(MODEL, model) and prefix not in known.prefixes):
        return ModelKind.FOUNDATION_MODEL
    if re.fullmatch(PREFIX, prefix) and re.fullmatch(MODEL, rest):
        return ModelKind.GLOBAL_INFERENCE_PROFILE if prefix == "global" else ModelKind.INFERENCE_PROFILE
    return None


def _name_model(model: str) -> str:
    """Return the foundation model behind an inference profile given by id or ARN."""
    return model.rpartition("/")[2].partition(".")[2]


def _report_unknown(model: str, path: Path) -> Finding:
    if model.startswith("arn:"):
        kinds = ", ".join(kind.value for kind in MODEL_KINDS)
        message = f"{model!r} is the ARN of no kind of model that flowseal knows the rights of."
        return Finding(UNKNOWN_MODEL, message, f"Give the ARN of one of: {kinds}.", path)
    message = f"{model!r} is neither the id of a foundation model nor that of an inference profile."
    known = load_known_models()
    meant = suggest_name(model, sorted(known.models | known.profiles))
    remedy = "To name a model of any other kind, give its ARN."
    return Finding(UNKNOWN_MODEL, message, f"Did you mean {meant}? {remedy}" if meant else remedy, path)


def _report_unknown_id(kind: ModelKind, identifier: str, path: Path) -> Finding:
    known = load_known_models()
    is_model = kind is ModelKind.FOUNDATION_MODEL
    # What is suggested is of the same kind: in an ARN, and behind a parameter, nothing else would do.
    like = sorted(known.models if is_model else (item for item in known.profiles if find_kind(item) is kind))
    meant = suggest_name(identifier, like)
    message = f"Unknown {'model' if is_model else 'inference profile'} ID {identifier!r}."
    remedy = (
        f"{f'Did you mean {meant}?' if meant else 'Check the ID.'} If the ID is newer than flowseal's list of models "
        f"({known.date}), suppress this warning: `# flowseal: ignore[{UNKNOWN_MODEL_ID.name}] newer than the list`."
    )
    return Finding(UNKNOWN_MODEL_ID, message, remedy, path)


def _report_prefix(prefix: str, profile: str, model: str, path: Path) -> Finding:
    message = f"Unknown inference profile prefix {prefix!r}."
    remedy = (
        f"flowseal assumes an inference profile and allows exactly that: {profile} in the module's own account and "
        f"Region, and through it {model} in any Region. If it is something else, give its ARN."
    )
    return Finding(UNKNOWN_PROFILE_PREFIX, message, remedy, path)
