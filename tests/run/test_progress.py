"""The progress bar: on a terminal only, after a second only, and gone at the end."""

from __future__ import annotations

import pytest

import generator.progress
from generator.progress import Progress, show_progress


def run(progress: Progress, pieces: int) -> None:
    progress.expect(2 * pieces)
    for _ in range(pieces):
        progress.finish_piece()


def test_nothing_is_shown_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.progress, "PATIENCE", -1.0)
    with show_progress() as progress:
        run(progress, 3)
    assert capsys.readouterr() == ("", "")


def test_nothing_is_shown_of_a_short_run(capsys: pytest.CaptureFixture[str]) -> None:
    run(Progress(is_visible=True), 3)
    assert capsys.readouterr() == ("", "")


def test_a_long_run_shows_how_far_it_is_and_clears_that(
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


def test_more_work_than_was_expected_is_no_defect(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.progress, "PATIENCE", -1.0)
    progress = Progress(is_visible=True)
    progress.finish_piece()
    assert "100 %" in capsys.readouterr().err
