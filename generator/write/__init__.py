"""Modules to disk: confined to the output folder, whole before and after, and never over anybody else's file.

All of a run's change is prepared in a folder of flowseal's own, journalled, and put in place as one; the run after a
killed one finishes or undoes it. `flowseal.lock.json` lists what flowseal made.
"""

from generator.write.module_write import ModuleWrite
from generator.write.opening import open_output
from generator.write.output import Output, Status, WriteResult

__all__ = ["ModuleWrite", "Output", "Status", "WriteResult", "open_output"]
