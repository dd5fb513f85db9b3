"""flowseal.lock.json and git: changes of different modules merge by themselves, the rest is made anew."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import ASKED, Project

from generator.source.merge_conflicts import split_merge_conflict
from generator.write.lock_file import DamagedLockError, LockedModule, Making, read_lock, write_lock
from generator.write.merge_conflict import read_merged_lock

Modules = dict[str, LockedModule]
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="the git command is missing")


def make_module(name: str, version: int = 0) -> LockedModule:
    """Make an entry as those of real modules are: most files are the same in every module."""

    def digest(text: str) -> str:
        return sha256(text.encode()).hexdigest()

    same = {file: digest(file) for file in ("iam.tf", "kms.tf", "outputs.tf", "variables.tf", "versions.tf")}
    own = {file: digest(f"{file} {name} {version}") for file in ("README.md", "main.tf", "prompts/Ask.txt")}
    inputs = {f"{name}.flow.yaml": digest(f"{name} {version}")}
    making = Making(f"../flows/{name}.flow.yaml", inputs, {"tags.team": "a"}, 0, "0.1.0", digest("templates"))
    return LockedModule(making, {**same, **own})


BASE = {name: make_module(name) for name in "bdfhj"}


def change(modules: Modules, name: str) -> Modules:
    return {**modules, name: make_module(name, 1)}


def remove(modules: Modules, name: str) -> Modules:
    return {other: module for other, module in modules.items() if other != name}


def merge(folder: Path, base: Modules, ours: Modules, theirs: Modules) -> tuple[int, str]:
    """Merge as git does; return the number of conflicts and the text."""
    for file, modules in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / file).write_text(write_lock(modules))
    command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    merged = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return merged.returncode, merged.stdout


@needs_git
def test_changes_of_different_modules_merge_by_themselves(tmp_path: Path) -> None:
    edits: list[tuple[str, str, Callable[[Modules, str], Modules]]] = [
        *(("change", name, change) for name in "bdfhj"),
        *(("remove", name, remove) for name in "bdfhj"),
        *(("add", name, change) for name in "acegik"),
    ]
    conflicts = []
    for (word, name, do), (other_word, other_name, do_other) in itertools.combinations(edits, 2):
        if name == other_name:
            continue
        count, text = merge(tmp_path, BASE, do(BASE, name), do_other(BASE, other_name))
        if count:
            conflicts.append((word, name, other_word, other_name))
        else:
            assert text == write_lock(do_other(do(BASE, name), other_name))
    # Two neighbours of which one goes and the other comes or goes too: one gap of the file, and nothing else.
    assert all(word == "remove" and other != "change" for word, _, other, _ in conflicts)
    assert all(abs(ord(name) - ord(other)) <= 2 for _, name, _, other in conflicts)


@needs_git
def test_two_changes_of_one_module_are_a_conflict_wherever_they_stand(tmp_path: Path) -> None:
    entry = BASE["f"]
    sides = [
        replace(entry, files={**entry.files, "main.tf": "0" * 64}),
        replace(entry, files={**entry.files, "iam.tf": "1" * 64}),
        replace(entry, making=replace(entry.making, template_digest="2" * 64)),
        replace(entry, making=replace(entry.making, inputs={"f.flow.yaml": "3" * 64})),
        replace(entry, making=replace(entry.making, definition="../f.flow.yaml")),
    ]
    for ours, theirs in itertools.combinations(sides, 2):
        count, text = merge(tmp_path, BASE, {**BASE, "f": ours}, {**BASE, "f": theirs})
        assert count
        reading = read_merged_lock(text.encode())
        assert reading.has_conflict
        # Lines that only one side changed are merged, and files on disk are too: the entry's digest is what tells.
        assert set(reading.others) == {"f"} or not reading.modules["f"].is_sealed
        changed = [(path, digest) for side in (ours, theirs) for path, digest in side.files.items()]
        owned = reading.list_owned("f")
        assert all(digest in owned[path] for path, digest in changed if digest != entry.files[path])


def test_an_entry_that_somebody_changed_is_not_sealed() -> None:
    text = write_lock(BASE)
    assert all(module.is_sealed for module in read_lock(text.encode()).values())
    changed = read_lock(text.replace('"findings": 0', '"findings": 1', 1).encode())
    assert [name for name, module in changed.items() if not module.is_sealed] == ["b"]
    again = read_lock(write_lock(changed).encode())
    assert again == changed


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.integers(0, 3), max_size=4),
    st.dictionaries(st.text(max_size=5), st.one_of(st.text(max_size=5), st.integers(0, 99)), max_size=3),
)
def test_what_is_written_is_read_back(names: dict[str, int], configuration: dict[str, str | int]) -> None:
    modules = {name: make_module(name, version) for name, version in names.items()}
    modules = {
        name: replace(item, making=replace(item.making, configuration=configuration)) for name, item in modules.items()
    }
    text = write_lock(modules)
    assert read_lock(text.encode()) == modules
    assert write_lock(read_lock(text.encode())) == text


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=9).filter(lambda line: b"\n" not in line)), max_size=9))
def test_a_conflict_is_split_into_its_sides(parts: list[tuple[bool, bytes]]) -> None:
    text, ours, theirs = b"", b"", b""
    for is_conflict, line in parts:
        body = b" " + line + b"\n"
        if is_conflict:
            text += b"<<<<<<< HEAD\n" + body + b"||||||| base\nx\n=======\n>>>>>>> theirs\n"
            ours += body
        else:
            text += body
            ours += body
            theirs += body
    expected = (ours, theirs) if any(is_conflict for is_conflict, _ in parts) else None
    assert split_merge_conflict(text) == expected


@pytest.mark.parametrize("text", ["<<<<<<< a\n", "<<<<<<< a\n=======\n", "=======\n>>>>>>> b\n", "x <<<<<<< a\n"])
def test_half_a_conflict_is_none(text: str) -> None:
    assert split_merge_conflict(text.encode()) is None
    with pytest.raises(DamagedLockError):
        read_merged_lock(text.encode())


class Repository(Project):
    """A project in a git repository with two branches."""

    def git(self, *arguments: str, expect: int = 0) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "merge.conflictStyle=diff3")
        command = ["git", *identity, *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout

    def commit(self) -> None:
        self.run("generate", expect=0)
        self.git("add", "-A")
        self.git("commit", "-qm", "x")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Three flows on the branch `main`, and a branch `other` at the same place."""
    repository = Repository(tmp_path / "repository")
    repository.git("init", "-q", "-b", "main")
    for name in ("ask", "mend", "tell"):
        repository.define(name)
    repository.commit()
    repository.git("branch", "other")
    return repository


