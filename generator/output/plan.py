"""What a run changes in an output folder: planned from texts in memory, then applied as one transaction.

`check` makes the same plan as `generate` and never applies it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from generator.findings import LocatedFinding, has_errors
from generator.output.changes import Cause, FileChange, Module, ModuleChange, Plan, Reason, Status
from generator.output.compare import Comparison, compare_entries, group_edits
from generator.output.folder import BlockedPathError, is_confined
from generator.output.lock_file import Entry, write_lock
from generator.output.reasons import report_kept_files, report_race, report_rival
from generator.output.rules import report_failure, show_definition
from generator.output.session import Session
from generator.output.transaction import Transaction
from generator.output.unmanaged import find_unmanaged_configuration
from generator.source.files import LOCK_FILE, walk_folder

CACHES = frozenset({".terraform"})
"""Folders that Terraform fills again: they don't move with a module."""


def plan_changes(
    session: Session,
    modules: Sequence[Module],
    leftovers: Mapping[str, Status],
    *,
    overwrite: bool,
    is_own: Callable[[str], bool],
) -> Plan:
    """Plan what becomes of the modules that a run makes, and of those that none of its definitions makes.

    `leftovers` says what becomes of each of the latter; if one of the former is blocked, none is removed, because the
    blocked one may take it over later. Edits block a module, unless `overwrite` discards them. `is_own` decides
    whether a module whose definition is gone belongs to the project: then another flow may take its folder.
    """
    if not session.is_usable:
        return Plan()
    entries = dict(session.lock.entries)
    changes = []
    for module in modules:
        change = _plan_module(session, module, overwrite, is_own)
        if change.entry is not None and change.status is not Status.BLOCKED:
            for former in change.moved_from:
                del entries[former]
            entries[module.name] = change.entry
        changes.append(change)
    changes += _plan_leftovers(session, leftovers, entries, is_blocked=is_any_blocked(changes))
    disputed = [name for name in sorted(session.lock.others) if entries.get(name) is session.lock.entries[name]]
    text = None
    if entries or session.lock.data is not None:
        text = write_lock(entries, {name: session.lock.others[name] for name in disputed}).encode()
    return Plan(tuple(changes), FileChange(session.lock.data, text), tuple(disputed))


def is_any_blocked(changes: Sequence[ModuleChange]) -> bool:
    """Return whether one of some planned modules is blocked."""
    return any(change.status is Status.BLOCKED for change in changes)


def apply_plan(session: Session, plan: Plan) -> list[LocatedFinding]:
    """Make a plan's changes, all of them or none. Findings say that nothing was changed, and why."""
    files, output = plan.files, session.folder.path
    if plan.changes_lock:
        files[LOCK_FILE] = plan.lock
    if not files:
        return []
    transaction = Transaction(output)
    try:
        changed_meanwhile = transaction.apply(transaction.stage(files))
    except OSError as error:
        return [report_failure(error, output, changed=not transaction.abort())]
    if changed_meanwhile:
        is_undone = transaction.abort()
        return [report_race(output, path, is_undone) for path in changed_meanwhile]
    with suppress(OSError):
        transaction.discard()
    return []


def _plan_module(session: Session, module: Module, overwrite: bool, is_own: Callable[[str], bool]) -> ModuleChange:
    definition, output = module.provenance.definition, session.folder.path
    try:
        if module.files is None:
            own = session.lock.entries[module.name].files
            findings = find_unmanaged_configuration(output, module.name, own)
            status = Status.BLOCKED if has_errors(findings) else Status.UNCHANGED
            return ModuleChange(module.name, definition, status, findings=tuple(findings))
        rival = _find_rival(session, module, is_own)
        if rival is None:
            return _plan_write(session, module, module.files, overwrite)
        finding = report_rival(session, rival, definition)
    except OSError as error:
        finding = report_failure(error, output, read=True)
    return ModuleChange(module.name, definition, Status.BLOCKED, findings=(finding,))


def _plan_write(session: Session, module: Module, texts: Mapping[str, str], overwrite: bool) -> ModuleChange:
    contents = {path: text.encode() for path, text in texts.items()}
    entry = Entry(module.provenance, {path: sha256(data).hexdigest() for path, data in contents.items()})
    former = [name for name in session.list_names(module.provenance.definition) if name != module.name]
    owned, apart = session.lock.list_owned(module.name), []
    for name in former:
        if session.folder.is_same(name, module.name):
            owned = {**session.lock.list_owned(name), **owned}
        else:
            apart.append(name)
    comparisons = [Comparison(session, module.name, contents, entry.files, owned)]
    comparisons += [Comparison(session, name, {}, {}, session.lock.list_owned(name)) for name in apart]
    files = {path: change for each in comparisons for path, change in each.files.items()}
    edited = {path: change for each in comparisons for path, change in each.edited.items()}
    findings = [finding for each in comparisons for finding in each.findings]
    if not has_errors(findings):
        findings += find_unmanaged_configuration(session.folder.path, module.name, texts)
    before = next((entries for name in (module.name, *former) if (entries := session.lock.entries.get(name))), None)
    reasons = [
        *compare_entries(before, entry, session.folder.path),
        *group_edits(edited),
        *_find_missing(session, module.name, files),
    ]
    if comparisons[0].files and not reasons:
        reasons.append(Reason(Cause.LOCK))
    status = Status.WRITTEN if files or former else Status.UNCHANGED
    if has_errors(findings) or (edited and not overwrite):
        status = Status.BLOCKED
    else:
        findings += [finding for name in apart for finding in _plan_move(session, name, module.name, files)]
    reasons.sort(key=lambda reason: list(Cause).index(reason.cause))
    definition = module.provenance.definition
    return ModuleChange(module.name, definition, status, files, tuple(reasons), tuple(former), tuple(findings), entry)


