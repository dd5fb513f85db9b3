"""`flowseal schema`: what editors check and complete definitions with."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
        typer.Option("--output", "-o", metavar="FILE", help="A file to write instead.", show_default=False),
    ] = None,
) -> None:
    """Print the JSON Schema (2020-12) of flow definitions or of flowseal.yaml, for editors."""
    from generator.commands.printing import stop_at_errors
    from generator.write.new_files import replace_text_file

    text = write_document_schema(document)
    if output is None:
        typer.echo(text, nl=False)
    else:
        stop_at_errors(replace_text_file(output, text))


def write_document_schema(document: Document) -> str:
    """Return the schema of one of both documents."""
    from generator.rule_catalogue import list_rules
    from generator.schema import write_configuration_schema, write_definition_schema

    if document is Document.DEFINITION:
        return write_definition_schema()
    return write_configuration_schema(list_rules().values())


def make_schema_files(paths: Iterable[str]) -> dict[str, bytes]:
    """Return the text of some of a repository's schemas, by path."""
    from generator.scaffold.repository import SCHEMAS

    return {path: write_document_schema(Document(SCHEMAS[path])).encode() for path in paths}
