"""How long `flowseal check` takes where nothing changed, and `flowseal generate` where one definition did.

usage: python bench/unchanged_flows.py [COUNT]

Whole processes, the least of several runs. The peers look at the same files: `sha256sum` reads every definition and
every file of the modules, as flowseal has to, and `git status` looks at them with its index refreshed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generate_flows import make_flow, write_flows

RUNS = 5
FLOWSEAL = (sys.executable, "-m", "generator")
IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")


def time_run(folder: Path, *command: str) -> float:
    """Run a command that must end well; return its seconds as a whole process."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - start


def take_least(run: Callable[[int], float]) -> float:
    """Return the least of several runs, which get their number."""
    return min(run(number) for number in range(RUNS))


def change_one(folder: Path, number: int) -> None:
    """Change a prompt of one definition."""
    flow = make_flow(0)
    flow["description"] = f"Changed {number} times"
    Path(folder, "flows", "bench-0000.flow.json").write_text(json.dumps(flow), encoding="utf-8")


def generate_changed(folder: Path, number: int) -> float:
    """Change one definition and generate."""
    change_one(folder, number)
    return time_run(folder, *FLOWSEAL, "generate")


def measure(folder: Path, count: int) -> None:
    """Measure a project of `count` flows and print the figures."""
    write_flows(folder / "flows", count)
    (folder / "flowseal.yaml").write_text("flows: [flows]\noutput: modules\n", encoding="utf-8")
    time_run(folder, *FLOWSEAL, "generate")
    time_run(folder, "git", "init", "-q")
    time_run(folder, "git", "add", "-A")
    time_run(folder, "git", *IDENTITY, "commit", "-qm", "bench")
    files = sum(path.is_file() for name in ("flows", "modules") for path in (folder / name).rglob("*"))
    check = take_least(lambda _: time_run(folder, *FLOWSEAL, "check"))
    hashing = take_least(lambda _: time_run(folder, "sh", "-c", "find flows modules -type f -exec sha256sum {} +"))
    status = take_least(lambda _: time_run(folder, "git", "status", "--porcelain"))
    changed = take_least(lambda number: generate_changed(folder, number))
    alone = folder / "alone"
    write_flows(alone, 1)
    one = take_least(lambda _: time_run(folder, *FLOWSEAL, "generate", "--all", "alone", "-o", "modules-alone"))
    print(f"{count:,} unchanged flows, {files:,} files: check {check:.2f} s")
    print(f"  sha256sum {hashing:.2f} s, ratio {check / hashing:.1f}; git status {status:.2f} s, {check / status:.1f}")
    ratio = changed / (check + one)
    print(f"one of them changed: generate {changed:.2f} s, ratio to check and one flow alone {ratio:.2f}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        measure(Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
