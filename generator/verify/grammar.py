"""python-hcl2's grammar, loaded once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from generator.grammars import name_cache

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
