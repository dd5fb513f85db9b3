"""`flowseal validate`: definitions read and checked, nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.project.configuration import apply_severities

if TYPE_CHECKING:
    from generator.findings import LocatedFinding
    from generator.pipeline import CheckedDefinition
    from generator.progress import Timings
    from generator.project.opening import Project


def validate_definitions(
    project: Project, for_terraform: bool, strict: bool, timings: Timings
) -> tuple[list[CheckedDefinition], list[LocatedFinding]]:
    """Find, read and check; the findings returned beside the definitions belong to none of them."""
    with timings.measure("import"):
        from generator.pipeline import DefinitionText, check_definitions
        from generator.project.discovery import read_definition
    with timings.measure("intake"):
        files, findings = project.discover_definitions()
        definitions: list[DefinitionText] = []
        for file in files:
            data = read_definition(file)
            if isinstance(data, bytes):
                definitions.append(DefinitionText(file.display, data, file.open_texts()))
            else:
                findings.append(data)
    checked = check_definitions(
        definitions,
        for_terraform=for_terraform,
        strict=strict,
        timings=timings,
        defaults=project.defaults,
        severities=project.severities,
    )
    return checked, list(apply_severities(findings, project.severities))
