"""Terraform files in a module's folder that flowseal did not make."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from generator.write.rules import OUTSIDE_PROOF, OVERRIDE_FILE, report_path

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from generator.diagnostics import LocatedFinding

_CONFIGURATION = re.compile(r"(?P<stem>.*?)\.(?P<kind>tf|tofu)(?:\.json)?", re.DOTALL)
"""Files that Terraform or OpenTofu reads as configuration."""


def find_foreign_configuration(output: Path, name: str, own: Collection[str]) -> list[LocatedFinding]:
    """Report configuration beside a module's own files: as an error where it changes what was proven.

    That is override files, which Terraform merges over the blocks of other files
    (https://developer.hashicorp.com/terraform/language/files/override), and a .tofu file of the name of one of the
    module's, which OpenTofu reads instead of it.
    """
    folder = output / name
    if folder.is_symlink() or not folder.is_dir():
        return []
    findings = []
    for entry in sorted(os.listdir(folder)):
        match = _CONFIGURATION.fullmatch(entry)
        if match is None or entry in own or entry.startswith(".") or (folder / entry).is_dir():
            continue
        stem = match["stem"]
        replaces = match["kind"] == "tofu" and f"{stem}.tf" in own
        if stem == "override" or stem.endswith("_override") or replaces:
            findings.append(_report_override(output, f"{name}/{entry}"))
        else:
            message = "This file is not flowseal's: it is part of the module, but outside of what flowseal proves."
            remedy = "Review it by hand, or keep it in the configuration that calls the module."
            findings.append(report_path(OUTSIDE_PROOF, output, f"{name}/{entry}", message, remedy))
    return findings


def _report_override(output: Path, path: str) -> LocatedFinding:
    return report_path(
        OVERRIDE_FILE,
        output,
        path,
        "This file overrides parts of the module, so that what Terraform applies is not what was proven.",
        "Put the change into the definition or the module's variables, then delete this file.",
    )
