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


@dataclass(frozen=True, slots=True)
class KnownModels:
    """Ids of foundation models and of system-defined inference profiles, retired ones included, as of `date`."""

    date: str
    models: frozenset[str]
    profiles: frozenset[str]
    prefixes: frozenset[str]
    vendors: frozenset[str]

    def has(self, identifier: str) -> bool:
        """Tell whether the id of a model or a profile is known, by itself or as a variant of one that is."""
        variant = _VARIANT.fullmatch(identifier)
        names = {identifier, variant[1]} if variant else {identifier}
        return not (names.isdisjoint(self.models) and names.isdisjoint(self.profiles))


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
