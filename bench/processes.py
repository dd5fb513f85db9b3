"""What whole processes cost, with those that they start."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the clock and of the processor, and MB at the peak; children included."""

    wall: float
    processor: float
    memory: int

    def __str__(self) -> str:
        return f"{self.wall:.2f} s, CPU {self.processor:.2f} s, {self.memory} MB"


def run(*command: str | Path, cwd: Path | None = None, environment: dict[str, str] | None = None) -> Cost:
    """Run a command that must end well."""
    # As installed by pip, modules are compiled.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=cwd, stdout=output, stderr=output, env={**variables, **(environment or {})}
        )
        watch = Watch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise SystemExit(f"{command[:4]} ended with {process.returncode}: {output.read().decode()[-1000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, watch.end(usage.ru_maxrss // 1024))


class Watch(threading.Thread):
    """Follows the memory of a process and its workers: what they share counts once. Only Linux can tell."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.peak, self.ended = process, 0, threading.Event()
        self.start()

    def run(self) -> None:
        """Look four times a second."""
        while not self.ended.wait(0.25):
            self.peak = max(self.peak, sum(map(read_memory, list_processes(self.process))) // 1024)

    def end(self, largest: int) -> int:
        """Return the MB at the peak; `largest` is what the largest of the processes had at its own."""
        self.ended.set()
        self.join()
        return max(self.peak, largest)


def list_processes(process: int) -> list[int]:
    """Return a process and those that it started, as far as they are there."""
    found = [process]
    for each in found:
        with suppress(OSError):
            found += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
    return found


def read_memory(process: int) -> int:
    """Return the kB of a process, its part of what it shares with others included."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
