"""Makes text safe for a terminal or a log: nothing controls the terminal, hides, or is a command of a CI."""

from __future__ import annotations

import re
import unicodedata

# Characters that no Unicode category separates from letters, marks, and signs, but that show nothing: joiners, fillers,
# inherent vowels, variation selectors, the empty Braille cell; and the signs that replace unreadable characters.
_SHOWS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\ufffd\U0001d159\U000e0100-\U000e01ef]"
)
# What GitHub's runner takes for a command: :: at the start of a line, after any spaces, and ##[ anywhere.
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_OLD_COMMAND = re.compile(r"##(?=\[|vso\[)")
# What steers a terminal, changes the reading order, or begins a line before a command; any other CR is text.
_STEERS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?=[^\\S\n]*::)")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape_controls(text: str) -> str:
    """Return the text with every unsafe character as a readable escape, such as `\\x1b`.

    Unsafe characters are those in the Unicode categories "other" and "separator" (controls, formats, surrogates,
    private use, unassigned, every space but U+0020), and those that show nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spell_character(item) if _is_unsafe(item) else item for item in text)


def escape_lines(text: str) -> str:
    """Return lines of text with every unsafe character but LF as an escape."""
    return "\n".join(map(escape_controls, text.split("\n")))


def escape_steering(text: str) -> str:
    """Return lines of a file for a pipe: only what steers a terminal or a runner is an escape, the rest stays as is."""
    return _STEERS.sub(lambda match: _spell_character(match[0]), text)


def neutralize_commands(text: str) -> str:
    """Return lines of text without commands for GitHub's runner: `\\x3a:` for ::, `#\\x23[` for ##[."""
    return neutralize_old_commands(_COMMAND.sub(r"\1\\x3a", text) if "::" in text else text)


def neutralize_old_commands(text: str) -> str:
    """Return a text without ##[ and ##vso[, which runners also find in the middle of a line."""
    return _OLD_COMMAND.sub(r"#\\x23", text) if "##" in text else text


def _is_unsafe(character: str) -> bool:
    return not character.isprintable() or _SHOWS_NOTHING.match(character) is not None


def measure_width(text: str) -> int:
    """Return the columns that a text takes on a terminal: two for wide characters, none for combining ones."""
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
