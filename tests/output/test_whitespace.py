"""What tools for whitespace do to texts is told from a real edit, and what it was is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import ASKED, Project

from generator.output.whitespace import compare_whitespace, explain_whitespace

TEXTS = st.lists(st.sampled_from([b"a", b"b", b" ", b"\t", b"\n", b"\r\n", b"\r", b"\xef\xbb\xbf"]), max_size=12).map(
    b"".join
)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (b"a\nb\n", b"a\r\nb\r\n", "CRLF instead of LF"),
        (b"a\r\nb\r\n", b"a\nb\n", "LF instead of CRLF"),
        (b"a\r\nb\nc\n", b"a\nb\r\nc\n", "CRLF instead of LF, LF instead of CRLF"),
        (b"a\rb\n", b"a\nb\n", "LF instead of CR"),
        (b"a \nb\t\n", b"a\nb\n", "trailing whitespace"),
        (b"a", b"a\n", "line breaks at the end of the file"),
        (b"a\n\n \n", b"a\n", "line breaks at the end of the file"),
        (b"a\n", b"\xef\xbb\xbfa\n", "the byte order mark"),
        (b"a ", b"a\r\n", "trailing whitespace, line breaks at the end of the file"),
        (b"a\nb", b"a\r\nb\r\n", "CRLF instead of LF, line breaks at the end of the file"),
        (b" \n", b"", "trailing whitespace, line breaks at the end of the file"),
    ],
)
def test_the_kind_of_whitespace_change_is_reported(before: bytes, after: bytes, words: str) -> None:
    change = compare_whitespace(after, before)
    assert change is not None
    assert change.words == words
    assert change.is_line_ends_alone is (" instead of " in words and "the" not in words)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\n", b"a\n"),
        (b"a\nb\n", b"a\r\nc\r\n"),
        (b"a\n", b" a\n"),
        (b"a b\n", b"a  b\n"),
        (b"a\nb\n", b"a\n\nb\n"),
        (b"\na\n", b"a\n"),
        (b"a\xc2\xa0\n", b"a\n"),
    ],
)
def test_real_edits_are_not_taken_for_whitespace_changes(before: bytes, after: bytes) -> None:
    assert compare_whitespace(after, before) is None
    assert explain_whitespace(after, None, {sha256(before).hexdigest()}) is None


@given(TEXTS, TEXTS)
def test_whitespace_detection_is_symmetric_and_ignores_words(one: bytes, other: bytes) -> None:
    there, back = compare_whitespace(one, other), compare_whitespace(other, one)
    assert (there is None) == (back is None)
    if there is not None:
        assert one != other
        assert there.words
        assert one.translate(None, b" \t\r\n\xef\xbb\xbf") == other.translate(None, b" \t\r\n\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb\n", b"a\r\nb\r\n"),
        (b"a\r\nb\r\n", b"a\nb\n"),
        (b"a\nb", b"a\nb\n"),
        (b"a\nb\n\n\n", b"a\nb\n"),
        (b"a\n", b"\xef\xbb\xbfa\r\n"),
        (b"\xef\xbb\xbfa\n", b"a\n"),
        (b"a\nb", b"a\r\nb\r\n"),
    ],
)
def test_a_hash_suffices_if_the_tool_s_change_is_reversible(before: bytes, after: bytes) -> None:
    digests = {"another", sha256(before).hexdigest()}
    assert explain_whitespace(after, None, digests) == compare_whitespace(after, before)
    assert explain_whitespace(after, b"something else", digests) == compare_whitespace(after, before)


def test_trimmed_trailing_spaces_need_the_original_text() -> None:
    assert explain_whitespace(b"a\nb\n", None, {sha256(b"a \nb\n").hexdigest()}) is None
    assert explain_whitespace(b"a\nb\n", b"a \nb\n", set()) is not None


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two flows, generated; the prompt of one has whitespace that tools like to change."""
    project = Project(tmp_path / "project")
    (project.folder / "flows" / "prompts").mkdir()
    (project.folder / "flows" / "prompts" / "ask.txt").write_text(f"Ask me.  \nPlease.\n{ASKED}", encoding="utf-8")
    project.define("one", text={"$file": "prompts/ask.txt"})
    project.define("two")
    project.run("generate", expect=0)
    return project


def with_crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def without_blanks(data: bytes) -> bytes:
    return b"\n".join(line.rstrip() for line in data.split(b"\n"))


def rewrite(path: Path, *changes: Callable[[bytes], bytes]) -> None:
    data = path.read_bytes()
    for change in changes:
        data = change(data)
    path.write_bytes(data)


WORDS = {
    "line-ends": "only line endings changed (CRLF instead of LF)",
    "whitespace": "only whitespace changed (trailing whitespace)",
}


