"""The page docs/a-day.md: every step of it is played in a new git repository, and prints what the page says.

What the page does not say is asserted beside it: at no step is anything lost that somebody wrote by hand (hands.py).
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hands import Hands
from paths import ROOT
from repositories import Repository, make_environment
from transcripts import Step, play_steps, read_steps
from typer.testing import CliRunner

from generator.cli import app

PAGE = ROOT / "docs" / "a-day.md"
FIXED = {
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "LC_ALL": "C",
}
DAY = [
    ("flowseal init", 0, "written     flowseal.yaml"),
    ("flowseal generate", 0, "10 modules: 10 written"),
    ("git commit", 0, ""),
    ("flowseal check", 3, "input changed: flows/faq/prompts/answer.txt"),
    ("flowseal check --diff", 3, ""),
    ("head", 0, "+Answer in one sentence"),
    ("flowseal generate", 0, "written     modules/flows/faq (1 changed)"),
    ("flowseal check", 3, "edited by hand: main.tf"),
    ("flowseal generate", 1, "error[EditedFile]"),
    ("git restore modules/flows/faq/main.tf", 0, ""),
    ("git rm", 0, ""),
    ("flowseal check", 3, "orphan of"),
    ("flowseal generate --prune", 0, "removed     modules/flows/booking"),
    ("git merge", 1, ""),
    ("git diff --name-only --diff-filter=U", 0, "modules/flows/flowseal.lock.json\n"),
    ("flowseal check", 3, "ConflictedLock"),
    ("flowseal generate", 0, "ConflictedLock"),
    ("git commit", 0, ""),
    ("flowseal check", 0, "no modules out of date"),
    ("git merge", 1, ""),
    ("flowseal generate", 1, "error[ConflictInText]"),
    ("flowseal generate", 0, "written     modules/flows/greeting (1 changed)"),
    ("git commit", 0, ""),
    ("flowseal check", 0, "no modules out of date"),
]
"""What a day has to have, in this order: how a command begins, its exit code, and words of what it prints."""
PLAIN = re.compile(r"flowseal(?P<arguments>(?: [\w./-]+)+)")
"""A command of flowseal's that needs no shell: it runs here, and the day takes seconds."""

pytestmark = pytest.mark.skipif(
    not shutil.which("git") or not shutil.which("sh"), reason="the git command, or a shell, is missing"
)


def test_the_day_matches_its_page_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accept: bool
) -> None:
    (tmp_path / "work").mkdir()
    work = Repository(tmp_path / "work", FIXED)
    monkeypatch.chdir(work.folder)
    for name, value in (make_environment(work.folder) | FIXED).items():
        monkeypatch.setenv(name, value)
    hands = Hands(work)

    def play(command: str) -> Step:
        if plain := PLAIN.fullmatch(command):
            result = CliRunner().invoke(app, plain["arguments"].split(), prog_name="flowseal")
            if result.exception is not None and not isinstance(result.exception, SystemExit):
                raise result.exception
            step = Step(command, result.output, result.exit_code)
        else:
            code, output = work.attempt("sh", "-c", command)
            step = Step(command, output, code)
        hands.note(command)
        return step

    page = PAGE.read_text(encoding="utf-8")
    played = play_steps(page, play)
    if accept:
        PAGE.write_text(played, encoding="utf-8")
    for found, expected in zip(read_steps(played), read_steps(PAGE.read_text(encoding="utf-8")), strict=True):
        assert found == expected
    assert played == PAGE.read_text(encoding="utf-8")


def test_the_day_covers_everything() -> None:
    steps = iter(read_steps(PAGE.read_text(encoding="utf-8")))
    for start, code, words in DAY:
        assert any(step.command.startswith(start) and step.code == code and words in step.output for step in steps), (
            f"nothing like `{start}` with {words!r} and exit code {code}"
        )


def test_only_commands_that_decide_something_may_fail() -> None:
    failed = [step.command for step in read_steps(PAGE.read_text(encoding="utf-8")) if step.code]
    assert [command for command in failed if not command.startswith(("flowseal ", "git merge "))] == []


def test_a_step_that_fails_unexpectedly_is_never_accepted() -> None:
    page = "```console\n$ echo x > missing/file\n```\n"
    with pytest.raises(AssertionError, match="exits with 2"):
        play_steps(page, lambda command: Step(command, "sh: cannot create missing/file\n", 2))


def test_only_the_lock_file_conflicts_where_the_page_says_so() -> None:
    steps = read_steps(PAGE.read_text(encoding="utf-8"))
    (shown,) = [step.output for step in steps if step.command == "git diff --name-only --diff-filter=U"]
    assert shown == "modules/flows/flowseal.lock.json\n"


def test_the_day_has_a_flow_from_each_template() -> None:
    templates = {
        folder.name for folder in (ROOT / "generator" / "scaffold" / "flow_templates").iterdir() if folder.is_dir()
    }
    commands = [step.command for step in read_steps(PAGE.read_text(encoding="utf-8"))]
    made = {command.split()[-1] for command in commands if command.startswith("flowseal new ")}
    assert templates - {"__pycache__"} == made
