"""What the two languages of expressions share: a lark grammar, and words for what it expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from generator.grammars import name_cache

if TYPE_CHECKING:
    from lark import Lark, Token, Transformer, UnexpectedInput

Parsed = TypeVar("Parsed")
END = "$END"
UNREADABLE = "UNREADABLE"


@dataclass(frozen=True, slots=True)
class ExpressionFault:
    """What is wrong with an expression, and its characters [start:end] where it is. `remedy` may be empty."""

    cause: str
    start: int
    end: int
    remedy: str = ""


@dataclass(eq=False)
class Language(Generic[Parsed]):
    """A language of expressions. `words` names its terminals for people, in the order in which to tell them.

    What lark makes of `grammar` is kept between runs under `name`.

    `make_transformer` gives what turns a tree into a value while it is parsed. `hints` are remedies by what was found.
    """

    name: str
    grammar: str
    words: Mapping[str, str]
    make_transformer: Callable[[], Transformer[Token, Parsed]] | None = None
    hints: Mapping[str, str] | None = None

    def parse(self, text: str) -> Parsed | ExpressionFault:
        """Return the value of an expression, or the first thing that is wrong with it."""
        from lark import UnexpectedInput

        try:
            # With a transformer, what comes of it instead of a tree.
            return cast(Parsed, self._parser.parse(text))
        except UnexpectedInput as error:
            return self._explain(error, text)

    @cached_property
    def _parser(self) -> Lark:
        from lark import Lark

        transformer = self.make_transformer() if self.make_transformer is not None else None
        grammar = f"{self.grammar}\n{UNREADABLE}.-1: /\\w+|./s\n"
        return Lark(
            grammar,
            parser="lalr",
            postlex=_KeepUnreadable(),
            transformer=transformer,
            cache=name_cache(self.name),
            propagate_positions=False,
        )

    def _explain(self, error: UnexpectedInput, text: str) -> ExpressionFault:
        from lark import UnexpectedToken

        start, found, expected = len(text), "", set()
        if isinstance(error, UnexpectedToken):
            expected = error.accepts or error.expected
            if error.token.type != END:
                start, found = error.token.start_pos or 0, str(error.token)
        wanted = [word for name, word in self.words.items() if name in expected]
        hints = self.hints or {}
        remedy = hints.get(found) or hints.get(text[start : start + 2]) or hints.get(text[start : start + 1]) or ""
        return ExpressionFault(describe_fault(wanted, start, found), start, start + len(found), remedy)


class _KeepUnreadable:
    """Lets what no terminal takes reach the parser, which then tells exactly what it would have taken."""

    always_accept = (UNREADABLE,)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Change nothing."""
        return stream


def describe_fault(wanted: list[str], start: int, found: str) -> str:
    """Say what was expected at which character, counted from 1, and what is there instead."""
    what = repr(found) if found else "the end"
    return f"expected {_list_alternatives(wanted)} at character {start + 1}, found {what}"


def _list_alternatives(words: list[str]) -> str:
    words = list(dict.fromkeys(words))
    if len(words) < 2:
        return "".join(words) or "something else"
    return f"{', '.join(words[:-1])} or {words[-1]}"
