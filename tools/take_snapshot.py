"""Keep the examples' modules as they are today: tests prove that what was applied from them survives an upgrade.

Usage: python tools/take_snapshot.py VERSION (at each release, before its tag; see CONTRIBUTING.md)

Only what Terraform loads is kept: *.tf and the texts that they read.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOADED = ("*.tf", "prompts/*", "code/*", ".gitattributes")


def take_snapshot(modules: Path, snapshot: Path) -> None:
    """Copy the modules; what is there under that name already is replaced."""
    shutil.rmtree(snapshot, ignore_errors=True)
    for module in sorted(path for path in modules.iterdir() if path.is_dir()):
        for path in sorted(found for pattern in LOADED for found in module.glob(pattern)):
            target = snapshot / path.relative_to(modules)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


if __name__ == "__main__":
    take_snapshot(ROOT / "examples" / "modules", ROOT / "tests" / "terraform" / "snapshots" / sys.argv[1])
