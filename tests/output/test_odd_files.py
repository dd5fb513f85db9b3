"""Files that are no files, texts that are no text, and a full disk: a finding, and nothing half done."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from paths import FLOWS
from typer.testing import CliRunner

from generator.cli import app
from generator.output.lock_file import DamagedLockError, read_lock
from generator.output.transaction import read_journal

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "pipe.flow.yaml")
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ["validate", "pipe.flow.yaml"],
        ["validate", "."],
        ["validate", "/dev/zero"],
        ["validate", FLOWS.as_posix(), "--config", "pipe"],
        ["validate", FLOWS.as_posix(), "--config", "/dev/zero"],
        ["config", "--config", "pipe"],
        ["schema", "-o", "pipe"],
        ["schema", "-o", "/dev/zero"],
        ["check", FLOWS.as_posix(), "-o", "modules", "--summary", "pipe"],
        ["check", FLOWS.as_posix(), "-o", "modules", "--summary", "/dev/null"],
    ],
    ids=" ".join,
)
def test_only_regular_files_are_opened(command: list[str], here: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "generator", *command], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode in (1, 2)
    assert "not a regular file" in " ".join((ran.stdout + ran.stderr).lower().split())
    assert (here / "pipe").is_fifo()


@pytest.mark.parametrize("name", ["journal.json", "journal-back.json", "run.lock"])
def test_a_pipe_in_place_of_a_flowseal_file_does_not_hang(name: str, here: Path) -> None:
    (here / "modules" / ".flowseal").mkdir(parents=True)
    os.mkfifo(here / "modules" / ".flowseal" / name)
    for command in ("check", "generate"):
        subprocess.run(
            [sys.executable, "-m", "generator", command, FLOWS.as_posix(), "-o", "modules"],
            capture_output=True,
            timeout=120,
            check=False,
        )


def test_leftovers_deeper_than_the_recursion_limit_are_removed(here: Path) -> None:
    state = here / "out" / ".flowseal"
    deep = state / "new"
    (state / "old").mkdir(parents=True)
    (here / "elsewhere").mkdir()
    (here / "elsewhere" / "kept").touch()
    (state / "old" / "link").symlink_to(here / "elsewhere")
    for _ in range(1200):
        deep.mkdir()
        deep /= "d"
    result = CliRunner().invoke(app, ["generate", FLOWS.as_posix(), "-o", "out"])
    assert (result.exit_code, result.exception) == (0, None)
    assert not state.exists()
    assert (here / "elsewhere" / "kept").exists()


@pytest.mark.parametrize(
    "command", [["schema", "-o", "own/s.json"], ["new", "a", "--template", "prompt"], ["init", "--yes", "--ci", "none"]]
)
@pytest.mark.parametrize("present", [False, True])
def test_a_full_disk_leaves_nothing_half_written(
    command: list[str], present: bool, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if present and command[0] == "schema":
        assert CliRunner().invoke(app, command).exit_code == 0
        (here / "own" / "s.json").write_text((here / "own" / "s.json").read_text().replace("\n", "\n\n", 1))
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    write = os.write
    written: set[str] = set()

    def fill(descriptor: int, data: bytes) -> int:
        place = f"/proc/self/fd/{descriptor}"
        written.update([os.readlink(place)] if os.path.exists(place) else [])
        if len(data) <= 100:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, bytes(data[: len(data) // 2]))

    monkeypatch.setattr("generator.output.disk.os.write", fill)
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 1
    assert "the disk is full; nothing was changed" in " ".join(result.stdout.split())
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before
    # A run that is killed while it writes leaves nothing under a final name either.
    assert all(os.path.basename(path).startswith(".flowseal-") for path in written)
    assert written or not os.path.isdir("/proc/self/fd")


def test_a_lone_surrogate_in_the_lock_file_or_the_journal_is_damage() -> None:
    lock = {"version": 1, "modules": {"a\ud800": {}}}
    with pytest.raises(DamagedLockError):
        read_lock(json.dumps(lock).encode())
    with pytest.raises(DamagedLockError):
        read_lock(json.dumps({"version": 1, "modules": {"a": {"definition": "\ud800"}}}).encode())
    journal = {"version": 1, "changes": {"a/\ud800": {"old": None, "new": None}}, "folders": []}
    with pytest.raises(DamagedLockError):
        read_journal(json.dumps(journal).encode())
