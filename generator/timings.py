"""Where a run's time went."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Timings:
    """Seconds by stage, in the order in which the stages were first entered. Stages must not nest."""

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
        """Write one line a stage, seconds with three decimals, the sum last."""
        rows = [*self.seconds.items(), ("sum", sum(self.seconds.values()))]
        return "".join(f"{stage:<10} {seconds:8.3f} s\n" for stage, seconds in rows)
