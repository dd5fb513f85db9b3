"""What the engine of a definition means for the flow that its module may have created.

Terraform imports a flow into the resource of the engine `native` by its ID, and cannot import one into that of
`cloud-control`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from generator.findings import Finding, LocatedFinding, error, fixed_info, fixed_warning
from generator.flow.model import Engine
from generator.flow.reading.rules import LIVE_FLOW
from generator.output import Session
from generator.output.folder import BlockedPathError
from generator.output.lock_file import Entry
from generator.output.rules import MODULE_ELSEWHERE
from generator.project.configuration import apply_severities
from generator.project.opening import Project
from generator.project.ownership import OtherFolder
from generator.source.position import find_value

if TYPE_CHECKING:
    # Importing the pipeline takes longer than a run without changes.
    from generator.pipeline import CheckedDefinition

ENGINE_CHANGE = error("EngineChange", "The engine of a generated module changes to `cloud-control`.")
FLOW_NEEDS_IMPORT = fixed_warning("FlowNeedsImport", "The engine of a generated module changes to `native`.")
RELEASE_NEEDS_CLI = fixed_info(
    "ReleaseNeedsAwsCli", "A new release needs the AWS CLI, which the engine `cloud-control` does not."
)
PLACEHOLDERS = "Replace LABEL, KEY, and INDEX, if any; each instance needs its own `import` block. "
UNKNOWN_CALL = "module.LABEL"
"""The placeholder for the address of a call that the repository doesn't contain, or contains more than once."""
FLOW_SCHEMA = "schemas/flow.json"
"""A file that every module with the engine `cloud-control` has, and no other."""


def add_engine_findings(
    checked: Sequence[CheckedDefinition],
    keys: Mapping[str, str],
    project: Project,
    session: Session,
    elsewhere: Sequence[OtherFolder],
) -> list[CheckedDefinition]:
    """Return the definitions with findings about engines; `keys` are their paths relative to the output folder.

    `elsewhere`, here and below, are other output folders with modules that the run creates in this one.
    """
    found = []
    for item in checked:
        findings = list(_check_engine(item, _find_former(item, keys[item.file], session, elsewhere), project))
        located = apply_severities(item.locate(findings), project.severities)
        found.append(replace(item, findings=(*item.findings, *located)) if located else item)
    return found


def find_import(
    item: CheckedDefinition, key: str, project: Project, session: Session, elsewhere: Sequence[OtherFolder]
) -> str | None:
    """Return the address of the call of a module whose flow must be imported, or None if it need not be.

    It must if the engine changes from `cloud-control` to `native`. Unless exactly one address is found, it is
    UNKNOWN_CALL.
    """
    if item.engine is None or item.engine.engine is not Engine.NATIVE or item.name is None:
        return None
    former = _find_former(item, key, session, elsewhere)
    if former is None or former.engine is not Engine.CLOUD_CONTROL:
        return None
    from generator.project.calls import find_address

    others = [folder.path / name for folder in elsewhere for name in folder.names.get(key, ())]
    own = [session.folder.path / name for name in (item.name, *session.list_names(key))]
    return find_address([*own, *others], project) or UNKNOWN_CALL


def report_import(item: CheckedDefinition, call: str) -> tuple[LocatedFinding, ...]:
    """Report that the flow of a module must be imported; `call` is the address of the module's call."""
    message = (
        f"The engine of module {item.name!r} changes from `cloud-control` to `native`. If its flow exists, Terraform "
        "tries to replace it unless you import it."
    )
    more = PLACEHOLDERS if call == UNKNOWN_CALL or drop_instances(call) != call else ""
    help = (
        f"Before you apply, add to the root module an `import` block to {call}.aws_bedrockagent_flow.this, whose `id` "
        f"is the module's output `flow_id`, and a `removed` block from {drop_instances(call)}."
        f"aws_cloudcontrolapi_resource.flow with `destroy = false`. {more}See `flowseal rules FlowNeedsImport`."
    )
    return item.locate([Finding(FLOW_NEEDS_IMPORT, message, help, ("engine",))])


def drop_instances(address: str) -> str:
    """Return an address without the instances of modules: a `removed` block takes none, and is about all of them."""
    return re.sub(r"\[[^]]*\]", "", address)


