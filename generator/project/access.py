"""Whether a path may be read or written, and why one could not be."""

from __future__ import annotations

import errno
import os
from pathlib import Path, PurePath

from generator.findings import show_path, show_relative
from generator.source.files import MOST_LEVELS, belongs_to_git, find_escape


def judge_path(path: Path, repository: Path | None = None) -> tuple[str, str] | None:
    """Return why nothing may be read or written at a path, and what to do. Symbolic links are followed first.

    See find_escape for where links may lead. With `repository`, the path itself must be inside that folder.
    """
    if refusal := judge_depth(path):
        return refusal
    if escape := find_escape(path):
        link, around = escape
        message = f"The symbolic link '{show_relative(link)}' leads out of {around}."
        return message, "Replace the link with its target, or link to a path inside."
    if belongs_to_git(path):
        return "This path leads into Git's own data.", "Choose a path outside `.git`."
    if repository is not None and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(repository)):
        return "This path leads out of the repository.", "Choose a path inside the repository."
    return None


def judge_depth(path: PurePath) -> tuple[str, str] | None:
    """Return why a path has too many folders, and what to do."""
    if len(path.parts) <= MOST_LEVELS:
        return None
    return f"This path has more than {MOST_LEVELS} folders.", "Use a shorter path."


def explain_failure(error: OSError, path: Path) -> tuple[str, str]:
    """Return why a file could not be read, as a sentence, and what to do."""
    if path.is_symlink() and error.errno in (errno.ENOENT, errno.ELOOP):
        return f"This is {describe_broken_link(path)}.", "Fix the link, or remove it."
    return describe_refusal(error), "Check the file and its permissions."


def describe_broken_link(path: Path, start: Path | str = ".") -> str:
    """Describe a symbolic link that leads to no file, with its target relative to `start`."""
    try:
        target = os.path.realpath(path, strict=True)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "a symbolic link that leads back to itself"
        target = os.path.realpath(path)
    return f"a symbolic link to {show_path(Path(os.path.relpath(target, start)))!r}, which does not exist"


def describe_refusal(error: OSError) -> str:
    """Return the operating system's reason as a sentence."""
    return f"{error.strerror or type(error).__name__}."