@pytest.mark.parametrize(("change", "cause"), [(with_crlf, "line-ends"), (without_blanks, "whitespace")])
def test_check_and_generate_report_whitespace_changes(
    change: Callable[[bytes], bytes], cause: str, project: Project
) -> None:
    prompt = project.modules / "one/prompts/Ask.txt"
    before = project.read_modules()
    rewrite(prompt, change)
    damaged = prompt.read_bytes()
    assert project.reasons() == {"one": [(cause, ["one/prompts/Ask.txt"])]}
    text = project.run("check", "--summary", "summary.md", expect=3).stdout
    assert f"modules/one: {WORDS[cause]}: prompts/Ask.txt\n" in text
    assert "Run `flowseal generate --overwrite`, or restore with git. To prevent it, use" in text
    assert WORDS[cause] in (project.folder / "summary.md").read_text()
    (finding,) = json.loads(project.run("check", "--format", "json", expect=3).stdout)["findings"]
    assert (finding["rule"], finding["severity"]) == ("ReformattedFile", "error")
    assert finding["file"] == "modules/one/prompts/Ask.txt"
    result = project.run("generate", expect=1).stdout
    assert "modules/one/prompts/Ask.txt:1:1: error[ReformattedFile]" in result
    assert "In prompts and code, whitespace reaches Bedrock." in " ".join(result.split())
    changed = "line endings" if cause == "line-ends" else "whitespace"
    assert f"Only {changed} changed in this generated file: " in finding["message"]
    modules = json.loads(project.run("generate", "--format", "json", expect=1).stdout)["modules"]
    assert ("+Ask me." in modules[0]["diff"], "+Ask me." in result) == (cause == "whitespace",) * 2
    assert prompt.read_bytes() == damaged
    project.run("generate", "--overwrite", expect=0)
    assert project.read_modules() == before


def test_a_whole_module_is_one_finding_and_a_real_edit_beside_it_is_another(project: Project) -> None:
    files = [path for path in (project.modules / "two").rglob("*") if path.is_file()]
    for path in files:
        rewrite(path, with_crlf)
    rewrite(project.modules / "two/kms.tf", lambda data: data + b"# mine\r\n")
    others = sorted(
        path.relative_to(project.modules).as_posix()
        for path in files
        if path.name != "kms.tf" and b"\n" in path.read_bytes()
    )
    assert project.reasons() == {"two": [("edited", ["two/kms.tf"]), ("line-ends", others)]}
    result = project.run("generate", expect=1).stdout
    assert result.count("error[ReformattedFile]") == result.count("error[EditedFile]") == 1
    assert "modules/two/kms.tf:1:1: error[EditedFile]" in result
    assert f" and {len(others) - 5} more)" in result


def test_whitespace_changes_are_reported_with_changed_inputs_and_removed_files(project: Project) -> None:
    rewrite(project.modules / "two/prompts/Ask.txt", lambda data: data + b"\n")
    project.define("two", text="Say more.")
    assert project.reasons()["two"] == [("input-changed", ["two.flow.json"]), ("whitespace", ["two/prompts/Ask.txt"])]
    project.define("two", name="zwei", text="Say more.")
    assert project.reasons()["zwei"] == [("input-changed", ["two.flow.json"]), ("whitespace", ["two/prompts/Ask.txt"])]
    assert "error[ReformattedFile]" in project.run("generate", expect=1).stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_crlf, "line endings changed here: CRLF instead of LF."),
        (without_blanks, "whitespace changed here: trailing whitespace."),
        (lambda data: data + b"\n", "whitespace changed here: line breaks at the end of the file."),
    ],
)
def test_a_prompt_changed_by_a_tool_is_reported_before_the_commit(
    change: Callable[[bytes], bytes], words: str, project: Project
) -> None:
    rewrite(project.folder / "flows/prompts/ask.txt", change)
    for command, code in (("check", 3), ("generate", 0)):
        result = project.run(command, expect=code).stdout
        assert "flows/prompts/ask.txt:1:1: info[ReformattedInput]" in result
        assert words in " ".join(result.split())
    assert "ReformattedInput" not in project.run("check", expect=0).stdout
    rewrite(project.folder / "flows/prompts/ask.txt", lambda data: data + b" More.")
    assert "ReformattedInput" not in project.run("check", expect=3).stdout


def test_line_endings_of_definition_and_lock_file_are_reported(project: Project) -> None:
    path = project.folder / "flows/two.flow.json"
    rewrite(path, lambda data: data + b"\n")
    assert "two.flow.json:1:1: info[ReformattedInput]" in project.run("generate", expect=0).stdout
    rewrite(project.modules / "flowseal.lock.json", with_crlf)
    result = project.run("check", expect=3).stdout
    assert "Only whitespace changed in flowseal.lock.json: CRLF instead of LF." in result
    project.run("generate", expect=0)
    project.run("check", expect=0)