def _find_missing(session: Session, name: str, files: Mapping[str, FileChange]) -> list[Reason]:
    entry = session.lock.entries.get(name)
    paths = sorted(f"{name}/{path}" for path in entry.files) if entry else []
    missing = tuple(path for path in paths if path in files and files[path].present is None)
    return [Reason(Cause.MISSING, missing)] if missing else []


def _find_rival(session: Session, module: Module, is_own: Callable[[str], bool]) -> str | None:
    """Return the module of another definition that has the folder, unless that definition is gone and was replaced.

    A definition that is gone may be one of another project that is not checked out. So the folder is only taken over
    from a definition of the same project, or from one with the same content.
    """
    made = module.provenance
    for name in session.list_alike(module.name):
        other = session.lock.entries[name].provenance
        if other.definition == made.definition:
            continue
        is_moved = other.digest is not None and other.digest == made.digest
        if session.has_definition(name) or not (is_moved or is_own(name)):
            return name
    return None


def _plan_move(session: Session, old: str, new: str, files: dict[str, FileChange]) -> list[LocatedFinding]:
    """Add the moves of the user's own files from a module's former folder; report those that stay.

    Regular files move if nothing is in their way. Links, devices, and Terraform's cache stay.
    """
    kept = []
    for path in _list_own_files(session.folder.path / old, session.lock.entries[old].files):
        source, target = f"{old}/{path}", f"{new}/{path}"
        data = None
        with suppress(BlockedPathError):
            if is_confined(path) and target not in files and not session.folder.exists(target):
                data = session.folder.read(source)
        if data is None:
            kept.append(path)
        else:
            files |= {source: FileChange(data, None), target: FileChange(None, data, source)}
    return [report_kept_files(session, old, kept)] if kept else []


def _list_own_files(module: Path, generated: Collection[str]) -> list[str]:
    """List what is in a module's folder besides generated files, sorted. A cache counts as one file."""
    found: list[str] = []
    for place, folders, names in walk_folder(module):
        at = Path(place).relative_to(module).as_posix()
        start = "" if at == "." else f"{at}/"
        unfollowed = [name for name in folders if name in CACHES or os.path.islink(os.path.join(place, name))]
        folders[:] = [name for name in folders if name not in unfollowed]
        if not folders and not names and not unfollowed and start:
            found.append(start.rstrip("/"))
        found += [start + name for name in (*names, *unfollowed)]
    return sorted(path for path in found if path not in generated)


def _plan_leftovers(
    session: Session, leftovers: Mapping[str, Status], entries: dict[str, Entry], *, is_blocked: bool
) -> Iterator[ModuleChange]:
    """Plan what becomes of modules that no definition of the run makes, and drop the entries of those that go."""
    for name, status in sorted(leftovers.items()):
        if entries.get(name) is not session.lock.entries[name]:
            continue
        if is_blocked and status is Status.REMOVED:
            status = Status.ORPHANED
        found = _plan_leftover(session, name, status, entries)
        if found is None or found.status is Status.REMOVED:
            del entries[name]
        if found is not None:
            yield found


def _plan_leftover(session: Session, name: str, status: Status, entries: Collection[str]) -> ModuleChange | None:
    """Plan what becomes of a module that no definition of the run makes. None if it has left the disk, too."""
    entry, output = session.lock.entries[name], session.folder.path
    definition = entry.provenance.definition
    if status is not Status.REMOVED:
        cause = Cause.UNCOVERED if status is Status.UNCOVERED else Cause.ORPHAN
        is_there = any(os.path.lexists(output / name / path) for path in entry.files)
        return (
            ModuleChange(name, definition, status, reasons=(Reason(cause, (show_definition(output, definition),)),))
            if is_there
            else None
        )
    try:
        others = (other for other in session.list_alike(name) if other != name and other in entries)
        is_shared = any(session.folder.is_same(other, name) for other in others)
        comparison = Comparison(session, name, {}, {}, {} if is_shared else session.lock.list_owned(name))
        if has_errors(comparison.findings):
            return ModuleChange(name, definition, Status.BLOCKED, findings=tuple(comparison.findings))
        files = {path: change for path, change in comparison.files.items() if path not in comparison.edited}
        removed = {path.removeprefix(f"{name}/") for path in files}
        kept = [] if is_shared else _list_own_files(output / name, removed)
    except OSError as error:
        failure = report_failure(error, output, read=True)
        return ModuleChange(name, definition, Status.BLOCKED, findings=(failure,))
    findings = (report_kept_files(session, name, kept),) if kept else ()
    reason = Reason(Cause.ORPHAN, (show_definition(output, definition),))
    return ModuleChange(name, definition, status, files, (reason,), findings=findings)
