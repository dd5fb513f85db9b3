"""The tables of a module's README, compared with variables.tf and outputs.tf by flowseal's reader and by others."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from every_kind import make_flow_of_every_kind
from markdown_it import MarkdownIt
from markdown_it.token import Token
from module_tests import write_module
from paths import MODULES
from plans import plan_document
from test_linters import find_linter

from generator.terraform.proof.expressions import Boolean, String
from generator.terraform.proof.formatting import format_expression
from generator.terraform.proof.reader import ReadBlock, read_file

NAMES = [*sorted(path.name for path in MODULES.iterdir() if path.is_dir()), "every-kind"]
Rows = dict[str, list[str]]
SHOWN = ("text", "text_special", "code_inline")


@pytest.fixture(params=NAMES)
def module(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "every-kind":
        return write_module(tmp_path / "module", plan_document(make_flow_of_every_kind()))
    return MODULES / request.param


def read_tables(module: Path) -> dict[str, Rows]:
    """Return the rendered tables between the terraform-docs markers: by heading, with rows by first cell."""
    readme = (module / "README.md").read_text(encoding="utf-8")
    docs = readme.split("<!-- BEGIN_TF_DOCS -->")[1].split("<!-- END_TF_DOCS -->")[0]
    tables: dict[str, Rows] = {}
    heading, cells = "", []
    for token in MarkdownIt("commonmark").enable("table").parse(docs):
        if token.type == "inline":
            cells.append(show_text(token))
        elif token.type == "heading_close":
            heading, cells = cells[-1], []
            tables[heading] = {}
        elif token.type == "tr_close":
            tables[heading][cells[0]] = cells[1:]
            cells = []
    return {heading: {name: row for name, row in rows.items() if name != "Name"} for heading, rows in tables.items()}


def show_text(token: Token) -> str:
    return "".join(child.content for child in token.children or () if child.type in SHOWN).strip()


def read_blocks(path: Path) -> dict[str, ReadBlock]:
    return {block.labels[0]: block for block in read_file(path.read_text(encoding="utf-8")).blocks}


def read_text(block: ReadBlock, name: str) -> str:
    value = block.attributes[name]
    assert isinstance(value, String)
    return " ".join(value.value.split())


def test_the_tables_match_the_declarations(module: Path) -> None:
    tables = read_tables(module)
    variables = read_blocks(module / "variables.tf")
    assert tables["Inputs"] == {
        name: [
            read_text(block, "description"),
            format_expression(block.attributes["type"]),
            format_expression(block.attributes["default"]) if "default" in block.attributes else "n/a",
            "no" if "default" in block.attributes else "yes",
        ]
        for name, block in variables.items()
    }
    assert list(tables["Inputs"]) == sorted(variables)
    outputs = read_blocks(module / "outputs.tf")
    assert tables["Outputs"] == {name: [read_text(block, "description")] for name, block in outputs.items()}


def test_null_is_accepted_only_where_it_is_the_default(module: Path) -> None:
    rows = read_tables(module)["Inputs"]
    for name, block in read_blocks(module / "variables.tf").items():
        refuses_null = block.attributes.get("nullable") == Boolean(False)
        assert refuses_null == (rows[name][2] != "null"), name


@pytest.mark.linters
def test_terraform_docs_writes_the_same_tables(module: Path) -> None:
    command = [find_linter("terraform-docs"), "json", "--sort-by", "name", str(module)]
    said: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    tables = read_tables(module)
    assert tables["Inputs"] == {
        item["name"]: [
            " ".join(item["description"].split()),
            item["type"],
            "n/a" if item["required"] else tables["Inputs"][item["name"]][2],
            "yes" if item["required"] else "no",
        ]
        for item in said["inputs"]
    }
    for item in said["inputs"]:
        assert item["required"] or json.loads(tables["Inputs"][item["name"]][2]) == item["default"]
    assert tables["Outputs"] == {item["name"]: [item["description"]] for item in said["outputs"]}
    required = {item["name"]: [item["version"]] for item in said["requirements"]}
    assert tables["Requirements"] == required