@needs_git
def test_branches_that_change_different_flows_need_nothing(repository: Repository) -> None:
    repository.define("ask", text="On main.")
    repository.commit()
    repository.git("checkout", "-q", "other")
    repository.define("mend", text="On the other.")
    (repository.folder / "flows" / "tell.flow.json").unlink()
    repository.run("generate", "--prune", expect=0)
    repository.commit()
    repository.git("merge", "-q", "main")
    repository.run("check", expect=0)


@needs_git
def test_flows_that_both_branches_add_are_settled_by_generate(repository: Repository) -> None:
    repository.define("chat")
    repository.commit()
    repository.git("checkout", "-q", "other")
    repository.define("cite")
    repository.commit()
    repository.git("merge", "-q", "main", expect=1)
    assert "<<<<<<<" in (repository.modules / "flowseal.lock.json").read_text()
    result = repository.run("check", expect=3)
    assert "ConflictedLock" in result.stdout
    assert "conflict markers of a merge" in result.stdout
    result = repository.run("generate", expect=0)
    assert "5 modules in all; they contradict each other about none." in result.stdout
    repository.run("check", expect=0)
    assert sorted(read_lock((repository.modules / "flowseal.lock.json").read_bytes())) == [
        "ask",
        "chat",
        "cite",
        "mend",
        "tell",
    ]


