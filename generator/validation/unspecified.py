"""AWS's bucket for what has no kind of its own."""

from __future__ import annotations

from generator.diagnostics import Severity, declare_rule

UNSPECIFIED = declare_rule(
    "Unspecified",
    Severity.ERROR,
    "AWS's kind for what fits no other; never reported, listed so that the kinds are whole.",
)
