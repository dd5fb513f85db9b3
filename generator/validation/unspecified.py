"""AWS's bucket for what has no kind of its own."""

from __future__ import annotations

from generator.diagnostics import error

UNSPECIFIED = error(
    "Unspecified", "AWS's kind for what fits no other; never reported, listed so that the kinds are whole."
)
