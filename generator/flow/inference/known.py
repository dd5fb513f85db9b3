"""The ids of models and inference profiles that AWS has published, as of a date."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

_VARIANT = re.compile(r"(.+:[0-9]+):(?:[0-9]+[km]?|mm)")
"""A model with a context window of its own, which AWS lists beside the model for provisioned throughput."""


REGION_NAME = re.compile(r"[a-z]{2,4}(?:-[a-z]+){1,3}-[0-9]{1,2}")
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
"""The prefixes of profiles, with what else people call the parts of the world that they route to: Regions, names."""


@dataclass(frozen=True, slots=True)
class KnownModels:
    """Ids of foundation models and of system-defined inference profiles, retired ones included, as of `date`."""

    date: str
    models: frozenset[str]
    profiles: frozenset[str]
    prefixes: frozenset[str]
    vendors: frozenset[str]

    def has(self, identifier: str) -> bool:
        """Return whether the id of a model or a profile is known, by itself or as a variant of one that is."""
        variant = _VARIANT.fullmatch(identifier)
        names = {identifier, variant[1]} if variant else {identifier}
        return not (names.isdisjoint(self.models) and names.isdisjoint(self.profiles))

    def find_profile(self, place: str, model: str) -> str | None:
        """Return the profile of a model in the part of the world that `place` names, such as `eu-west-1` or `europe`.

        None where AWS has published none there: another part of the world is never what is meant.
        """
        profiles = (f"{prefix}.{model}" for prefix, names in _GEOGRAPHIES if re.fullmatch(names, place))
        return next(filter(self.has, profiles), None)

    def list_joined(self, identifier: str) -> list[str]:
        """Return the profiles that an id can mean whose prefix is joined to it by a hyphen, as in `eu-amazon...`."""
        prefixes = [prefix for prefix in self.prefixes if identifier.startswith(f"{prefix}-")]
        longest = max(prefixes, key=len, default="")
        return sorted(item for item in self.profiles if longest and item.startswith(f"{longest}."))


@cache
def load_known_models() -> KnownModels:
    """Return what generator/data/bedrock_models.json holds; tools/refresh_models.py makes that file."""
    data = pkgutil.get_data("generator", "data/bedrock_models.json")
    if data is None:
        raise FileNotFoundError("generator/data/bedrock_models.json")
    loaded: dict[str, Any] = json.loads(data)
    models, profiles = frozenset(loaded["models"]), frozenset(loaded["profiles"])
    return KnownModels(loaded["date"], models, profiles, _list_first_parts(profiles), _list_first_parts(models))


def _list_first_parts(identifiers: Iterable[str]) -> frozenset[str]:
    return frozenset(identifier.partition(".")[0] for identifier in identifiers)
