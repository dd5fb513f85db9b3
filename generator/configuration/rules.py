"""The rules that the reading of a configuration reports, beside those of every section of flowseal's own."""

from __future__ import annotations

from generator.diagnostics import Severity, declare_rule

UNKNOWN_RULE = declare_rule(
    "UnknownRule", Severity.ERROR, "The configuration gives a severity to a rule that is not there."
)
FIXED_SEVERITY = declare_rule(
    "FixedSeverity", Severity.ERROR, "The configuration lowers an error without which the module would be wrong."
)
