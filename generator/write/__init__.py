"""Modules to disk: confined to the output folder, whole before and after, and never over anybody else's file.

All of a run's change is prepared in a folder of flowseal's own, journalled, and put in place as one; the run after a
killed one finishes or undoes it. `flowseal.lock.json` lists what flowseal made.
"""

from generator.write.journal import Change
from generator.write.leaving import find_other_outputs, report_orphan, report_uncovered
from generator.write.lock_file import Making
from generator.write.merge_conflict import read_made
from generator.write.module_write import ModuleWrite
from generator.write.opening import open_output, view_output
from generator.write.output import Output
from generator.write.reasons import Cause, Reason
from generator.write.result import Status, WriteResult
from generator.write.rules import show_definition

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
