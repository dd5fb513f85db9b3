"""The progress bar: on a terminal only, after a second only, and gone at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import ROOT

import generator.progress
from generator.progress import Progress, Timings, show_progress
from generator.project.opening import Project
from generator.run.execute import execute
from generator.run.flags import Command, Flags


def run(progress: Progress, pieces: int) -> None:
    progress.expect(2 * pieces)
    for _ in range(pieces):
        progress.finish_piece()


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


def test_a_long_run_shows_progress_and_clears_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.progress, "PATIENCE", -1.0)
    monkeypatch.setattr(generator.progress, "_PAUSE", -1.0)
    progress = Progress(is_visible=True)
    run(progress, 3)
    progress.clear()
    printed = capsys.readouterr()
    assert printed.out == ""
    frames = printed.err.split("\r")[1:]
    assert frames[2] == f"[{'#' * 15}{'.' * 15}]  50 %"
    assert frames[-2].strip() == frames[-1] == ""


def test_more_work_than_expected_is_handled(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.progress, "PATIENCE", -1.0)
    progress = Progress(is_visible=True)
    progress.finish_piece()
    assert "100 %" in capsys.readouterr().err


@pytest.mark.parametrize("command", Command)
def test_every_command_counts_its_work(command: Command, tmp_path: Path) -> None:
    project = Project((str(ROOT / "examples" / "flows"),), tmp_path)
    progress = Progress()
    output = None if command is Command.VALIDATE else tmp_path
    run = execute(command, Flags(), project, output, Timings(), progress)
    assert (run.files, len(run.checked)) == (7, 7)
    assert progress.done == progress.expected == (7 if output is None else 14)
