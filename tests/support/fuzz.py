"""Puts hostile documents through everything that `generate` does before it writes, and watches what comes back.

usage: python tests/support/fuzz.py [--documents N] [--first N] [--seed N] [--jobs N]

A document ends in findings, each at a place of its text, or in a module that passes the proof. All formats print what
was found without a character that steers a terminal, and without a line that a CI takes for a command. Exit code 1 if
anything else happened: the documents that did it are named by seed and number.
"""

from __future__ import annotations

import argparse
import faulthandler
import re
import resource
import signal
import sys
import time
import traceback
import unicodedata
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hostile import Hostile, make_documents, make_hostile
from plans import SOURCE

from generator.findings import LocatedFinding
from generator.pipeline import CheckedDefinition, DefinitionText, build_module, check_definitions
from generator.progress import Timings
from generator.project.discovery import DiskReader
from generator.report import Format, View, write_report
from generator.report.contents import Report

LONGEST = 5
"""Seconds of processor time that a document may take."""
LONGEST_WAIT = 600
"""Seconds after which what not even the alarm can interrupt ends the run."""
LARGEST = 500
"""MB of memory that a document may take."""
MOST_MEMORY = 2 * 1024**3
"""Bytes. The process that needs more gets MemoryError."""
KINDS = (
    "exceptions",
    "hangs",
    "failed proofs",
    "findings without a place",
    "unsafe statements",
    "unsafe reports",
    "too large",
)
_FORBIDDEN = re.compile(r"[*?\s\"'$\x00-\x1f\x7f-\x9f]")
UNSEEN = "\u034f\u115f\u17b4\u180b\u180f\u2800\u3164\ufe0f\uffa0"
"""What shows nothing, though no category of Unicode says so."""
OWN_WILDCARDS = (
    re.compile(r"\*"),
    re.compile(r"arn:<>:bedrock:\*::foundation-model/"),
    re.compile(r"arn:<>:bedrock:\*:<>:inference-profile/\*"),
    re.compile(r"arn:<>:bedrock:<>:<>:flow/\*"),
    re.compile(r"<>/execution/\*"),
)
"""What flowseal itself writes with a *; what follows a model's place is judged by itself."""


class TooSlowError(BaseException):
    """The alarm. No handler of flowseal's may catch it."""


@dataclass
class Figures:
    """What came of some documents; `told` has a line on each that went wrong."""

    documents: int = 0
    accepted: int = 0
    findings: int = 0
    slowest: float = 0
    memory: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        """Add those of other documents."""
        self.documents += other.documents
        self.accepted += other.accepted
        self.findings += other.findings
        self.slowest = max(self.slowest, other.slowest)
        self.memory = max(self.memory, other.memory)
        self.wrong += other.wrong
        self.told += other.told


def try_documents(seed: int, first: int, count: int) -> Figures:
    """Put documents `first` and following to flowseal."""
    figures = Figures()
    for document in make_documents(seed, first, count):
        try_document(document, seed, figures)
    figures.memory = measure_memory()
    return figures


def measure_memory() -> int:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _ring(*_: object) -> None:
    raise TooSlowError


def try_document(document: Hostile, seed: int, figures: Figures) -> None:
    """Put one document to flowseal, with the alarm set."""
    signal.signal(signal.SIGPROF, _ring)
    began, before = time.process_time(), measure_memory()
    told: list[tuple[str, str]] = []
    faulthandler.dump_traceback_later(LONGEST_WAIT, exit=True)
    # Rings again: an exception that is raised within a callback of the interpreter is ignored.
    signal.setitimer(signal.ITIMER_PROF, LONGEST, LONGEST)
    try:
        told += _judge_document(document, figures)
    except TooSlowError:
        told.append(("hangs", traceback.format_exc(limit=-3)))
    except Exception:
        told.append(("exceptions", traceback.format_exc(limit=-3)))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()
    took = time.process_time() - began
    if took > LONGEST and all(kind != "hangs" for kind, _ in told):
        told.append(("hangs", f"{took:.1f} s"))
    if before <= LARGEST < (memory := measure_memory()):
        told.append(("too large", f"{memory} MB"))
    figures.documents += 1
    figures.slowest = max(figures.slowest, took)
    figures.wrong.update(kind for kind, _ in told)
    figures.told += [f"{seed}:{document.number} ({kind}) {what}" for kind, what in told]


def _judge_document(document: Hostile, figures: Figures) -> Iterator[tuple[str, str]]:
    text = DefinitionText(document.name, document.data, DiskReader(document.folder))
    timings = Timings()
    (checked,) = check_definitions([text], for_terraform=True, timings=timings)
    figures.findings += len(checked.findings)
    for finding in checked.findings:
        if not has_place(finding, checked):
            yield "findings without a place", f"{finding.rule.name} {finding.span} {finding.pointer}"
    yield from (("unsafe reports", what) for what in judge_reports(checked))
    if checked.buildable_plan is not None:
        figures.accepted += 1
        yield from (("unsafe statements", repr(value)) for value in list_unsafe(checked.buildable_plan))
        yield from (
            ("failed proofs", str(failure))
            for failure in build_module(checked.buildable_plan, SOURCE, timings).failures
        )


