"""flowseal.lock.json and git: changes of different modules merge by themselves, the rest is made anew."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.output.lock_file import DamagedLockError, Entry, Provenance, read_lock, write_lock
from generator.source.merge_conflicts import split_merge_conflict

Modules = Mapping[str, Entry]
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="the git command is missing")


def make_module(name: str, version: int = 0) -> Entry:
    """Make an entry as those of real modules are: most files are the same in every module."""

    def digest(text: str) -> str:
        return sha256(text.encode()).hexdigest()

    same = {file: digest(file) for file in ("iam.tf", "kms.tf", "outputs.tf", "variables.tf", "versions.tf")}
    own = {file: digest(f"{file} {name} {version}") for file in ("README.md", "main.tf", "prompts/Ask.txt")}
    inputs = {f"{name}.flow.yaml": digest(f"{name} {version}")}
    made = Provenance(f"../flows/{name}.flow.yaml", inputs, {"tags.team": "a"}, 0, "0.1.0", digest("templates"))
    return Entry(made, {**same, **own})


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
def test_changes_to_different_modules_merge_automatically(tmp_path: Path) -> None:
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
def test_two_changes_to_one_module_always_conflict(tmp_path: Path) -> None:
    entry = BASE["f"]
    sides = [
        replace(entry, files={**entry.files, "main.tf": "0" * 64}),
        replace(entry, files={**entry.files, "iam.tf": "1" * 64}),
        replace(entry, provenance=replace(entry.provenance, template_digest="2" * 64)),
        replace(entry, provenance=replace(entry.provenance, inputs={"f.flow.yaml": "3" * 64})),
        replace(entry, provenance=replace(entry.provenance, definition="../f.flow.yaml")),
    ]
    for ours, theirs in itertools.combinations(sides, 2):
        count, text = merge(tmp_path, BASE, {**BASE, "f": ours}, {**BASE, "f": theirs})
        assert count
        reading = read_lock(text.encode())
        assert reading.has_conflict
        # Lines that only one side changed are merged, and files on disk are too: the entry's digest is what tells.
        assert set(reading.others) == {"f"} or not reading.entries["f"].digest_matches
        changed = [(path, digest) for side in (ours, theirs) for path, digest in side.files.items()]
        owned = reading.list_owned("f")
        assert all(digest in owned[path] for path, digest in changed if digest != entry.files[path])


def test_an_edited_entry_does_not_match_its_digest() -> None:
    text = write_lock(BASE)
    assert all(module.digest_matches for module in read_lock(text.encode()).entries.values())
    changed = read_lock(text.replace('"findings": 0', '"findings": 1', 1).encode()).entries
    assert [name for name, module in changed.items() if not module.digest_matches] == ["b"]
    again = read_lock(write_lock(changed).encode()).entries
    assert again == changed


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        *(("configuration", wrong) for wrong in ({"a": True}, {"a": 1.5}, {"a": None}, {"a": ["b"]}, ["a"])),
        *(("findings", wrong) for wrong in (True, -1, "0", None)),
        *((key, wrong) for key in ("files", "inputs") for wrong in ({"a": 1}, {"a": None}, [], None)),
        *((key, wrong) for key in ("definition", "generator", "templates", "digest") for wrong in (1, None, ["a"])),
    ],
)
def test_a_value_of_another_type_is_damage(key: str, wrong: object) -> None:
    document = json.loads(write_lock({"b": make_module("b")}))
    assert key in document["modules"]["b"]
    document["modules"]["b"][key] = wrong
    with pytest.raises(DamagedLockError, match=f"'{key}'"):
        read_lock(json.dumps(document).encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-32-be"])
def test_an_encoding_other_than_utf_8_is_damage(encoding: str) -> None:
    text = write_lock(BASE)
    assert read_lock(text.encode("utf-8-sig")).entries == BASE
    with pytest.raises(DamagedLockError, match="is not valid JSON"):
        read_lock(text.encode(encoding))


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.integers(0, 3), max_size=4),
    st.dictionaries(st.text(max_size=5), st.one_of(st.text(max_size=5), st.integers(0, 99)), max_size=3),
)
def test_what_is_written_is_read_back(names: dict[str, int], configuration: dict[str, str | int]) -> None:
    modules = {name: make_module(name, version) for name, version in names.items()}
    modules = {
        name: replace(item, provenance=replace(item.provenance, configuration=configuration))
        for name, item in modules.items()
    }
    text = write_lock(modules)
    assert read_lock(text.encode()).entries == modules
    assert write_lock(read_lock(text.encode()).entries) == text


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=9).filter(lambda line: b"\n" not in line)), max_size=9))
def test_a_conflict_is_split_into_both_sides(parts: list[tuple[bool, bytes]]) -> None:
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
def test_an_incomplete_conflict_is_not_a_conflict(text: str) -> None:
    assert split_merge_conflict(text.encode()) is None
    with pytest.raises(DamagedLockError):
        read_lock(text.encode())
