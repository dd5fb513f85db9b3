"""Module texts to disk: confined to the output folder, all or nothing, and never over anyone else's files.

A run opens the folder (which repairs what an interrupted run left), plans its changes, and applies them as one
transaction. `flowseal.lock.json` lists what flowseal generated.
"""

from generator.output.changes import Cause, FileChange, Module, ModuleChange, Plan, Reason, Status
from generator.output.lock_file import Provenance, read_generated
from generator.output.plan import apply_plan, is_any_blocked, plan_changes
from generator.output.rules import show_definition
from generator.output.session import Session, open_output, view_output
