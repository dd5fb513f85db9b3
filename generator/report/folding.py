"""Sentences on a terminal: folded between words, by the columns that their characters take."""

from __future__ import annotations

from generator.report.escaping import measure_width


def fold_text(text: str, columns: int | None, indent: int = 0) -> list[str]:
    """Return the lines of a text that will stand after `indent` blanks; with no columns, the text as it is.

    A word that is longer than a line is left whole. There is always one line.
    """
    if columns is None:
        return [text]
    lines: list[str] = []
    width = columns
    for word in text.split(" "):
        needed = measure_width(word)
        if lines and width + 1 + needed <= columns - indent:
            lines[-1] += f" {word}"
            width += 1 + needed
        else:
            lines.append(word)
            width = needed
    return lines
