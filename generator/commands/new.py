"""`flowseal new`: a flow from a template."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.report.display import escape_controls

if TYPE_CHECKING:  # deferred, because every start imports every command
    from generator.findings import LocatedFinding
    from generator.scaffold.flow import NewFlow
    from generator.scaffold.repository import Repository
    from generator.scaffold.templates import FlowTemplate

EXAMPLE = "Example: flowseal new support-triage --template conditions"


class MissingParameter(typer.BadParameter):
    """Wrong usage: something is missing. Its text is the whole message."""

    def format_message(self) -> str:
        """Return the text, without the "Invalid value" of its kind."""
        return self.message


def new(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Name of the flow and of its folder.", show_default=False)
    ] = None,
    template: Annotated[
        str | None, typer.Option("--template", metavar="TEMPLATE", help="Template to start from.", show_default=False)
    ] = None,
    list_templates: Annotated[bool, typer.Option("--list", help="List the templates.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="Folder of the new flow.", show_default="flows/NAME"),
    ] = None,
    templates: Annotated[
        Path | None,
        typer.Option("--templates", metavar="FOLDER", help="Folder of your own templates.", show_default=False),
    ] = None,
) -> None:
    """Write a flow definition to start from, with its prompts and code. Nothing is overwritten."""
    from generator.commands.console import stop_at_errors
    from generator.commands.requests import open_repository
    from generator.commands.terminal import print_text
    from generator.findings import show_path
    from generator.project.discovery import report_forbidden
    from generator.scaffold.flow import make_flow

    repository = open_repository()
    given_by = "--templates" if templates else "templates in flowseal.yaml"
    known = load_templates(templates or repository.templates, given_by)
    if list_templates:
        print_text(describe_templates(known.values()), nl=False)
        return
    checked_name, chosen = check_name(name), choose_template(template, known)
    root, place = (repository.root, f"{repository.flows}/{checked_name}") if output is None else (output, ".")
    folder = root / place
    if refused := report_forbidden(folder, show_path(folder)):
        stop_at_errors([refused])
    flow = make_flow(chosen, checked_name, repository.locate_schema(folder))
    exit_code = write_flow(flow, root, place, repository)
    print_text(f"\nNext: {_describe_next(folder, folder / flow.definition, repository)}")
    raise typer.Exit(exit_code)


def _describe_next(folder: Path, definition: Path, repository: Repository) -> str:
    """Return the next step, so that `generate` reads a new definition: nothing, an entry in `flows`, or its path."""
    if not repository.is_configured:
        return f"review the definition, then run `flowseal generate {folder.as_posix()} -o {repository.output}`."
    step = "review the definition, then run `flowseal generate`."
    if _is_matched(definition):
        return step
    place, project = Path(os.path.realpath(folder)), Path(os.path.realpath(repository.root))
    if place.is_relative_to(project):
        entry = place.relative_to(project).as_posix()
        return f"add {entry} to `flows` in flowseal.yaml, which does not match it; {step}"
    step = f"review the definition, then run `flowseal generate {folder.as_posix()}`."
    return f"{step} `flows` cannot include it, because it is outside the folder of flowseal.yaml."


def _is_matched(definition: Path) -> bool:
    """Return whether a run of the whole project reads a definition."""
    from generator.project.opening import open_project

    project, _ = open_project([], None, None)
    found = project.discover_definitions()[0] if project is not None else []
    return any(file.path.exists() and file.path.samefile(definition) for file in found)


def load_templates(folder: Path | None, given_by: str = "--templates") -> Mapping[str, FlowTemplate]:
    """Return flowseal's templates and those in a folder. An unusable one is a usage error of `given_by`."""
    from generator.scaffold.templates import InvalidTemplateError, find_templates

    try:
        return find_templates(folder)
    except InvalidTemplateError as error:
        raise typer.BadParameter(str(error), param_hint=given_by) from error
    except OSError as error:
        message = f"{error.filename} cannot be read: {error.strerror}."
        raise typer.BadParameter(message, param_hint=given_by) from error


