"""The differences of a file, in the format of `git diff`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher

from generator.report.display import escape_controls, escape_lines, escape_steering, neutralize_old_commands
from generator.report.formats import View
from generator.source.credentials import mask_credentials

MOST_LINES = 20_000
"""Lines, old and new together, up to which the diff is minimal. The time to compute it grows with their square."""
COLORS = {"@@": "36", "+": "32", "-": "31"}
NOTHING = "/dev/null"
_HUNK = re.compile(r"@@ -(\d+)\S* \+(\d+)")
_NO_END = "\\ No newline at end of file"


def write_difference(path: str, old: bytes | None, new: bytes | None) -> str:
    """Return a unified diff with git's heading for `git apply`, or "" if nothing changed. None means no file.

    Only LF ends a line; every other character is kept. A file that is not UTF-8 is only named. An unchanged line that
    a CI would take for a command is removed and added, which is the same for `git apply`. ##[ is escaped and
    credentials are masked; such a diff is for reading only. If more than MOST_LINES lines may have changed, the whole
    range is replaced, and a line before the heading says so.
    """
    if old == new:
        return ""
    heading = [f"diff --git a/{path} b/{path}"]
    if old is None:
        heading.append("new file mode 100644")
    if new is None:
        heading.append("deleted file mode 100644")
    texts = _decode(old), _decode(new)
    if texts[0] is None or texts[1] is None:
        heading.append(f"Binary files a/{path} and b/{path} differ")
        return "\n".join(heading) + "\n"
    names = (NOTHING if old is None else f"a/{path}", NOTHING if new is None else f"b/{path}")
    matcher = _BoundedMatcher(_split_lines(texts[0]), _split_lines(texts[1]))
    lines = [*heading, *_list_lines(matcher, texts[0], texts[1], names)]
    if matcher.is_replaced:
        lines.insert(0, f"{path}: too many changed lines for a minimal diff; all of them are shown as replaced")
    return "\n".join(lines) + "\n"


def show_difference(text: str, view: View) -> str:
    """Return a diff for a terminal, with every unsafe character escaped, or for a pipe, from which it can be applied.

    For a pipe, only what controls a terminal or is a command of a CI is escaped.
    """
    if view.color:
        return paint_difference(text)
    return escape_steering(text) if view.columns is None else escape_lines(text)


def paint_difference(text: str) -> str:
    """Return a diff in color, with every unsafe character escaped."""
    lines = []
    for line in text.split("\n"):
        shown = escape_controls(line)
        code = "1" if line.startswith(("diff --git ", "--- ", "+++ ")) else COLORS.get(line[:2], COLORS.get(line[:1]))
        lines.append(f"\x1b[{code}m{shown}\x1b[0m" if code else shown)
    return "\n".join(lines)


def _decode(data: bytes | None) -> str | None:
    try:
        return (data or b"").decode("utf-8")
    except UnicodeDecodeError:
        return None


class _BoundedMatcher(SequenceMatcher[str]):
    """Matches the lines of two texts in bounded time. If `is_replaced`, only the common start and end are matched."""

    def __init__(self, old: list[str], new: list[str]) -> None:
        super().__init__(None, old, new)
        self.old, self.new = old, new
        self.is_replaced = False

    def get_matching_blocks(self) -> list[Match]:
        """Return the matching blocks. In long texts, lines between the common start and end match only if few."""
        old, new = self.old, self.new
        if len(old) + len(new) <= MOST_LINES:
            return super().get_matching_blocks()
        start = _count_equal(old, new)
        end = _count_equal(old[: start - 1 if start else None : -1], new[: start - 1 if start else None : -1])
        inside = old[start : len(old) - end], new[start : len(new) - end]
        self.is_replaced = all(inside) and sum(map(len, inside)) > MOST_LINES
        found = [] if self.is_replaced else SequenceMatcher(None, *inside).get_matching_blocks()[:-1]
        moved = [Match(match.a + start, match.b + start, match.size) for match in found]
        ends = Match(len(old) - end, len(new) - end, end), Match(len(old), len(new), 0)
        return [match for match in (Match(0, 0, start), *moved, ends[0]) if match.size] + [ends[1]]


def _count_equal(old: list[str], new: list[str]) -> int:
    """Count the equal lines at the start of two texts."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(old), len(new)))


