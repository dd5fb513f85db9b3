"""One call held back, to see who does not wait for it. `hold.json` beside the record of calls says which."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

from moto.core.responses import BaseResponse

from account.limits import replace

_lock = threading.Lock()


def hold_calls(order: Path) -> None:
    """Hold the first call of one of `operations` until `until` is called, at most for `seconds`; then forget the order.

    Whoever needs that call's effect waits for its answer, and `until` comes after it. Whoever does not is there first.
    """
    seen: dict[str, int] = {}

    def answer(real: Any, self: Any) -> Any:
        action = self._get_action()
        held = None
        with _lock:
            seen[action] = seen.get(action, 0) + 1
            if order.exists():
                held = json.loads(order.read_text(encoding="utf-8"))
                held = held if action in held["operations"] else None
                if held:
                    order.unlink()
        if held:
            _wait(seen, held["until"], held["seconds"])
        return real(self)

    replace(BaseResponse, "call_action", answer)


def _wait(seen: dict[str, int], operation: str, seconds: float) -> None:
    before, end = seen.get(operation, 0), time.monotonic() + seconds
    while time.monotonic() < end:
        if seen.get(operation, 0) > before:
            time.sleep(0.2)  # until it is answered and written down
            return
        time.sleep(0.02)
