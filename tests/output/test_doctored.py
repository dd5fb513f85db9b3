"""Doctored journals and lock files: flowseal touches nothing that it did not make, and says what it could not do."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from doctored import BACK, EDIT, JOURNAL, LOCK, PLANTED, STATE, Starts, list_content, make_starts, try_folder
from test_write import FIRST, name_rules, write
from test_write_interrupted import FOREIGN
from trees import read_tree, write_tree

from generator.findings import LocatedFinding
from generator.output import folder as output_folder
from generator.output import open_output

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills a forked process")


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Starts:
    return make_starts(tmp_path_factory.mktemp("starts"))


@pytest.fixture
def folder(starts: Starts, tmp_path: Path) -> Path:
    """An output folder in which a run was stopped when its change began; beside it a file that is not flowseal's."""
    write_tree(tmp_path / "modules", starts[2])
    (tmp_path / "secret.txt").write_bytes(b"secret\n")
    return tmp_path / "modules"


def hash_bytes(data: bytes) -> str:
    return sha256(data).hexdigest()


def change_journal(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / STATE / JOURNAL
    journal = json.loads(path.read_bytes())
    change(journal)
    path.write_text(json.dumps(journal))


def repair(folder: Path) -> list[LocatedFinding]:
    with open_output(folder, "1.0", "templates") as output:
        return output.findings


def list_modules(folder: Path) -> dict[str, bytes]:
    return {path: data for path, data in read_tree(folder).items() if not path.startswith(STATE)}


@pytest.mark.parametrize("number", range(150))
def test_no_doctored_file_causes_data_loss(number: int, starts: Starts, tmp_path: Path) -> None:
    assert try_folder(starts, tmp_path / "place", 11, number) == []


@pytest.mark.parametrize("path", sorted(FOREIGN))
@pytest.mark.parametrize("new", [None, hash_bytes(PLANTED)])
def test_files_not_created_by_a_run_are_not_removed_or_replaced(path: str, new: str | None, folder: Path) -> None:
    (folder / STATE / "new" / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / STATE / "new" / path).write_bytes(PLANTED)
    change_journal(
        folder, lambda journal: journal["changes"].update({path: {"old": hash_bytes(FOREIGN[path]), "new": new}})
    )
    before = list_modules(folder)
    findings = repair(folder)
    if path == "mover/own/a.tf" and new is None:
        # It moves with its module, as the run wanted.
        assert list_modules(folder)["moved/own/a.tf"] == before[path]
        return
    assert name_rules(findings) == ["DamagedLock"]
    assert "git diff" in findings[0].help
    assert list_modules(folder) == before


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt", "small/../../secret.txt", "/etc/passwd", "..\\secret.txt", "small\\main.tf", "C:/x", "small",
        "small/", "small//x.tf", "./small/x.tf", "", "flowseal.yaml", "FLOWSEAL.LOCK.JSON", "FLOWSEAL.LOCK.JSON/x.tf",
        f"{LOCK}/x.tf", ".flowseal/run.lock", ".git/config", "small/a\0b", "small/\ud800", "unknown/main.tf",
        "small/never-made.tf",
    ],
)  # fmt: skip
@pytest.mark.parametrize("old", [None, hash_bytes(b"secret\n")])
def test_a_journal_can_name_only_files_in_the_lock_file(path: str, old: str | None, folder: Path) -> None:
    change_journal(folder, lambda journal: journal["changes"].update({path: {"old": old, "new": hash_bytes(PLANTED)}}))
    (folder / STATE / "run.lock").unlink()
    before = list_content(folder.parent)
    assert name_rules(repair(folder)) == ["DamagedLock"]
    assert list_content(folder.parent) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda journal: journal.update(version=True),
        lambda journal: journal.update(version=1.0),
        lambda journal: journal.update(changes=[]),
        lambda journal: journal.update(folders={"small": 1}),
        lambda journal: journal["folders"].append("gone"),
        lambda journal: journal["folders"].append(".."),
        lambda journal: journal["folders"].append("."),
        lambda journal: journal["folders"].append(None),
        lambda journal: journal["changes"][LOCK].update(new=None),
        lambda journal: journal["changes"]["small/main.tf"].update(old=None, new=None),
        lambda journal: journal["changes"]["small/main.tf"].update(new="not a file"),
        lambda journal: journal["changes"]["small/main.tf"].update(new=7),
        lambda journal: journal["changes"]["small/main.tf"].update(extra=1),
        lambda journal: journal["changes"].update({"small/main.tf": None}),
        lambda journal: journal["changes"]["small/main.tf"].update(new=hash_bytes(PLANTED)),
        lambda journal: journal["changes"][LOCK].update(old=hash_bytes(PLANTED)),
    ],
)
def test_a_forged_journal_changes_nothing(change: Callable[[dict[str, Any]], object], folder: Path) -> None:
    change_journal(folder, change)
    before = list_modules(folder)
    assert name_rules(repair(folder)) == ["DamagedLock"]
    assert list_modules(folder) == before


