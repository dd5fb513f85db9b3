"""All rules, whichever package declares them."""

from __future__ import annotations

from importlib import import_module

from generator.findings import RULES, Rule

DECLARING = (
    "findings",
    "findings.suppression",
    "flow.api.check",
    "flow.bedrock_models",
    "flow.nodes",
    "flow.reading.rules",
    "importing.rules",
    "output.rules",
    "project.configuration.reading",
    "project.discovery",
    "run.engines",
    "terraform.module.checks",
    "terraform.resource.limits",
    "validation",
)
"""The modules and packages that declare rules. A test finds those that are missing here."""
ABOUT_TERRAFORM = frozenset({"ProviderCannotExpress", "ProviderIsStricter", "PolicyQuotaExceeded", "InvalidTags"})
"""Rules that `--target api` does not report, because they are only about Terraform."""


def list_rules() -> dict[str, Rule]:
    """Return all rules by name, sorted."""
    for name in DECLARING:
        import_module(f"generator.{name}")
    return dict(sorted(RULES.items()))