def describe_templates(templates: Iterable[FlowTemplate]) -> str:
    """Return the list of templates: the name of each, its description, and its picture."""
    parts = []
    for template in templates:
        picture = "".join(f"        {escape_controls(line)}".rstrip() + "\n" for line in template.picture)
        head = f"{escape_controls(template.name)}\n    {escape_controls(template.line)}\n"
        parts.append(head + (f"\n{picture}" if picture else ""))
    return "\n".join(parts)


def choose_template(name: str | None, templates: Mapping[str, FlowTemplate]) -> FlowTemplate:
    """Return the template of that name. Any other name is a usage error."""
    from generator.findings.suggestions import advise_name

    known = f"Choose one of {', '.join(templates)}; `flowseal new --list` shows each."
    if name is None:
        raise MissingParameter(f"Missing option '--template'. {known}")
    if name not in templates:
        raise typer.BadParameter(
            f"Unknown template {name!r}. {advise_name(name, templates, known)}", param_hint="--template"
        )
    return templates[name]


def check_name(name: str | None, given_by: str = "NAME") -> str:
    """Return the name of a flow. An invalid one is a usage error, in the words of the rule that it breaks."""
    from generator.scaffold.flow import find_name_faults

    if name is None:
        raise MissingParameter("Missing argument 'NAME'.")
    for fault in find_name_faults(name):
        raise typer.BadParameter(f"{fault.message} {fault.help}", param_hint=given_by)
    return name


def write_flow(flow: NewFlow, root: Path, place: str, repository: Repository) -> int:
    """Write a new flow's files and print them, with the findings of its definition; return the exit code.

    They go to the folder `place` below `root`, never through a symbolic link below `root`. In a repository with a
    flowseal.yaml, the schema that the definition names is written too if it is missing. If one of the files exists
    already, this is a usage error, and nothing is written.
    """
    from generator.commands.console import print_findings, stop_at_errors
    from generator.commands.schema import make_schema_files
    from generator.commands.terminal import print_written
    from generator.findings import has_errors
    from generator.scaffold.new_files import list_existing, report_links, write_new_files

    folder = root / place
    file = (folder / flow.definition).as_posix()
    findings = check_flow(flow, file)
    for existing in list_existing(folder, flow.files):
        message = f"{(folder / existing).as_posix()} already exists; nothing was overwritten."
        raise typer.BadParameter(f"{message} Choose another folder with -o, or another name.", param_hint="NAME")
    schemas = repository.list_missing_schemas()
    files = {f"{place}/{path}": data for path, data in flow.files.items()}
    stop_at_errors([*report_links(root, files), *report_links(repository.root, schemas)])
    stop_at_errors(write_new_files(root, files))
    stop_at_errors(write_new_files(repository.root, make_schema_files(schemas)))
    print_written((folder / path).as_posix() for path in flow.files)
    print_written((repository.root / path).as_posix() for path in schemas)
    # A user's own template may be incomplete; it is written all the same.
    print_findings(findings, {file: flow.files[flow.definition].decode()})
    return int(has_errors(findings))


def check_flow(flow: NewFlow, file: str, given_by: str = "NAME") -> list[LocatedFinding]:
    """Return the findings of a new definition. An error at its name is a usage error."""
    from generator.findings import Severity
    from generator.pipeline import DefinitionText, check_definitions
    from generator.progress import Timings

    definition = DefinitionText(file, flow.files[flow.definition], flow)
    (checked,) = check_definitions([definition], for_terraform=True, timings=Timings())
    for finding in checked.findings:
        if finding.pointer == "/name" and finding.severity is Severity.ERROR:
            raise typer.BadParameter(f"{finding.message} {finding.help}", param_hint=given_by)
    return list(checked.findings)
