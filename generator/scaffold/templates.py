"""Flow templates: one folder per template, with a definition and the files that it names.

The definition starts with a comment: one line of description, then a diagram, indented by four spaces. FLOW_NAME stands
for the name of the flow. Templates are found by their folders and need no registration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.project.access import judge_path
from generator.project.discovery import ENDINGS, LARGEST_TEXT
from generator.source.files import read_file, walk_folder

EXPECTED_FOLDER = "Pass a folder with one subfolder per template."
BUILT_IN = Path(__file__).parent / "flow_templates"
PICTURE = "#     "
"""The prefix of the lines of a diagram."""


class InvalidTemplateError(ValueError):
    """A folder of templates is invalid. The message explains why, and what a template is."""


@dataclass(frozen=True, slots=True)
class FlowTemplate:
    """A template: its description, the lines of its diagram, its files by path, and the path of its definition."""

    name: str
    line: str
    picture: tuple[str, ...]
    definition: str
    files: Mapping[str, bytes]

    @property
    def ending(self) -> str:
        """The extension of the definition, such as ".flow.yaml"."""
        return find_ending(self.definition) or ""


def find_templates(own: Path | None) -> dict[str, FlowTemplate]:
    """Return the templates by name: first those in the folder `own`, then the built-in ones.

    Raises InvalidTemplateError if `own` is not a folder of templates, or has links to places that must not be read, and
    OSError if it cannot be read.
    """
    for path in [] if own is None else [own, *(_list_below(own) if own.is_dir() else ())]:
        if (path == own or path.is_symlink()) and (refusal := judge_path(path)):
            raise InvalidTemplateError(" ".join(refusal))
    templates = {} if own is None else _read_templates(own)
    return templates | {name: template for name, template in _read_templates(BUILT_IN).items() if name not in templates}


def find_ending(file: str) -> str | None:
    """Return the extension that marks a file as a definition, or None."""
    return next((ending for ending in ENDINGS if file.endswith(ending)), None)


def _read_templates(folder: Path) -> dict[str, FlowTemplate]:
    if not folder.is_dir():
        raise InvalidTemplateError(
            f"{folder.as_posix()} is not a folder. Pass a folder with one subfolder per template."
        )
    found = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not found:
        raise InvalidTemplateError(
            f"{folder.as_posix()} contains no templates. Pass a folder with one subfolder per template."
        )
    return {path.name: _read_template(path) for path in found}


def _read_template(folder: Path) -> FlowTemplate:
    below = _list_below(folder)
    paths = sorted(path for path in below if path.is_file() and not _is_hidden(path.relative_to(folder)))
    files = {path.relative_to(folder).as_posix(): read_file(path, LARGEST_TEXT) for path in paths}
    definitions = [file for file in files if "/" not in file and find_ending(file)]
    if len(definitions) != 1:
        message = f"Template {folder.as_posix()} has {len(definitions)} definitions. It must have exactly one"
        raise InvalidTemplateError(f"{message}, named *{', *'.join(ENDINGS)}.")
    try:
        text = files[definitions[0]].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidTemplateError(f"{folder.as_posix()}/{definitions[0]} is not UTF-8.") from error
    line, picture = _read_comment(text)
    return FlowTemplate(folder.name, line, picture, definitions[0], files)


def _list_below(folder: Path) -> list[Path]:
    """List everything below a folder. Raises OSError if it cannot be read, or is nested too deeply."""
    errors: list[OSError] = []
    found = [
        Path(place, name) for place, folders, names in walk_folder(folder, errors.append) for name in folders + names
    ]
    if errors:
        raise errors[0]
    return found


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _read_comment(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the description and the diagram from the comment at the start of a definition."""
    comment = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        comment.append(line)
    words = [line.removeprefix("#").strip() for line in comment if not line.startswith(PICTURE)]
    diagram = tuple(line.removeprefix(PICTURE) for line in comment if line.startswith(PICTURE))
    return next(filter(None, words), ""), diagram
