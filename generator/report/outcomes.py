"""A run -> its report: modules, their changes, and the reasons, as lines of text and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.output import FileChange, Status
from generator.output.reasons import REMOVED, describe_reason
from generator.report.contents import Report, write_count
from generator.report.differences import paint_difference, write_difference
from generator.report.display import escape_controls, escape_lines, fold_text
from generator.report.formats import Detail, View
from generator.run.engines import drop_instances
from generator.run.result import Command, ModuleResult, Run, exit_code

MOST_LINES = 40
"""Lines of a diff that `generate` shows of one module."""
RENAMED = (
    "Terraform changes the flow and its key in place, and replaces alias, role, and policies. Give the module block "
    "its new source."
)
RELABELED = "If its label changes with the name, add this next to it, or Terraform replaces everything:"
IMPORTED = (
    "If the flow exists, add these blocks to the root module before you apply, with the module's output `flow_id` for "
    "FLOW_ID. Replace LABEL, KEY, and INDEX, if any, with your own; each instance needs its own `import` block:"
)
OVERWRITTEN = "--overwrite would make this change and discard the edit:"
PROOF_FAILED = (
    "flowseal's own proof failed: what it rendered is not what it planned. Nothing was written. "
    "This is a defect of flowseal; please report it with the definition."
)
Shown = Callable[[str], str]
"""Returns a path as diffs show it: relative to the root of the repository."""


def report_run(run: Run, texts: Mapping[str, str], view: View, show_path: Shown, *, with_diff: bool = False) -> Report:
    """Return the report of a run. `texts` maps names to the text of files other than definitions that have findings.

    With `with_diff`, the data of `check` includes the diff of each module.
    """
    texts = dict(texts)
    for item in run.checked:
        texts |= item.texts
    lines: Iterator[str] = iter(())
    if run.command is Command.CHECK:
        lines = _list_checked(run, view, with_diff)
    elif run.command is Command.GENERATE:
        lines = _list_generated(run, view, show_path)
    return Report(
        run.findings,
        files=run.files,
        total=_count_modules(run),
        suppressed=sum(len(item.suppressed) for item in run.checked),
        texts={**texts, **{item.file: item.text for item in run.checked}},
        hidden=[finding for item in run.checked for finding in item.hidden],
        outcomes=list(lines),
        failures=_list_failures(run),
        more={} if run.command is Command.VALIDATE else describe_run(run, show_path, with_diff=with_diff),
    )


def describe_run(run: Run, show_path: Shown, *, with_diff: bool = False) -> dict[str, Any]:
    """Return the JSON output of `generate` and `check`, except findings."""
    is_check = run.command is Command.CHECK
    differences = run.list_differences() if with_diff else {}
    modules = []
    for module in run.modules:
        described = _describe_module(module, run)
        if is_check:
            folders = {f"{folder}/" for folder in (module.folder, *described["moved_from"]) if folder}
            own = {path: each for path, each in differences.items() if path.startswith(tuple(folders))}
            own.pop(run.lock_path, None)
            described |= {"out_of_date": bool(module.done.reasons), "diff": write_diff(own, show_path)}
        else:
            described["diff"] = _write_edits(module, show_path)
        modules.append(described)
    failures = [{"file": file, "module_file": each.file, "message": each.message} for file, each in run.failures]
    if not is_check:
        new_lock = run.lock_path if run.has_new_lock_alone else ""
        return {"modules": modules, "new_lock": new_lock, "proof_failures": failures}
    lock = {
        "file": run.lock_path,
        "out_of_date": run.lock is not None,
        "reason": run.lock or "",
        "diff": write_diff({path: each for path, each in differences.items() if path == run.lock_path}, show_path),
    }
    return {"modules": modules, "lock": lock, "proof_failures": failures}


def write_diff(files: Mapping[str, FileChange], show_path: Shown) -> str:
    """Return the diff of files, with the paths that `git diff` uses and `git apply` needs."""
    return "".join(write_difference(show_path(path), each.present, each.content) for path, each in files.items())


def describe_reasons(module: ModuleResult, run: Run) -> str:
    """Explain why a module is out of date, and where it moves from."""
    name, reasons = module.name or "", module.done.reasons
    why = escape_controls("; ".join(describe_reason(reason, name, module.file) for reason in reasons))
    return why + "".join(f"; moves here from {escape_controls(folder)}" for folder in _list_former(module, run))


def _describe_module(module: ModuleResult, run: Run) -> dict[str, Any]:
    done = module.done
    is_outdated = run.command is Command.CHECK and done.reasons
    return {
        "file": module.file,
        "name": module.name,
        "folder": module.folder,
        "outcome": "out-of-date" if is_outdated else module.status.value,
        **{word: list(paths) for word, paths in _group_files(module)},
        "reasons": [{"cause": reason.cause.value, "details": list(reason.details)} for reason in done.reasons],
        "moved_from": list(_list_former(module, run)),
        "moved_block": _write_moved_block(module),
        "import_blocks": write_import_blocks(module),
    }


def _list_former(module: ModuleResult, run: Run) -> Iterator[str]:
    yield from ((run.folder / former).as_posix() for former in module.done.moved_from)


def _write_moved_block(module: ModuleResult) -> str:
    """Return the `moved` block for a module call whose label follows the flow's name, or "" if the label stays."""
    if not module.done.moved_from:
        return ""
    from generator.terraform.hcl import Attribute, Block, Reference, write_block
    from generator.terraform.readme import name_label

    old, new = (name_label(name) for name in (module.done.moved_from[0], module.done.name))
    if old == new:
        return ""
    ends = tuple(Attribute(key, Reference(f"module.{label}")) for key, label in (("from", old), ("to", new)))
    return write_block(Block("moved", (), ends))


