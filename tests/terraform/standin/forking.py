"""A process that has everything imported and becomes a provider by forking: `python -m standin.forking ADDRESS`.

One thread, no client and no server of its own: only so is a fork safe.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading

from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: F401 imported here once, not in every provider

from standin import cloud, servicer


def main() -> None:
    """Fork for each connection to the address, until the process that started this one is gone."""
    parent = os.getppid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    cloud.load_models()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen(64)
        listener.settimeout(1)
        while os.getppid() == parent:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            if os.fork() == 0:
                listener.close()
                become_provider(connection)
            connection.close()


def become_provider(connection: socket.socket) -> None:
    """Take over the streams and the environment of the process that Terraform started, and serve in its place."""
    connection.setblocking(True)
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile("rb") as reader:
        environment = reader.read(int.from_bytes(reader.read(4))).decode()
    os.environ.clear()
    os.environ.update(line.split("=", 1) for line in environment.split("\0"))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    threading.Thread(target=end_with_connection, args=[connection], daemon=True).start()
    sys.argv = ["provider"]
    servicer.serve()
    os._exit(0)


def end_with_connection(connection: socket.socket) -> None:
    """End this process when the one that Terraform started is gone."""
    connection.recv(1)
    os._exit(0)


if __name__ == "__main__":
    main()
