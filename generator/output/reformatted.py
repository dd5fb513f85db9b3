"""Files of flowseal's that a tool for line ends or whitespace changed, and what keeps the tool away."""

from __future__ import annotations

from pathlib import Path

from generator.findings import LocatedFinding, report_file
from generator.output.leaving import name_some
from generator.output.reasons import Cause, Reason
from generator.output.rules import REFORMATTED_FILE, REFORMATTED_INPUT, report_path
from generator.output.whitespace import WhitespaceChange
from generator.source import Span

PROMPTS_AND_CODE = ("prompts", "code")
"""Folders of a module whose texts reach Bedrock byte for byte."""
PREVENTION = "To keep it from coming back: `flowseal init` shows the .gitattributes, and the exclude of hooks."


def report_reformatted(output: Path, reason: Reason, span: Span) -> LocatedFinding:
    """Report a module's files that a tool changed, in one finding at `span` in the first of them."""
    module = reason.details[0].partition("/")[0]
    paths = [path.removeprefix(f"{module}/") for path in reason.details]
    is_one = len(paths) == 1
    what = "its line ends" if is_one else "their line ends"
    if reason.cause is not Cause.LINE_ENDS:
        what = "whitespace"
    files = "this file" if is_one else f"these files ({name_some(paths)})"
    message = f"flowseal made {files}, and since then only {what} changed ({reason.words})."
    message += " That is what git's autocrlf, a hook or an editor does."
    if any(path.startswith(tuple(f"{folder}/" for folder in PROMPTS_AND_CODE)) for path in paths):
        message += " In prompts and code whitespace counts: it reaches Bedrock."
    remedy = f"Run `flowseal generate --overwrite`, or restore with git. {PREVENTION}"
    return report_path(REFORMATTED_FILE, output, reason.details[0], message, remedy, span)


def report_reformatted_input(file: str, change: WhitespaceChange, *, is_text: bool) -> LocatedFinding:
    """Tell that a tool changed a file that a module is made from: a text, or the definition itself."""
    what = "its line ends" if change.is_line_ends_alone else "whitespace"
    message = f"Since the module was made, only {what} changed here ({change.words})."
    message += " It reaches Bedrock: in prompts and code whitespace counts." if is_text else ""
    remedy = f"If git's autocrlf, a hook or an editor did that, restore the file with git. {PREVENTION}"
    return report_file(REFORMATTED_INPUT, message, remedy, file)
