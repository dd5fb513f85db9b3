"""The account as a process: `python -m account.server PORT CALLS`.

CALLS is a file for the names of the operations in their order; every decision goes into the file beside it whose name
ends with `.decisions`, a JSON document a line.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from moto.core.responses import BaseResponse
from moto.server import main as run_moto
from moto.sts.models import STSBackend

from account.authorization import install_authorization
from account.cloud_control import install_cloud_control
from account.flows import install_flows
from account.holding import hold_calls
from account.key_policies import install_key_policies
from account.limits import install_iam_limits, install_kms_limits, replace
from account.resource_types import install_resource_types
from account.runtime import install_runtime
from account.turns import take_turns


def record_calls(file: Path) -> None:
    """Append the name of each operation when it is answered: from then on it has effect."""

    def answer(real: Any, self: Any) -> Any:
        answered = real(self)
        with file.open("a", encoding="ascii") as log:
            log.write(f"{self._get_action()}\n")
        return answered

    replace(BaseResponse, "call_action", answer)


def name_root(real: Any, self: Any, access_key_id: str, region: str) -> tuple[str, str, str]:
    """Answer GetCallerIdentity; who has a key that nobody made is the account's root."""
    found: tuple[str, str, str] = real(self, access_key_id, region)
    if found[1].endswith(":user/moto"):
        return self.account_id, f"arn:{self.partition}:iam::{self.account_id}:root", self.account_id
    return found


def main() -> None:
    """Serve on the loopback address until the process is ended."""
    port, calls = sys.argv[1:]
    install_flows()
    install_runtime()
    install_cloud_control(port)
    install_resource_types()
    install_key_policies()
    install_kms_limits()
    install_iam_limits()
    replace(STSBackend, "get_caller_identity", name_root)
    install_authorization(Path(f"{calls}.decisions"))
    take_turns(BaseResponse)  # before a call is held back: the others go on
    hold_calls(Path(calls).with_name("hold.json"))
    record_calls(Path(calls))
    run_moto(["-H", "127.0.0.1", "-p", port])


if __name__ == "__main__":
    main()
