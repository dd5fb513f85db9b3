"""Text of a document on its way to a terminal: nothing that steers the terminal, or hides from a reader, stays raw."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1, the soft hyphen, what turns the direction of writing, line and paragraph separators, what has no width,
# tags, private use and half surrogates (names of files that are no UTF-8).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U0010ffff]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape_controls(text: str) -> str:
    """Return the text with every unsafe character as an escape that one can read, such as `\\x1b`."""
    return _UNSAFE.sub(lambda match: _spell_character(match.group()), text)


def measure_width(text: str) -> int:
    """Return the columns that a text takes on a terminal: wide characters two, combining ones none."""
    return len(text) if text.isascii() else sum(map(_measure_character, text))


def _measure_character(character: str) -> int:
    # Vowels and final consonants of Hangul join the syllable before them.
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _spell_character(character: str) -> str:
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
