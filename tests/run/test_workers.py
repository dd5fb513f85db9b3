"""Several processes check definitions and build modules: same output as one process, and all of them end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from projects import Project
from trees import read_tree

import generator.pipeline
from generator.output import Plan
from generator.run import plan as plan_module
from generator.run import workers

METHODS = ["spawn"] if sys.platform == "win32" else ["fork", "spawn"]
COMMANDS = (
    ["validate", "--format", "json"],
    ["check", "--diff"],
    ["generate", "--format", "json"],
    ["generate", "--all", "--strict", "-v"],
    ["check", "--format", "json"],
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four definitions be enough for two processes, and give them out one by one."""
    monkeypatch.setattr(workers, "MANY", 4)
    monkeypatch.setattr(workers, "SHARE", 1)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Definitions without findings, with an error, a warning, a suppressed warning, and the same name twice."""
    project = Project(tmp_path / "project")
    for name in ("first", "second", "third", "fourth"):
        project.define(name)
    (project.folder / "flows" / "ask.txt").write_text("Ask {{question}}", encoding="utf-8")
    project.define("named", text={"$file": "ask.txt"})
    project.define("also-first", name="first")
    project.define("broken", definition={})
    (project.folder / "flows" / "unreadable.flow.yaml").write_text("a: [", encoding="utf-8")
    text = project.define("warned").read_text().replace("amazon.nova-lite-v1:0", "amazon.nova-lite-v9:0")
    (project.folder / "flows" / "warned.flow.json").write_text(text.replace('"warned"', '"warned-twice"'))
    suppressed = f"# flowseal: ignore[UnknownModelId] new\n{text}\n"
    (project.folder / "flows" / "suppressed.flow.yaml").write_text(suppressed)
    return project


def run_all(project: Project, jobs: int) -> list[tuple[int, str]]:
    results = [project.run(*command, "--jobs", str(jobs)) for command in COMMANDS]
    return [(result.exit_code, result.output) for result in results]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("method", METHODS)
def test_output_is_the_same_with_several_processes(
    method: str, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Project.copy(project.folder, tmp_path / "other")
    expected = run_all(project, jobs=1)
    started: list[int] = []
    planned_beside: list[object] = []
    start = workers._start_workers
    monkeypatch.setattr(workers, "START_METHOD", method)
    monkeypatch.setattr(workers, "_start_workers", lambda jobs, setup: started.append(jobs) or start(jobs, setup))
    plan = plan_module.plan_changes

    def plan_changes(*arguments: Any, **options: Any) -> Plan:
        planned_beside.extend(multiprocessing.active_children())
        return plan(*arguments, **options)

    monkeypatch.setattr(plan_module, "plan_changes", plan_changes)
    assert run_all(other, jobs=2) == expected
    assert planned_beside == []
    assert started == [2] * len(COMMANDS)
    assert other.read_modules() == project.read_modules()
    assert {"error", "warning"} <= set(expected[0][1].split('"'))
    assert len(project.read_modules()) > 30


def test_few_definitions_and_one_job_start_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(workers, "_start_workers", fail)
    project = Project(tmp_path / "project")
    for number in range(workers.MANY - 1):
        project.define(f"flow-{number}")
    project.run("validate", "--jobs", "8", expect=0)
    project.define("one-more")
    project.run("validate", "--jobs", "1", expect=0)
    with pytest.raises(AssertionError, match="was started"):
        project.run("validate", "--jobs", "8")


@pytest.mark.usefixtures("small")
@pytest.mark.skipif(sys.platform != "linux", reason="changes a function in forked processes")
@pytest.mark.parametrize("function", ["check_each", "build_module"])
def test_a_killed_worker_is_one_line_and_nothing_is_written(
    function: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = os.getpid()

    def die(*_: object, **__: object) -> None:
        assert os.getpid() != own
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(generator.pipeline, function, die)
    result = project.run("generate", "--jobs", "2", expect=4)
    assert result.stdout == ""
    assert result.stderr == (
        "flowseal: A worker process was killed (SIGKILL), often because memory ran out. Nothing was written. "
        "Use fewer processes (--jobs).\n"
    )
    assert not project.modules.exists()


@pytest.mark.usefixtures("small")
@pytest.mark.skipif(sys.platform != "linux", reason="changes a function in forked processes")
@pytest.mark.parametrize("function", ["check_each", "build_module"])
def test_an_internal_error_in_a_worker_is_raised_as_in_one_process(
    function: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError(function)

    monkeypatch.setattr(generator.pipeline, function, fail)
    with pytest.raises(KeyError, match=function) as raised:
        project.run("generate", "--jobs", "2")
    assert raised.traceback[-1].name == "fail"


SLOW = """
import sys, time
import generator.pipeline
from generator.cli import main
from generator.run import workers
sign = sys.argv.pop()
def wait(*_):
    open(sign, "w").close()
    time.sleep(3)
workers.MANY = 4
generator.pipeline.build_module = wait
sys.argv = ["flowseal", "generate", "--jobs", "2"]
main()
"""


def list_group(group: int) -> Iterator[int]:
    """Yield the running processes of a process group."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                yield int(entry.name)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("ends_by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda each: each.name)
def test_no_process_outlives_a_run_that_is_stopped(ends_by: signal.Signals, project: Project, tmp_path: Path) -> None:
    sign = tmp_path / "building"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(sign)],
        cwd=project.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    while not sign.exists():
        assert process.poll() is None
        time.sleep(0.05)
    # A terminal sends Ctrl-C to all processes of its foreground group, `kill` its signal to one.
    (os.killpg if ends_by is signal.SIGINT else os.kill)(process.pid, ends_by)
    printed = process.communicate(timeout=30)[0]
    assert process.returncode != 0
    assert "Traceback" not in printed
    deadline = time.monotonic() + 30
    while list(list_group(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not list(list_group(process.pid))
    project.run("generate", expect=1)
    assert "InterruptedRun" not in project.run("check").output
    assert ".flowseal/run.lock" not in read_tree(project.modules)
