"""Two branches of a project: what git merges, what is left to `generate`, and that no edit and no side is forgotten."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from projects import ASKED, Project

from generator.output.lock_file import read_lock

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="the git command is missing")


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


def test_generate_resolves_flows_added_on_both_branches(repository: Repository) -> None:
    repository.define("chat")
    repository.commit()
    repository.git("checkout", "-q", "other")
    repository.define("cite")
    repository.commit()
    repository.git("merge", "-q", "main", expect=1)
    assert "<<<<<<<" in (repository.modules / "flowseal.lock.json").read_text()
    result = repository.run("check", expect=3)
    assert "ConflictedLock" in result.stdout
    assert "conflict markers" in result.stdout
    result = repository.run("generate", expect=0)
    assert "both sides (5 modules). They agree on every module." in " ".join(result.stdout.split())
    repository.run("check", expect=0)
    assert sorted(read_lock((repository.modules / "flowseal.lock.json").read_bytes()).entries) == [
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


def test_conflicts_in_generated_files_are_not_edits(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    assert "They disagree on mend." in " ".join(repository.run("generate", expect=0).stdout.split())
    assert (repository.modules / "mend" / "prompts" / "Ask.txt").read_text() == f"On both.{ASKED}"
    repository.run("check", expect=0)


def test_an_edit_next_to_a_conflict_is_kept(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    edited = [repository.modules / "mend" / "kms.tf", repository.modules / "ask" / "main.tf"]
    for path in edited:
        path.write_text(path.read_text() + "# mine\n")
    result = repository.run("generate", expect=1)
    assert result.stdout.count("error[EditedFile]") == 2
    assert all(path.read_text().endswith("# mine\n") for path in edited)
    repository.run("check", expect=3)
    repository.run("generate", "--overwrite", expect=0)
    repository.run("check", expect=0)


def test_a_run_for_some_flows_keeps_both_sides_of_the_others(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    repository.define("ask", text="Ask more.")
    for _ in range(2):
        printed = repository.run("generate", "flows/ask.flow.json", expect=0).stdout
        assert "It keeps both sides of mend" in printed
        lock = read_lock((repository.modules / "flowseal.lock.json").read_bytes())
        assert set(lock.others) == {"mend"}
        repository.run("check", "flows/ask.flow.json", expect=3)
    repository.run("generate", expect=0)
    repository.run("check", expect=0)


def test_an_unresolved_definition_does_not_count_as_an_edit(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    definition = repository.folder / "flows" / "mend.flow.json"
    settled = definition.read_bytes()
    definition.write_text("{\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> main\n}\n")
    before = {path: data for path, data in repository.read_modules().items() if path.startswith("mend/")}
    for _ in range(2):
        printed = repository.run("generate", expect=1).stdout
        assert "error[MergeConflict]" in printed
        assert "It keeps both sides of mend" in printed
    assert before.items() <= repository.read_modules().items()
    definition.write_bytes(settled)
    repository.run("generate", expect=0)
    repository.run("check", expect=0)


def test_a_module_merged_by_git_is_reported_as_such(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    (repository.modules / "mend" / "main.tf").write_text("# as neither side has it\n")
    printed = " ".join(repository.run("generate", expect=1).stdout.split())
    assert "This file matches neither side of the merge: git combined both sides, or someone edited it." in printed
    assert "It keeps both sides of mend" in printed
    assert "If it contains no hand edits, run `flowseal generate --overwrite`" in printed
    repository.run("generate", "--overwrite", expect=0)
    repository.run("check", expect=0)


def test_a_hand_picked_side_of_a_conflict_is_never_up_to_date(repository: Repository) -> None:
    change_one_flow_on_both_sides(repository)
    for side in ("--ours", "--theirs"):
        repository.git("checkout", side, "modules")
        repository.run("check", expect=3)
    repository.run("generate", expect=0)
    repository.run("check", expect=0)


def test_flow_names_that_collide_after_a_merge_are_reported(repository: Repository) -> None:
    repository.define("first", name="Chat")
    repository.commit()
    repository.git("checkout", "-q", "other")
    repository.define("second", name="chat")
    repository.commit()
    repository.git("merge", "-q", "main")
    assert repository.run("check", expect=1).stdout.count("error[CollidingFlowNames]") == 2
