"""What users' own tools do to texts, and that it does not reach prompts: real git with autocrlf, real fixing hooks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from repositories import Repository, make_repository
from trees import read_tree

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="the git command is missing")

PROMPT = "flows/greeting/prompts/answer.txt"
TEXTS = {
    PROMPT: b"One line  \n\nand {{question}}, without an end",
    "flows/greeting/code/windows.py": b"a = 1\r\nb = 2\r\n",
    "flows/greeting/prompts/mixed.txt": b"a\r\nb\nc\n\n\n",
    "README.md": b"Ours  \n\n\n",
}
COMMANDS = {"end-of-file-fixer": "end-of-file-fixer", "trailing-whitespace": "trailing-whitespace-fixer"}


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
    return work.run("flowseal", "generate", "flows", "-o", "modules")


def clone(work: Repository, autocrlf: str) -> Repository:
    """Return a clone as git makes it on a machine with that setting."""
    copy = Repository(work.folder.parent / f"clone-{autocrlf}")
    command = ("clone", "--quiet", "--config", f"core.autocrlf={autocrlf}", work.folder.as_posix())
    work.git(*command, copy.folder.as_posix())
    return copy


@pytest.mark.parametrize("autocrlf", ["true", "input", "false"])
def test_git_changes_no_line_ends_of_what_flowseal_reads_and_writes(autocrlf: str, work: Repository) -> None:
    work.git("config", "core.autocrlf", autocrlf)
    work.commit("All")
    copy = clone(work, autocrlf)
    assert copy.read(PROMPT) == work.read("modules/greeting/prompts/Answer.txt") == TEXTS[PROMPT]
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


def use_fixers_of_this_environment(work: Repository, *, with_exclude: bool) -> None:
    """Leave the fixing hooks alone in the configuration, as they are but for the way in which they are installed."""
    configuration = yaml.safe_load(work.read(".pre-commit-config.yaml"))
    (fixers,) = [repository for repository in configuration["repos"] if repository["repo"] != "local"]
    hooks = [
        {**hook, "name": hook["id"], "entry": COMMANDS[hook["id"]], "language": "system", "types": ["text"]}
        for hook in fixers["hooks"]
    ]
    if not with_exclude:
        hooks = [{key: value for key, value in hook.items() if key != "exclude"} for hook in hooks]
    work.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}).encode())
    work.git("add", "--all")


def test_fixing_hooks_leave_prompts_code_and_modules_alone(work: Repository) -> None:
    before = read_tree(work.folder / "flows"), read_tree(work.folder / "modules")
    use_fixers_of_this_environment(work, with_exclude=True)
    work.run("pre-commit", "run", "--all-files", code=1)
    assert work.read("README.md") == b"Ours\n"
    assert (read_tree(work.folder / "flows"), read_tree(work.folder / "modules")) == before
    assert "0 written, 1 unchanged" in generate(work)


def test_without_the_exclude_they_would_change_them(work: Repository) -> None:
    use_fixers_of_this_environment(work, with_exclude=False)
    work.run("pre-commit", "run", "--all-files", code=1)
    assert work.read(PROMPT) == b"One line\n\nand {{question}}, without an end\n"
    assert work.read("modules/greeting/prompts/Answer.txt") == work.read(PROMPT)
