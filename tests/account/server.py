"""The account as a process: `python -m account.server PORT CALLS`, where CALLS is a file for the order of the calls."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from moto.core.responses import BaseResponse
from moto.server import main as run_moto

from account.flows import install_flows
from account.holding import hold_calls
from account.limits import install_iam_limits, install_kms_limits, replace


def record_calls(file: Path) -> None:
    """Append the name of each operation when it is answered: from then on it has effect."""

    def answer(real: Any, self: Any) -> Any:
        answered = real(self)
        with file.open("a", encoding="ascii") as log:
            log.write(f"{self._get_action()}\n")
        return answered

    replace(BaseResponse, "call_action", answer)


def main() -> None:
    """Serve on the loopback address until the process is ended."""
    port, calls = sys.argv[1:]
    install_flows()
    install_kms_limits()
    install_iam_limits()
    hold_calls(Path(calls).with_name("hold.json"))
    record_calls(Path(calls))
    run_moto(["-H", "127.0.0.1", "-p", port])


if __name__ == "__main__":
    main()
