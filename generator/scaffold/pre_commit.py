"""Additions to an existing .pre-commit-config.yaml, in the style of its own lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LINE = re.compile(r"^( *)(- )?(.*)$")


@dataclass(frozen=True, slots=True)
class Paste:
    """Lines to paste into a file, and where to paste them."""

    where: str
    lines: str


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook in the file: its keys as strings, its first line, and the column of its keys."""

    values: Mapping[str, str]
    line: int
    column: int
    is_flow: bool

    def exclude(self, pattern: str) -> Paste:
        """Return the line that excludes `pattern` from the hook, in addition to what it already excludes."""
        present = self.values.get("exclude")
        verb = "add to" if present is None else "replace the `exclude` of"
        whole = pattern if present is None else f"{present}|{pattern}"
        if self.is_flow:
            where = f"{verb} each of these hooks that changes files, inside its braces"
            return Paste(where, f", exclude: {json.dumps(whole, ensure_ascii=False)}\n")
        written = whole if present is None else json.dumps(whole, ensure_ascii=False)
        return Paste(f"{verb} each of these hooks that changes files", f"{' ' * self.column}exclude: {written}\n")


class HookFile:
    """A .pre-commit-config.yaml. If pre-commit could not read it either, it has no hooks."""

    def __init__(self, text: str) -> None:
        import yaml

        self.text = text
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            self.is_readable = root is None or _is_configuration(root)
        except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
            root, self.is_readable = None, False
        self.root: Any = root if self.is_readable else None
        self.repositories = _find(self.root, "repos")
        self.hooks = list(self._list_hooks())

    def has_hook(self, configuration: str) -> bool:
        """Return whether the file has a flowseal hook for a configuration, which is empty at the root."""
        for hook in self.hooks:
            command = hook.values.get("entry", "") + " " + hook.values.get("args", "")
            if hook.values.get("id", "").startswith("flowseal-") and find_named(command) == configuration:
                return True
        return False

    def place_hooks(self, part: str) -> Paste:
        """Return how to add the entries of `part`, which are indented by two spaces, to `repos`."""
        items = self.repositories.value if self.repositories is not None else []
        if not self.is_readable:
            return Paste("it is not a pre-commit configuration; once it is, add to its `repos`", part)
        line = 0 if self.repositories is None else self.repositories.start_mark.line + 1
        if not items or not isinstance(items, list):
            text = (
                f"repos: [{_write_flow(part)}]\n"
                if self.root is not None and self.root.flow_style
                else f"repos:\n{part}"
            )
            return Paste(f"replace its empty `repos` on line {line} with" if line else "add at its end", text)
        if self.repositories.flow_style:
            return Paste(f"add after the [ of `repos` on line {line}", f"{_write_flow(part)},\n")
        return Paste(
            f"insert after line {self._find_last_line()}", _indent(part, *_measure(items[0], self.repositories))
        )

    def list_unguarded(self, paths: Sequence[str]) -> list[Hook]:
        """List the hooks that would receive one of `paths`."""
        scope = [_read_scalars(self.root)] if self.root is not None else []
        return [
            hook
            for hook in self.hooks
            if hook.values.get("pass_filenames", "true").lower() not in ("false", "no", "off")
            and any(all(_takes(values, path) for values in (*scope, hook.values)) for path in paths)
        ]

    def _list_hooks(self) -> Iterator[Hook]:
        for repository in self.repositories.value if self.repositories is not None else ():
            for hook in getattr(_find(repository, "hooks"), "value", ()):
                mark = hook.start_mark
                yield Hook(_read_scalars(hook), mark.line + 1, mark.column, bool(hook.flow_style))

    def _find_last_line(self) -> int:
        """Return the number of the last line of `repos`, without trailing comments, which belong to the next key."""
        lines = self.text.splitlines()
        keys = [key.start_mark.line for key, _ in getattr(self.root, "value", ())]
        end = min((line for line in keys if line > self.repositories.start_mark.line), default=len(lines))
        least = max(_list_last_lines(self.repositories))
        while end > least and re.match(r"\s*(#|$|---|\.\.\.)", lines[end - 1]):
            end -= 1
        return end


