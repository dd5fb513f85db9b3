"""The files that `init` sets up around the flows, from repository_files/, and what existing ones are missing."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from generator.project.configuration import NAME
from generator.scaffold.ci import Ci
from generator.scaffold.origin import Installation
from generator.scaffold.pre_commit import HookFile, Paste, find_named

TEMPLATES = Path(__file__).parent / "repository_files"
PLAIN_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*", re.ASCII)
"""Folders whose names need no quoting in YAML and git patterns, or in regular expressions if dots are escaped."""
WORDS = re.compile(r"FLOWS_FOLDER|MODULES_FOLDER|FLOWSEAL_FILES|INSTALL_VARIABLES|WITH_CONFIG|OF_TEAM", re.ASCII)
HOOKS = ".pre-commit-config.yaml"
ATTRIBUTES = ".gitattributes"
NOT_INSTALLED = 'FLOWSEAL: "" # where pip gets flowseal from, pinned, such as git+https://HOST/flowseal@COMMIT'
GITLAB = ".gitlab-ci.yml"
WORKFLOWS = ".github/workflows"


def is_plain(folder: str) -> bool:
    """Return whether patterns can match a folder: it must be below the root and have a plain name."""
    return PLAIN_FOLDER.fullmatch(folder) is not None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where flows and modules are, relative to flowseal.yaml, which CI to use, and how it installs flowseal.

    `team` is the folder of flowseal.yaml relative to the repository's root, and empty at the root. If the folder of the
    modules also contains other files, `named` are the modules that flowseal generated.
    """

    flows: str
    modules: str
    ci: Ci
    installation: Installation | None
    team: str = ""
    named: tuple[str, ...] | None = None

    def place(self, path: str) -> str:
        """Return the path, relative to the repository's root, of a path relative to flowseal.yaml."""
        return posixpath.normpath(f"{self.team}/{path}") if self.team else posixpath.normpath(path)

    @property
    def configuration(self) -> str:
        """The value of `--config` for commands at the repository's root, or an empty string."""
        return self.place(NAME) if self.team else ""

    @property
    def covers_flows(self) -> bool:
        """Whether hooks can exclude prompts and code, which requires a separate folder for flows."""
        return posixpath.normpath(self.flows) != "." and is_plain(self.place(self.flows))

    def list_samples(self) -> list[str]:
        """Return a sample path for each kind of file that hooks must not change."""
        flows, modules = self.place(self.flows), self.place(self.modules)
        module = f"{modules}/{self.named[0] if self.named else 'x'}"
        own = [] if self.named == () else [f"{module}/main.tf", f"{module}/prompts/x.txt"]
        texts = [f"{flows}/prompts/x.txt", f"{flows}/x/code/x.py"] if self.covers_flows else []
        return texts + ([*own, f"{modules}/flowseal.lock.json"] if is_plain(modules) else [])

    @property
    def flowseal_files(self) -> str:
        """A regular expression for what hooks must not change: prompts, code, and generated modules."""
        flows, modules = self.place(self.flows), self.place(self.modules)
        made = ["[^/]+/"] if self.named is None else [f"{_escape(name)}/" for name in self.named]
        parts = [rf"{_escape(flows)}/(.*/)?(prompts|code)/"] if self.covers_flows else []
        if is_plain(modules):
            parts.append(rf"{_escape(modules)}/({'|'.join([*made, ''])}flowseal\.lock\.json$)")
        return f"^({'|'.join(parts)})" if parts else "^$"


@dataclass(frozen=True, slots=True)
class SetupFile:
    """A file around the flows, with its path from the repository's root and its contents.

    `part` is what an existing file at this path needs, if anything. A file already has it if it contains the line
    `sign` or, if there is no sign, all lines of the part.
    """

    path: str
    text: str
    part: str = ""
    sign: str = ""


