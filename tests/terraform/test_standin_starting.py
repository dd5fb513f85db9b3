"""How the stand-in starts: from the mirror, by a fork where there is one to ask, and it ends with who started it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from standin.mirror import FORKING, install_mirror

from bench import start

HANDSHAKE = b"1|6|unix|"


def answers(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
        probe.connect(address)
        return True
    return False


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and not condition():
        time.sleep(0.05)
    assert condition()


def name_command(process: int) -> str:
    return subprocess.run(
        ["ps", "-ww", "-p", str(process), "-o", "args="], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A mirror in a folder whose name has what a shell would take for its own."""
    folder = tmp_path / "a 'b' $c"
    folder.mkdir()
    install_mirror(folder)
    return folder


@contextlib.contextmanager
def forking(folder: Path, *, wanted: bool) -> Iterator[None]:
    """Have a process that forks providers, or none."""
    if not wanted:
        yield
        return
    with start(folder / "log", "standin.forking", str(folder / FORKING)):
        wait_until(lambda: answers(str(folder / FORKING)))
        yield


@contextlib.contextmanager
def run_provider(*command: str, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start a provider as Terraform does; give the process and the address that its handshake names."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **environment}) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith(HANDSHAKE), line
            yield process, line.split(b"|")[3].decode()
        finally:
            process.kill()


@pytest.mark.parametrize("by", ["terraform", "a shell that stands for a killed terraform"])
@pytest.mark.parametrize("fork", [False, True])
def test_the_server_ends_with_its_parent(folder: Path, by: str, fork: bool) -> None:
    (program,) = (folder / "mirror").rglob("terraform-provider-aws_*")
    command = [str(program)] if by == "terraform" else ["sh", "-c", '"$0"; true', str(program)]
    with forking(folder, wanted=fork):
        with run_provider(*command, HOME=str(folder)) as (process, address):
            assert answers(address)
            if by == "terraform":
                assert ("standin.servicer" in name_command(process.pid)) is not fork
        wait_until(lambda: not answers(address))


def test_a_fork_inherits_the_environment_of_its_parent(folder: Path) -> None:
    (program,) = (folder / "mirror").rglob("terraform-provider-aws_*")
    with forking(folder, wanted=True), run_provider(str(program), HOME=str(folder / "home")):
        # The runner keeps its certificate there.
        assert list((folder / "home").rglob("*.json"))