def has_place(finding: LocatedFinding, checked: CheckedDefinition) -> bool:
    """Return whether a finding stands inside its text, and says something and what to do."""
    text = checked.text if finding.file == checked.file else checked.texts.get(finding.file, "")
    lines = _split_lines(text)
    line, column, end_line, end_column = finding.span
    is_inside = 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 2
    return is_inside and (line, column) <= (end_line, end_column) and bool(finding.message and finding.help)


@lru_cache(maxsize=2)
def _split_lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


def judge_reports(checked: CheckedDefinition) -> Iterator[str]:
    """Yield what a terminal or a CI could take for more than text."""
    texts = {checked.file: checked.text, **checked.texts}
    report = Report(checked.findings, files=1, total="", texts=texts)
    for output_format, view in ((Format.TEXT, View(columns=60)), (Format.TEXT, View()), *((f, View()) for f in Format)):
        written = write_report(output_format, report, view)
        written.encode()
        for line in written.split("\n"):
            unsafe = [
                item for item in line if item != " " and (item in UNSEEN or unicodedata.category(item)[0] in "CZ")
            ]
            is_command = line.lstrip().startswith("::") and output_format is not Format.GITHUB
            if output_format is Format.TEXT and (unsafe or is_command or "##[" in line):
                yield f"{output_format}: {line!r}"[:300]


def list_unsafe(plan: Any) -> Iterator[str]:
    """Yield the texts of a plan's statements that hold what only flowseal may write there."""
    for document in plan.documents:
        for statement in document.statements:
            listed = [identifier for item in statement.principals for identifier in _list(item.identifiers)]
            for text in (
                *statement.resources,
                *listed,
                *(value for item in statement.conditions for value in item.values),
            ):
                if is_unsafe(_spell(text)):
                    yield _spell(text)


def _list(identifiers: Any) -> tuple[Any, ...]:
    return identifiers if isinstance(identifiers, tuple) else ()


def _spell(text: Any) -> str:
    """Return a text of a policy with <> for what only an apply knows."""
    if isinstance(text, str):
        return text
    return "".join(part if isinstance(part, str) else "<>" for part in getattr(text, "parts", (None,)))


def is_unsafe(text: str) -> bool:
    """Return whether a text of a statement holds what no author may put there; <> stands for what an apply knows."""
    for own in OWN_WILDCARDS:
        if match := own.match(text):
            rest = text[match.end() :]
            return rest != "*" and bool(_FORBIDDEN.search(rest))
    # Objects of a bucket.
    return bool(_FORBIDDEN.search(text.removesuffix("/*") if text.startswith("arn:<>:s3:::") else text))


def write_figures(figures: Figures, seconds: float) -> str:
    """Return the figures as lines."""
    lines = [f"{figures.documents:>9,} documents, {figures.accepted:,} of them accepted, {figures.findings:,} findings"]
    lines += [f"{figures.wrong[kind]:>9,} {kind}" for kind in KINDS]
    lines.append(f"{figures.slowest:>9.1f} s for the slowest document")
    lines.append(f"{figures.memory:>9,} MB of memory at most")
    lines.append(f"{seconds:>9,.0f} s in all")
    return "\n".join(lines)


def main() -> None:
    """Try documents, and print the figures."""
    parser = argparse.ArgumentParser(description="Put hostile documents to flowseal.")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, metavar="NUMBER", help="begin with this document")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, metavar="NUMBER", help="print one document, and try it alone")
    asked = parser.parse_args()
    if asked.show is not None:
        sys.stdout.buffer.write(make_hostile(asked.seed, asked.show).data + b"\n")
        print("\n".join(try_documents(asked.seed, asked.show, 1).told))
        return
    began = time.perf_counter()
    size = 250
    end = asked.first + asked.documents
    pieces = [(asked.seed, first, min(size, end - first)) for first in range(asked.first, end, size)]
    figures = Figures()
    with ProcessPoolExecutor(asked.jobs, initializer=_limit_memory) as pool:
        for piece in pool.map(try_documents, *zip(*pieces, strict=True)):
            figures.add(piece)
            for line in piece.told:
                print(line, flush=True)
            if figures.documents % 5000 < size:
                print(f"{figures.documents:,} documents", file=sys.stderr, flush=True)
    print(write_figures(figures, time.perf_counter() - began))
    sys.exit(bool(figures.told))


if __name__ == "__main__":
    main()
