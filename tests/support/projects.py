"""A small project on disk: definitions, a configuration, and the command line run in its folder."""

from __future__ import annotations

import json
import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any, Self

from click.testing import Result
from trees import read_tree
from typer.testing import CliRunner

from generator.cli import app

ASKED = " {{question}}"
"""What the text of each prompt ends with."""


def make_definition(name: str, text: object = "Say it.", **sections: object) -> dict[str, Any]:
    """Make the definition of a flow of one prompt; `text` may be {"$file": PATH} of a text that ends with ASKED."""
    whole = f"{text}{ASKED}" if isinstance(text, str) else text
    template = {"text": {"text": whole, "inputVariables": [{"name": "question"}]}}
    inline = {"modelId": "amazon.nova-lite-v1:0", "templateType": "TEXT", "templateConfiguration": template}
    start = {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]}
    ask = {
        "name": "Ask",
        "type": "Prompt",
        "configuration": {"prompt": {"sourceConfiguration": {"inline": inline}}},
        "inputs": [{"name": "question", "type": "String", "expression": "$.data"}],
        "outputs": [{"name": "modelCompletion", "type": "String"}],
    }
    end = {"name": "End", "type": "Output", "inputs": [{"name": "document", "type": "String", "expression": "$.data"}]}
    ports = [("Start", "document", "Ask", "question"), ("Ask", "modelCompletion", "End", "document")]
    connections = [
        {
            "source": source,
            "target": target,
            "type": "Data",
            "configuration": {"data": {"sourceOutput": output, "targetInput": port}},
        }
        for source, output, target, port in ports
    ]
    return {"name": name, "definition": {"nodes": [start, ask, end], "connections": connections}, **sections}


class Project:
    """A folder with a flowseal.yaml, definitions in flows/ and modules in modules/."""

    def __init__(self, folder: Path, configuration: str = "flows: [flows]\noutput: modules\n") -> None:
        self.folder = folder
        self.modules = folder / "modules"
        (folder / "flows").mkdir(parents=True)
        self.configure(configuration)

    @classmethod
    def copy(cls, source: Path, folder: Path) -> Self:
        """Return the project in `source`, copied to `folder`."""
        project = cls(folder)
        shutil.copytree(source, folder, dirs_exist_ok=True)
        return project

    def configure(self, text: str) -> None:
        (self.folder / "flowseal.yaml").write_text(text, encoding="utf-8")

    def define(self, file: str, name: str | None = None, text: object = "Say it.", **sections: object) -> Path:
        """Write flows/<file>.flow.json, by default of a flow of that name."""
        path = self.folder / "flows" / f"{file}.flow.json"
        path.write_text(json.dumps(make_definition(name or file, text, **sections)), encoding="utf-8")
        return path

    def run(self, *arguments: str, expect: int | None = None) -> Result:
        """Run flowseal in the folder; it must end with `expect`, if that is given."""
        with chdir(self.folder):
            result = CliRunner().invoke(app, arguments, prog_name="flowseal")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert expect is None or result.exit_code == expect, result.output
        return result

    def read_modules(self) -> dict[str, bytes]:
        return read_tree(self.modules)

    def reasons(self) -> dict[str, list[tuple[str, list[str]]]]:
        """Return what `check` has to say of each module that differs: cause and details, by the flow's name."""
        modules = json.loads(self.run("check", "--format", "json").stdout)["modules"]
        return {
            module["name"]: [(reason["cause"], reason["details"]) for reason in module["reasons"]]
            for module in modules
            if module["out_of_date"]
        }


def start_project(folder: Path, *names: str) -> Project:
    """Make a project of flows with these names, generated."""
    project = Project(folder)
    for name in names:
        project.define(name)
    project.run("generate", expect=0)
    return project
