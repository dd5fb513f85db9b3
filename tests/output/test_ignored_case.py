"""A disk that ignores case. Linux rarely has one: a bind mount stands in for it, one folder under two names.

The mount is real, in a namespace of its own, and so is all that flowseal does there. What it cannot stand in for are
file names of another case, and a new file that is moved into the folder under its second name.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from projects import Project

UNSHARE = ["unshare", "--map-root-user", "--mount", "sh", "-ec"]


def can_mount() -> bool:
    """Return whether this user may mount in a namespace of its own."""
    command = [*UNSHARE, "mount --bind /tmp /tmp"]
    return (
        shutil.which("unshare") is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


pytestmark = pytest.mark.skipif(not can_mount(), reason="no bind mount in a namespace of one's own")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose lock file has two modules, as a disk that tells them apart takes them; the first is an orphan."""
    project = Project(tmp_path / "project")
    path = project.define("a", name="Triage")
    project.run("generate", expect=0)
    path.unlink()
    project.define("b", name="triage", text="Say more.")
    project.run("generate", expect=0)
    # What follows is git's checkout on the other disk: one folder, with the files of the second.
    shutil.rmtree(project.modules / "Triage")
    (project.modules / "Triage").mkdir()
    return project


def run(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run flowseal where both names lead to one folder."""
    script = 'mount --bind modules/triage modules/Triage; exec "$@"'
    command = [*UNSHARE, script, "sh", sys.executable, "-m", "generator", *arguments]
    return subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False)


def test_pruning_an_orphan_keeps_the_module_in_the_same_folder(project: Project) -> None:
    before = project.read_modules()
    assert "modules/Triage: orphan" in run(project, "check").stdout
    done = run(project, "generate", "--prune")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "UnmanagedFilesKept" not in done.stdout
    lock = "flowseal.lock.json"
    after = project.read_modules()
    assert {path: after.get(path) for path in before if path != lock} == {
        path: data for path, data in before.items() if path != lock
    }
    assert list(json.loads(after[lock])["modules"]) == ["triage"]
    assert run(project, "check").returncode == 0
    project.run("check", expect=0)


def test_both_orphans_in_one_folder_are_removed(project: Project) -> None:
    (project.folder / "flows/b.flow.json").unlink()
    project.define("other")
    done = run(project, "generate", "--prune")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not [path for path in project.read_modules() if path.lower().startswith("triage/")]
    project.run("check", expect=0)


def test_a_case_only_rename_keeps_the_folder_and_its_files(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.define("a", name="Triage")
    project.run("generate", expect=0)
    (project.modules / "Triage").rename(project.modules / "triage")
    (project.modules / "Triage").mkdir()
    (project.modules / "triage" / "own.txt").write_text("mine")
    project.define("a", name="triage")
    done = run(project, "generate")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "moved from modules/Triage" in done.stdout
    assert "UnmanagedFilesKept" not in done.stdout
    assert (project.modules / "triage" / "own.txt").read_text() == "mine"
    assert list(json.loads((project.modules / "flowseal.lock.json").read_bytes())["modules"]) == ["triage"]
    project.run("check", expect=0)
