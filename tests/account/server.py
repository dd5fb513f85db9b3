"""The account as a process: `python -m account.server PORT CALLS`, where CALLS is a file for the order of the calls."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from moto.core.responses import BaseResponse
from moto.server import main as run_moto

from account.flows import install_flows
from account.limits import install_iam_limits, install_kms_limits, replace


def record_calls(file: Path) -> None:
    """Append the name of each operation that the account answers."""

    def answer(real: Any, self: Any) -> Any:
        with file.open("a", encoding="ascii") as log:
            log.write(f"{self._get_action()}\n")
        return real(self)

    replace(BaseResponse, "call_action", answer)


def main() -> None:
    """Serve on the loopback address until the process is ended."""
    port, calls = sys.argv[1:]
    install_flows()
    install_kms_limits()
    install_iam_limits()
    record_calls(Path(calls))
    run_moto(["-H", "127.0.0.1", "-p", port])


if __name__ == "__main__":
    main()
