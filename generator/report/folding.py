"""Wraps sentences between words, by the columns that their characters take on a terminal."""

from __future__ import annotations

from generator.report.escaping import measure_width


def fold_text(text: str, columns: int | None, indent: int = 0, taken: int | None = None) -> list[str]:
    """Return the lines of a text that will be indented by `indent` spaces; without `columns`, the text unchanged.

    If `taken` is given, so many columns of the first line are in use instead; it is empty if the first word doesn't fit
    next to them. A word that is longer than a line is kept whole. There is always at least one line.
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