def test_a_duplicate_key_is_damage(folder: Path) -> None:
    path = folder / STATE / JOURNAL
    path.write_text(path.read_text().replace('{"version"', '{"folders": [], "version"', 1))
    assert name_rules(repair(folder)) == ["DamagedLock"]
    (path.parent / BACK).write_bytes(path.read_bytes())
    assert "two journals" in repair(folder)[0].message


def test_an_oversized_journal_is_damage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_folder, "LARGEST_FILE", 1000)
    assert name_rules(repair(folder)) == ["DamagedLock"]


@pytest.mark.parametrize("content", [None, PLANTED])
@pytest.mark.parametrize("path", ["small/main.tf", "other/README.md", "moved/own/a.tf", LOCK])
def test_the_change_is_undone_if_a_staged_file_is_lost(
    path: str, content: bytes | None, folder: Path, starts: Starts
) -> None:
    (folder / STATE / "new" / path).unlink()
    if content:
        (folder / STATE / "new" / path).write_bytes(content)
    (finding,) = repair(folder)
    # Without the new lock file nothing explains the journal.
    assert finding.rule.name == ("DamagedLock" if path == LOCK else "InterruptedRun")
    assert path == LOCK or "were rolled back" in finding.message
    assert list_modules(folder) == starts[0]


def test_an_edit_after_an_interruption_is_kept_and_the_change_undone(folder: Path, starts: Starts) -> None:
    (folder / "small" / "main.tf").write_bytes(EDIT)
    (finding,) = repair(folder)
    assert finding.rule.name == "IncompleteRepair"
    assert "except small/main.tf" in finding.message
    assert list_modules(folder) == {**starts[0], "small/main.tf": EDIT}


def test_what_could_not_be_undone_is_reported_once(starts: Starts, tmp_path: Path) -> None:
    folder = tmp_path / "modules"
    write_tree(folder, starts[4])
    placed = [path for path in starts[0] if path != LOCK and starts[4].get(path) != starts[0][path]]
    assert placed
    (folder / STATE / "old" / placed[0]).unlink()
    (finding,) = repair(folder)
    assert finding.rule.name == "IncompleteRepair"
    assert placed[0] in finding.message
    assert name_rules(repair(folder)) == []


LINKS = [LOCK, *(f"{STATE}/{name}" for name in ("run.lock", JOURNAL, BACK, "journal.new"))]


@pytest.mark.parametrize("link", [os.link, os.symlink, lambda _, path: path.mkdir()])
@pytest.mark.parametrize("name", LINKS)
def test_a_link_in_place_of_a_flowseal_file_is_left_alone(
    name: str, link: Callable[[Path, Path], None], folder: Path
) -> None:
    (folder / name).unlink(missing_ok=True)
    link(folder.parent / "secret.txt", folder / name)
    before = list_content(folder.parent)
    (finding,) = repair(folder)
    assert finding.rule.name == "UnsafePath"
    assert list_content(folder.parent) == before


@pytest.mark.parametrize("name", ["new", "old"])
def test_no_staged_file_is_read_through_a_link(name: str, folder: Path) -> None:
    (folder / STATE / name).rename(folder.parent / "elsewhere")
    (folder / STATE / name).symlink_to(folder.parent / "elsewhere")
    before = list_content(folder.parent)
    assert name_rules(repair(folder)) == ["UnsafePath"]
    assert list_content(folder.parent) == before


def test_the_help_separates_a_hard_linked_lock_file(tmp_path: Path) -> None:
    folder = tmp_path / "modules"
    write(folder, FIRST)
    os.link(folder / LOCK, tmp_path / "copy")
    (finding,) = repair(folder)
    assert f"cp {LOCK} copy && mv copy {LOCK}" in finding.help
    shutil.copy(folder / LOCK, folder / "copy")
    (folder / "copy").replace(folder / LOCK)
    assert repair(folder) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda module: module["files"].update({"main.tf": "x"}),
        lambda module: module["files"].update({"main.tf": "A" * 64}),
        lambda module: module.update(definition="/etc/passwd"),
        lambda module: module.update(definition="a\0b"),
    ],
)
def test_a_forged_lock_file_is_damage(change: Callable[[dict[str, Any]], object], tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    document = json.loads((tmp_path / LOCK).read_bytes())
    change(document["modules"]["small"])
    (tmp_path / LOCK).write_text(json.dumps(document))
    assert name_rules(repair(tmp_path)) == ["DamagedLock"]
    (tmp_path / LOCK).write_text('{"version": 1, "modules": {}, "modules": {}}')
    assert name_rules(repair(tmp_path)) == ["DamagedLock"]