def _write_hunks(matcher: _BoundedMatcher, names: tuple[str, str]) -> Iterator[str]:
    """Yield the lines of a unified diff, as difflib.unified_diff does."""
    yield from (f"{sign} {name}\n" for sign, name in zip(("---", "+++"), names, strict=True))
    for group in matcher.get_grouped_opcodes():
        ranges = _write_range(group[0][1], group[-1][2]), _write_range(group[0][3], group[-1][4])
        yield f"@@ -{ranges[0]} +{ranges[1]} @@\n"
        for kind, first, last, start, end in group:
            yield from (f"{' ' if kind == 'equal' else '-'}{line}" for line in matcher.old[first:last])
            if kind != "equal":
                yield from (f"+{line}" for line in matcher.new[start:end])


def _write_range(first: int, last: int) -> str:
    if last == first + 1:
        return str(last)
    return f"{first + (last > first)},{last - first}"


def _list_lines(matcher: _BoundedMatcher, old: str, new: str, names: tuple[str, str]) -> Iterator[str]:
    for line in _mask_lines(_write_hunks(matcher, names), old, new):
        for shown in (f"-{line[1:]}", f"+{line[1:]}") if line[:1] == " " and line.lstrip()[:2] == "::" else (line,):
            yield neutralize_old_commands(shown.removesuffix("\n"))
            if not shown.endswith("\n"):
                yield _NO_END


def _mask_lines(lines: Iterable[str], old: str, new: str) -> Iterator[str]:
    """Yield the lines of a diff as they are in the masked files: a single line may be part of a private key."""
    masked = _split_lines(mask_credentials(old)), _split_lines(mask_credentials(new))
    at = [0, 0]
    for number, line in enumerate(lines):
        if number < 2:
            yield line
        elif hunk := _HUNK.match(line):
            at = [max(int(first) - 1, 0) for first in hunk.groups()]
            yield line
        else:
            sides = [side for side, signs in enumerate((" -", " +")) if line[0] in signs]
            yield line[0] + max((masked[side][at[side]] for side in sides), key=lambda text: text.count("*"))
            for side in sides:
                at[side] += 1


def _split_lines(text: str) -> list[str]:
    """Split at LF only; str.splitlines also splits at characters that are text to git and Terraform."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def write_fragment(old: str, new: str) -> str:
    """Return the lines that differ between two documents, under the path of keys and names that leads to them."""
    marked, changed = _mark_lines(old.splitlines(), new.splitlines())
    lines: list[str] = []
    path, depth = "", 0
    for number in changed:
        sign, line = marked[number]
        parents = [marked[other][1] for other in _list_parents(marked, number) if other not in changed]
        leading = ".".join(filter(None, map(_name_parent, reversed(parents))))
        if leading != path or not lines:
            path, depth = leading, _measure_depth(line)
            lines += [f"@@ {path} @@"] if path else []
        lines.append(f"{sign} {line[min(depth, _measure_depth(line)) :]}".rstrip())
    return "".join(f"{line}\n" for line in lines)


def _mark_lines(before: Sequence[str], after: Sequence[str]) -> tuple[list[tuple[str, str]], dict[int, None]]:
    """Return the lines of both documents with their signs, and the numbers of those that only one of them has."""
    marked: list[tuple[str, str]] = []
    changed: dict[int, None] = {}
    for kind, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            marked += [(" ", line) for line in before[first:last]]
            continue
        changed |= dict.fromkeys(range(len(marked), len(marked) + last - first + end - start))
        marked += [("-", line) for line in before[first:last]]
        marked += [("+", line) for line in after[start:end]]
    return marked, changed


def _list_parents(marked: Sequence[tuple[str, str]], number: int) -> Iterator[int]:
    """Yield the numbers of the lines that a line is nested in, by indentation."""
    own, line = marked[number]
    depth = _measure_depth(line)
    for other in range(number - 1, -1, -1):
        sign, line = marked[other]
        if sign in (" ", own) and line.strip() and _measure_depth(line) < depth:
            depth = _measure_depth(line)
            yield other


def _name_parent(line: str) -> str:
    """Return the key of a line, or the name with which an item of a list begins."""
    key, _, name = line.strip().removeprefix("- ").rstrip(" {[>-").partition(":")
    return (name or key).strip(' "')


def _measure_depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
