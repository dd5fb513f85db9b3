"""`flowseal init` beside what others made: real git and real pre-commit leave it as it is, or go on working on it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from paths import ROOT
from repositories import FIXERS, Repository, make_repository
from trees import read_tree

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="the git command is missing")

BINARY = b"PK\x03\x04 text that git takes for text\r\nand another line\r\n"
PRESENT = {
    "modules/network/lambda.zip": BINARY,
    "modules/network/main.tf": b"# Subnets\r\n",
    "modules/network/code/handler.py": b"a = 1\r\n",
    "orders.flow.yaml": b"another: tool\r\n",
}
WHITESPACE = b"spaces   \n"
CONFIGURATION = ".pre-commit-config.yaml"
FIXER = """\
      - id: fixer
        name: fixer
        entry: trailing-whitespace-fixer
        language: system
        types: [text]
"""


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    """Return a repository with a module of somebody else's in it."""
    work = make_repository(tmp_path / "work")
    for path, data in PRESENT.items():
        work.write(path, data)
    work.commit("What was here before")
    return work


def paste(work: Repository, printed: str, folder: str = "") -> None:
    """Paste what `init` prints for the hooks into the repository's file, as it says."""
    name = re.escape(CONFIGURATION)
    for where, lines in re.findall(rf"^unchanged   [./]*{name}; (.*):\n\n((?:.+\n)+)", printed, re.MULTILINE):
        text = work.read(CONFIGURATION).decode().splitlines(keepends=True)
        if found := re.fullmatch(r"insert after line (\d+)", where):
            text[int(found[1]) : int(found[1])] = [lines]
        elif found := re.fullmatch(r"replace its empty `repos` on line (\d+) with", where):
            text[int(found[1]) - 1] = lines
        elif found := re.fullmatch(r"add after the \[ of `repos` on line (\d+)", where):
            text[int(found[1]) - 1] = text[int(found[1]) - 1].replace("[", f"[{lines.strip()} ", 1)
        elif where == "add at its end":
            text.append(lines)
        else:
            verb, rest = re.fullmatch(
                r"(add to|replace the `exclude` of) each of these hooks that (.*)", where
            ).groups()
            for line in sorted(map(int, re.findall(r"\(line (\d+)\)", rest)), reverse=True):
                if "inside its braces" in rest:
                    old = text[line - 1] if verb == "add to" else re.sub(r", exclude: '.*?'", "", text[line - 1])
                    text[line - 1] = old[: old.rindex("id: identity")] + old[old.rindex("id: identity") :].replace(
                        "}", f"{lines.strip()}}}", 1
                    )
                else:
                    text[line : line + (verb != "add to")] = [lines]
        work.write(CONFIGURATION, "".join(text).encode())


@pytest.mark.parametrize("arguments", [(), ("--output", "modules")])
def test_git_keeps_every_byte_of_other_files(arguments: tuple[str, ...], work: Repository) -> None:
    work.run("flowseal", "init", "--ci", "none", *arguments)
    work.run("flowseal", "generate")
    work.git("add", "--all")
    work.git("add", "--renormalize", ".")
    work.git("commit", "--quiet", "-m", "Flows")
    assert work.git("diff", "--name-only", "HEAD~1", "--", *PRESENT) == ""
    work.git("rm", "--quiet", "--cached", "-r", ".")
    work.git("reset", "--quiet", "--hard")
    assert {path: work.read(path) for path in PRESENT} == PRESENT


def test_git_attributes_cover_only_generated_files(work: Repository) -> None:
    shutil.copytree(ROOT / "examples" / "modules", work.folder / "made")
    work.write("made/travel-chat/notes.md", b"")
    work.write("made/travel-chat/owner.tf", b"")
    work.write("made/travel-chat/tests/own.tftest.hcl", b"")
    asked = [f"made/{path}" for path in read_tree(work.folder / "made") if path != "flowseal.lock.json"]
    found = dict(line.split(": text: ") for line in work.git("check-attr", "text", *asked).splitlines())
    own = {path for path in asked if path.endswith(("notes.md", "owner.tf", "own.tftest.hcl"))}
    assert {path for path, value in found.items() if value == "unspecified"} == own
    assert {value for path, value in found.items() if "/prompts/" in path or "/code/" in path} == {"unset"}


