"""What kind of model an ID or ARN names, and which IDs AWS has published."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from generator.findings import Finding, error, warning
from generator.findings.suggestions import suggest_name
from generator.flow.bedrock_models.kinds import (
    ACCOUNT,
    MODEL_KINDS,
    PARTITION,
    REGION,
    list_kind_grants,
)
from generator.flow.grant import Grant, Text
from generator.flow.model import ModelKind
from generator.source.position import Path

UNKNOWN_MODEL = error("UnknownModel", "flowseal does not know which permissions this kind of model needs.")
UNKNOWN_MODEL_ID = warning("UnknownModelId", "AWS has not published a model or inference profile with this ID.")
UNKNOWN_PROFILE_PREFIX = warning(
    "UnknownProfilePrefix", "flowseal does not know the prefix of an inference profile's ID."
)
LISTED_KINDS = (ModelKind.FOUNDATION_MODEL, ModelKind.INFERENCE_PROFILE, ModelKind.GLOBAL_INFERENCE_PROFILE)
"""The kinds whose IDs AWS publishes. All others belong to an account."""
_PROFILE_KINDS = LISTED_KINDS[1:]
_ARN = re.compile(
    r"(?P<home>arn:aws[a-z-]*:(?:bedrock|sagemaker):[a-z0-9-]+:)(?P<account>[0-9]*):(?P<type>[a-z-]+)/(?P<name>.+)"
)
_VARIANT = re.compile(r"(.+:[0-9]+):(?:[0-9]+[km]?|mm)")
"""A variant of a model with another context window, which AWS lists for provisioned throughput."""
_REGION_NAME = re.compile(r"[a-z]{2,4}(?:-[a-z]+){1,3}-[0-9]{1,2}")
_GEOGRAPHIES = (
    ("us-gov", "(?:us-?)?gov.*"),
    ("us", "usa?|us-(?!gov|iso).*|america|united-states"),
    ("eu", "eu-(?!isoe).*|europe|emea"),
    ("jp", "jpn|japan|ap-northeast-[13]"),
    ("au", "aus|australia|ap-southeast-[24]"),
    ("in", "ind|india|ap-south-[12]"),
    ("ca", "can|canada|ca-.*"),
    ("apac", "ap|apj|ap-.*|asia|asia-pacific|japan|india|australia"),
    ("global", "globally|world|worldwide"),
)
"""The prefixes of profiles, each with other names of the geography that it routes to."""


@dataclass(frozen=True, slots=True)
class KnownModels:
    """The IDs of foundation models and system-defined inference profiles as of `date`, including retired ones."""

    date: str
    models: frozenset[str]
    profiles: frozenset[str]
    prefixes: frozenset[str]
    vendors: frozenset[str]

    def has(self, identifier: str) -> bool:
        """Return whether the ID of a model or profile is known, or is a variant of a known one."""
        variant = _VARIANT.fullmatch(identifier)
        names = {identifier, variant[1]} if variant else {identifier}
        return not (names.isdisjoint(self.models) and names.isdisjoint(self.profiles))

    def find_profile(self, place: str, model: str) -> str | None:
        """Return the profile of a model for a Region or geography, such as `eu-west-1` or `europe`.

        Return None if AWS has not published one: a profile of another geography is never meant.
        """
        profiles = (f"{prefix}.{model}" for prefix, names in _GEOGRAPHIES if re.fullmatch(names, place))
        return next(filter(self.has, profiles), None)

    def list_joined(self, identifier: str) -> list[str]:
        """Return the profiles that an ID may mean if a hyphen follows its prefix, as in `eu-amazon...`."""
        prefixes = [prefix for prefix in self.prefixes if identifier.startswith(f"{prefix}-")]
        longest = max(prefixes, key=len, default="")
        return sorted(item for item in self.profiles if longest and item.startswith(f"{longest}."))


@cache
def load_known_models() -> KnownModels:
    """Return the contents of generator/data/bedrock_models.json, which tools/refresh_models.py writes."""
    data = pkgutil.get_data("generator", "data/bedrock_models.json")
    if data is None:
        raise FileNotFoundError("generator/data/bedrock_models.json")
    loaded: dict[str, Any] = json.loads(data)
    models, profiles = frozenset(loaded["models"]), frozenset(loaded["profiles"])
    return KnownModels(loaded["date"], models, profiles, _list_first_parts(profiles), _list_first_parts(models))


def _list_first_parts(identifiers: Iterable[str]) -> frozenset[str]:
    return frozenset(identifier.partition(".")[0] for identifier in identifiers)


def list_model_grants(model: str, path: Path) -> Iterator[Grant | Finding]:
    """Yield the permissions for a model given by ID or ARN, and findings if it is unknown."""
    kind = find_kind(model)
    if kind is None:
        yield Finding(UNKNOWN_MODEL, *explain_model(model, path), path)
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
    """Report an ID that AWS has not published, alone or in an ARN. Kinds without published IDs are not checked."""
    kind = find_kind(model)
    identifier = model.rpartition("/")[2]
    known = load_known_models()
    if kind not in LISTED_KINDS or known.has(identifier):
        return []
    prefix, _, rest = identifier.partition(".")
    if kind is ModelKind.INFERENCE_PROFILE and prefix not in known.prefixes and known.has(rest):
        # An ARN is certainly that of a profile. An ID with an unknown prefix may be a typo.
        return [] if model.startswith("arn:") else [_report_prefix(prefix, identifier, rest, path)]
    # In an ARN, or for a parameter, only models of the same kind are suggested.
    is_bound = model.startswith("arn:") or path[0] == "parameters"
    return [_report_unknown_id(kind, identifier, path, is_bound=is_bound)]


def find_kind(model: str) -> ModelKind | None:
    """Return the kind of model that an ARN or an ID has the form of, or None."""
    return next((kind for kind, rule in MODEL_KINDS.items() if rule.takes(model, by_id=True)), None)


def explain_model(model: str, path: Path, wanted: ModelKind | None = None) -> tuple[str, str]:
    """Explain why a string at `path` is not a model, and what to write instead.

    `wanted` is the kind of the parameter that is used there; without it, any kind will do.
    """
    if model.startswith("arn:"):
        return _explain_arn(model, path, wanted)
    if not model:
        return f"`{path[-1]}` is empty.", "Write the ID or ARN of a model."
    message = f"{model!r} is not the ID of a foundation model or an inference profile."
    help = "For any other kind of model, use its ARN."
    meant = _find_meant(model)
    return message, f"Did you mean {meant}? {help}" if meant else help


def _find_meant(model: str) -> str | None:
    """Return the published ID that a malformed one most likely means."""
    known = load_known_models()
    prefix, _, rest = model.partition(".")
    if not re.fullmatch(_REGION_NAME, prefix):
        return suggest_name(model, sorted(known.models | known.profiles))
    # A Region instead of a prefix: only a profile of the same geography is suggested.
    name = rest if known.has(rest) else suggest_name(rest, sorted(known.models))
    return known.find_profile(prefix, name) or name if name else None


def _explain_arn(model: str, path: Path, wanted: ModelKind | None) -> tuple[str, str]:
    parts = _ARN.fullmatch(model)
    # If two kinds have the same type of ARN, the first is meant.
    kinds = reversed(list(MODEL_KINDS.items()))
    types = {rule.arn_form.rpartition(":")[2].partition("/")[0]: kind for kind, rule in kinds}
    kind = types.get(parts["type"]) if parts else None
    if parts is None or kind is None:
        message = f"{model!r} is not the ARN of a kind of model that flowseal supports."
        meant = suggest_name(parts["type"], types) if parts else None
        fixed = f"{parts['home']}{parts['account']}:{meant}/{parts['name']}" if parts and meant else ""
        help = f"Use the ARN of one of these kinds: {', '.join(kind.value for kind in MODEL_KINDS)}."
        return message, f"Did you mean {fixed}?" if find_kind(fixed) else help
    name, home, actual = parts["name"], parts["home"], find_kind(parts["name"])
    if kind is ModelKind.FOUNDATION_MODEL and actual in _PROFILE_KINDS:
        message = f"{name!r} is an inference profile ID, but this is the ARN of a foundation model."
        if path[-1] == "modelArn":
            return message, f"Reranking requires a foundation model: write {home}:foundation-model/{_name_model(name)}."
        setting = "" if wanted in (None, actual) else f" Set `model: {actual}` for the parameter."
        arn = f"{home}{parts['account'] or '<account>'}:inference-profile/{name}"
        return message, f"Write {name}, or the ARN of the profile, {arn}.{setting}"
    if kind in _PROFILE_KINDS and actual is ModelKind.FOUNDATION_MODEL:
        message = f"{name!r} is a foundation model ID, but this is the ARN of an inference profile."
        profile = load_known_models().find_profile(home.split(":")[3], name) or f"<prefix>.{name}"
        otherwise = "" if wanted else f", or {name} for the model itself"
        return message, f"Write {home}{parts['account'] or '<account>'}:inference-profile/{profile}{otherwise}."
    return _explain_form(model, kind, parts)


def _explain_form(model: str, kind: ModelKind, parts: re.Match[str]) -> tuple[str, str]:
    """Explain a malformed ARN whose type is that of a kind."""
    form, what = MODEL_KINDS[kind].arn_form, str(kind).replace("-", " ")
    article = "an" if what[0] in "aeiou" else "a"
    owned = "<account>" in form
    fixed = f"{parts['home']}{'<account>' if owned else ''}:{parts['type']}/{parts['name']}"
    if owned is not bool(parts["account"]) and find_kind(fixed.replace("<account>", "0" * 12)):
        return f"The ARN of {article} {what} {'needs an' if owned else 'has no'} account ID.", f"Write {fixed}."
    return f"{model!r} is not the ARN of {article} {what}.", f"Write it as {form}."


def _name_model(model: str) -> str:
    """Return the foundation model behind an inference profile given by ID or ARN."""
    return model.rpartition("/")[2].partition(".")[2]


def _report_unknown_id(kind: ModelKind, identifier: str, path: Path, *, is_bound: bool) -> Finding:
    known = load_known_models()
    is_model = kind is ModelKind.FOUNDATION_MODEL
    like = known.models if is_model else {item for item in known.profiles if find_kind(item) is kind}
    meant = None if is_bound else suggest_name(identifier, known.list_joined(identifier))
    meant = meant or suggest_name(identifier, sorted(like))
    message = f"Unknown {'model' if is_model else 'inference profile'} ID {identifier!r}."
    help = (
        f"{f'Did you mean {meant}?' if meant else 'Check the ID.'} If the ID is newer than flowseal's list of models "
        f"({known.date}), suppress this warning: `# flowseal: ignore[{UNKNOWN_MODEL_ID.name}] newer than the list`."
    )
    return Finding(UNKNOWN_MODEL_ID, message, help, path)


def _report_prefix(prefix: str, profile: str, model: str, path: Path) -> Finding:
    message = f"Unknown inference profile prefix {prefix!r}."
    meant = load_known_models().find_profile(prefix, model)
    help = (
        f"{f'Did you mean {meant}? ' if meant else ''}If {profile} is an inference profile, no action is needed: "
        f"flowseal allows it, and {model} in any Region through it. If it is something else, use its ARN."
    )
    return Finding(UNKNOWN_PROFILE_PREFIX, message, help, path)
