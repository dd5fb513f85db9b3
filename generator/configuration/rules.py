"""The rules that the reading of a configuration reports, beside those of every section of flowseal's own."""

from __future__ import annotations

from generator.diagnostics import error

UNKNOWN_RULE = error("UnknownRule", "The configuration gives a severity to a rule that is not there.")
FIXED_SEVERITY = error("FixedSeverity", "The configuration lowers an error without which the module would be wrong.")
