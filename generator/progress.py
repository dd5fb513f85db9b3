"""The progress bar of a run, and its timings."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 1.0
"""Seconds before the bar is shown."""
WIDTH = 30
_PAUSE = 0.1


class Progress:
    """Counts the finished pieces of work of a run. Shown only if it is visible."""

    def __init__(self, *, is_visible: bool = False) -> None:
        self.expected = 0
        self.done = 0
        self.is_shown = False
        self._next = time.monotonic() + PATIENCE if is_visible else float("inf")

    def expect(self, pieces: int) -> None:
        """Expect more pieces of work."""
        self.expected += pieces

    def finish_piece(self) -> None:
        """Count one piece as done, and update the bar from time to time."""
        self.done += 1
        if time.monotonic() < self._next:
            return
        share = min(self.done / max(self.expected, self.done), 1.0)
        filled = int(share * WIDTH)
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {int(share * 100):3d} %")
        sys.stderr.flush()
        self.is_shown = True
        self._next = time.monotonic() + _PAUSE

    def clear(self) -> None:
        """Remove the bar."""
        if self.is_shown:
            sys.stderr.write("\r" + " " * (WIDTH + 8) + "\r")
            sys.stderr.flush()


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Show a bar on standard error, if that is a terminal and the run takes over a second; remove it afterwards."""
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

    def write_table(self) -> str:
        """Return one line per stage, in seconds with three decimals, and the sum."""
        rows = [*self.seconds.items(), ("sum", sum(self.seconds.values()))]
        return "".join(f"{stage:<10} {seconds:8.3f} s\n" for stage, seconds in rows)
