"""`flowseal schema`: what editors check and complete definitions with."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.commands.options import read_path

if TYPE_CHECKING:
    from collections.abc import Iterable

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
            help="A file to write instead; an earlier schema of flowseal's is replaced, nothing else.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print the JSON Schema (2020-12) of flow definitions or of flowseal.yaml, for editors."""
    from generator.commands.printing import print_document

    text = write_document_schema(document)
    if output is None:
        print_document(text)
    else:
        replace_schema(output, text)


def replace_schema(file: Path, text: str) -> None:
    """Write a schema to a file and print that. A file that holds anything but an earlier schema is wrong usage."""
    from generator.commands.printing import print_unchanged, print_written, stop_at_errors
    from generator.editor import is_written_schema
    from generator.output.rules import report_failure
    from generator.scaffold.new_files import replace_text_file
    from generator.source import LARGEST_DOCUMENT
    from generator.source.files import read_file

    present = b""
    try:
        present = read_file(file, LARGEST_DOCUMENT) if file.exists() else b""
    except OSError as error:
        stop_at_errors([report_failure(error, file, read=True)])
    if present == text.encode():
        print_unchanged(file.as_posix())
        return
    if present.strip() and not is_written_schema(present):
        message = f"{file.as_posix()} is there already, and is no JSON Schema that flowseal wrote: it stays as it is."
        raise typer.BadParameter(f"{message} Name another file, or move that one away.", param_hint="--output")
    stop_at_errors(replace_text_file(file, text))
    print_written([file.as_posix()])


def write_document_schema(document: Document) -> str:
    """Return the schema of one of both documents."""
    from generator.editor import write_configuration_schema, write_definition_schema
    from generator.findings.catalog import list_rules

    if document is Document.DEFINITION:
        return write_definition_schema()
    return write_configuration_schema(list_rules().values())


def make_schema_files(paths: Iterable[str]) -> dict[str, bytes]:
    """Return the text of some of a repository's schemas, by path."""
    from generator.scaffold.repository import SCHEMAS

    return {path: write_document_schema(Document(SCHEMAS[path])).encode() for path in paths}
