"""HCL -> parse trees, by python-hcl2's grammar, and access to their parts. The grammar is cached between runs."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import hcl2.parser
from hcl2.postlexer import PostLexer
from hcl2.version import __version__
from lark import Lark, Token, Tree

Branch: TypeAlias = Tree[Token] | Token


class UnreadableError(Exception):
    """Code that Terraform would reject or that flowseal never writes; `line` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


@lru_cache(maxsize=1)
def load_parser() -> Lark:
    """Return the parser for python-hcl2's grammar, without positions of trees: tokens have their own."""
    return Lark.open(
        "hcl2.lark",
        rel_to=hcl2.parser.__file__,
        parser="lalr",
        postlex=PostLexer(),
        cache=name_cache(f"python-hcl2-{__version__}"),
        propagate_positions=False,
    )


def parse_hcl(code: str) -> Tree[Token]:
    """Return the parse tree of `code`; raises lark's LarkError on what the grammar does not accept."""
    # The grammar has no end of file, only line breaks.
    return load_parser().parse(code + "\n")


def name_cache(grammar: str) -> str | bool:
    """Return the file in which lark can cache a grammar, or False if there is no safe folder.

    `grammar` is the grammar's name and release. lark itself discards the file if the grammar, the options, or lark's
    release change; the Python version is part of the name.
    """
    folder = find_cache_folder()
    if folder is None:
        return False
    return str(folder / f"{grammar}-python-{sys.version_info.major}.{sys.version_info.minor}.bin")


def find_cache_folder() -> Path | None:
    """Return the user's cache folder for flowseal, created if missing, or None if there is no safe one.

    The cache is a pickle. A folder that others can write to is not used, because loading it could run their code.
    """
    place = _locate_user_cache()
    if place is None:
        return None
    folder = place / "flowseal"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return None
    is_shared = hasattr(os, "getuid") and (status.st_uid != os.getuid() or bool(status.st_mode & 0o022))
    return None if is_shared or not os.access(folder, os.W_OK) else folder


def _locate_user_cache() -> Path | None:
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    given = os.environ.get(variable, "")
    if os.path.isabs(given):
        return Path(given)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") if home.is_absolute() else None


def name_branch(branch: Branch) -> str:
    """Return the terminal of a token, or the rule of a tree."""
    return str(branch.type if isinstance(branch, str) else branch.data)


def list_parts(tree: Tree[Token]) -> list[Branch]:
    """Return the children of `tree` without line breaks and comments."""
    return [child for child in tree.children if name_branch(child) not in ("new_line_or_comment", "NL_OR_COMMENT")]


def list_trees(tree: Tree[Token]) -> list[Tree[Token]]:
    """Return the children of `tree` that are trees, without line breaks and comments."""
    return [child for child in tree.children if not isinstance(child, str) and child.data != "new_line_or_comment"]


def find_first_line(branch: Branch) -> int:
    """Return the line on which `branch` starts."""
    while not isinstance(branch, str):
        branch = list_parts(branch)[0]
    return branch.line or 0


def find_last_line(branch: Branch) -> int:
    """Return the line on which the last token of `branch` starts; trailing line breaks do not count."""
    while not isinstance(branch, str):
        branch = list_parts(branch)[-1]
    return branch.line or 0


def require_one_line(parts: list[Branch]) -> None:
    """Raise UnreadableError on a line break between two parts: outside brackets, it ends the value in Terraform."""
    for before, after in pairwise(parts):
        # The lexer hides a line break before an operator in the operator's own token.
        hidden = isinstance(after, str) and "\n" in after
        if hidden or find_first_line(after) != find_last_line(before):
            raise UnreadableError(find_last_line(before), "a line break inside an expression without brackets")
