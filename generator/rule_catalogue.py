"""All rules, whichever room declares them."""

from __future__ import annotations

from importlib import import_module

from generator.diagnostics import RULES, Rule

DECLARING = (
    "api.check",
    "configuration.rules",
    "definition.rules",
    "diagnostics",
    "inference",
    "intake",
    "module.planning",
    "module.tags",
    "nodes",
    "provider.limits",
    "suppression",
    "validation",
    "write.rules",
)
"""The modules and packages that declare rules. A test finds those that are missing here."""
ABOUT_TERRAFORM = frozenset({"ProviderCannotExpress", "ProviderIsStricter", "PolicyQuotaExceeded", "InvalidTags"})
"""What is not told with `--target api`: what only Terraform cannot carry."""


def list_rules() -> dict[str, Rule]:
    """Return all rules by name, sorted."""
    for name in DECLARING:
        import_module(f"generator.{name}")
    return dict(sorted(RULES.items()))
