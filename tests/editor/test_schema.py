"""The JSON Schemas: in the repository, sound, and of one mind with the checks as far as a schema can see."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from paths import ROOT
from plans import INLINE_CHAT
from projects import make_definition
from typer.testing import CliRunner

from generator.cli import app
from generator.commands.schema import Document, write_document_schema
from generator.editor.shapes import make_shape_schemas
from generator.findings import Severity
from generator.flow.api import find_shape
from generator.flow.api.shapes import load_texts
from generator.flow.reading import FileRefusal
from generator.pipeline import DefinitionText, check_definitions
from generator.progress import Timings
from generator.project.discovery import ENDINGS, DiskReader
from generator.scaffold.templates import BUILT_IN
from generator.source import read_document

CASES = sorted(path for path in (ROOT / "tests" / "cases").iterdir() if path.is_dir())
EXAMPLES = sorted([*(ROOT / "examples" / "flows").rglob("*.flow.*"), *BUILT_IN.rglob("*.flow.*"), INLINE_CHAT])
DEFINITION = Draft202012Validator(json.loads(write_document_schema(Document.DEFINITION)))
CONFIGURATION = Draft202012Validator(json.loads(write_document_schema(Document.CONFIGURATION)))
OF_THE_GRAMMAR = {
    "IncompleteDocument",
    "MalformedReference",
    "MalformedValue",
    "MismatchedConnectionConfiguration",
    "MismatchedNodeConfiguration",
    "MissingKey",
    "MissingNodeConfiguration",
    "NotAFlow",
    "NotExactlyOneKey",
    "InvalidParameterName",
    "InvalidSection",
    "UnknownKey",
    "UnknownModelKind",
    "UnknownValue",
    "WildcardPermission",
    "WrongLength",
}
"""The rules that a schema can hold wherever they are broken."""


def read_value(path: Path) -> Any:
    document, faults = read_document(path.name, path.read_bytes())
    return None if document is None or faults else document.value


@pytest.mark.parametrize("document", Document)
def test_the_committed_schema_is_current(document: Document, accept: bool) -> None:
    file = ROOT / "schemas" / f"{document}.json"
    text = write_document_schema(document)
    if accept:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text
    Draft202012Validator.check_schema(json.loads(text))


def test_the_command_prints_or_writes_the_schema(tmp_path: Path) -> None:
    file = tmp_path / "new" / "definition.json"
    result = CliRunner().invoke(app, ["schema", "-o", str(file)])
    assert (result.exit_code, result.output) == (0, f"written     {file.as_posix()}\n")
    assert file.read_text(encoding="utf-8") == write_document_schema(Document.DEFINITION)
    printed = CliRunner().invoke(app, ["schema", "configuration"]).output
    assert printed == write_document_schema(Document.CONFIGURATION)
    refused = CliRunner().invoke(app, ["schema", "-o", str(file / "below")])
    assert refused.exit_code == 1
    assert "WriteFailed" in refused.output


def run_output(file: Path, code: int) -> str:
    result = CliRunner().invoke(app, ["schema", "-o", str(file)])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize(
    "text",
    [
        "flows: [flows]\n",
        '{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Flow definition"}',
        '{"$comment": "Made by hand."}',
        '["$comment"]',
        "[" * 5000,
        "\x80",
    ],
)
def test_other_files_are_not_overwritten(text: str, tmp_path: Path) -> None:
    file = tmp_path / "flowseal.yaml"
    file.write_bytes(text.encode("latin-1"))
    printed = run_output(file, 2)
    assert "is not a JSON Schema that flowseal wrote" in printed
    assert "Choose another file" in printed
    assert file.read_bytes() == text.encode("latin-1")


def test_an_earlier_schema_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "definition.json"
    text = write_document_schema(Document.DEFINITION)
    earlier = json.loads(text)
    del earlier["properties"]["name"]
    for present in (json.dumps(earlier, indent=8), ""):
        file.write_text(present, encoding="utf-8")
        assert run_output(file, 0) == f"written {file.as_posix()}"
        assert file.read_text(encoding="utf-8") == text
    file.chmod(0o400)
    assert run_output(file, 0) == f"unchanged {file.as_posix()}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_and_template_is_valid(example: Path) -> None:
    assert list(DEFINITION.iter_errors(read_value(example))) == []


def list_wrong_definitions(case: Path) -> Iterator[str]:
    """Yield the definitions of a case that have an error, whichever command the case gives."""
    for path in sorted((case / "input").rglob("*")):
        if path.is_file() and (path.name.endswith(ENDINGS) or path.suffix == ".json"):
            definition = DefinitionText(path.name, path.read_bytes(), DiskReader(path.parent))
            (checked,) = check_definitions([definition], for_terraform=True, timings=Timings())
            if any(finding.severity is Severity.ERROR for finding in checked.findings):
                yield path.relative_to(case / "input").as_posix()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_with_errors_has_tags(case: Path, accept: bool) -> None:
    """`tags` names each wrong definition, and whether the schema refuses it or only a reader can."""
    tags = {}
    for file in list_wrong_definitions(case):
        value = read_value(case / "input" / file)
        tags[file] = "reader" if value is None or DEFINITION.is_valid(value) else "schema"
    text = "".join(f"{tag} {file}\n" for file, tag in tags.items())
    if accept:
        (case / "tags").unlink(missing_ok=True)
        if text:
            (case / "tags").write_text(text, encoding="utf-8")
    assert ((case / "tags").read_text(encoding="utf-8") if (case / "tags").exists() else "") == text


def test_every_key_and_node_type_has_a_description() -> None:
    schemas = make_shape_schemas(["FlowDefinition"])
    shapes = [find_shape(name) for name in schemas]
    meanings = load_texts()["meanings"]
    assert {name: set(meanings[name]) for name in meanings} == {
        shape.name: set(shape.members) for shape in shapes if shape.members
    }
    assert set(load_texts()["node_types"]) == set(find_shape("FlowNodeType").enum)


def list_properties(schema: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from list_properties(part)


@pytest.mark.parametrize("validator", [DEFINITION, CONFIGURATION], ids=["definition", "configuration"])
def test_every_key_has_a_description(validator: Draft202012Validator) -> None:
    shown = [name for name, schema in list_properties(validator.schema) if schema.get("description")]
    bare = {name for name, schema in list_properties(validator.schema) if not schema.get("description")}
    # What ties a configuration to its type repeats keys that are described elsewhere.
    assert len(shown) > 20
    assert bare <= {"type", "configuration"}


def list_patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict) and isinstance(schema.get("pattern"), str):
        yield schema["pattern"]
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from list_patterns(part)


@pytest.mark.skipif(not shutil.which("node"), reason="the node command is missing")
def test_every_pattern_compiles_in_an_editor() -> None:
    patterns = sorted({*list_patterns(DEFINITION.schema), *list_patterns(CONFIGURATION.schema)})
    assert len(patterns) > 15
    program = "for (const pattern of JSON.parse(process.argv[1])) new RegExp(pattern, 'u')"
    result = subprocess.run(["node", "-e", program, json.dumps(patterns)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


class NoFiles:
    def read_text(self, path: str) -> FileRefusal | str:
        return "A text."


def list_paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from list_paths(item, (*path, key))


SCALARS = [None, True, 0, 1, -3, 0.5, 10**6, "", "x", "$$THING", "a b", "amazon.nova-lite-v1:0", "x" * 300, "1" * 12]
MAPPINGS = [{}, {"x": 1}, {"$param": "p"}, {"$file": "p.txt"}, {"$parm": "p"}, {"$param": 1}, {"name": "ab"}]
VALUES = st.sampled_from([*SCALARS, *MAPPINGS, [], ["x"], [1]])


@st.composite
def changed_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a definition of the examples with one or two changes: a key dropped or renamed, a value replaced."""
    path = draw(st.sampled_from(EXAMPLES))
    document = json.loads(json.dumps(read_value(path), default=float))
    if draw(st.booleans()):
        document.setdefault("parameters", {})["p"] = {"description": "x"}
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(list(list_paths(document))))
        parent = document
        for part in place[:-1]:
            parent = parent[part]
        match draw(st.sampled_from(["drop", "rename", "replace"])), parent:
            case "drop", _:
                del parent[place[-1]]
            case "rename", dict():
                parent[draw(st.sampled_from(["namee", "text", "$param", "A"]))] = parent.pop(place[-1])
            case _:
                parent[place[-1]] = copy.deepcopy(draw(VALUES))
    return document


