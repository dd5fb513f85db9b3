"""Patterns of a configuration: what they find, and what they leave."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from generator.project.configuration import Configuration
from generator.project.patterns import could_find, could_reach, discover_configured
from generator.source.position import Document

TREE = [
    "a.flow.yaml",
    "plain.yaml",
    "flows/b.flow.yml",
    "flows/c.flow.json",
    "flows/notes.txt",
    "flows/deep/er/d.flow.yaml",
    "flows/.hidden/e.flow.yaml",
    "flows/.f.flow.yaml",
    "modules/g.flow.yaml",
    "backups/k.flow.yaml",
    "backups/k.flow.yaml.orig",
    "backups/k.flow.yaml~",
    "backups/k.flow.json.bak",
    "backups/plain.yaml",
    "teams/x/flows/h.flow.yaml",
    "teams/y/flows/i.flow.yaml",
    "teams/y/other/j.flow.yaml",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in TREE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def find(folder: Path, *patterns: str) -> tuple[list[str], list[str]]:
    """Return what patterns find, and the rules of what is told."""
    document = Document("flowseal.yaml", "", {"flows": list(patterns)})
    configuration = Configuration("flowseal.yaml", folder, document, patterns)
    files, findings = discover_configured(configuration, folder / "modules")
    return [file.display for file in files], [finding.rule.name for finding in findings]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a.flow.yaml", ["a.flow.yaml"]),
        ("plain.yaml", ["plain.yaml"]),
        ("*.flow.*", ["a.flow.yaml"]),
        ("flows", ["flows/.f.flow.yaml", "flows/b.flow.yml", "flows/c.flow.json", "flows/deep/er/d.flow.yaml"]),
        ("flows/", ["flows/.f.flow.yaml", "flows/b.flow.yml", "flows/c.flow.json", "flows/deep/er/d.flow.yaml"]),
        ("./flows/[bc].flow.*", ["flows/b.flow.yml", "flows/c.flow.json"]),
        ("flows/?.flow.yml", ["flows/b.flow.yml"]),
        ("flows/.*.yaml", ["flows/.f.flow.yaml"]),
        ("flows/**/*.flow.yaml", ["flows/deep/er/d.flow.yaml"]),
        ("backups/*.flow.*", ["backups/k.flow.yaml"]),
        ("backups/*", ["backups/k.flow.yaml"]),
        ("backups/k.flow.yam[kl]", ["backups/k.flow.yaml"]),
        ("backups/*.orig", ["backups/k.flow.yaml.orig"]),
        ("backups/*.yaml", ["backups/k.flow.yaml", "backups/plain.yaml"]),
        ("teams/*/flows", ["teams/x/flows/h.flow.yaml", "teams/y/flows/i.flow.yaml"]),
        ("teams/**/flows/*.flow.yaml", ["teams/x/flows/h.flow.yaml", "teams/y/flows/i.flow.yaml"]),
        ("**/[g-j].flow.yaml", ["teams/x/flows/h.flow.yaml", "teams/y/flows/i.flow.yaml", "teams/y/other/j.flow.yaml"]),
        ("teams/../a.flow.yaml", ["teams/../a.flow.yaml"]),
    ],
)
def test_a_pattern_matches_what_it_describes(pattern: str, found: list[str], folder: Path) -> None:
    shown = ["a.flow.yaml" if name == "teams/../a.flow.yaml" else name for name in found]
    assert find(folder, pattern) == (shown, [])


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "a.flow.yaml",
            "plain.yaml",
            "*.flow.*",
            "flows",
            "flows/",
            "./flows/[bc].flow.*",
            "flows/.*.yaml",
            "**",
            ".",
        ),
        *("flows/**/*.flow.yaml", "backups/*", "backups/*.orig", "backups/*.yaml", "teams/*/flows", "teams/*", "*"),
        *("teams/**/flows/*.flow.yaml", "**/flows", "**/[g-j].flow.yaml", "teams/../a.flow.yaml", "flows/.hidden"),
        *("modules", "modules/*", "nowhere", "teams/**/**/y/**"),
    ],
)
def test_match_prediction_agrees_with_matching(pattern: str, folder: Path) -> None:
    found = set(find(folder, pattern)[0])
    gone = [folder.resolve() / name for name in TREE]
    assert {name for name, path in zip(TREE, gone, strict=True) if find_gone(folder, pattern, path)} == found


def find_gone(folder: Path, pattern: str, path: Path) -> bool:
    """Ask whether a pattern could find a definition that is away while it is asked."""
    path.rename(path.with_name("away"))
    try:
        return could_find(folder, pattern, folder / "modules", path)
    finally:
        path.with_name("away").rename(path)


def test_a_command_line_path_selects_a_file_or_searches_a_folder(folder: Path) -> None:
    here = folder.resolve()
    reached = {
        name
        for name in TREE
        if any(could_reach(path, folder / "modules", here / name) for path in ("teams/x", "plain.yaml", "f*"))
    }
    assert reached == {"teams/x/flows/h.flow.yaml", "plain.yaml"}
    assert could_reach(str(folder), None, here / "modules" / "g.flow.yaml")


def test_two_asterisks_skip_hidden_folders_and_the_output(folder: Path) -> None:
    found, findings = find(folder, "**")
    left = {"plain.yaml", "flows/notes.txt", "flows/.hidden/e.flow.yaml", "modules/g.flow.yaml"}
    left |= {name for name in TREE if name.startswith("backups/") and name != "backups/k.flow.yaml"}
    assert (set(found), findings) == (set(TREE) - left, [])


def test_a_file_found_twice_counts_once(folder: Path) -> None:
    assert find(folder, "a.flow.yaml", "*.flow.yaml", "./a.flow.yaml") == (["a.flow.yaml"], [])


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [("nowhere", "MissingPath"), ("flows/deep/*.yaml", "NoDefinitions"), ("nowhere/**", "NoDefinitions")],
)
def test_a_pattern_that_matches_nothing_is_reported(pattern: str, rule: str, folder: Path) -> None:
    assert find(folder, pattern, "a.flow.yaml") == (["a.flow.yaml"], [rule])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows wants rights for links")
def test_linked_folders_are_not_searched(folder: Path) -> None:
    (folder / "linked").symlink_to(folder / "flows")
    assert find(folder, "**/c.flow.json") == (["flows/c.flow.json"], [])


def test_paths_are_shown_relative_to_the_working_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "flows" / "deep")
    assert find(folder, "flows/c.flow.json") == (["../c.flow.json"], [])
