"""GitHub's workflow files: what is pinned, what reaches a shell, and what actionlint says."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from paths import ROOT

ACTIONLINT = ROOT / ".tools" / ("actionlint.exe" if os.name == "nt" else "actionlint")
USES = re.compile(r"^ *(?:- )?uses: (\S+)(.*)$", re.MULTILINE)
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def find_loose_actions(text: str) -> list[str]:
    """Return the actions that are not pinned by a commit's whole hash, with their version in a comment."""
    return [
        name
        for name, comment in USES.findall(text)
        if name != "./" and not (PINNED.fullmatch(name) and re.fullmatch(r" # v\d+\.\d+\.\d+", comment))
    ]


def list_steps(document: Any) -> Iterator[dict[str, Any]]:
    """Yield the steps of an action or of every job of a workflow."""
    yield from document.get("runs", {}).get("steps", [])
    for job in document.get("jobs", {}).values():
        yield from job["steps"]


def find_interpolated_scripts(text: str) -> list[str]:
    """Return the scripts into which GitHub would paste a value before a shell reads them."""
    return [step["run"] for step in list_steps(yaml.safe_load(text)) if "${{" in step.get("run", "")]


def lint_workflow(path: Path) -> str:
    """Return what actionlint says of a workflow."""
    # Without shellcheck and pyflakes, so that it says the same on every machine.
    command = [str(ACTIONLINT), "-no-color", "-shellcheck=", "-pyflakes=", str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return result.stdout + result.stderr