@pytest.mark.parametrize("arguments", [(), ("--output", "modules")])
def test_hooks_still_run_on_other_files(arguments: tuple[str, ...], work: Repository) -> None:
    work.write(CONFIGURATION, f"repos:\n  - repo: local\n    hooks:\n{FIXER}".encode())
    paste(work, work.run("flowseal", "init", "--ci", "none", *arguments))
    work.run("flowseal", "generate")
    if arguments:
        # A folder that is shared: the exclude names each module, once it is there.
        text = work.read(CONFIGURATION).decode()
        work.write(CONFIGURATION, re.sub(r"\n +exclude: .*", "", text).encode())
        paste(work, work.run("flowseal", "init", "--ci", "none"))
    work.run("flowseal", "new", "faq", "--template", "prompt")
    work.run("flowseal", "generate")
    if arguments:
        text = work.read(CONFIGURATION).decode()
        work.write(CONFIGURATION, re.sub(r"\n +exclude: .*", "", text).encode())
        paste(work, work.run("flowseal", "init", "--ci", "none"))
    (folder,) = {path.parent.parent for path in (work.folder / "modules").rglob("kms.tf")}
    made = folder.relative_to(work.folder).as_posix()
    theirs = ["modules/network/main.tf", "modules/later/main.tf", "modules/later/prompts/x.txt", "notes/code/x.py"]
    ours = [f"{made}/faq/main.tf", f"{made}/greeting/prompts/Answer.txt", "flows/faq/prompts/answer.txt"]
    for path in (*theirs, *ours):
        work.write(path, WHITESPACE)
    work.git("add", "--all")
    work.run("pre-commit", "run", "fixer", "--all-files", code=1)
    assert [path for path in (*theirs, *ours) if work.read(path) == WHITESPACE] == ours


OTHERS = "    rev: v1.0.0\n    hooks:\n"
STYLES = {
    "indented": "repos:\n  - repo: https://example.com/a\n    rev: v1.0.0\n    hooks:\n      - id: check\n",
    "as pre-commit's sample": "repos:\n-   repo: https://example.com/a\n    rev: v1\n    hooks:\n    -   id: check\n",
    "flush": "repos:\n- repo: https://example.com/a\n  rev: v1\n  hooks:\n  - id: check\n    args: [a,\n      b]\n",
    "deep": "repos:\n    - repo: https://example.com/a\n      rev: v1\n      hooks:\n          - id: check\n",
    "last of all a comment": "repos:\n- repo: meta\n  hooks:\n  - id: identity\n  # no more\n\n# The end\n",
    "more keys": "repos:\n  - repo: meta\n    hooks: [{id: identity}]\n\n# CI\nci:\n  skip: [x]\nexclude: ^vendor/\n",
    "a block of text": "repos:\n- repo: meta\n  hooks:\n  - id: identity\n    name: |\n      a\n      # b\n\nci: {}\n",
    "no end of line": "ci: {}\nrepos:\n- repo: meta\n  hooks:\n  - id: identity\n",
    "an alias": "default_stages: &s [manual]\nrepos:\n- repo: meta\n  hooks:\n  - id: identity\n    stages: *s\n",
    "nothing": "repos: []\n",
    "brackets": "repos: [{repo: meta, hooks: [{id: identity}]}]\n",
    "an exclude": "repos:\n- repo: meta\n  hooks:\n  - id: identity\n    exclude: ^x/\n    verbose: true\n",
    "yes and no": "fail_fast: yes\nrepos:\n- repo: meta\n  hooks:\n  - {id: identity, exclude: '^x/'}\n",
}


@pytest.mark.parametrize("style", STYLES)
def test_commands_that_init_prints_can_be_pasted(style: str, work: Repository) -> None:
    work.write(CONFIGURATION, STYLES[style].encode())
    before = yaml.safe_load(STYLES[style])
    paste(work, work.run("flowseal", "init", "--ci", "none"))
    work.run("pre-commit", "validate-config")
    after = yaml.safe_load(work.read(CONFIGURATION))
    others = [entry for entry in after["repos"] if not is_ours(entry)]
    (ours,) = filter(is_ours, after["repos"])
    assert {key: value for key, value in after.items() if key != "repos"} == {
        key: value for key, value in before.items() if key != "repos"
    }
    assert [drop_excludes(entry) for entry in others] == [drop_excludes(entry) for entry in before["repos"]]
    assert [hook["id"] for hook in ours["hooks"]] == ["flowseal-generate", "flowseal-check"]
    # The indentation is that of the file.
    text = work.read(CONFIGURATION).decode()
    if before["repos"] and style != "brackets":
        assert len(set(re.findall(r"^ *-+ *(?=repo:)", text, re.MULTILINE))) == 1
    # Nothing is left to say.
    assert f"unchanged   {CONFIGURATION}\n" in work.run("flowseal", "init", "--ci", "none")


def is_ours(entry: dict[str, Any]) -> bool:
    return any(hook["id"].startswith("flowseal-") for hook in entry["hooks"])


def drop_excludes(entry: dict[str, Any]) -> dict[str, Any]:
    hooks = [{key: value for key, value in hook.items() if key != "exclude"} for hook in entry["hooks"]]
    return {**entry, "hooks": hooks}


