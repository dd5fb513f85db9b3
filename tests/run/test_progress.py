"""The progress bar: on a terminal only, after a second only, and gone at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from paths import ROOT

import generator.progress
from generator.progress import Progress, Timings, show_progress
from generator.project.opening import Project
from generator.run import workers
from generator.run.execute import execute
from generator.run.flags import Command, Flags


def run(progress: Progress, pieces: int) -> None:
    progress.begin("Checking definitions", 2 * pieces)
    for _ in range(pieces):
        progress.finish_pieces()


def test_without_a_terminal_no_progress_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.progress, "PATIENCE", -1.0)
    with show_progress() as progress:
        run(progress, 3)
    assert capsys.readouterr() == ("", "")


def test_a_short_run_shows_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    run(Progress(is_visible=True), 3)
    assert capsys.readouterr() == ("", "")


def test_a_long_run_shows_what_is_done_and_how_much_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.progress, "PATIENCE", -1.0)
    monkeypatch.setattr(generator.progress, "_PAUSE", -1.0)
    progress = Progress(is_visible=True)
    run(progress, 3)
    progress.begin("Writing modules")
    progress.clear()
    printed = capsys.readouterr()
    assert printed.out == ""
    frames = printed.err.split("\r")[1:]
    assert frames[0] == f"Checking definitions [{'.' * 30}] 0 of 6"
    assert frames[3] == f"Checking definitions [{'#' * 15}{'.' * 15}] 3 of 6"
    # Each frame covers the one before.
    assert frames[4] == "Writing modules ...".ljust(len(frames[3]))
    assert frames[-2].strip() == frames[-1] == ""
    assert len(frames[-2]) >= len(frames[4].rstrip())


def test_more_work_than_expected_is_handled(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.progress, "PATIENCE", -1.0)
    monkeypatch.setattr(generator.progress, "_PAUSE", -1.0)
    progress = Progress(is_visible=True)
    progress.begin("Proving modules", 1)
    progress.finish_pieces()
    progress.finish_pieces()
    assert capsys.readouterr().err.endswith(f"[{'#' * 30}] 1 of 1")


@pytest.mark.parametrize("command", Command)
@pytest.mark.parametrize("jobs", [1, 2])
def test_every_command_shows_its_work_however_many_processes_do_it(
    command: Command, jobs: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.progress, "PATIENCE", -1.0)
    monkeypatch.setattr(generator.progress, "_PAUSE", -1.0)
    monkeypatch.setattr(workers, "MANY", 4)
    project = Project((str(ROOT / "examples" / "flows"),), tmp_path)
    output = None if command is Command.VALIDATE else tmp_path
    run = execute(command, Flags(jobs=jobs), project, output, Timings(), Progress(is_visible=True))
    count = len(list((ROOT / "examples" / "flows").iterdir()))
    assert (run.files, len(run.checked)) == (count, count)
    frames = [frame.rstrip() for frame in capsys.readouterr().err.split("\r")[1:]]
    expected = ["Checking definitions", "Proving modules", "Writing modules"]
    shown = list(dict.fromkeys(frame.partition(" [")[0].removesuffix(" ...") for frame in frames))
    assert shown == expected[: {Command.VALIDATE: 1, Command.CHECK: 2, Command.GENERATE: 3}[command]]
    assert all(f"{task} [{'#' * 30}] {count} of {count}" in frames for task in shown if task != "Writing modules")
