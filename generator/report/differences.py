"""The difference of a file before and after, as git would show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from generator.report.escaping import escape_controls, neutralize_old_commands
from generator.source.credentials import mask_credentials

COLORS = {"@@": "36", "+": "32", "-": "31"}
NOTHING = "/dev/null"
_HUNK = re.compile(r"@@ -(\d+)\S* \+(\d+)")
_NO_END = "\\ No newline at end of file"


def write_difference(path: str, old: bytes | None, new: bytes | None) -> str:
    """Return a unified diff with git's heading, which `git apply` takes; None stands for no file, and "" for no change.

    Lines end where LF ends them; every other character stands as it is. What is not UTF-8 is only named. A line that
    stays and that a CI would take for a command goes and comes: `git apply` makes the same of it. ##[ is escaped, and
    credentials are masked: such a diff is for reading.
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
    return "\n".join([*heading, *_list_lines(texts[0], texts[1], names)]) + "\n"


def paint_difference(text: str, escape: bool) -> str:
    """Return a diff for a terminal with colours: in colour, and with `escape` nothing in it steers the terminal."""
    lines = []
    for line in text.split("\n"):
        shown = escape_controls(line) if escape else line
        code = "1" if line.startswith(("diff --git ", "--- ", "+++ ")) else COLORS.get(line[:2], COLORS.get(line[:1]))
        lines.append(f"\x1b[{code}m{shown}\x1b[0m" if code else shown)
    return "\n".join(lines)


def _decode(data: bytes | None) -> str | None:
    try:
        return (data or b"").decode("utf-8")
    except UnicodeDecodeError:
        return None


def _list_lines(old: str, new: str, names: tuple[str, str]) -> Iterator[str]:
    from difflib import unified_diff

    for line in _mask_lines(unified_diff(_split_lines(old), _split_lines(new), *names), old, new):
        for shown in (f"-{line[1:]}", f"+{line[1:]}") if line[:1] == " " and line.lstrip()[:2] == "::" else (line,):
            yield neutralize_old_commands(shown.removesuffix("\n"))
            if not shown.endswith("\n"):
                yield _NO_END


def _mask_lines(lines: Iterable[str], old: str, new: str) -> Iterator[str]:
    """Yield the lines of a diff as they are in the masked files: a line alone may be a part of a private key."""
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
    """Split at LF alone; str.splitlines would split at what is text to git and to Terraform."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def write_fragment(old: str, new: str) -> str:
    """Write what changes between two documents: the changed lines, below the lines that they are nested in."""
    from difflib import SequenceMatcher

    before, after = old.splitlines(), new.splitlines()
    marked: list[tuple[str, str]] = []
    wanted: set[int] = set()
    for kind, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            marked += [(" ", line) for line in before[first:last]]
            continue
        wanted |= set(range(len(marked), len(marked) + last - first + end - start))
        marked += [("-", line) for line in before[first:last]]
        marked += [("+", line) for line in after[start:end]]
    shown = wanted.union(*(_list_parents(marked, number) for number in wanted))
    return "".join(f"{sign} {line}".rstrip() + "\n" for sign, line in (marked[number] for number in sorted(shown)))


def _list_parents(marked: Sequence[tuple[str, str]], number: int) -> Iterator[int]:
    """Yield the numbers of the lines that a line is nested in, as its indentation says."""
    own, line = marked[number]
    depth = _measure_depth(line)
    for other in range(number - 1, -1, -1):
        sign, line = marked[other]
        if sign in (" ", own) and line.strip() and _measure_depth(line) < depth:
            depth = _measure_depth(line)
            yield other


def _measure_depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
