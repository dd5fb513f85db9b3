"""`flowseal import`: definitions from what other tools have."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.commands.options import demand_path, read_path
from generator.report import Format

if TYPE_CHECKING:  # deferred, because every start imports every command
    from generator.findings import LocatedFinding
    from generator.importing import ImportedFlow
    from generator.pipeline import CheckedDefinition
    from generator.project.opening import Project
    from generator.scaffold.flow import NewFlow
    from generator.scaffold.repository import Repository

EXAMPLE = "Example: flowseal import template.yaml -o flows"
STANDARD_INPUT = "-"
NOTE = "MIGRATION.md"


def import_flows(
    sources: Annotated[
        list[str],
        typer.Argument(
            parser=demand_path,
            metavar="SOURCE...",
            help="A CloudFormation or SAM template, the output of `cdk synth`, of `aws bedrock-agent get-flow`, or of "
            "`terraform show -json`; - reads standard input.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            parser=read_path,
            metavar="FOLDER",
            help="Folder of the definitions: FOLDER/<flow name>/. Default: the folder of `flows` in flowseal.yaml.",
            show_default=False,
        ),
    ] = None,
    definitions: Annotated[
        list[str] | None,
        typer.Option(
            "--definition",
            parser=demand_path,
            metavar="FILE",
            help="Local copy of a definition in Amazon S3 (DefinitionS3Location).",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write definitions for existing flows, with prompts and code in files. Nothing is overwritten."""
    raise typer.Exit(_import(sources, output, definitions or []))


def _import(sources: Sequence[str], output: Path | None, definitions: Sequence[str]) -> int:
    """Import the flows of all sources, print the report, and return the exit code."""
    from generator.commands.console import print_findings
    from generator.commands.requests import list_texts, open_or_end
    from generator.commands.terminal import print_text
    from generator.findings import has_errors
    from generator.flow.wording import list_names
    from generator.report.display import escape_controls
    from generator.scaffold.repository import describe_repository

    project = open_or_end(None, None, None, Format.TEXT)
    repository = describe_repository(project.configuration)
    root = output if output is not None else repository.root / repository.flows
    imported, findings, texts = _read_sources(sources, definitions)
    flows, checked = _prepare_flows(imported, root, repository, project)
    if flows:
        _write({name: item.files for name, item in flows.items()}, root, repository)
    texts |= list_texts(project)
    for item in checked:
        texts |= {item.file: item.text, **item.texts}
    findings = [*project.findings, *findings, *(finding for item in checked for finding in item.findings)]
    print_findings(findings, texts)
    if flows:
        notes = list_names([(root / name / NOTE).as_posix() for name in flows], "and")
        start = "" if findings else "\n"
        print_text(f"{start}Next: review the definition{'s' * (len(flows) > 1)}, then follow {escape_controls(notes)}.")
    return int(has_errors(findings))


def _read_sources(
    sources: Sequence[str], definitions: Sequence[str]
) -> tuple[list[ImportedFlow], list[LocatedFinding], dict[str, str]]:
    """Return the flows of all sources, the findings about them, and their texts by the names that findings use."""
    from generator.findings import has_errors
    from generator.importing import DefinitionFiles, import_source

    flows: list[ImportedFlow] = []
    findings: list[LocatedFinding] = []
    texts: dict[str, str] = {}
    copies = _read_files(definitions, findings)
    files = DefinitionFiles({name: data.decode("utf-8-sig", errors="replace") for name, data in copies.items()})
    for name, data in _read_files(sources, findings, takes_input=True).items():
        found, of_source, texts[name] = import_source(name, data, files)
        flows += found
        findings += of_source
    for name in sorted(set(files.texts) - files.used):
        if not has_errors(findings):
            raise typer.BadParameter(f"No flow of the sources has its definition in {name}.", param_hint="--definition")
    return flows, findings, texts | dict(files.texts)


def _read_files(paths: Sequence[str], findings: list[LocatedFinding], *, takes_input: bool = False) -> dict[str, bytes]:
    """Return the contents of files by the names that findings use. What cannot be read is a finding."""
    from generator.findings import report_file, show_path
    from generator.project.discovery import MISSING_PATH, DefinitionFile, read_definition, report_forbidden
    from generator.source import LARGEST_DOCUMENT

    read: dict[str, bytes] = {}
    for path in paths:
        if takes_input and path == STANDARD_INPUT:
            read["standard-input"] = sys.stdin.buffer.read(LARGEST_DOCUMENT + 1)
            continue
        name = show_path(Path(path))
        if refused := report_forbidden(Path(path), name):
            findings.append(refused)
        elif not Path(path).exists():
            findings.append(report_file(MISSING_PATH, "No such file.", "Check the path.", name))
        else:
            data = read_definition(DefinitionFile(name, Path(path)))
            if isinstance(data, bytes):
                read[name] = data
            else:
                findings.append(data)
    return read