def change_one_flow_on_both_sides(repository: Repository) -> None:
    """Leave a conflict in the definition and in all that comes of it; the definition is then settled by hand."""
    repository.define("mend", text="On main.")
    repository.commit()
    repository.git("checkout", "-q", "other")
    repository.define("mend", text="On the other.")
    repository.commit()
    repository.git("merge", "-q", "main", expect=1)
    assert "<<<<<<<" in (repository.modules / "mend" / "prompts" / "Ask.txt").read_text()
    repository.define("mend", text="On both.")


@needs_git
def test_generated_files_in_conflict_are_nobody_s_edit(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    assert "they contradict each other about mend." in repository.run("generate", expect=0).stdout
    assert (repository.modules / "mend" / "prompts" / "Ask.txt").read_text() == f"On both.{ASKED}"
    repository.run("check", expect=0)


@needs_git
def test_an_edit_beside_a_conflict_is_not_lost(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    edited = [repository.modules / "mend" / "kms.tf", repository.modules / "ask" / "main.tf"]
    for path in edited:
        path.write_text(path.read_text() + "# mine\n")
    result = repository.run("generate", expect=1)
    assert result.stdout.count("error: EditedFile") == 2
    assert all(path.read_text().endswith("# mine\n") for path in edited)
    repository.run("check", expect=3)
    repository.run("generate", "--overwrite", expect=0)
    repository.run("check", expect=0)


@needs_git
def test_a_run_for_some_flows_keeps_both_sides_of_the_others(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    repository.define("ask", text="Ask more.")
    for _ in range(2):
        printed = repository.run("generate", "flows/ask.flow.json", expect=0).stdout
        assert "It keeps both sides of mend" in printed
        lock = read_merged_lock((repository.modules / "flowseal.lock.json").read_bytes())
        assert set(lock.others) == {"mend"}
        repository.run("check", "flows/ask.flow.json", expect=3)
    repository.run("generate", expect=0)
    repository.run("check", expect=0)


@needs_git
def test_a_run_before_the_definition_is_settled_takes_nothing_for_an_edit(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    definition = repository.folder / "flows" / "mend.flow.json"
    settled = definition.read_bytes()
    definition.write_text("{\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> main\n}\n")
    before = {path: data for path, data in repository.read_modules().items() if path.startswith("mend/")}
    for _ in range(2):
        printed = repository.run("generate", expect=1).stdout
        assert "error: MergeConflict" in printed
        assert "It keeps both sides of mend" in printed
    assert before.items() <= repository.read_modules().items()
    definition.write_bytes(settled)
    repository.run("generate", expect=0)
    repository.run("check", expect=0)


@needs_git
def test_what_git_merged_by_itself_is_told_as_that(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    (repository.modules / "mend" / "main.tf").write_text("# as neither side has it\n")
    printed = " ".join(repository.run("generate", expect=1).stdout.split())
    assert "as neither side of the merge made it" in printed
    assert "It keeps both sides of mend" in printed
    repository.run("generate", "--overwrite", expect=0)
    repository.run("check", expect=0)


@needs_git
def test_whichever_side_is_taken_by_hand_is_never_taken_for_clean(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    for side in ("--ours", "--theirs"):
        repository.git("checkout", side, "modules")
        repository.run("check", expect=3)
    repository.run("generate", expect=0)
    repository.run("check", expect=0)


@needs_git
def test_two_flows_whose_names_a_merge_brought_too_near_are_told(repository: Repository) -> None:
    repository.define("first", name="Chat")
    repository.commit()
    repository.git("checkout", "-q", "other")
    repository.define("second", name="chat")
    repository.commit()
    repository.git("merge", "-q", "main")
    assert repository.run("check", expect=1).stdout.count("error: CollidingFlowNames") == 2
