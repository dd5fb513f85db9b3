"""`flowseal config`: the settings in effect, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.commands.options import ConfigurationFile, Definitions, Output
from generator.commands.terminal import print_document, print_text
from generator.report import Format, ListFormat
from generator.report.display import escape_controls

if TYPE_CHECKING:  # deferred, because every start imports every command
    from generator.findings import LocatedFinding
    from generator.project.opening import Project
    from generator.source.position import Path

EXAMPLE = "Example: flowseal config"
COMMAND_LINE, FILE, DEFAULT = "command line", "file", "default"


@dataclass(frozen=True, slots=True)
class Setting:
    """A value by its name in the configuration; `line` and `column` give its place in the file."""

    name: str
    value: Any
    source: str
    line: int | None = None
    column: int | None = None


def config(
    paths: Definitions = None,
    output: Output = None,
    config: ConfigurationFile = None,
    output_format: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = ListFormat.TEXT,
) -> None:
    """Print the settings in effect, and where each comes from."""
    from generator.commands.requests import open_or_end

    project = open_or_end(paths, output, config, Format(output_format.value))
    settings = list(_list_settings(project))
    file = project.configuration.file if project.configuration else None
    if output_format is ListFormat.JSON:
        _print_json(settings, file, project.findings)
    else:
        _print_table(settings, file, project)


def _print_json(settings: Sequence[Setting], file: str | None, findings: Sequence[LocatedFinding]) -> None:
    from generator.report.json_report import VERSION, describe_finding, write_json

    described = [
        {"name": item.name, "value": item.value, "source": item.source, "line": item.line, "column": item.column}
        for item in settings
    ]
    found = [describe_finding(finding) for finding in findings]
    print_document(write_json({"version": VERSION, "file": file, "settings": described, "findings": found}))


def _print_table(settings: Sequence[Setting], file: str | None, project: Project) -> None:
    from generator.commands.console import print_findings
    from generator.commands.requests import list_texts

    if project.findings:
        print_findings(project.findings, list_texts(project))
        print_text("")
    width = max(len(item.name) for item in settings)
    values = [_write_value(item.value) for item in settings]
    room = max(map(len, values))
    for item, value in zip(settings, values, strict=True):
        place = f"{escape_controls(file or '')}:{item.line}:{item.column}" if item.source == FILE else item.source
        print_text(f"{escape_controls(item.name):<{width}}  {value:<{room}}  {place}")


def _list_settings(project: Project) -> Iterator[Setting]:
    """Yield every setting, including those left at their defaults."""
    from generator.findings import Severity

    configuration = project.configuration
    if project.paths:
        yield Setting("flows", list(project.paths), COMMAND_LINE)
    else:
        yield _locate(project, "flows", list(configuration.flows) if configuration else [], ("flows",))
    if project.output_is_given and project.output is not None:
        yield Setting("output", project.output.as_posix(), COMMAND_LINE)
    else:
        yield _locate(project, "output", configuration.output if configuration else None, ("output",))
    yield from _list_defaults(project)
    for name, severity in sorted(project.severities.items()):
        word = severity.value if isinstance(severity, Severity) else "off"
        yield _locate(project, f"rules.{name}", word, ("rules", name))
    if configuration is not None and configuration.templates is not None:
        yield _locate(project, "templates", configuration.templates, ("templates",))


def _list_defaults(project: Project) -> Iterator[Setting]:
    from generator.flow.model import Encryption, Engine
    from generator.terraform.module.versions_tf import LOWEST_PROVIDER

    values = project.defaults.list_values()
    own: dict[str, str | int | None] = {
        "encryption.deletion_window_in_days": Encryption().deletion_window_in_days,
        "encryption.rotation_period_in_days": Encryption().rotation_period_in_days,
        "engine": Engine.NATIVE.value,
        "permissions_boundary_arn": None,
        "provider_version": LOWEST_PROVIDER,
    }
    for name, value in sorted({**own, **values}.items()):
        head, _, tail = name.partition(".")
        path = ("defaults", head, tail) if tail else ("defaults", head)
        yield _locate(project, f"defaults.{name}", value, path if name in values else ())


def _locate(project: Project, name: str, value: Any, path: Path) -> Setting:
    configuration = project.configuration
    if configuration is None or path not in configuration.document.paths or not path or value in (None, []):
        return Setting(name, value, DEFAULT)
    span = configuration.document.find_span(path)
    return Setting(name, value, FILE, span.line, span.column)


def _write_value(value: Any) -> str:
    if value is None or value == []:
        return "-"
    return escape_controls(", ".join(map(str, value)) if isinstance(value, list) else str(value))
