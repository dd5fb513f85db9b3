"""The progress bar of a run, and its timings."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

PATIENCE = 1.0
"""Seconds before the bar is shown."""
WIDTH = 30
_PAUSE = 0.1


class Progress:
    """Says what a run is doing and counts the finished pieces of it. Shown only if it is visible."""

    def __init__(self, *, is_visible: bool = False) -> None:
        self._task = ""
        self._expected = 0
        self._done = 0
        self._shown = 0
        self._next = time.monotonic() + PATIENCE if is_visible else float("inf")

    def begin(self, task: str, pieces: int = 0) -> None:
        """Begin a task of so many pieces; 0 if it can't be counted."""
        self._task, self._expected, self._done = task, pieces, 0
        self._show()

    def finish_pieces(self, pieces: int = 1) -> None:
        """Count pieces as done, and update the bar from time to time."""
        self._done += pieces
        self._show()

    def _show(self) -> None:
        if time.monotonic() < self._next:
            return
        line = f"{self._task} ..."
        if self._expected:
            done = min(self._done, self._expected)
            filled = done * WIDTH // self._expected
            line = f"{self._task} [{'#' * filled}{'.' * (WIDTH - filled)}] {done:,} of {self._expected:,}"
        sys.stderr.write(f"\r{line.ljust(self._shown)}")
        sys.stderr.flush()
        self._shown = len(line)
        self._next = time.monotonic() + _PAUSE

    def clear(self) -> None:
        """Remove the bar."""
        if self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            sys.stderr.flush()


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Show a bar on standard error, if that is a terminal and the run takes over a second; remove it at the end."""
    progress = Progress(is_visible=sys.stderr.isatty())
    try:
        yield progress
    finally:
        progress.clear()


class Timings:
    """Seconds per stage, in the order in which the stages were first entered. Stages must not nest."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the time that the body takes to `stage`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start

    def add(self, seconds: Mapping[str, float]) -> None:
        """Add the seconds of stages that another process measured."""
        for stage, spent in seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent

    def write_table(self) -> str:
        """Return one line per stage, in seconds with three decimals, and the sum."""
        rows = [*self.seconds.items(), ("sum", sum(self.seconds.values()))]
        return "".join(f"{stage:<10} {seconds:8.3f} s\n" for stage, seconds in rows)
