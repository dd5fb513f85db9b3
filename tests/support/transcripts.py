"""Pages that show what commands print: the steps of their `console` blocks, read and written.

A step begins with `$ ` and a command of the shell, which goes on in lines that begin with `> `; below it stands what it
printed, errors included, and last its exit code where that is not 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_STEP = re.compile(r"^\$ (?P<command>.*\n(?:>(?: .*)?\n)*)(?P<output>(?:(?!\$ |> |>$).*\n)*)", re.MULTILINE)
_UNCLEAR = re.compile(r"^(\$ |> |>$|```|\[exit code )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """A command, what it prints, and its exit code."""

    command: str
    output: str = ""
    code: int = 0

    @property
    def text(self) -> str:
        """What the page shows of the result."""
        return self.output + (f"[exit code {self.code}]\n" if self.code else "")


def read_steps(page: str) -> list[Step]:
    """Read all steps of a page, in their order. Their outputs have the exit code in them."""
    steps = []
    for block in _BLOCK.findall(page):
        assert "".join(match[0] for match in _STEP.finditer(block)) == block, f"no step:\n{block}"
        steps += [_read_step(match) for match in _STEP.finditer(block)]
    return steps


def play_steps(page: str, play: Callable[[str], Step]) -> str:
    """Have every command of a page played, one after the other; return the page with what they print now.

    The author of the page writes the exit codes: a command that fails unexpectedly is an error, also under --accept.
    """

    def write(match: re.Match[str]) -> str:
        expected = _read_step(match)
        step = play(expected.command)
        assert step.code == expected.code, f"`{step.command}` exits with {step.code}:\n{step.output}"
        assert not _UNCLEAR.search(step.output), step.output
        assert not step.output or step.output.endswith("\n"), step.output
        return f"$ {match['command']}{step.text}"

    return _BLOCK.sub(lambda block: _STEP.sub(write, block[0]), page)


def _read_step(match: re.Match[str]) -> Step:
    step = Step(re.sub(r"^> ?", "", match["command"], flags=re.MULTILINE).rstrip("\n"), match["output"])
    code = re.search(r"^\[exit code (\d+)\]\n\Z", step.output, re.MULTILINE)
    return replace(step, output=step.output[: code.start()], code=int(code[1])) if code else step