class _Former(NamedTuple):
    """A module that a definition has or takes over: its engine, and its folder if it is in another output folder."""

    engine: Engine
    folder: str = ""


def _find_former(
    item: CheckedDefinition, key: str, session: Session, elsewhere: Sequence[OtherFolder]
) -> _Former | None:
    """Return the module that a definition has or takes over, or that it has in another output folder; None without one.

    A module whose main.tf is gone counts as none: its folder was deleted to start over.
    """
    moved = (name for name in session.list_alike(item.name or "") if not session.has_definition(name))
    names = dict.fromkeys([*session.list_names(key), *moved])
    formers = [_Former(_read_engine(session.lock.entries[name])) for name in names if _has_module(name, session)]
    formers += [
        _Former(_read_engine(folder.made[name]), (folder.path / name).as_posix())
        for folder in elsewhere
        for name in folder.names.get(key, ())
        if (folder.path / name / "main.tf").exists()
    ]
    # Of several modules, the one that cannot change decides.
    return min(formers, key=lambda former: former.engine is not Engine.NATIVE, default=None)


def _has_module(name: str, session: Session) -> bool:
    try:
        return session.folder.exists(f"{name}/main.tf")
    except BlockedPathError:
        return True  # Reported when the module is planned.


def _read_engine(entry: Entry) -> Engine:
    return Engine.CLOUD_CONTROL if FLOW_SCHEMA in entry.files else Engine.NATIVE


def _check_engine(item: CheckedDefinition, former: _Former | None, project: Project) -> Iterator[Finding]:
    if item.engine is None:
        return
    if item.engine.engine is Engine.CLOUD_CONTROL and former is not None and former.engine is Engine.NATIVE:
        yield _report_change(item, former.folder, project)
    # Once there is a module, or a flow to be imported, the engine cannot be cloud-control.
    is_new = former is None and all(finding.rule.name != LIVE_FLOW.name for finding in item.findings)
    if item.engine.could_spare_cli and item.is_planned and is_new and not _is_chosen(item, project):
        message = "Terraform prepares this flow with the AWS CLI, which does not use the provider's credentials."
        help = (
            "For a new flow, set `engine: cloud-control` to have AWS prepare it; `flowseal rules ReleaseNeedsAwsCli` "
            "lists what that costs. To keep the CLI or an existing flow, set `engine: native`. The first apply "
            "decides: later, the flow cannot change to `cloud-control`."
        )
        yield Finding(RELEASE_NEEDS_CLI, message, help, ("release",), key=True)


def _report_change(item: CheckedDefinition, folder: str, project: Project) -> Finding:
    """Report a change to `cloud-control`; `folder` is the module's if it is in another output folder."""
    before = f"`native` in {folder}" if folder else "`native`"
    message = (
        f"The engine of module {item.name!r} cannot change from {before} to `cloud-control`: Terraform cannot "
        "import its flow, and would try to replace it."
    )
    fix = "Set `engine: native`."
    if project.configuration is not None and not _sets_engine(item):
        file = project.configuration.file
        message += f" The engine comes from `defaults.engine` in {file}."
        fix = f"Set `engine: native` in this definition, or change `defaults.engine` in {file}."
    restore = (
        "If `native` was never applied, restore the module's folder and flowseal.lock.json from version control "
        "instead, or delete the folder; then generate the module."
    )
    if folder:
        restore = (
            f"If {folder} was never applied, delete it instead. If the folders are for different accounts, turn "
            f"{MODULE_ELSEWHERE.name} off."
        )
    move = "To move callers to a new flow with `cloud-control`, see `flowseal rules EngineChange`."
    return Finding(ENGINE_CHANGE, message, f"{fix} {restore} {move}", ("engine",))


def _is_chosen(item: CheckedDefinition, project: Project) -> bool:
    """Return whether a definition or the configuration sets the engine, so that it is not a default of flowseal's."""
    return _sets_engine(item) or project.defaults.engine is not None


def _sets_engine(item: CheckedDefinition) -> bool:
    document = item.open_document()
    return document is not None and find_value(document.value, ("engine",)) is not None