def find_disagreement(document: Any) -> str:
    """Say where schema and checks are of two minds about a document; nothing where they are of one."""
    definition = DefinitionText("x.flow.json", json.dumps(document).encode(), NoFiles())
    (checked,) = check_definitions([definition], for_terraform=False, timings=Timings())
    errors = [finding for finding in checked.findings if finding.severity is Severity.ERROR]
    faults = [f"{error.json_path}: {error.message[:200]}" for error in DEFINITION.iter_errors(document)]
    if faults and not errors:
        return f"only the schema refuses it: {faults[0]}"
    # What stands in a file no schema sees, nor whether a default fits the places where its parameter stands.
    missed = [
        finding
        for finding in errors
        if finding.rule.name in OF_THE_GRAMMAR and not re.match("/parameters/[^/]*/default", finding.pointer)
    ]
    if missed and not faults and '"p.txt"' not in json.dumps(document):
        return f"the schema misses {missed[0].rule.name} at {missed[0].pointer}"
    return ""


@given(changed_documents())
def test_schema_and_checks_agree(document: dict[str, Any]) -> None:
    assert find_disagreement(document) == ""


def test_schema_and_checks_agree_on_a_bare_definition() -> None:
    definition = make_definition("one")["definition"]
    for others in ({}, {"$schema": "x.json"}, {"tags": {}}, {"description": "x"}):
        assert find_disagreement({"definition": definition, **others}) == ""


@pytest.mark.parametrize("name", ["order-desk", "phone-bank", "inline-chat"])
def test_schema_and_checks_agree_on_missing_and_extra_keys(name: str) -> None:
    (example,) = (path for path in EXAMPLES if path.name == f"{name}.flow.yaml")
    text = json.dumps(read_value(example), default=float)
    for path in list_paths(json.loads(text)):
        for change in ({}, {"$param": "x"}, {"surplus": 1}):
            document = parent = json.loads(text)
            for part in path[:-1]:
                parent = parent[part]
            if not change:
                del parent[path[-1]]
            elif isinstance(parent[path[-1]], dict):
                parent[path[-1]] |= change
            assert find_disagreement(document) == "", (path, change)
