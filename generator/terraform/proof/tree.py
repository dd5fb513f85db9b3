"""Parse trees: their parts, and the lines that these stand on."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from lark import Token, Tree

    Branch: TypeAlias = Tree[Token] | Token


class UnreadableError(Exception):
    """A text that Terraform would refuse or that flowseal never writes; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


def name_branch(branch: Branch) -> str:
    """Return the terminal of a token, the rule of a tree."""
    return str(branch.type if isinstance(branch, str) else branch.data)


def list_parts(tree: Tree[Token]) -> list[Branch]:
    """Return the children of `tree` without line breaks and comments."""
    return [child for child in tree.children if not _is_layout(child)]


def list_trees(tree: Tree[Token]) -> list[Tree[Token]]:
    """Return the children of `tree` that are trees, without line breaks and comments."""
    return [child for child in tree.children if not isinstance(child, str) and child.data != "new_line_or_comment"]


def find_first_line(branch: Branch) -> int:
    """Return the line on which `branch` begins."""
    while not isinstance(branch, str):
        branch = list_parts(branch)[0]
    return branch.line or 0


def find_last_line(branch: Branch) -> int:
    """Return the line on which the last token of `branch` begins; trailing line breaks do not count."""
    while not isinstance(branch, str):
        branch = list_parts(branch)[-1]
    return branch.line or 0


def require_one_line(parts: list[Branch]) -> None:
    """Raise UnreadableError where a line breaks between two parts: outside brackets, Terraform ends the value there."""
    for before, after in pairwise(parts):
        # The reader hides a break before an operator in the operator's own token.
        hidden = isinstance(after, str) and "\n" in after
        if hidden or find_first_line(after) != find_last_line(before):
            raise UnreadableError(
                find_last_line(before), "a line breaks inside an expression that no bracket holds together"
            )


def _is_layout(branch: Branch) -> bool:
    return name_branch(branch) in ("new_line_or_comment", "NL_OR_COMMENT")
