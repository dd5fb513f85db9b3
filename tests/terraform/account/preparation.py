"""What PrepareFlow comes to: flowseal's own checks decide, and the answer takes its time."""

from __future__ import annotations

import json
import os
import time
from functools import cache
from pathlib import Path
from typing import Any

from account.requests import load_model

Record = dict[str, Any]
LONGEST = 2
"""Seconds after which a flow is no longer Preparing, whether or not anyone has asked."""


def begin_preparation(flow: Record) -> None:
    """Put a flow into Preparing, and decide what becomes of it."""
    validations = find_validations(flow)
    failed = any(item["severity"] == "Error" for item in validations)
    outcome = {"status": "Failed" if failed else "Prepared", "validations": validations}
    flow |= {"status": "Preparing", "_outcome": outcome, "_until": time.monotonic() + LONGEST, "_shown": False}


def settle_preparation(flow: Record) -> None:
    """End the preparation of a flow once its state was shown, or its time is over."""
    if flow["status"] == "Preparing" and (flow["_shown"] or time.monotonic() > flow["_until"]):
        flow |= flow["_outcome"]


def find_validations(flow: Record) -> list[Record]:
    """Return what is wrong with a flow's draft, as GetFlow's `validations` has it, without `details`."""
    # Imported here: most accounts of the tests never prepare a flow.
    from generator.findings import Severity
    from generator.pipeline import DefinitionText, check_definitions
    from generator.progress import Timings
    from generator.project.discovery import DiskReader

    document = {"name": flow["name"], "definition": flow.get("definition", {})}
    text = DefinitionText("draft.flow.json", json.dumps(document).encode("utf-8"), DiskReader(Path(os.devnull)))
    (checked,) = check_definitions([text], for_terraform=False, timings=Timings())
    return [
        {
            "message": finding.message,
            "severity": "Error" if finding.severity is Severity.ERROR else "Warning",
            "type": finding.rule.name if finding.rule.name in list_types() else "Unspecified",
        }
        for finding in checked.findings
        if finding.severity is Severity.ERROR or finding.rule.name in list_types()
    ]


@cache
def list_types() -> frozenset[str]:
    """Return AWS's kinds of validation."""
    return frozenset(load_model("bedrock-agent").shape_for("FlowValidationType").enum)
