"""What `flowseal init` does: write the files that are missing, and print what to add to the others."""

from __future__ import annotations

import posixpath
from pathlib import Path

import typer

from generator.commands.console import print_findings, stop_at_errors
from generator.commands.layout import HERE, Answers, find_layout
from generator.commands.new import check_flow, check_name, choose_template, load_templates
from generator.commands.schema import make_schema_files
from generator.commands.terminal import find_view, print_text, print_written
from generator.findings import show_relative
from generator.report.display import fold_text
from generator.scaffold.ci import Ci
from generator.scaffold.flow import NewFlow, make_flow
from generator.scaffold.new_files import list_existing, write_new_files
from generator.scaffold.repository import SCHEMAS, Repository
from generator.scaffold.setup_files import Layout, SetupFile, find_additions, is_plain, list_setup_files
from generator.source import LARGEST_DOCUMENT
from generator.source.files import find_repository, read_file


def set_up(answers: Answers) -> None:
    """Write what the working directory and its repository lack; print which files are unchanged, and the next steps."""
    root = find_repository(HERE.absolute())
    layout = find_layout(answers, root)
    folder, flow = _find_first_flow(answers, layout)
    setup_files = list_setup_files(layout)
    schemas = {layout.place(path): data for path, data in make_schema_files(SCHEMAS).items()}
    files = {file.path: file.text.encode() for file in setup_files} | schemas
    existing = list_existing(root, files)
    new = {path: data for path, data in files.items() if path not in existing}
    if flow is not None:
        new |= {layout.place(f"{folder}/{path}"): data for path, data in flow.files.items()}
    # Existing files are read before anything is written.
    left = [_describe_left(file, root, layout) for file in setup_files if file.path in existing]
    stop_at_errors(write_new_files(root, new))
    print_written(show_relative(root / path) for path in new)
    print_text("".join(sorted(left, key=lambda text: text.count("\n") > 1)), nl=False)
    print_text(_describe_next(layout, root, folder if flow else None), nl=False)


def _find_first_flow(answers: Answers, layout: Layout) -> tuple[str, NewFlow | None]:
    """Return the first flow and its folder, or no flow if there are definitions already."""
    from generator.project.discovery import discover_definitions

    if Path(layout.flows).exists() and discover_definitions([layout.flows], None)[0]:
        return layout.flows, None
    templates = load_templates(None)
    name = answers.find_answer("flow", "Name of the first flow", "greeting", lambda name: check_name(name, "--flow"))
    template = answers.find_answer(
        "template",
        f"Its template ({', '.join(templates)})",
        "prompt",
        lambda word: choose_template(word, templates).name,
    )
    folder = posixpath.normpath(f"{layout.flows}/{name}")
    schema = Repository(HERE, is_configured=True).locate_schema(Path(folder))
    flow = make_flow(templates[template], name, schema)
    file = f"{folder}/{flow.definition}"
    print_findings(check_flow(flow, file, "--flow"), {file: flow.files[flow.definition].decode()})
    for path in list_existing(Path(folder), flow.files):
        raise typer.BadParameter(f"{folder}/{path} already exists. Choose another name.", param_hint="--flow")
    return folder, flow


def _describe_left(file: SetupFile, root: Path, layout: Layout) -> str:
    shown = show_relative(root / file.path)
    try:
        text = read_file(root / file.path, LARGEST_DOCUMENT).decode("utf-8", errors="replace")
    except OSError as error:
        return f"unchanged   {shown}; it cannot be read ({error.strerror})\n"
    additions = find_additions(file, text, layout)
    if not additions:
        return f"unchanged   {shown}\n"
    return "".join(f"\nunchanged   {shown}; {addition.where}:\n\n{addition.lines}" for addition in additions)


def _describe_next(layout: Layout, root: Path, folder: str | None) -> str:
    steps = [] if (root / ".git").exists() else ["Run `git init`: this is not a git repository yet."]
    steps += [f"Read the flow in {folder} and make it yours."] if folder else []
    steps += [
        "Run `flowseal generate` to create the modules.",
        "Run `pip install pre-commit && pre-commit install` to enable the hooks.",
    ]
    if layout.ci is not Ci.NONE and layout.installation is None:
        steps.append("Set FLOWSEAL in the CI file to where pip gets flowseal from. Until then, that step fails.")
    if layout.named is not None:
        steps.append(
            f"The output folder ({layout.modules}) also has other folders, so the hook excludes list modules by name. "
            "Run `flowseal init` again after adding a flow, or give flowseal its own folder (`output`)."
        )
    for option, path in (("flows", layout.flows), ("output", layout.modules)):
        if not is_plain(posixpath.normpath(path)):
            steps.append(
                f"`{option}` in flowseal.yaml leads to {path!r}, which patterns for git and hooks cannot cover. Make "
                "sure that they don't change prompts, code, and flowseal.lock.json there."
            )
    steps.append("Commit everything, including the modules.")
    columns = find_view().columns
    return "\nNext:\n" + "".join("- " + "\n  ".join(fold_text(step, columns, indent=2)) + "\n" for step in steps)