def _prepare_flows(
    imported: Sequence[ImportedFlow], root: Path, repository: Repository, project: Project
) -> tuple[dict[str, NewFlow], list[CheckedDefinition]]:
    """Return the files of each flow by the name of its folder, and the checked definitions.

    Two flows in one folder are a usage error.
    """
    from generator.findings import show_relative
    from generator.flow.model import Engine
    from generator.importing.notes import write_note
    from generator.importing.writing import name_folder
    from generator.scaffold.flow import SCHEMA_LINE, NewFlow

    flows: dict[str, NewFlow] = {}
    definitions: list[CheckedDefinition] = []
    for flow in imported:
        name = name_folder(flow)
        if name.casefold() in map(str.casefold, flows):
            message = f"Two flows are named {name!r}. Import them one by one, each with its own folder (-o)."
            raise typer.BadParameter(message, param_hint="SOURCE")
        folder = root / name
        schema = repository.locate_schema(folder)
        new, checked = _choose_engine(flow, f"{SCHEMA_LINE}{schema}\n" if schema else "", folder, project)
        engine = checked.flow.engine if checked.flow else Engine.NATIVE
        note = write_note(flow, engine, show_relative(folder), repository.output or "modules")
        flows[name] = NewFlow(new.definition, {**new.files, NOTE: note.encode()})
        definitions.append(checked)
    return flows, definitions


def _choose_engine(flow: ImportedFlow, head: str, folder: Path, project: Project) -> tuple[NewFlow, CheckedDefinition]:
    """Return a flow's files and its checked definition, with `engine: cloud-control` if only that can express it.

    Terraform can keep a flow with the native engine only. So the project's default does not decide, and a release, for
    which `generate` would recommend the other engine, names its own.
    """
    from generator.flow.model import Engine
    from generator.importing.writing import write_definition
    from generator.pipeline import DefinitionText, check_definitions
    from generator.progress import Timings
    from generator.scaffold.flow import NewFlow
    from generator.terraform.resource.limits import CANNOT_EXPRESS

    found = []
    is_named = "release" in flow.sections or project.defaults.engine is Engine.CLOUD_CONTROL
    native = Engine.NATIVE if is_named else None
    for engine in (native, Engine.CLOUD_CONTROL):
        files = write_definition(flow, engine, head)
        new = NewFlow(next(iter(files)), files)
        text = DefinitionText((folder / new.definition).as_posix(), files[new.definition], new)
        (checked,) = check_definitions(
            [text],
            for_terraform=True,
            timings=Timings(),
            defaults=project.defaults,
            severities=project.severities,
        )
        found.append((new, checked))
        if not any(finding.rule is CANNOT_EXPRESS for finding in checked.findings):
            return new, checked
    return found[0]


def _write(flows: Mapping[str, Mapping[str, bytes]], root: Path, repository: Repository) -> None:
    """Write the files of all flows, or none. If one of them exists already, this is a usage error."""
    from generator.commands.console import stop_at_errors
    from generator.commands.schema import make_schema_files
    from generator.commands.terminal import print_written
    from generator.findings import show_path
    from generator.project.discovery import report_forbidden
    from generator.scaffold.new_files import list_existing, report_links, write_new_files

    if refused := report_forbidden(root, show_path(root)):
        stop_at_errors([refused])
    files = {f"{name}/{path}": data for name, own in flows.items() for path, data in own.items()}
    for existing in list_existing(root, files):
        message = f"{(root / existing).as_posix()} already exists; nothing was written."
        raise typer.BadParameter(f"{message} Choose another folder with -o.", param_hint="SOURCE")
    schemas = repository.list_missing_schemas()
    stop_at_errors([*report_links(root, files), *report_links(repository.root, schemas)])
    stop_at_errors(write_new_files(root, files))
    stop_at_errors(write_new_files(repository.root, make_schema_files(schemas)))
    print_written((root / path).as_posix() for path in files)
    print_written((repository.root / path).as_posix() for path in schemas)
