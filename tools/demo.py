"""`make demo`: the examples become modules in a folder of their own, and three things worth a look are shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "build" / "demo"


def run_flowseal(*arguments: str) -> None:
    """Show a command and run it in the demo's folder."""
    print(f"\n$ flowseal {' '.join(arguments)}\n", flush=True)
    # The environment has the dependencies alone; flowseal itself is run from here.
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "generator", *arguments], cwd=PLACE, env=environment, check=False)


def show_tree(folder: Path) -> None:
    """Print the files of a module."""
    print(f"\n{folder.relative_to(PLACE)}/")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            print(f"  {path.relative_to(folder)}")


def show_block(path: Path, first_line: str) -> None:
    """Print the block of a Terraform file that begins with a line."""
    text = path.read_text(encoding="utf-8")
    start = text.index(first_line)
    print(f"\n{path.relative_to(PLACE)}:\n")
    print(text[start : text.index("\n}\n", start) + 2])


def main() -> None:
    """Generate the examples, show a module, its key policy, and what a wrong definition gets to hear."""
    shutil.rmtree(PLACE, ignore_errors=True)
    shutil.copytree(ROOT / "examples" / "flows", PLACE / "flows")
    print("Seven flow definitions become Terraform modules, each of which encrypts its flow with a KMS key of its own.")
    run_flowseal("generate", "flows", "-o", "modules")
    show_tree(PLACE / "modules" / "support-triage")
    print("\nWho can decrypt? The key policy, as AWS's page on encrypted flows has it:")
    show_block(PLACE / "modules" / "support-triage" / "kms.tf", 'data "aws_iam_policy_document" "key"')
    print("A definition with a slip is refused at the line, and no file changes:")
    wrong = PLACE / "wrong.flow.yaml"
    source = PLACE / "flows" / "order-desk" / "order-desk.flow.yaml"
    text = source.read_text(encoding="utf-8")
    wrong.write_text(text.replace("targetInput: orderNumber", "targetInput: orderNumbr", 1), encoding="utf-8")
    run_flowseal("generate", "wrong.flow.yaml", "-o", "modules")
    print(f"\nThe modules are in {PLACE.relative_to(ROOT)}/modules.")


if __name__ == "__main__":
    main()
