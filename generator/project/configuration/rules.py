"""The rules that the reading of a configuration reports, beside those of every section of flowseal's own."""

from __future__ import annotations

from generator.findings import error

UNKNOWN_RULE = error("UnknownRule", "The configuration sets the severity of a rule that does not exist.")
FIXED_SEVERITY = error("FixedSeverity", "The configuration downgrades an error that cannot be downgraded.")
