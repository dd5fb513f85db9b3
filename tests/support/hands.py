"""Who wrote which file of a repository, step by step, and that nothing that a hand wrote is lost.

After every command each file is where its author left it, with the bytes that they left in it: on each branch those of
that branch, after a merge those of both. What `flowseal generate` makes is not a hand's; all other files are, those too
that `init` and `new` give to begin with, and a file of flowseal's that somebody edits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from repositories import Repository
from trees import read_tree

from generator.source.merge_conflicts import split_merge_conflict

Tree = dict[str, bytes]
LOCK = "modules/flows/flowseal.lock.json"
LOOKING = frozenset({"init", "add", "commit", "status", "diff", "log", "show", "ls-files", "branch"})
"""Commands of git that change no file."""


class Hands:
    """Watches the files of a repository: `note` each command after it ran, in the order in which they ran."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.branch = "main"
        self.written: dict[str, Tree] = {"main": {}}
        self.bases: dict[str, Tree] = {}
        self.made: dict[str, set[bytes]] = defaultdict(set)
        self.tree: Tree = {}
        self.stamps: dict[str, int] = {}
        self._look()

    @property
    def mine(self) -> Tree:
        """What hands wrote on this branch: the bytes of each file by its path."""
        return self.written[self.branch]

    def note(self, command: str) -> None:
        """Take note of what a command did. Fails where it changed, or lost, what it had no right to."""
        before, stamps = self.tree, self.stamps
        self._look()
        changed = {path for path in before.keys() | self.tree.keys() if before.get(path) != self.tree.get(path)}
        assert not re.search(r"[;&|(]\s*(flowseal|git)\b", command), f"a step of its own, please: {command}"
        match [word for word in command.split() if ">" not in word]:
            case ["flowseal", "generate", *_]:
                self._note_generated(changed, before)
                self._keep_untouched(stamps)
            case ["flowseal", *_]:
                assert not changed & before.keys(), f"{command} changed {sorted(changed & before.keys())}"
                self._note_written(changed)
                self._keep_untouched(stamps)
            case ["git", "switch", *_]:
                self._switch()
            case ["git", "merge", *_, name]:
                self._merge(name)
            case ["git", "restore", *_]:
                self._give_up(changed)
            case ["git", word, *_] if word in LOOKING:
                assert not changed, f"{command} changed {sorted(changed)}"
            case _:
                self._note_written(changed)
        self._find_everything(command)

    def _look(self) -> None:
        folder = self.repository.folder
        self.tree = {path: data for path, data in read_tree(folder).items() if not path.startswith(".git/")}
        self.stamps = {path: Path(folder, path).stat().st_mtime_ns for path in self.tree}

    def _find_everything(self, command: str) -> None:
        lost = [path for path, data in self.mine.items() if self.tree.get(path) != data]
        assert not lost, f"{command}: what a hand wrote is lost: {lost}"

    def _keep_untouched(self, stamps: dict[str, int]) -> None:
        touched = [path for path in self.mine.keys() & stamps.keys() if self.stamps.get(path) != stamps[path]]
        assert not touched, f"flowseal touched {touched}"

    def _note_written(self, changed: set[str]) -> None:
        for path in changed:
            if path in self.tree:
                self.mine[path] = self.tree[path]
            else:
                self.mine.pop(path, None)

    def _note_generated(self, changed: set[str], before: Tree) -> None:
        for path in changed:
            assert path.startswith("modules/flows/"), f"generate wrote {path}"
            data = before.get(path)
            sides = (split_merge_conflict(data) or (data,)) if data is not None else ()
            assert path == LOCK or self.made[path].issuperset(sides), f"generate changed what is not its own: {path}"
            if path in self.tree:
                self.made[path].add(self.tree[path])

    def _switch(self) -> None:
        name = self.repository.git("branch", "--show-current").strip()
        if name not in self.written:
            self.bases[name] = dict(self.mine)
            self.written[name] = dict(self.mine)
        self.branch = name

    def _merge(self, name: str) -> None:
        """Take what was written on the other branch, which began at this one. What both wrote waits for a hand."""
        base, ours, theirs = self.bases[name], self.mine, self.written[name]
        for path in base.keys() | ours.keys() | theirs.keys():
            was, our, their = base.get(path), ours.get(path), theirs.get(path)
            if their in (was, our):
                continue
            if our == was and their is not None:
                ours[path] = their
            elif our == was:
                del ours[path]
            else:
                assert split_merge_conflict(self.tree[path]) == (our, their), f"{path} does not have both sides"
                ours[path] = self.tree[path]

    def _give_up(self, changed: set[str]) -> None:
        """Let the user give up an edit: what is flowseal's again is no hand's."""
        for path in changed:
            if self.tree.get(path, b"") in self.made[path]:
                self.mine.pop(path, None)
            else:
                self._note_written({path})
