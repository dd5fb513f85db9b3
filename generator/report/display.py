"""Text for a terminal or a log: escaped, so that nothing in it hides or controls either; measured, and wrapped."""

from __future__ import annotations

import re
import unicodedata

# Characters that are invisible, although Unicode puts them in the categories of letters, marks, and symbols: joiners,
# fillers, inherent vowels, variation selectors, the empty Braille cell. And the replacements for unreadable characters.
_SHOWS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\ufffd\U0001d159\U000e0100-\U000e01ef]"
)
# What GitHub's runner takes for a command: :: at the start of a line, after any spaces, and ##[ anywhere.
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_OLD_COMMAND = re.compile(r"##(?=\[|vso\[)")
# What controls a terminal, changes the reading order, or starts a line before a command. Any other CR is text.
_STEERS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?=[^\\S\n]*::)")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape_controls(text: str) -> str:
    """Replace every unsafe character with a readable escape, such as `\\x1b`.

    Unsafe characters are those in the Unicode categories "other" and "separator" (controls, formats, surrogates,
    private use, unassigned, every space but U+0020), and those that are invisible.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spell_character(item) if _is_unsafe(item) else item for item in text)


def escape_lines(text: str) -> str:
    """Escape every unsafe character in lines of text, except LF."""
    return "\n".join(map(escape_controls, text.split("\n")))


def escape_steering(text: str) -> str:
    """Escape only what controls a terminal or a runner, so that lines of a file can go through a pipe unchanged."""
    return _STEERS.sub(lambda match: _spell_character(match[0]), text)


def neutralize_commands(text: str) -> str:
    """Escape commands for GitHub's runner in lines of text: `\\x3a:` for ::, `#\\x23[` for ##[."""
    return neutralize_old_commands(_COMMAND.sub(r"\1\\x3a", text) if "::" in text else text)


def neutralize_old_commands(text: str) -> str:
    """Escape ##[ and ##vso[, which runners also recognize in the middle of a line."""
    return _OLD_COMMAND.sub(r"#\\x23", text) if "##" in text else text


def _is_unsafe(character: str) -> bool:
    return not character.isprintable() or _SHOWS_NOTHING.match(character) is not None


def measure_width(text: str) -> int:
    """Count the columns that a text takes up on a terminal: two per wide character, none for combining ones."""
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


def fold_text(text: str, columns: int | None, indent: int = 0, taken: int | None = None) -> list[str]:
    """Wrap a text between words into lines that will be indented by `indent` spaces. Without `columns`, don't wrap.

    If `taken` is given, that many columns of the first line are in use instead of the indent; the line is empty if the
    first word does not fit after them. A word longer than a line is kept whole. There is always at least one line.
    """
    if columns is None:
        return [text]
    lines: list[str] = []
    left = columns - (indent if taken is None else taken)
    for word in text.split(" "):
        needed = measure_width(word)
        if lines and needed < left:
            lines[-1] += f" {word}"
            left -= needed + 1
            continue
        if not lines and taken is not None and needed > left:
            lines.append("")
        lines.append(word)
        left = (columns - indent if len(lines) > 1 else left) - needed
    return lines