def write_import_blocks(module: ModuleResult) -> str:
    """Return the blocks for a flow whose engine changes from `cloud-control` to `native`, or "" for any other."""
    if module.imported_by is None:
        return ""
    from generator.terraform.hcl import Attribute, Block, Reference, write_block

    call = module.imported_by
    whole = drop_instances(call)
    flow = Attribute("to", Reference(f"{call}.aws_bedrockagent_flow.this"))
    former = Attribute("from", Reference(f"{whole}.aws_cloudcontrolapi_resource.flow"))
    kept = Block("lifecycle", (), (Attribute("destroy", False),))
    blocks = (Block("import", (), (flow, Attribute("id", "FLOW_ID"))), Block("removed", (), (former, kept)))
    return "\n\n".join(map(write_block, blocks))


def _write_edits(module: ModuleResult, show_path: Shown) -> str:
    """Return the diff of what flowseal would change in the edited files of a module."""
    return write_diff({f"{module.folder}/{path}": each for path, each in sorted(module.edits.items())}, show_path)


def _list_failures(run: Run) -> list[str]:
    failures = [
        f"{escape_controls(file)}: proof failed: {escape_controls(each.file)}: {escape_controls(each.message)}"
        for file, each in run.failures
    ]
    return [*failures, PROOF_FAILED] if failures else []


def _count_modules(run: Run) -> str:
    """Return the start of the summary line: the counts of modules or definitions."""
    if run.command is Command.VALIDATE:
        return f"{write_count(run.files, 'definition')} checked: "
    kinds = Counter(module.status for module in run.modules)
    if run.command is Command.GENERATE:
        words = [Status.WRITTEN, Status.UNCHANGED, Status.BLOCKED]
        words += [word for word in (Status.REMOVED, Status.ORPHANED, Status.UNCOVERED) if kinds[word]]
        counts = ", ".join(f"{kinds[word]} {word}" for word in words)
        return f"{write_count(run.files, 'module')}: {counts}; "
    outdated, blocked = len(run.outdated), kinds[Status.BLOCKED]
    unchanged = sum(module.status is Status.UNCHANGED and not module.done.reasons for module in run.modules)
    parts = []
    if outdated or run.lock is not None or not blocked:
        modules = write_count(outdated, "module") + (" and the lock file" if run.lock is not None and outdated else "")
        parts.append(f"{modules} out of date" + (", but the lock file is" if run.lock and not outdated else ""))
    if blocked:
        parts.append(f"{blocked:,} blocked")
        parts += [f"{unchanged:,} unchanged"] if unchanged else []
    return f"{write_count(run.files, 'definition')}: {', '.join(parts)}; "