def find_named(command: str) -> str:
    """Return the value of `--config` in a command, or an empty string."""
    named = re.search(r"--config[ =][\"']?([^\s\"']+)", command)
    return named[1] if named else ""


def _is_configuration(root: Any) -> bool:
    """Return whether `repos` is empty, or a list of mappings in which each `hooks` is a list of mappings.

    Other keys can have any form and are not checked.
    """
    repositories = _find(root, "repos")
    if root.id != "mapping" or getattr(repositories, "value", "") in ("", "~", "null"):
        return bool(root.id == "mapping")
    if repositories.id != "sequence" or any(repository.id != "mapping" for repository in repositories.value):
        return False
    lists = [hooks for repository in repositories.value if (hooks := _find(repository, "hooks")) is not None]
    return all(hooks.id == "sequence" and all(hook.id == "mapping" for hook in hooks.value) for hooks in lists)


def _find(node: Any, key: str) -> Any:
    """Return the node of a key's value, or None."""
    pairs = node.value if hasattr(node, "value") and isinstance(node.value, list) else ()
    return next((value for name, value in filter(_is_pair, pairs) if name.value == key), None)


def _is_pair(item: object) -> bool:
    return isinstance(item, tuple)


def _read_scalars(node: Any) -> dict[str, str]:
    """Return the scalars of a mapping as written, and lists of scalars joined by spaces."""
    values = {}
    for key, value in filter(_is_pair, node.value if isinstance(node.value, list) else ()):
        items = value.value if isinstance(value.value, list) else [value]
        values[str(key.value)] = " ".join(str(item.value) for item in items if hasattr(item, "value"))
    return values


def _takes(values: Mapping[str, str], path: str) -> bool:
    try:
        is_excluded = bool(re.search(values.get("exclude", "^$"), path))
        return not is_excluded and bool(re.search(values.get("files", ""), path))
    except re.error:
        return True


def _list_last_lines(node: Any, seen: set[int] | None = None) -> Iterator[int]:
    """Yield the number of the last line of each scalar; one that ends with its line break ends on the line before."""
    seen = set() if seen is None else seen
    if id(node) in seen:  # Aliases can refer to a node that contains them.
        return
    seen.add(id(node))
    if isinstance(node.value, str):
        yield node.end_mark.line + (1 if node.end_mark.column else 0)
    for item in node.value if isinstance(node.value, list) else ():
        for part in item if _is_pair(item) else (item,):
            yield from _list_last_lines(part, seen)


def _measure(repository: Any, repositories: Any) -> tuple[int, int, int]:
    """Return the column of the dashes of `repos`, the width of a dash with its spaces, and the indent of `hooks`."""
    column = repositories.start_mark.column
    keys = repository.start_mark.column
    hooks = _find(repository, "hooks")
    is_block = hooks is not None and isinstance(hooks.value, list) and not hooks.flow_style
    return column, max(keys - column, 2), max(hooks.start_mark.column - keys, 0) if is_block else 2


def _indent(part: str, column: int, dash: int, hooks: int) -> str:
    columns = {2: column, 4: column + dash, 6: column + dash + hooks, 8: column + 2 * dash + hooks}

    def indent(line: str) -> str:
        found = LINE.fullmatch(line)
        assert found is not None  # noqa: S101 - the pattern takes every line
        return " " * columns[len(found[1])] + ("-".ljust(dash) if found[2] else "") + found[3]

    return "".join(f"{indent(line)}\n" for line in part.splitlines())


def _write_flow(part: str) -> str:
    """Write the entries as one line, for a list in brackets."""
    import yaml

    written = yaml.safe_dump(yaml.safe_load(part), default_flow_style=True, sort_keys=False, width=10_000)
    return str(written).strip().removeprefix("[").removesuffix("]")
