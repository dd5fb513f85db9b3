"""The files that a repository needs around its flows: texts in generator/surroundings, with a few words put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.configuration import NAME
from generator.scaffold.ci import Ci

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS = Path(__file__).parent.parent / "surroundings"
PLAIN_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*", re.ASCII)
"""Folders whose names mean themselves in YAML, in git's patterns and, dots escaped, in a regular expression."""
PLAIN_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 @:/._+=<>~!,#&\[\]-]*", re.ASCII)
"""What pip takes, of characters that mean themselves within double quotes, in YAML and in a shell's variable."""
WORDS = re.compile(r"\b(FLOWS_FOLDER|MODULES_FOLDER|FLOWS_PATTERN|MODULES_PATTERN|PIP_REQUIREMENT)\b")
HOOKS = ".pre-commit-config.yaml"
ATTRIBUTES = ".gitattributes"

CI_FILES: Mapping[Ci, tuple[str, str]] = {
    Ci.GITHUB: (".github/workflows/flowseal.yml", "github-workflow.yml"),
    Ci.GITLAB: (".gitlab-ci.yml", "gitlab-ci.yml"),
}
"""The file of each CI, and its text."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where flows and modules lie, relative to the repository's root, whose CI it has, and how pip gets flowseal."""

    flows: str
    modules: str
    ci: Ci
    requirement: str


@dataclass(frozen=True, slots=True)
class Surrounding:
    """A file around the flows: its whole text, and which part of it a file that is there already is to have too.

    `sign` is what shows that it has; without one, every line of the part is looked for. A file that stands for itself
    has no part.
    """

    path: str
    text: str
    part: str = ""
    sign: str = ""


def list_surroundings(layout: Layout) -> list[Surrounding]:
    """Return the files that a repository is to have. All values of `layout` must be plain (PLAIN_FOLDER, ...)."""
    attributes = _read_text("gitattributes", layout)
    hooks = _read_text("pre-commit-config.yaml", layout)
    files = [
        Surrounding(NAME, _read_text(NAME, layout)),
        Surrounding(ATTRIBUTES, attributes, attributes),
        Surrounding(HOOKS, hooks, hooks.partition("repos:\n")[2], "flowseal-generate"),
    ]
    if layout.ci in CI_FILES:
        path, name = CI_FILES[layout.ci]
        text = _read_text(name, layout)
        files.append(Surrounding(path, text, text if layout.ci is Ci.GITLAB else "", "flowseal"))
    return files


def find_addition(file: Surrounding, text: str) -> str:
    """Return what has to be added to a file that is there already with `text`; nothing where it has all."""
    if file.sign:
        return "" if file.sign in text else file.part
    present = {line.strip() for line in text.splitlines()}
    # The order of the lines matters: where one is missing, all of them are told.
    return "" if {line for line in file.part.splitlines() if not line.startswith("#")} <= present else file.part


def _read_text(name: str, layout: Layout) -> str:
    words = {
        "FLOWS_FOLDER": layout.flows,
        "MODULES_FOLDER": layout.modules,
        "FLOWS_PATTERN": layout.flows.replace(".", r"\."),
        "MODULES_PATTERN": layout.modules.replace(".", r"\."),
        "PIP_REQUIREMENT": layout.requirement,
    }
    text = (TEXTS / name).read_text(encoding="utf-8")
    return WORDS.sub(lambda word: words[word[0]], text)
