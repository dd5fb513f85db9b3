"""A run that is killed at any step leaves either the old or the new modules, once the next run has begun."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_write import FIRST, SECOND, make_module, plan, write
from trees import read_tree

from generator.output import apply_plan, disk, open_output

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills a forked process")
STEPS = [
    "write_new_file",
    "sync_file",
    "sync_file_system",
    "keep_copy",
    "replace_file",
    "remove_file",
    "remove_empty_folder",
    "remove_tree",
    "make_folders",
]
FOREIGN = {
    "small/own.tf": b"# mine\n",
    "mover/own/a.tf": b"# mine\n",
    "gone/own.tf": b"# mine\n",
    "other/notes.txt": b"mine",
    "terraform.tfstate": b"{}",
}


def change_both(folder: Path) -> None:
    """Change one module, make another, move a third with its own files and prune a fourth, in one run."""
    with open_output(folder, "1.0", "templates") as output:
        modules = (
            make_module("moved", SECOND, definition="mover"),
            make_module("small", SECOND, "e"),
            make_module("other", FIRST, "e"),
        )
        apply_plan(output, plan(output, *modules, removed="gone"))


def count_down(step: int) -> None:
    """Make the process die before its disk step number `step`, in place of doing it."""
    left = [step]

    def wrap(real: Callable[..., object]) -> Callable[..., object]:
        def do(*arguments: object) -> object:
            if left[0] == 0:
                os._exit(9)
            left[0] -= 1
            return real(*arguments)

        return do

    for name in STEPS:
        setattr(disk, name, wrap(getattr(disk, name)))


def run_until(folder: Path, step: int) -> bool:
    """Run in a process of its own; tell whether it was killed at that step."""
    child = os.fork()
    if child == 0:
        count_down(step)
        change_both(folder)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def make_folder(folder: Path) -> dict[str, bytes]:
    """Make a folder with one module and foreign files; return its tree."""
    for name in ("small", "mover", "gone"):
        write(folder, FIRST, name)
    for name, data in FOREIGN.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return read_tree(folder)


@pytest.fixture(params=["few", "many"])
def amount(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the changed files count as few or many. Flushing many is stubbed: it waits for other programs."""
    if request.param == "many":
        monkeypatch.setattr(disk, "FEW", 0)
        monkeypatch.setattr(disk, "sync_file_system", lambda _: True)
    return str(request.param)


@pytest.mark.parametrize("is_possible", [True, False])
def test_many_files_are_flushed_together_where_the_system_can(
    is_possible: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert disk.sync_file_system(tmp_path) is (sys.platform == "linux")
    paths = [tmp_path, *(tmp_path / str(number) for number in range(disk.FEW))]
    for path in paths[1:]:
        path.touch()
    flushed: list[Path] = []
    monkeypatch.setattr(disk, "sync_file_system", lambda _: is_possible)
    monkeypatch.setattr(disk, "sync_file", flushed.append)
    disk.sync_paths(paths)
    assert flushed == ([] if is_possible else paths)
    disk.sync_paths(paths[1:])
    assert flushed[-disk.FEW :] == paths[1:]


@pytest.mark.usefixtures("amount")
def test_modules_are_whole_after_a_kill_at_any_step(tmp_path: Path) -> None:
    done = tmp_path / "done"
    before = make_folder(done)
    change_both(done)
    after = read_tree(done)
    assert after != before
    outcomes = []
    for step in range(1000):
        folder = tmp_path / str(step)
        make_folder(folder)
        if not run_until(folder, step):
            break
        with open_output(folder, "1.0", "templates") as output:
            assert output.is_usable
            assert {finding.rule.name for finding in output.findings} <= {"InterruptedRun"}
        found = read_tree(folder)
        assert found in (before, after), step
        outcomes.append(found == after)
    else:
        pytest.fail("the run never ended")
    # First nothing is changed, from the journal on everything is; both were met.
    assert outcomes == sorted(outcomes)
    assert len(set(outcomes)) == 2


def test_a_run_after_a_killed_one_completes_normally(tmp_path: Path) -> None:
    make_folder(tmp_path)
    assert run_until(tmp_path, 60)
    change_both(tmp_path)
    assert read_tree(tmp_path)["small/main.tf"] == b"two\n"
    assert not (tmp_path / ".flowseal").exists()


def trace_steps(monkeypatch: pytest.MonkeyPatch, refused: Path | None) -> list[tuple[str, Path]]:
    """Record each disk step with the path that it changes; the disk refuses to replace one file, once."""
    steps: list[tuple[str, Path]] = []
    left = [refused]

    def wrap(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def do(*arguments: Path) -> object:
            target = arguments[1] if name in ("replace_file", "keep_copy") else arguments[0]
            if name == "replace_file" and target in left:
                left.clear()
                raise OSError(errno.EIO, "refused", str(target))
            steps.append((name, target))
            return real(*arguments)

        return do

    for name in (*STEPS, "sync_folder"):
        monkeypatch.setattr(disk, name, wrap(name, getattr(disk, name)))
    return steps


@pytest.mark.parametrize("refused", [None, "other/main.tf"])
def test_the_journal_is_written_and_removed_only_after_the_disk_syncs(
    refused: str | None, amount: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make_folder(tmp_path)
    steps = trace_steps(monkeypatch, refused and tmp_path / refused)
    change_both(tmp_path)
    monkeypatch.undo()
    is_flushed_whole = amount == "many"
    assert (read_tree(tmp_path) == before) is (refused is not None)
    state = tmp_path / ".flowseal"
    forward, back = state / "journal.json", state / "journal-back.json"
    unsynced: set[Path] = set()
    for name, path in steps:
        if name in ("sync_file", "sync_folder"):
            unsynced.discard(path)
        elif name == "sync_file_system" and is_flushed_whole:
            unsynced.clear()
        elif name == "write_new_file" and path.name != ".gitignore":
            unsynced |= {path, path.parent}
        elif name == "keep_copy":
            unsynced.add(path.parent)
        elif name == "replace_file" and path in (forward, back):
            # Rolling back undoes what was done so far, whether or not the disk holds it.
            assert path == back or not unsynced
            unsynced.add(state)
        elif name == "remove_file" and path in (forward, back):
            # A folder that is gone again has no names to hold.
            assert not [folder for folder in unsynced - {state} if folder.exists()]
            unsynced.add(state)
        elif name in ("replace_file", "remove_file") and state not in path.parents:
            assert state not in unsynced
            unsynced.add(path.parent)
        elif name == "remove_tree":
            assert state not in unsynced
    flushing = "sync_file_system" if is_flushed_whole else "sync_file"
    assert {name for name, _ in steps} >= {flushing, "sync_folder", "replace_file", "remove_file", "remove_tree"}
    assert (("replace_file", back) in steps) is (refused is not None)
