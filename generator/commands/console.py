"""What commands print at the end of a run: its report, in the requested format, for the current terminal."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import typer

from generator.commands.terminal import find_view, print_document, print_text
from generator.findings import LocatedFinding, has_errors, show_relative
from generator.project.access import judge_path
from generator.report import Format, View, write_report
from generator.report.contents import Report
from generator.report.text import write_findings
from generator.source import LARGEST_DOCUMENT
from generator.source.files import find_repository, read_file


def read_texts(findings: Iterable[LocatedFinding]) -> dict[str, str]:
    """Return the texts that findings point into outside of definitions, as far as they may and can be read."""
    texts = {}
    for file in {finding.file for finding in findings}:
        if judge_path(Path(file)) is not None:
            continue
        with suppress(OSError, ValueError):
            texts[file] = read_file(file, LARGEST_DOCUMENT).decode("utf-8-sig", errors="replace")
    return texts


def print_report(report: Report, output_format: Format, view: View) -> None:
    """Print a report on standard output. Services that show findings in a repository get paths from its root."""
    if output_format in (Format.SARIF, Format.GITHUB):
        report = report.rename_files(find_names(os.environ.get("GITHUB_WORKSPACE")))
    print_document(write_report(output_format, report, view))


def print_findings(findings: Sequence[LocatedFinding], texts: Mapping[str, str]) -> None:
    """Print findings for people, and nothing if there are none; `texts` gives the text of a file by its name."""
    if findings:
        hidden = [finding for finding in findings if finding.rule.hides_source]
        report = Report(findings, files=len(texts), total="", texts=texts, hidden=hidden)
        print_text(write_findings(report, find_view()))


def stop_at_errors(findings: Sequence[LocatedFinding]) -> None:
    """Print findings, and end the command with 1 if one of them is an error."""
    print_findings(findings, {})
    if has_errors(findings):
        raise typer.Exit(1)


def find_names(workspace: str | None = None) -> Callable[[str], str]:
    """Return a function that shows paths relative to the root of the repository, or to `workspace` if there is none."""
    here = Path.cwd()
    root = find_repository(here, workspace)
    return lambda file: show_in_repository(file, here, root)


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
