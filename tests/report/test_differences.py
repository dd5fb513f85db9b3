"""Diffs: safe in a log, bounded in time, and equal to those of difflib."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import suppress
from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import Project, start_project

from generator.report.differences import write_difference, write_fragment


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return start_project(tmp_path / "project", "one", "two")


STEERING = ["\x1b]0;mine\x07", "\x9b31m", "\u202e", "\u2066", "\r::error::x", "\r \t::error::x", "\x08", "\x7f"]


@pytest.mark.parametrize("text", STEERING, ids=ascii)
def test_a_piped_diff_escapes_terminal_and_ci_control_sequences(text: str, project: Project) -> None:
    project.define("two", text=f"a{text}b")
    patch = project.run("check", "--diff", expect=3).stdout
    assert not re.search("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r\\s*::", patch.replace("\r\n", ""))
    assert f"+a{text.encode('unicode_escape').decode()[:2]}" in patch


def test_nothing_is_stripped_from_a_diff_that_looks_like_color(project: Project) -> None:
    project.define("two", text="a\x1b[31mred\x1b[0mb")
    assert "+a\\x1b[31mred\\x1b[0mb" in project.run("check", "--diff", expect=3).stdout


def test_the_diff_of_a_huge_shuffled_file_is_bounded_and_says_so() -> None:
    lines = [f"{number % 997}\n" for number in range(160_000)]
    old = "".join(["first\n", *lines, "last\n"])
    new = "".join(["first\n", *reversed(lines), "last\n"])
    start = time.process_time()
    diff = write_difference("a.txt", old.encode(), new.encode())
    assert time.process_time() - start < 10
    assert diff.startswith("a.txt: too many changed lines for a minimal diff; all of them are shown as replaced\ndiff ")
    assert diff.splitlines()[4:6] == ["@@ -1,160002 +1,160002 @@", " first"]
    assert diff.endswith(" last\n")


def test_one_changed_line_in_a_huge_file_is_one_line_of_the_diff() -> None:
    lines = [f"{number % 997}\n" for number in range(160_000)]
    changed = [*lines[:80_000], "new\n", *lines[80_000:]]
    diff = write_difference("a.txt", "".join(lines).encode(), "".join(changed).encode())
    assert diff.splitlines()[3:] == ["@@ -79998,6 +79998,7 @@", " 237", " 238", " 239", "+new", " 240", " 241", " 242"]


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
@settings(max_examples=300)
def test_bounded_diffs_equal_or_are_equivalent_to_difflib_s(old: list[str], new: list[str]) -> None:
    one, other = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    expected = list(unified_diff(one.splitlines(keepends=True), other.splitlines(keepends=True), "a/f", "b/f"))
    if one != other:
        assert write_difference("f", one.encode(), other.encode()).splitlines(keepends=True)[1:] == expected
    with pytest.MonkeyPatch.context() as patch:
        for most in (0, 5):
            patch.setattr("generator.report.differences.MOST_LINES", most)
            diff = write_difference("f", one.encode(), other.encode())
            assert apply_hunks(one, diff) == other


def apply_hunks(old: str, diff: str) -> str:
    """Apply a unified diff, as `git apply` does."""
    before, after = old.splitlines(keepends=True), []
    at = 0
    for line in diff.splitlines(keepends=True):
        if hunk := re.match(r"@@ -(\d+)(,0)?", line):
            first = int(hunk[1]) - (0 if hunk[2] else 1)
            after += before[at:first]
            at = first
        elif line[0] in " -" and not line.startswith("--- "):
            assert before[at] == line[1:]
            after += [line[1:]] if line[0] == " " else []
            at += 1
        elif line[0] == "+" and not line.startswith("+++ "):
            after.append(line[1:])
    return "".join([*after, *before[at:]])


def test_a_fragment_is_what_changed_under_the_path_that_leads_there() -> None:
    old = (
        "a: 1\nnodes:\n  - name: Ask\n    prompt:\n      text: >-\n        one\n      model: x\nlinks:\n  - {to: Ask}\n"
    )
    new = old.replace("a: 1\n", "a: 2\n").replace("one", "two").replace("  - {to: Ask}\n", "")
    fragment = "- a: 1\n+ a: 2\n@@ nodes.Ask.prompt.text @@\n- one\n+ two\n@@ links @@\n- - {to: Ask}\n"
    assert write_fragment(old, new) == fragment
    assert write_fragment('{\n  "x": {\n    "y": 1\n  }\n}\n', '{\n  "x": {\n    "y": 2\n  }\n}\n').startswith(
        "@@ x @@\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals on Windows")
def test_the_diff_is_colored_on_a_terminal_and_cannot_control_it(project: Project) -> None:
    import pty

    project.define("two", text="Say \x1b]0;mine\x07 more.")
    leader, follower = pty.openpty()
    base = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
    command = [sys.executable, "-m", "generator", "check", "--diff"]
    process = subprocess.Popen(command, cwd=project.folder, stdout=follower, stderr=follower, env=base)
    os.close(follower)
    printed = b""
    # At the end of the process the leader gives nothing, or an error, depending on the system.
    with suppress(OSError):
        while part := os.read(leader, 65536):
            printed += part
    os.close(leader)
    assert process.wait() == 3
    assert b"\x1b[32m+Say " in printed
    assert b"\x1b]0;" not in printed
