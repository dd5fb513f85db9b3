"""What `flowseal init` does: it asks where somebody is there, writes what is missing, says what to add to the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from generator.commands.new import check_flow, check_name, choose_shape, load_shapes
from generator.commands.printing import open_repository, print_written, stop_at_errors
from generator.commands.schema import make_schema_files
from generator.configuration import NAME
from generator.console import find_view, print_findings
from generator.report.folding import fold_text
from generator.scaffold.ci import Ci
from generator.scaffold.flow import NewFlow, make_flow
from generator.scaffold.origin import find_requirement
from generator.scaffold.repository import SCHEMAS, Repository
from generator.scaffold.surroundings import (
    PLAIN_FOLDER,
    PLAIN_REQUIREMENT,
    Layout,
    Surrounding,
    find_addition,
    list_surroundings,
)
from generator.write.new_files import list_existing, write_new_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HERE = Path()


@dataclass(frozen=True, slots=True)
class Answers:
    """What the command line gave; `is_asked` tells whether somebody sits there to be asked for the rest."""

    is_asked: bool
    given: Mapping[str, str]

    def find_answer(self, option: str, question: str, default: str, check: Callable[[str], str]) -> str:
        """Return what was given, or what is answered, or the default. `check` raises BadParameter where it is wrong."""
        if option in self.given:
            return check(self.given[option])
        if not self.is_asked:
            return check(default)
        answer: str = typer.prompt(question, default=default, value_proc=check)
        return answer


def set_up(answers: Answers) -> None:
    """Write what the repository in the working folder lacks; say what was left alone, and what to do next."""
    repository = _open_root()
    layout, is_certain = _find_layout(answers, repository)
    folder, flow = _find_first_flow(answers, layout)
    surroundings = list_surroundings(layout)
    files = {file.path: file.text.encode() for file in surroundings} | make_schema_files(SCHEMAS)
    existing = list_existing(HERE, files)
    new = {path: data for path, data in files.items() if path not in existing}
    if flow is not None:
        new |= {f"{folder}/{path}": data for path, data in flow.files.items()}
    stop_at_errors(write_new_files(HERE, new))
    print_written(new)
    left = [_describe_left(file) for file in surroundings if file.path in existing]
    typer.echo("".join(sorted(left, key=lambda text: text.count("\n") > 1)), nl=False)
    typer.echo(_describe_next(layout, folder if flow else None, is_certain), nl=False)


def _open_root() -> Repository:
    """Return the repository of the working folder, which must be its root."""
    here = HERE.absolute()
    for root in (here, *here.parents):
        if root != here and ((root / NAME).is_file() or (root / ".git").exists()):
            message = f"{root.as_posix()} is the root of this repository: run `flowseal init` there."
            raise typer.BadParameter(f"{message} --flows and --output name folders further down.")
        if (root / ".git").exists():
            break
    return open_repository()


def _find_layout(answers: Answers, repository: Repository) -> tuple[Layout, bool]:
    """Return the layout, and whether CI is sure to get flowseal by its requirement."""
    if repository.is_configured:
        flows, modules = _check_folder(repository.flows), _check_folder(repository.output)
    else:
        flows = answers.find_answer("flows", "Folder of the flow definitions", repository.flows, _check_folder)
        modules = answers.find_answer("output", "Folder of the Terraform modules", repository.output, _check_folder)
    guess = Ci.GITLAB if Path(".gitlab-ci.yml").exists() else Ci.GITHUB
    ci = Ci(answers.find_answer("ci", f"CI ({', '.join(Ci)})", guess, _check_ci))
    requirement, is_certain = find_requirement()
    if ci is not Ci.NONE:
        question = "How CI's pip gets flowseal"
        found = answers.find_answer("requirement", question, requirement, _check_requirement)
        requirement, is_certain = found, is_certain or found != requirement
    return Layout(flows, modules, ci, requirement), is_certain or ci is Ci.NONE


def _find_first_flow(answers: Answers, layout: Layout) -> tuple[str, NewFlow | None]:
    """Return the first flow and its folder, or no flow where there are definitions already."""
    from generator.intake import discover_definitions

    if Path(layout.flows).exists() and discover_definitions([layout.flows], None)[0]:
        return layout.flows, None
    shapes = load_shapes(None)
    name = answers.find_answer("flow", "Name of the first flow", "greeting", check_name)
    shape = answers.find_answer(
        "shape", f"Its shape ({', '.join(shapes)})", "prompt", lambda word: choose_shape(word, shapes).name
    )
    folder = f"{layout.flows}/{name}"
    schema = Repository(HERE, is_configured=True).locate_schema(Path(folder))
    flow = make_flow(shapes[shape], name, schema)
    file = f"{folder}/{flow.definition}"
    print_findings(check_flow(flow, file), {file: flow.files[flow.definition].decode()})
    for path in list_existing(Path(folder), flow.files):
        raise typer.BadParameter(f"{folder}/{path} is there already. Take another name.", param_hint="--flow")
    return folder, flow


def _check_folder(folder: str) -> str:
    if PLAIN_FOLDER.fullmatch(folder):
        return folder
    message = f"{folder!r} is no folder that init can write patterns for."
    raise typer.BadParameter(f"{message} Give one below this one, of letters, digits and . _ - with / between.")


def _check_ci(word: str) -> str:
    if word in list(Ci):
        return word
    raise typer.BadParameter(f"It is one of {', '.join(Ci)}.")


def _check_requirement(text: str) -> str:
    if PLAIN_REQUIREMENT.fullmatch(text):
        return text
    raise typer.BadParameter("Write it as pip takes it, such as flowseal @ git+https://git.example.com/flowseal@v1.")


def _describe_left(file: Surrounding) -> str:
    addition = find_addition(file, Path(file.path).read_text(encoding="utf-8", errors="replace"))
    if not addition:
        return f"left alone {file.path}\n"
    lines = re.sub(r"^(?=.)", "    ", addition, flags=re.MULTILINE)
    return f"\nleft alone {file.path}; add to it:\n\n{lines}"


def _describe_next(layout: Layout, folder: str | None, is_certain: bool) -> str:
    steps = [f"read what is in {folder}, and make it yours"] if folder else []
    steps += ["`flowseal generate` makes the modules", "`pip install pre-commit && pre-commit install` sets the hooks"]
    if not is_certain:
        steps.append(f"CI installs {layout.requirement!r}: say in its file where your pip gets flowseal from")
    if not Path(".git").exists():
        steps.insert(0, "`git init`: this is no git repository yet")
    steps.append("commit all of it, the modules too")
    columns = find_view().columns
    return "\nNext:\n" + "".join("- " + "\n  ".join(fold_text(step, columns, indent=2)) + "\n" for step in steps)
