"""All rules, whichever room declares them, and what flowseal says to the examples on their pages."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from generator.diagnostics import RULES, Rule

if TYPE_CHECKING:
    from generator.diagnostics import LocatedFinding
    from generator.rule_pages import Example

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


def check_example(rule: Rule, example: Example) -> list[LocatedFinding]:
    """Return what flowseal says to an example of a rule's page. There are no files beside it.

    Where the rule is not about Terraform, neither are the findings.
    """
    from generator.definition import FileRefusal
    from generator.pipeline import DefinitionText, check_definitions
    from generator.timings import Timings

    class NoFiles:
        def read_text(self, path: str) -> FileRefusal:
            return FileRefusal(f"There is no file {path!r}.", "Paths are relative to the definition's own folder.")

    definition = DefinitionText(example.file, example.text.encode(), NoFiles())
    for_terraform = rule.name in ABOUT_TERRAFORM
    (checked,) = check_definitions([definition], for_terraform=for_terraform, timings=Timings())
    return list(checked.findings)
