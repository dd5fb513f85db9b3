"""python-hcl2's grammar, loaded once; what lark makes of it is kept in the user's own cache folder between runs."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark, Token, Tree


@lru_cache(maxsize=1)
def load_parser() -> Lark:
    """Return the parser of python-hcl2's grammar, without the positions of trees: tokens have theirs."""
    import hcl2.parser
    from hcl2.postlexer import PostLexer
    from hcl2.version import __version__
    from lark import Lark

    return Lark.open(
        "hcl2.lark",
        rel_to=hcl2.parser.__file__,
        parser="lalr",
        postlex=PostLexer(),
        cache=name_cache(f"python-hcl2-{__version__}"),
        propagate_positions=False,
    )


def parse_text(text: str) -> Tree[Token]:
    """Return the parse tree of `text`; raises lark's LarkError for what the grammar refuses."""
    # The grammar knows no end of file, only ends of lines.
    return load_parser().parse(text + "\n")


def name_cache(grammar: str) -> str | bool:
    """Return the file in which lark may keep what it made of a grammar, or False where there is no safe folder.

    `grammar` names it and its release. lark notes in the file what it was made of, and makes another one where the
    grammar, the options or lark's release are others; this Python's version is a part of the name.
    """
    folder = find_cache_folder()
    if folder is None:
        return False
    return str(folder / f"{grammar}-python-{sys.version_info.major}.{sys.version_info.minor}.bin")


def find_cache_folder() -> Path | None:
    """Return a cache folder of the user, made where it was missing, or None where there is no safe one.

    The cache is a pickle, so a folder that others may write to is not used: loading it would run their code.
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
    foreign = hasattr(os, "getuid") and (status.st_uid != os.getuid() or bool(status.st_mode & 0o022))
    return None if foreign or not os.access(folder, os.W_OK) else folder


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