ODD = [
    "repos: [\n",
    "- a\n",
    "just words\n",
    "repos: abc\n",
    "repos: {a: b}\n",
    "repos: [abc]\n",
    "repos:\n- repo: local\n  hooks: abc\n",
    "repos:\n- repo: local\n  hooks: {a: b}\n",
    "repos:\n- repo: local\n  hooks: [abc]\n",
    "repos:\n- repo: local\n  hooks: [[id, x]]\n",
    "repos: &a [*a]\n",
    "[" * 5000,
    "\0",
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_a_file_that_pre_commit_cannot_read_is_reported(text: str, work: Repository) -> None:
    work.write(CONFIGURATION, text.encode())
    printed = work.run("flowseal", "init", "--ci", "none")
    assert (
        f"unchanged   {CONFIGURATION}; it is not a pre-commit configuration; once it is, add to its `repos`:" in printed
    )


def test_only_the_requested_hooks_are_written(work: Repository) -> None:
    work.run("flowseal", "init", "--ci", "none")
    (entry,) = yaml.safe_load(work.read(CONFIGURATION))["repos"]
    assert [hook["id"] for hook in entry["hooks"]] == ["flowseal-generate", "flowseal-check"]
    assert set(FIXERS).isdisjoint(hook["id"] for hook in entry["hooks"])


@pytest.mark.parametrize(
    "text", ["a: &a {b: *a}\nrepos: []\n", "repos:\n- repo: x\n  hooks: [&h {id: x, args: [*h]}]\n"]
)
def test_cyclic_aliases_are_followed_once(text: str, work: Repository) -> None:
    work.write(CONFIGURATION, text.encode())
    assert f"unchanged   {CONFIGURATION}; " in work.run("flowseal", "init", "--ci", "none")


@pytest.mark.parametrize("path", [".gitattributes", CONFIGURATION, "flowseal.yaml", ".github/workflows/flowseal.yml"])
@pytest.mark.parametrize("kind", ["folder", "link"])
def test_unreadable_files_are_kept_and_reported(kind: str, path: str, work: Repository) -> None:
    (work.folder / path).parent.mkdir(parents=True, exist_ok=True)
    if kind == "folder":
        (work.folder / path).mkdir()
    else:
        (work.folder / path).symlink_to("nowhere")
    if (kind, path) == ("link", "flowseal.yaml"):
        # A project without its configuration would be another project.
        assert "error[MissingPath]" in work.run("flowseal", "init", "--yes", code=1)
        return
    printed = work.run("flowseal", "init", "--yes")
    assert re.search(
        rf"^unchanged   {re.escape(path)}; it cannot be read \((Is a|No such) .*\)$", printed, re.MULTILINE
    )
    assert "written     flows/greeting/greeting.flow.yaml" in printed


@pytest.mark.parametrize("link", [".github", ".github/workflows", "flows", "flows/greeting", ".flowseal-schema"])
def test_nothing_is_written_through_a_link(link: str, work: Repository) -> None:
    outside = work.folder.parent / "outside"
    outside.mkdir()
    (work.folder / link).parent.mkdir(parents=True, exist_ok=True)
    (work.folder / link).symlink_to(outside)
    before = read_tree(work.folder)
    printed = work.run("flowseal", "init", "--yes", "--flows", "flows", code=1)
    assert f"'{link}' is a symbolic link, and flowseal does not write through links" in " ".join(printed.split())
    assert read_tree(work.folder) == before
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("link", ["flows", "flows/faq", ".flowseal-schema", "elsewhere/prompts"])
def test_new_writes_nothing_through_a_link(link: str, work: Repository) -> None:
    work.write("flowseal.yaml", b"flows: [flows/**]\n")
    outside = work.folder.parent / "outside"
    outside.mkdir()
    (work.folder / link).parent.mkdir(parents=True, exist_ok=True)
    (work.folder / link).symlink_to(outside)
    before = read_tree(work.folder)
    place = ("-o", "elsewhere") if link.startswith("elsewhere") else ()
    printed = work.run("flowseal", "new", "faq", "--template", "prompt", *place, code=1)
    refusals = ("is a symbolic link, and flowseal does not write through links", "leads out of the repository")
    assert any(refusal in " ".join(printed.split()) for refusal in refusals)
    assert read_tree(work.folder) == before
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", ["a|.*", ".*", "[^/]+", "x y", "a: b", "a'#"])
def test_only_valid_flow_names_from_a_lock_file_reach_patterns(name: str, work: Repository) -> None:
    work.run("flowseal", "init", "--ci", "none", "--output", "modules")
    work.run("flowseal", "generate")
    lock = work.read("modules/flowseal.lock.json").decode()
    work.write("modules/flowseal.lock.json", lock.replace('"greeting": {', f'"{name}": {{').encode())
    work.write(CONFIGURATION, f"repos:\n  - repo: local\n    hooks:\n{FIXER}".encode())
    printed = work.run("flowseal", "init", "--ci", "none")
    excluded = re.findall(r"^ +exclude: (.*)$", printed, re.MULTILINE)
    assert excluded == [r"^(flows/(.*/)?(prompts|code)/|modules/(flowseal\.lock\.json$))"]