def list_setup_files(layout: Layout) -> list[SetupFile]:
    """Return the files that a repository needs. The team of `layout` must be a plain folder (see is_plain).

    Patterns for git and hooks omit folders that they cannot match.
    """
    attributes = _read_text("gitattributes", layout)
    hooks = _read_text("pre-commit-config.yaml", layout)
    files = [
        SetupFile(layout.place(NAME), _read_text(NAME, layout)),
        SetupFile(layout.place(ATTRIBUTES), attributes, attributes),
        SetupFile(HOOKS, hooks, hooks.partition("repos:\n")[2]),
    ]
    if layout.ci is Ci.GITHUB:
        # Plain folder names contain no +, so the name of each workflow is unique.
        name = f"flowseal-{layout.team}".replace("/", "+") if layout.team else "flowseal"
        text = _read_text("github-workflow.yml", layout)
        files.append(SetupFile(f"{WORKFLOWS}/{name}.yml", text, text.partition("jobs:\n")[2]))
    elif layout.ci is Ci.GITLAB:
        text = _read_text("gitlab-ci.yml", layout)
        files.append(SetupFile(GITLAB, text, text, text.partition("\n")[0]))
    return files


def find_additions(file: SetupFile, text: str, layout: Layout) -> list[Paste]:
    """Return what an existing file with the contents `text` is missing."""
    if file.path == HOOKS:
        return _find_hooks(file, HookFile(text), layout)
    if file.path.startswith(WORKFLOWS):
        command = f"flowseal check --config {layout.configuration}" if layout.team else "flowseal check"
        where = f"it does not run `{command}`; add to its `jobs`, under a name that is free there"
        return [] if _runs_check(text, layout.configuration) else [Paste(where, file.part)]
    present = {line.strip() for line in text.splitlines()}
    wanted = {file.sign} if file.sign else {line for line in file.part.splitlines() if not line.startswith("#")}
    # The order of the lines matters, so all of them are shown if one is missing.
    return [] if wanted <= present or not file.part else [Paste("add at its end", file.part)]


def _escape(text: str) -> str:
    """Escape a string for a regular expression. Dashes need no escape outside brackets."""
    return re.escape(text).replace(r"\-", "-")


def _runs_check(text: str, configuration: str) -> bool:
    """Return whether a workflow runs `flowseal check` for a configuration, as a command or with flowseal's action."""
    lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    if any("flowseal check" in line and find_named(line) == configuration for line in lines):
        return True
    given = [re.sub(r"^config:|[\s\"']", "", line) for line in lines if line.startswith("config:")]
    return any("/flowseal@" in line for line in lines) and (configuration in given or not (configuration or given))


def _find_hooks(file: SetupFile, present: HookFile, layout: Layout) -> list[Paste]:
    found = [] if present.has_hook(layout.configuration) else [present.place_hooks(file.part)]
    pastes: dict[Paste, list[str]] = {}
    for hook in present.list_unguarded(layout.list_samples()):
        named = f"{hook.values.get('id')} (line {hook.line})"
        pastes.setdefault(hook.exclude(layout.flowseal_files), []).append(named)
    return [*found, *(Paste(f"{paste.where}: {', '.join(named)}", paste.lines) for paste, named in pastes.items())]


def _read_text(name: str, layout: Layout) -> str:
    installation, team = layout.installation, layout.team
    variables = [NOT_INSTALLED] if installation is None else [f'FLOWSEAL: "{installation.requirement}"']
    if installation is not None and installation.index:
        variables.append(f'PIP_INDEX_URL: "{installation.index}"')
    words = {
        "FLOWS_FOLDER": layout.flows,
        "MODULES_FOLDER": layout.modules,
        "FLOWSEAL_FILES": layout.flowseal_files,
        "WITH_CONFIG": f" --config {layout.configuration}" if team else "",
        "OF_TEAM": f" ({team})" if team else "",
    }
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    if name == "gitattributes":
        # git has no pattern for folders outside the repository, and patterns for every `code` folder would go too far.
        left_out = [
            word for word in ("FLOWS_FOLDER", "MODULES_FOLDER") if not is_plain(posixpath.normpath(words[word]))
        ]
        lines = text.splitlines(keepends=True)
        text = "".join(line for line in lines if not line.startswith(tuple(left_out)))
    text = re.sub(
        r"^( +)INSTALL_VARIABLES$", lambda found: "\n".join(found[1] + line for line in variables), text, flags=re.M
    )
    return WORDS.sub(lambda word: words[word[0]], text)
