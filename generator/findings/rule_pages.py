"""The pages of rules: what each reports and why, with a wrong and a right definition.

A page is `data/rules/<stage>/<RuleName>.md`: paragraphs, then `## Wrong` and `## Right` with one fenced block of YAML
or JSON each. The page of a rule that no single definition can show has only paragraphs. The folder is the stage that
reports the rule; its `_group.md` describes what its rules have in common.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

STAGES = {
    "document": "Document",
    "api": "API",
    "validation": "AWS validation",
    "importing": "Import",
    "project": "Project",
    "output": "Output",
}
"""The stages of a run that report rules, in the order of the lists, with their titles."""
PAGES = files("generator").joinpath("data", "rules")

_SECTION = re.compile(r"^## (Wrong|Right)\n", re.MULTILINE)
_BLOCK = re.compile(r"\n*```(yaml|json)\n((?:(?!```).*\n)+)```\n*")


@dataclass(frozen=True, slots=True)
class Example:
    """A complete definition in YAML or JSON."""

    language: str
    text: str

    @property
    def file(self) -> str:
        """The file name of the definition in findings."""
        return f"example.flow.{self.language}"


@dataclass(frozen=True, slots=True)
class RulePage:
    """What a rule reports and why, in Markdown, with both examples or none."""

    explanation: str
    wrong: Example | None = None
    right: Example | None = None


def read_page(rule: str) -> RulePage:
    """Return the page of a rule. A malformed page is a bug and raises ValueError."""
    explanation, *sections = _SECTION.split(_read_text(find_stage(rule), f"{rule}.md"))
    examples = dict(zip(sections[::2], (_read_block(rule, section) for section in sections[1::2]), strict=True))
    if not explanation.strip() or len(examples) == 1 or len(sections) > 4:
        raise ValueError(f"the page of {rule} has no text, or not one wrong and one right example")
    return RulePage(explanation.strip(), examples.get("Wrong"), examples.get("Right"))


def read_introduction(stage: str) -> str:
    """Return what the rules of a stage have in common, as Markdown."""
    return _read_text(stage, "_group.md").strip()


def find_stage(rule: str) -> str:
    """Return the stage that reports a rule: the one whose folder has its page."""
    for stage in STAGES:
        if PAGES.joinpath(stage, f"{rule}.md").is_file():
            return stage
    raise FileNotFoundError(f"generator/data/rules/<stage>/{rule}.md")


def _read_text(stage: str, name: str) -> str:
    # A checkout on Windows may have given the file other line endings.
    return PAGES.joinpath(stage, name).read_bytes().decode("utf-8").replace("\r\n", "\n")


def _read_block(rule: str, section: str) -> Example:
    block = _BLOCK.fullmatch(section)
    if block is None:
        raise ValueError(f"an example of {rule} is more or less than one fenced block of yaml or json")
    return Example(block[1], block[2])
