"""Where the project is on disk, and what many tests read there."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
FLOWS = ROOT / "examples" / "flows"
DEFINITIONS = sorted(FLOWS.glob("*/*.flow.*"))
MODULES = ROOT / "examples" / "modules"
