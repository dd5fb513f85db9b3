"""One call at a time: Terraform asks ten things at once, and moto's dictionaries bear no threads."""

from __future__ import annotations

import threading
from typing import Any

from account.limits import replace

TURN = threading.RLock()


def take_turns(service: Any) -> None:
    """Answer one call at a time. Services that call the account themselves (`calls_account`) hold no turn meanwhile."""

    def answer(real: Any, self: Any) -> Any:
        if getattr(self, "calls_account", False):
            return real(self)
        with TURN:
            return real(self)

    replace(service, "call_action", answer)
