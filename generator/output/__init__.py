"""Modules to disk: confined to the output folder, whole before and after, and never over anybody else's file.

All of a run's change is prepared in a folder of flowseal's own, journalled, and put in place as one; the run after a
killed one finishes or undoes it. `flowseal.lock.json` lists what flowseal made.
"""

from generator.output.folder import Output
from generator.output.journal import Change
from generator.output.leaving import find_other_outputs, report_orphan, report_uncovered
from generator.output.lock_file import Making
from generator.output.merge_conflict import read_made
from generator.output.module_write import ModuleWrite
from generator.output.opening import open_output, view_output
from generator.output.reasons import Cause, Reason
from generator.output.result import Status, WriteResult
from generator.output.rules import show_definition

__all__ = [
    "Cause",
    "Change",
    "Making",
    "ModuleWrite",
    "Output",
    "Reason",
    "Status",
    "WriteResult",
    "find_other_outputs",
    "open_output",
    "read_made",
    "report_orphan",
    "report_uncovered",
    "show_definition",
    "view_output",
]
