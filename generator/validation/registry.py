"""The list of checks: one function a kind of finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from generator.diagnostics import Finding
from generator.model import Flow

Check = Callable[[Flow], Iterable[Finding]]
CHECKS: list[Check] = []


def register_check(check: Check) -> Check:
    """Add a check to those that every flow goes through. Checks run in the order of their registration."""
    CHECKS.append(check)
    return check


def validate_flow(flow: Flow) -> list[Finding]:
    """Return what is wrong with a flow as a whole: what its parts say of each other."""
    return [finding for check in CHECKS for finding in check(flow)]
