"""The lexical level of HCL: strings, keys, numbers, names, expressions, and comments.

Every function raises ValueError for what it cannot print safely; that is a bug in flowseal, never in a document.
The rules come from HCL's native syntax specification (quoted templates, identifiers, numeric literals).
"""

from __future__ import annotations

import re
from decimal import Decimal
from textwrap import wrap

LINE_LENGTH = 120
"""Columns of generated code before a list or an object is broken over several lines."""

# Control characters, line and paragraph separators, invisible and direction-changing characters: reviewers must see
# them. Listed here because unicodedata changes with Python's version.
_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\uffff\U000e0000-\U000e0fff"
)
_INVISIBLE_RUN = re.compile(f"[{_INVISIBLE}]+")
_TO_ESCAPE = re.compile(rf'[$%](?={{)|["\\{_INVISIBLE}]')
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Not the characters that take one column in every version of Unicode: `terraform fmt` aligns by grapheme clusters.
_NOT_ONE_COLUMN = re.compile("[^ -~\xa1-\u02ff\u0370-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")

_IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_KEYWORDS = frozenset({"else", "endfor", "endif", "false", "for", "for_each", "if", "in", "null", "true"})
_EXPRESSION_MARK = re.compile(r'\\.|\$\$\{|%%\{|[$%]\{|["(){}\[\],#]|//|/\*|<<')
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_OPENERS_IN_STRING = {"${", "%{"}


def quote_string(text: str) -> str:
    """Write a string as an HCL string with exactly that value. A lone surrogate is rejected."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("a lone surrogate is not a character")
    return f'"{escape_string(text)}"'


def escape_string(text: str) -> str:
    """Escape a string for use inside quotes. `${` becomes `\\u0024{`, which all readers of HCL read alike."""
    return _TO_ESCAPE.sub(lambda match: _escape_character(match.group()), text)


def escape_before_interpolation(text: str) -> str:
    """Escape a string before `${`: a `$` or `%` at its end would escape the interpolation."""
    if text.endswith(("$", "%")):
        return escape_string(text[:-1]) + _escape_character(text[-1])
    return escape_string(text)


def quote_key(key: str) -> str:
    """Write the key of an object: bare if it is a plain identifier, else quoted, with one column per character."""
    if is_identifier(key) and key not in _KEYWORDS:
        return key
    quoted = quote_string(key)
    return _NOT_ONE_COLUMN.sub(lambda match: _escape_character(match.group()), quoted)


def _escape_character(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def write_number(number: int | Decimal) -> str:
    """Write a number with its author's digits. It keeps an exponent if the plain form would be long or add digits."""
    if isinstance(number, int):
        return str(number)
    if not number.is_finite():
        raise ValueError(f"{number} is not an HCL number")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -30 <= exponent <= 0:
        return format(number, "f")
    return str(number).lower().replace("e+", "e")


def is_identifier(text: str) -> bool:
    """Return whether a string is an HCL identifier (ASCII without hyphens: the names that flowseal uses)."""
    return _IDENTIFIER.fullmatch(text) is not None


def check_identifier(text: str) -> str:
    """Return the name of a block, label, attribute, or function, or raise ValueError."""
    if not is_identifier(text):
        raise ValueError(f"{text!r} is not an identifier")
    return text


def check_expression(text: str) -> str:
    """Return an expression that cannot affect what surrounds it, or raise ValueError.

    It is one line of ASCII with all brackets, strings, and interpolations closed, no comment, no heredoc, and no comma
    outside brackets that would make it two.
    """
    if not (text.isascii() and text.isprintable() and text.strip() == text != ""):
        raise ValueError(f"{text!r} is not an expression on one line")
    open_until: list[str] = []
    for mark in _EXPRESSION_MARK.findall(text):
        if open_until[-1:] == ['"']:
            if mark in _OPENERS_IN_STRING:
                open_until.append("}")
            elif mark == '"':
                open_until.pop()
        elif mark in _CLOSERS or mark == '"':
            open_until.append(_CLOSERS.get(mark, mark))
        elif open_until[-1:] == [mark]:
            open_until.pop()
        elif mark != "," or not open_until:
            raise ValueError(f"{mark!r} ends the expression {text!r}")
    if open_until:
        raise ValueError(f"{text!r} is missing {open_until[-1]!r}")
    return text


def write_comment_line(text: str) -> str:
    """Write a comment on one line of any length; characters that could end the line become a space."""
    return f"# {_INVISIBLE_RUN.sub(' ', text)}"


def write_comment(text: str, indent: int) -> list[str]:
    """Write a comment as wrapped lines that start with `#`; characters that could end a line become a space."""
    words = _INVISIBLE_RUN.sub(" ", text)
    width = max(LINE_LENGTH - indent - 2, 40)
    lines = wrap(words, width, break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{' ' * indent}# {line}".rstrip() for line in lines]
