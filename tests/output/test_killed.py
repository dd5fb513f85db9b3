"""`flowseal generate`, killed as a real process at random moments: afterward everything is whole.

`--slow` kills it 500 times instead of 50. The moments are drawn, seeded, from the length of a whole run, from the time
in which it prepares new files, and from that in which its journal counts; most kills are to hit the latter two.
"""

from __future__ import annotations

import errno
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from projects import Project
from trees import compare_trees, read_tree

from generator.output import disk

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]
FOREIGN = {
    "notes.txt": b"mine",
    "kept/own.tf": b"# mine\n",
    "renamed/own.tf": b"# mine\n",
    "gone/own.txt": b"mine",
    "terraform.tfstate": b"{}",
}
DRAFTS, JOURNAL, BACK = ".flowseal/new", ".flowseal/journal.json", ".flowseal/journal-back.json"
TIMED = """
import signal, sys, time
from generator.output import disk
sign, seconds, marked = sys.argv[1], float(sys.argv[2]), set()
def mark(name):
    if name == sign and name not in marked:
        signal.setitimer(signal.ITIMER_REAL, seconds)
    marked.add(name)
    print(name, time.monotonic(), file=sys.stderr)
def write(path, data, real=disk.write_new_file):
    mark("drafts") if ".flowseal/new" in path.as_posix() else None
    real(path, data)
def replace(source, target, real=disk.replace_file):
    real(source, target)
    mark("journal") if target.name == "journal.json" else None
def remove(path, real=disk.remove_file):
    mark("end") if path.name == "journal.json" else None
    real(path)
disk.write_new_file, disk.replace_file, disk.remove_file = write, replace, remove
sys.argv = ["flowseal", "generate", "--prune"]
from generator.cli import main
main()
"""
"""`generate` that tells when it gets to a step. Given a step, SIGALRM ends it so many seconds later."""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project in which a run has everything to do: make, change, move and remove modules."""
    project = Project(tmp_path_factory.mktemp("killed") / "start")
    for name in ("kept", "renamed", "gone", "changed"):
        project.define(name)
    project.run("generate", expect=0)
    for path, data in FOREIGN.items():
        (project.modules / path).write_bytes(data)
    project.define("renamed", name="new-name")
    project.define("changed", text="Say more.")
    project.define("new")
    (project.folder / "flows" / "gone.flow.json").unlink()
    return project


def copy(start: Project, folder: Path) -> Project:
    project = Project.__new__(Project)
    shutil.copytree(start.folder, folder)
    project.folder, project.modules = folder, folder / "modules"
    return project


@dataclass(slots=True)
class Run:
    """How long a run took, in seconds: all of it, preparing new files, and the time in which its journal counted."""

    whole: float
    drafts: float
    journal: float


def watch_run(project: Project) -> Run:
    """Run `generate` to its end and note when it prepares new files and when its journal counts."""
    began = time.monotonic()
    process = subprocess.run(
        [sys.executable, "-c", TIMED, "", "0"], cwd=project.folder, capture_output=True, check=True, text=True
    )
    drafts, journal, end = (
        next(float(line.split()[1]) for line in process.stderr.splitlines() if line.startswith(f"{mark} "))
        for mark in ("drafts", "journal", "end")
    )
    return Run(time.monotonic() - began, journal - drafts, end - journal)


def kill_after(project: Project, seconds: float, sign: str) -> bool:
    """Run `generate` and kill it so many seconds after a sign, or after its start; tell whether it was still running.

    After a sign, the run's own timer kills it. A test that waited for the sign would see it late on a busy machine.
    """
    if sign:
        command = [sys.executable, "-c", TIMED, sign, str(max(seconds, 1e-6))]
        return subprocess.run(command, cwd=project.folder, capture_output=True, check=False).returncode < 0
    command, unread = [sys.executable, "-c", TIMED, "", "0"], subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=project.folder, stdout=unread, stderr=unread)
    time.sleep(seconds)
    process.kill()
    return process.wait() == -signal.SIGKILL


def list_own(tree: dict[str, bytes]) -> dict[str, bytes]:
    """Return the foreign files of a tree; those of the module that moves go by their first place."""
    own = {path.replace("new-name/own.tf", "renamed/own.tf"): data for path, data in tree.items()}
    return {path: own[path] for path in FOREIGN if path in own}


def read_whole(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, and every folder as if it were an empty file."""
    folders = {f"{path.relative_to(folder).as_posix()}/": b"" for path in folder.rglob("*") if path.is_dir()}
    return read_tree(folder) | folders


