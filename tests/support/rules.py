"""Every rule that flowseal declares, wherever it does: what generator.findings.catalog is held to."""

from __future__ import annotations

import importlib
import pkgutil

import generator
from generator.findings import RULES, Rule


def list_rules() -> dict[str, Rule]:
    """Return all rules by name, after every module of the package was imported."""
    for module in pkgutil.walk_packages(generator.__path__, "generator."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return dict(sorted(RULES.items()))
