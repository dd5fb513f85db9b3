"""What users' own tools do to texts, and that it does not reach prompts: real git with autocrlf, real fixing hooks."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from repositories import FIXERS, Repository, make_repository
from trees import read_tree

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="the git command is missing")

PROMPT = "flows/greeting/prompts/answer.txt"
TEXTS = {
    PROMPT: b"One line  \n\nand {{question}}, without an end",
    "flows/greeting/code/windows.py": b"a = 1\r\nb = 2\r\n",
    "flows/greeting/prompts/mixed.txt": b"a\r\nb\nc\n\n\n",
    "README.md": b"Ours  \n\n\n",
}


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    """Return a repository that was set up, with a module and texts that tools like to change."""
    work = make_repository(tmp_path / "work")
    work.run("flowseal", "init", "--ci", "none")
    for path, data in TEXTS.items():
        work.write(path, data)
    generate(work)
    return work


def generate(work: Repository) -> str:
    return work.run("flowseal", "generate")


def clone(work: Repository, autocrlf: str) -> Repository:
    """Return a clone as git makes it on a machine with that setting."""
    copy = Repository(work.folder.parent / f"clone-{autocrlf}")
    command = ("clone", "--quiet", "--config", f"core.autocrlf={autocrlf}", work.folder.as_posix())
    work.git(*command, copy.folder.as_posix())
    return copy


@pytest.mark.parametrize("autocrlf", ["true", "input", "false"])
def test_git_keeps_the_line_endings_of_flowseal_files(autocrlf: str, work: Repository) -> None:
    work.git("config", "core.autocrlf", autocrlf)
    work.commit("All")
    copy = clone(work, autocrlf)
    assert copy.read(PROMPT) == work.read("modules/flows/greeting/prompts/Answer.txt") == TEXTS[PROMPT]
    for folder in ("flows", "modules"):
        assert read_tree(copy.folder / folder) == read_tree(work.folder / folder)
    assert "0 written, 1 unchanged" in generate(copy)
    copy.write("flows/greeting/prompts/mixed.txt", b"x\r\n")
    copy.commit("A line end that is meant")
    assert copy.git("ls-files", "--eol", "flows/greeting/prompts/mixed.txt").startswith("i/crlf  w/crlf  attr/-text")


def test_without_the_attributes_git_would_change_them(work: Repository) -> None:
    (work.folder / ".gitattributes").unlink()
    work.commit("All")
    copy = clone(work, "true")
    assert copy.read(PROMPT) == TEXTS[PROMPT].replace(b"\n", b"\r\n")


def test_line_endings_changed_by_git_are_reported_and_the_help_works(work: Repository) -> None:
    (work.folder / "modules/flows/greeting/.gitattributes").unlink()
    (work.folder / ".gitattributes").unlink()
    work.commit("All, without what keeps line ends as they are")
    copy = clone(work, "true")
    told = copy.run("flowseal", "check", code=3)
    assert "only line endings changed (CRLF instead of LF): README.md, " in told
    assert "edited by hand" not in told
    assert f"{PROMPT}:1:1: info[ReformattedInput]" in told
    refused = copy.run("flowseal", "generate", code=1)
    assert re.search(r"modules/flows/greeting/\S+:1:1: error\[ReformattedFile\]", refused)
    # What the finding says: the attributes that init has, the texts anew from git, and the files made anew.
    copy.run("flowseal", "init", "--ci", "none")
    copy.git("rm", "--quiet", "--cached", "-r", "flows")
    copy.git("reset", "--quiet", "--hard")
    copy.run("flowseal", "generate", "--overwrite")
    copy.run("flowseal", "check")
    copy.git("add", "--all", "--renormalize")
    before = {path: data for path, data in read_tree(work.folder).items() if path.startswith(("flows/", "modules/"))}
    assert {path: data for path, data in read_tree(copy.folder).items() if path in before} == before


def use_fixers(work: Repository, *, with_exclude: bool) -> None:
    """Add fixing hooks to the configuration, with the exclude that it tells to give them."""
    (exclude,) = re.findall(rb"^#   (exclude: .*)", work.read(".pre-commit-config.yaml"), re.MULTILINE)
    guard = yaml.safe_load(exclude) if with_exclude else {}
    hooks = [
        {"id": name, "name": name, "entry": command, "language": "system", "types": ["text"], **guard}
        for name, command in FIXERS.items()
    ]
    work.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}).encode())
    work.git("add", "--all")


def test_fixing_hooks_leave_prompts_code_and_modules_alone(work: Repository) -> None:
    before = read_tree(work.folder / "flows"), read_tree(work.folder / "modules")
    use_fixers(work, with_exclude=True)
    work.run("pre-commit", "run", "--all-files", code=1)
    assert work.read("README.md") == b"Ours\n"
    assert (read_tree(work.folder / "flows"), read_tree(work.folder / "modules")) == before
    assert "0 written, 1 unchanged" in generate(work)


def test_without_the_exclude_they_would_change_them(work: Repository) -> None:
    use_fixers(work, with_exclude=False)
    work.run("pre-commit", "run", "--all-files", code=1)
    assert work.read(PROMPT) == b"One line\n\nand {{question}}, without an end\n"
    assert work.read("modules/flows/greeting/prompts/Answer.txt") == work.read(PROMPT)


@pytest.mark.parametrize(
    ("hook", "words"),
    [
        ("end-of-file-fixer", "line breaks at the end of the file"),
        ("trailing-whitespace-fixer", "trailing whitespace"),
    ],
)
def test_a_change_made_by_a_hook_is_reported_as_such(hook: str, words: str, work: Repository) -> None:
    work.run(hook, "modules/flows/greeting/prompts/Answer.txt", code=1)
    told = work.run("flowseal", "check", code=3)
    assert f"modules/flows/greeting: only whitespace changed ({words}): prompts/Answer.txt\n" in told
    assert f"changed in this generated file: {words}." in " ".join(work.run("flowseal", "generate", code=1).split())
    work.run("flowseal", "generate", "--overwrite")
    assert work.read("modules/flows/greeting/prompts/Answer.txt") == TEXTS[PROMPT]