def check_killed(project: Project, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """`check` tells that a run was stopped, and the next run, whatever it is asked for, leaves all old or all new."""
    found = read_whole(project.modules)
    assert list_own(found) == FOREIGN
    is_left = (project.modules / ".flowseal").exists()
    modules = {path: data for path, data in found.items() if not path.startswith(".flowseal/")}
    if JOURNAL in found or BACK in found:
        modules = after if JOURNAL in found else before
    assert modules in (before, after)
    told = project.run("check", expect=0 if found == after else 3).stdout
    assert ("InterruptedRun" in told) is is_left
    assert read_whole(project.modules) == found
    # This definition is unchanged: all that the run has to do is to repair.
    repaired = copy(project, project.folder.with_name("repaired"))
    told = repaired.run("generate", "flows/kept.flow.json", expect=0).stdout
    assert compare_trees(read_whole(repaired.modules), modules) == []
    assert ("its changes were" in told) is (JOURNAL in found or BACK in found)
    shutil.rmtree(repaired.folder)
    project.run("generate", "--prune", expect=0)
    assert compare_trees(read_whole(project.modules), after) == []
    project.run("check", expect=0)


@pytest.fixture(scope="module")
def after(start: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run that nobody kills comes to; no empty folder is left in it."""
    done = copy(start, tmp_path_factory.mktemp("done") / "done")
    done.run("generate", "--prune", expect=0)
    after = read_whole(done.modules)
    assert {path for path in after if path.startswith(("gone/", "renamed/"))} == {"gone/", "gone/own.txt"}
    return after


def test_a_run_killed_at_a_random_moment_is_repaired(
    start: Project, after: dict[str, bytes], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    # Of three runs the shortest times, so that most kills come early enough whatever else the machine does.
    runs = [watch_run(copy(start, tmp_path / f"done-{number}")) for number in range(3)]
    run = Run(*(min(getattr(each, name) for each in runs) for name in ("whole", "drafts", "journal")))
    moments = [(run.whole * 1.1, ""), *[(run.drafts, "drafts"), (run.journal, "journal")] * 2]
    before = read_whole(start.modules)
    chance = random.Random(7)
    count = 500 if request.config.getoption("--slow") else 50
    killed = drafts = journals = 0
    for number in range(count):
        project = copy(start, tmp_path / str(number))
        length, sign = moments[number % len(moments)]
        killed += kill_after(project, chance.uniform(0, length), sign)
        has_journal = (project.modules / JOURNAL).exists()
        journals += has_journal
        drafts += (project.modules / DRAFTS).exists() and not has_journal
        check_killed(project, before, after)
        shutil.rmtree(project.folder)
    print(f"{count} runs: {killed} killed, {drafts} of them with drafts alone, {journals} with a journal")
    assert min(drafts, journals) >= count // 10
    assert killed >= count // 2


def stop_at(project: Project, function: str, step: int, turns_back_after: int | None = None) -> None:
    """Run `generate` in a process that kills itself at the given call of a step on the disk.

    With `turns_back_after`, the disk is full once so many files are in place, and the calls of the way back count.
    """
    code = (
        "import errno, os, signal, sys\n"
        "from generator.output import disk\n"
        f"left, fits, turned = [{step}], [{turns_back_after}], [{turns_back_after is None}]\n"
        "def refuse(source, target, real=disk.replace_file):\n"
        "    if not turned[0] and target.name != 'journal.json':\n"
        "        fits[0] -= 1\n"
        "        if fits[0] < 0:\n"
        "            turned[0] = True\n"
        "            raise OSError(errno.ENOSPC, 'full', str(target))\n"
        "    return real(source, target)\n"
        "disk.replace_file = refuse\n"
        f"def do(*arguments, real=disk.{function}):\n"
        "    left[0] -= turned[0]\n"
        "    if left[0] < 0:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(*arguments)\n"
        f"disk.{function} = do\n"
        "sys.argv = ['flowseal', 'generate', '--prune']\n"
        "from generator.cli import main\nmain()\n"
    )
    process = subprocess.run([sys.executable, "-c", code], cwd=project.folder, capture_output=True, check=False)
    assert process.returncode == -signal.SIGKILL, process.stdout.decode() + process.stderr.decode()


@pytest.mark.parametrize(
    ("function", "step"),
    [
        ("write_new_file", 0),
        ("write_new_file", 20),
        ("sync_file_system", 0),
        ("sync_folder", 0),
        ("sync_folder", 5),
        ("keep_copy", 3),
        ("replace_file", 0),
        ("replace_file", 1),
        ("replace_file", 9),
        ("remove_file", 0),
        ("remove_file", 8),
        ("remove_empty_folder", 0),
    ],
)
def test_check_reports_and_generate_repairs_a_killed_run(
    function: str, step: int, start: Project, after: dict[str, bytes], tmp_path: Path
) -> None:
    project = copy(start, tmp_path / "project")
    stop_at(project, function, step)
    assert (project.modules / ".flowseal").exists()
    check_killed(project, read_whole(start.modules), after)


@pytest.mark.parametrize(
    ("function", "step", "journal"),
    [
        ("replace_file", 0, JOURNAL),
        ("replace_file", 1, BACK),
        ("remove_file", 0, BACK),
        ("remove_file", 5, BACK),
        ("remove_empty_folder", 0, BACK),
        ("remove_tree", 0, ""),
    ],
)
def test_a_rollback_that_is_killed_is_completed_by_the_next_run(
    function: str, step: int, journal: str, start: Project, after: dict[str, bytes], tmp_path: Path
) -> None:
    project = copy(start, tmp_path / "project")
    stop_at(project, function, step, turns_back_after=20)
    assert [path for path in (JOURNAL, BACK) if (project.modules / path).exists()] == [journal] * bool(journal)
    check_killed(project, read_whole(start.modules), after)


def test_a_rollback_after_a_full_disk_survives_being_killed(
    start: Project, after: dict[str, bytes], tmp_path: Path
) -> None:
    project = copy(start, tmp_path / "project")
    # New files come first, so some are to be brought back only once others were removed.
    stop_at(project, "remove_file", 8)
    assert (project.modules / JOURNAL).exists()
    # The next run meets the full disk at its first step, and is killed once it has brought two files back.
    stop_at(project, "replace_file", 3, turns_back_after=0)
    assert (project.modules / BACK).exists()
    check_killed(project, read_whole(start.modules), after)


def test_a_change_that_a_full_disk_interrupts_is_undone(
    start: Project, after: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = copy(start, tmp_path / "project")
    stop_at(project, "replace_file", 9)
    real = disk.replace_file
    refused: list[Path] = []

    def refuse(source: Path, target: Path) -> None:
        if not refused:
            refused.append(target)
            raise OSError(errno.ENOSPC, "full", str(target))
        real(source, target)

    monkeypatch.setattr(disk, "replace_file", refuse)
    assert "its changes were rolled back" in project.run("generate", "flows/kept.flow.json", expect=0).stdout
    assert compare_trees(read_whole(project.modules), read_whole(start.modules)) == []
    project.run("generate", "--prune", expect=0)
    assert compare_trees(read_whole(project.modules), after) == []
