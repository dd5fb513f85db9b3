"""Text of a document on its way to a terminal or a log: nothing steers the terminal, hides, or commands a CI."""

from __future__ import annotations

import re
import unicodedata

# What no category of Unicode tells apart from letters, marks and signs, and yet shows nothing: joiners, fillers, vowels
# that are not written, variation selectors, the empty Braille cell; and the signs that stand for unreadable characters.
_SHOWS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\ufffd\U0001d159\U000e0100-\U000e01ef]"
)
# What GitHub's runner takes for a command: a line that begins with ::, after blanks, and ##[ anywhere.
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_OLD_COMMAND = re.compile(r"##(?=\[|vso\[)")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape_controls(text: str) -> str:
    """Return the text with every unsafe character as an escape that one can read, such as `\\x1b`.

    Unsafe is what Unicode counts among "other" and "separator" (controls, formats, surrogates, private use, characters
    that are not assigned, every blank but the space), and what shows nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spell_character(item) if _is_unsafe(item) else item for item in text)


def neutralize_commands(text: str) -> str:
    """Return a text of several lines in which GitHub's runner finds no command: `\\x3a:` for ::, `#\\x23[` for ##[."""
    return neutralize_old_commands(_COMMAND.sub(r"\1\\x3a", text) if "::" in text else text)


def neutralize_old_commands(text: str) -> str:
    """Return a text without ##[ and ##vso[, which runners find in the middle of a line, too."""
    return _OLD_COMMAND.sub(r"#\\x23", text) if "##" in text else text


def _is_unsafe(character: str) -> bool:
    return not character.isprintable() or _SHOWS_NOTHING.match(character) is not None


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
