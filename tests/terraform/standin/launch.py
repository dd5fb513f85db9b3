"""What Terraform starts as the provider: a fork of a process that has all imported (standin.forking), else a new one.

Terraform starts a provider three or four times a command, and imports are most of what a start costs.
"""

from __future__ import annotations

import os
import select
import socket
import sys

DIRECT = "from standin.servicer import main; main()"


def main() -> None:
    """Be the provider until Terraform ends it. The first argument is where the forking process listens, if it does."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(sys.argv[1])
        except OSError:
            start = f"import sys; sys.path.insert(0, {sys.path[0]!r}); {DIRECT}"
            os.execv(sys.executable, [sys.executable, "-Es", "-c", start])
        environment = "\0".join(f"{name}={value}" for name, value in os.environ.items()).encode()
        socket.send_fds(connection, [b"."], [0, 1, 2])
        connection.sendall(len(environment).to_bytes(4) + environment)
        wait_for_end(connection)


def wait_for_end(connection: socket.socket) -> None:
    """Return when the fork is gone, or when Terraform is: a killed one leaves its plugins running for ever."""
    parent = os.getppid()
    while os.getppid() == parent:
        if select.select([connection], [], [], 1)[0]:
            return
