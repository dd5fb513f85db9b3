"""What became of each module, for people: one line each, and below it what they have to know."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from generator.findings import show_relative
from generator.output.messages import REMOVED, describe_reason
from generator.report.contents import Detail
from generator.report.differences import paint_difference, write_difference
from generator.report.escaping import escape_controls
from generator.report.folding import fold_text
from generator.source.files import find_repository

if TYPE_CHECKING:
    from generator.report import View
    from generator.run.outcomes import ModuleOutcome

MOST_LINES = 40
"""Lines of a diff that `generate` shows of one module."""
RENAMED = (
    "Terraform changes the flow and its key in place, and replaces alias, role, and policies. Give the module block "
    "its new source."
)
RELABELLED = "If its label changes with the name, add this beside it, or Terraform replaces everything:"
OVERWRITTEN = "--overwrite would make this change and discard the edit:"


def describe_outcome(outcome: ModuleOutcome, view: View) -> str:
    """Return what `generate` made of a definition: a line, and below it consequences and the diff of edited files."""
    return "".join(_write_outcome(outcome, view)).rstrip("\n")


def describe_reasons(outcome: ModuleOutcome) -> str:
    """Say why a module differs."""
    name = outcome.name or ""
    return escape_controls("; ".join(describe_reason(reason, name, outcome.file) for reason in outcome.reasons))


def list_file_lines(outcome: ModuleOutcome, view: View) -> Iterator[str]:
    """Yield one line for each file of a module that changes, if the user wants to see files."""
    if view.detail is not Detail.FILES:
        return
    for word, paths in (("created", outcome.created), ("changed", outcome.changed), ("removed", outcome.removed)):
        for path in paths:
            yield f"  {word:<9} {escape_controls(path)}"


def write_edits(outcome: ModuleOutcome) -> str:
    """Return, as a diff, what flowseal would make of the files of a module that were changed by hand."""
    return write_differences((path, each.present, each.content) for path, each in sorted(outcome.edits.items()))


def write_differences(files: Iterable[tuple[str, bytes | None, bytes | None]]) -> str:
    """Return the diffs of files: path, old and new bytes. In a git repository their paths start at its root.

    `git diff` has the same paths, and `git apply` needs them.
    """
    here = Path.cwd()
    root = find_repository(here)
    return "".join(write_difference(show_in_repository(path, here, root), old, new) for path, old, new in files)


def show_in_repository(file: str, here: Path, root: Path) -> str:
    """Return a path that is relative to `here` as one relative to `root`, and never an absolute one.

    Without symbolic links, a path that leads out of `root` is relative to the repository that it leads into, if there
    is one; otherwise it stays relative to `here`.
    """
    path = Path(os.path.normpath(here / file))
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    real = Path(os.path.realpath(here / file))
    if real.is_relative_to(os.path.realpath(root)):
        return real.relative_to(os.path.realpath(root)).as_posix()
    own = find_repository(real.parent)
    if (own / ".git").exists():
        return real.relative_to(own).as_posix()
    return show_relative(real) if Path(file).is_absolute() else file


def _write_outcome(outcome: ModuleOutcome, view: View) -> Iterator[str]:
    if outcome.folder is None:
        yield f"{outcome.outcome:<11} {escape_controls(outcome.file)}\n"
        return
    changes = [
        f"{len(paths)} {word}"
        for word, paths in (("created", outcome.created), ("changed", outcome.changed), ("removed", outcome.removed))
        if paths
    ]
    changes += [f"moved from {escape_controls(folder)}" for folder in outcome.moved_from]
    detail = f" ({', '.join(changes)})" if changes else ""
    yield f"{outcome.outcome:<11} {escape_controls(outcome.folder)}{detail}\n"
    yield from (f"{line}\n" for line in list_file_lines(outcome, view))
    if outcome.moved_from:
        yield _say_below(RENAMED, view)
    if outcome.moved_block:
        yield _say_below(RELABELLED, view) + "".join(f"    {line}\n" for line in outcome.moved_block.splitlines())
    if outcome.outcome == "removed":
        yield _say_below(REMOVED, view)
    if outcome.edits:
        yield _say_below(OVERWRITTEN, view)
        yield _cut_difference(write_edits(outcome), view)


def _say_below(sentence: str, view: View) -> str:
    return "".join(f"  {line}\n" for line in fold_text(sentence, view.columns, indent=2))


def _cut_difference(text: str, view: View) -> str:
    lines = text.splitlines()
    shown = "\n".join(lines[:MOST_LINES])
    shown = paint_difference(shown) if view.color else "\n".join(map(escape_controls, lines[:MOST_LINES]))
    more = len(lines) - MOST_LINES
    return f"{shown}\n" + (f"... {more} more lines; `flowseal check --diff` shows all\n" if more > 0 else "")
