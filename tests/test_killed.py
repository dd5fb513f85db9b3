"""`flowseal generate`, killed as a real process at random moments: afterwards everything is whole.

`--slow` kills it 500 times instead of 50. The moments are drawn from the length of a whole run, seeded.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from projects import Project
from trees import compare_trees

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
COMMAND = [sys.executable, "-m", "generator", "generate", "--prune"]


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


def kill_after(project: Project, seconds: float) -> bool:
    """Start `generate`, kill it after so many seconds, and tell whether it was still running."""
    process = subprocess.Popen(COMMAND, cwd=project.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def list_own(tree: dict[str, bytes]) -> dict[str, bytes]:
    """Return the foreign files of a tree; those of the module that moves go by their first place."""
    own = {path.replace("new-name/own.tf", "renamed/own.tf"): data for path, data in tree.items()}
    return {path: own[path] for path in FOREIGN if path in own}


def test_killed_at_random_moments_everything_is_whole(
    start: Project, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    done = copy(start, tmp_path / "done")
    began = time.monotonic()
    subprocess.run(COMMAND, cwd=done.folder, check=True, capture_output=True)
    length = time.monotonic() - began
    before, after = start.read_modules(), done.read_modules()
    chance = random.Random(7)
    killed = left = 0
    for count in range(500 if request.config.getoption("--slow") else 50):
        project = copy(start, tmp_path / str(count))
        # Writing is the last part of a run: most moments are drawn from there, some from before.
        killed += kill_after(project, length * chance.uniform(0.0 if count % 5 == 0 else 0.5, 1.1))
        found = project.read_modules()
        left += found not in (before, after)
        assert list_own(found) == FOREIGN
        project.run("check", expect=0 if found == after else 3)
        assert project.read_modules() == found
        project.run("generate", "--prune", expect=0)
        assert compare_trees(project.read_modules(), after) == []
        assert not (project.modules / ".flowseal").exists()
        project.run("check", expect=0)
        shutil.rmtree(project.folder)
    assert killed > 10


def stop_at(project: Project, step: int, function: str) -> None:
    """Run `generate` in a process that kills itself at the given call of a step on the disk."""
    code = (
        "import os, signal, sys\n"
        "from generator.write import disk\n"
        f"real, left = disk.{function}, [{step}]\n"
        "def do(*arguments):\n"
        "    left[0] -= 1\n"
        "    if left[0] < 0:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(*arguments)\n"
        f"disk.{function} = do\n"
        "sys.argv = ['flowseal', 'generate', '--prune']\n"
        "from generator.cli import main\nmain()\n"
    )
    process = subprocess.run([sys.executable, "-c", code], cwd=project.folder, capture_output=True, check=False)
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()


@pytest.mark.parametrize(
    ("function", "step"),
    [
        ("write_new_file", 0),
        ("write_new_file", 20),
        ("sync_file", 10),
        ("keep_copy", 3),
        ("replace_file", 0),
        ("replace_file", 1),
        ("replace_file", 9),
        ("remove_file", 0),
        ("remove_file", 8),
        ("remove_empty_folder", 0),
    ],
)
def test_killed_while_it_writes_check_tells_and_generate_repairs(
    function: str, step: int, start: Project, tmp_path: Path
) -> None:
    done = copy(start, tmp_path / "done")
    done.run("generate", "--prune", expect=0)
    project = copy(start, tmp_path / "project")
    stop_at(project, step, function)
    found = project.read_modules()
    assert list_own(found) == FOREIGN
    assert "InterruptedRun" in project.run("check", expect=3).stdout
    assert project.read_modules() == found
    project.run("generate", "--prune", expect=0)
    assert compare_trees(project.read_modules(), done.read_modules()) == []
    assert not (project.modules / ".flowseal").exists()
    project.run("check", expect=0)
