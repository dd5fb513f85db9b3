"""`flowseal schema`: JSON Schemas, with which editors check and complete definitions."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import read_path

EXAMPLE = "Example: flowseal schema -o .flowseal-schema/definition.json"


class Document(StrEnum):
    """Which document a schema describes."""

    DEFINITION = "definition"
    CONFIGURATION = "configuration"


def schema(
    document: Annotated[
        Document, typer.Argument(metavar="[definition|configuration]", help="What the schema describes.")
    ] = Document.DEFINITION,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            parser=read_path,
            metavar="FILE",
            help="Write to FILE. Only a schema that flowseal wrote is replaced.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print the JSON Schema (2020-12) of flow definitions or of flowseal.yaml, for editors."""
    from generator.commands.terminal import print_document

    text = write_document_schema(document)
    if output is None:
        print_document(text)
    else:
        replace_schema(output, text)


def replace_schema(file: Path, text: str) -> None:
    """Write a schema to a file, and print its path. Replacing anything but an earlier schema is a usage error."""
    from generator.commands.console import stop_at_errors
    from generator.commands.terminal import print_unchanged, print_written
    from generator.editor import is_written_schema
    from generator.findings import show_path
    from generator.output.rules import report_failure
    from generator.project.discovery import report_forbidden
    from generator.scaffold.new_files import replace_text_file
    from generator.source import LARGEST_DOCUMENT
    from generator.source.files import read_file

    if refused := report_forbidden(file, show_path(file)):
        stop_at_errors([refused])
    present = b""
    try:
        present = read_file(file, LARGEST_DOCUMENT) if file.exists() else b""
    except OSError as error:
        stop_at_errors([report_failure(error, file, read=True)])
    if present == text.encode():
        print_unchanged(file.as_posix())
        return
    if present.strip() and not is_written_schema(present):
        message = f"{file.as_posix()} already exists and is not a JSON Schema that flowseal wrote."
        raise typer.BadParameter(f"{message} Choose another file, or move this one.", param_hint="--output")
    stop_at_errors(replace_text_file(file, text))
    print_written([file.as_posix()])


def write_document_schema(document: Document) -> str:
    """Return the schema of a document."""
    from generator.editor import write_configuration_schema, write_definition_schema
    from generator.findings.catalog import list_rules

    if document is Document.DEFINITION:
        return write_definition_schema()
    return write_configuration_schema(list_rules().values())


def make_schema_files(paths: Iterable[str]) -> dict[str, bytes]:
    """Return the text of a repository's schemas at some paths, by path."""
    from generator.scaffold.repository import SCHEMAS

    return {path: write_document_schema(Document(SCHEMAS[path])).encode() for path in paths}