def _list_checked(run: Run, view: View, with_diff: bool) -> Iterator[str]:
    for module in run.modules:
        if module.done.reasons:
            yield f"out of date {escape_controls(module.folder or '')}: {describe_reasons(module, run)}"
            yield from _list_files(module, view)
        elif module.status is Status.BLOCKED or view.detail is Detail.FILES:
            yield f"{module.status:<11} {escape_controls(module.folder or module.file)}"
    if run.lock is not None:
        yield f"out of date {escape_controls(run.lock_path)}: {run.lock}"
    if exit_code(run) == 3 and not with_diff:
        yield "`flowseal check --diff` shows the differences."


def _list_generated(run: Run, view: View, show_path: Shown) -> Iterator[str]:
    for module in run.modules:
        if module.status is not Status.UNCHANGED or view.detail is Detail.FILES:
            yield "\n".join(_describe_result(module, run, view, show_path))
    if run.has_new_lock_alone:
        yield f"{Status.WRITTEN:<11} {escape_controls(run.lock_path)}"


def _describe_result(module: ModuleResult, run: Run, view: View, show_path: Shown) -> Iterator[str]:
    """Yield the line of a module, then what follows from the change, and the diff of edited files."""
    if module.folder is None:
        yield f"{module.status:<11} {escape_controls(module.file)}"
        return
    changes = [f"{len(paths)} {word}" for word, paths in _group_files(module) if paths]
    changes += [f"moved from {escape_controls(folder)}" for folder in _list_former(module, run)]
    detail = f" ({', '.join(changes)})" if changes else ""
    yield f"{module.status:<11} {escape_controls(module.folder)}{detail}"
    yield from _list_files(module, view)
    if module.done.moved_from:
        yield from _fold_below(RENAMED, view)
    if block := _write_moved_block(module):
        yield from _fold_below(RELABELED, view)
        yield from (f"    {line}" for line in block.splitlines())
    if block := write_import_blocks(module):
        yield from _fold_below(IMPORTED, view)
        yield from (f"    {line}".rstrip() for line in block.splitlines())
    if module.status is Status.REMOVED:
        yield from _fold_below(REMOVED, view)
    if module.edits:
        yield from _fold_below(OVERWRITTEN, view)
        yield from _cut_difference(_write_edits(module, show_path), view)


def _list_files(module: ModuleResult, view: View) -> Iterator[str]:
    """Yield one line per changed file of a module, if the view includes files."""
    if view.detail is Detail.FILES:
        for word, paths in _group_files(module):
            yield from (f"  {word:<9} {escape_controls(path)}" for path in paths)


def _group_files(module: ModuleResult) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the files of a module that are created, changed, and removed."""
    done = module.done
    yield from (("created", done.created), ("changed", done.changed), ("removed", done.removed))


def _fold_below(sentence: str, view: View) -> Iterator[str]:
    yield from (f"  {line}" for line in fold_text(sentence, view.columns, indent=2))


def _cut_difference(text: str, view: View) -> Iterator[str]:
    lines = text.splitlines()
    shown = "\n".join(lines[:MOST_LINES])
    yield paint_difference(shown) if view.color else escape_lines(shown)
    if len(lines) > MOST_LINES:
        yield f"... {len(lines) - MOST_LINES} more lines; `flowseal check --diff` shows all"
