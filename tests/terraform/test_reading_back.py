"""Reading a file in pieces: same meaning and line numbers as the whole file, and nothing crosses pieces."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from paths import MODULES

from generator.terraform.proof import reader
from generator.terraform.proof.parser import parse_hcl
from generator.terraform.proof.quick_reader import read_quickly
from generator.terraform.proof.reader import read_file, read_piece

FILES = sorted([*MODULES.glob("*/*.tf"), *MODULES.glob("*/tests/*.hcl")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MODULES)))
def test_pieces_mean_what_the_whole_file_means(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert read_file(text) == read_piece(text)
    assert not read_file(text).faults


@pytest.mark.parametrize(
    "text",
    [
        'a "b" {\n  c = 1\n}\n/* \nd "e" {\n}\n*/\nf "g" {}\n',
        'a "b" {\n  c = <<EOT\n}\nEOT\n}\n',
        "a {\n  c = [{\n}\n, 1]\n}\n",
        "a {\n  b {\n}\n}\n",
        'a {\n  c = "${{\n}\n}"\n}\n',
        'a "b" {\n  c = 1\n}\nd "e" {\n  f = 1\n',
        'a "b" {\n  c = 1\n}\n}\nd "e" {\n  f = 1\n}\n',
        'a "b" {\n  c = 1\n}\nx\nd "e" {\n  f = 1\n}\n',
        'a "b" {\n  c = 1\n}\n, d "e" {\n  f = 1\n}\n',
        'a "b" {\n  c = "\n}\nd "e" {\n  f = 1\n}\n',
        'a "b" {\n  c = [\n}\nd "e" {\n  f = 1\n}\n]\n}\n',
        'a "b" {\n  c = <<-EOT\n}\nd "e" {\n  f = 1\n}\n  EOT\n}\n',
        'a "b" {\n  c = (1 +\n}\nd "e" {\n  f = 1\n}\n)\n}\n',
    ],
)
def test_anything_that_crosses_the_end_of_a_piece_is_a_fault(text: str) -> None:
    assert read_file(text).faults


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MODULES)))
def test_what_replaces_the_end_of_a_piece_cannot_hide_what_follows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ends = [match.start() + 1 for match in re.finditer(r"\n}\n(?!\Z)", text)]
    for end in ends[:3]:
        for hidden in (
            "",
            "/*\n}\n",
            "x = <<E\n}\n",
            "x = [\n}\n",
            'x = "\n}\n',
            'x = "${\n}\n',
            "x = {\n}\n",
            "{\n}\n",
        ):
            assert read_file(text[:end] + hidden + text[end + 2 :]).faults


def test_a_block_is_read_once_wherever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    monkeypatch.setattr(reader, "parse_hcl", lambda code: [parsed.append(code), parse_hcl(code)][1])
    block = 'read "once" {\n  b {\n    c = 1\n  }\n}\n'
    first, second = read_file(block), read_file(f'other "x" {{\n}}\n\n{block}\n{block}')
    assert [code.strip() for code in parsed if code.strip()] == [block.strip(), 'other "x" {\n}', block.strip()]
    assert [block.blocks[0].line for block in (*first.blocks, *second.blocks[1:])] == [2, 5, 11]
    assert second.blocks[1].body[0].body[0].line == 6  # type: ignore[union-attr]


@pytest.mark.parametrize("key", ["for", "in", "null", "1", "a.b", "f()", '("x")'])
def test_a_key_of_an_object_is_a_name_or_a_string(key: str) -> None:
    quoted = key.replace('"', "")
    assert not read_file(f'a {{\n  b = {{ "{quoted}" = 1 }}\n}}\n').faults
    assert read_file(f"a {{\n  b = {{ {key} = 1 }}\n}}\n").faults


def test_a_string_ends_on_its_line() -> None:
    ((line, what),) = read_file('a {\n  b = "x\ny"\n}\n').faults
    assert (line, what) == (2, "a line break in a quoted string")


def test_lines_may_break_in_interpolations_and_in_brackets() -> None:
    assert not read_file('a {\n  b = "${1 +\n2}"\n  c = (1 +\n2)\n}\n').faults
    assert read_file("a {\n  b = 1 +\n2\n}\n").faults


@pytest.mark.parametrize("comment", ["// one", "/* one */"])
def test_any_other_kind_of_comment_is_a_fault_on_its_line(comment: str) -> None:
    assert [line for line, _ in read_file(f"# fine\n{comment}\na {{\n}}\n").faults] == [2]


def test_faults_have_the_line_numbers_of_the_file() -> None:
    read = read_file("a {\n  b = 1\n}\n\nc {\n  d = 1\n  d = 2\n}\n\ne = 1\n")
    assert [line for line, _ in read.faults] == [7, 10]
    assert [block.line for block in read.blocks] == [1, 5]


SIGNS = (
    *("{", "}", "[", "]", "(", ")", '"', "=", "/*", "*/", "//", "# {", "${", "}\n}", "x = {", "x = [", "x = <<E", "E"),
    *('x = "', "x = 1", "x {", "x {}", 'x = "${', "<<-E", "  }", "    }", "b {", ",", "}\n{", "x = {\n  y = 1", "\\"),
    *('"a",', '"a" = "b",', '"${', '}a"', "#", '# "a"', '/* "', '"\n', '"a"\n# b"', "$", "$$", "%{", '("a") = 1'),
)
NESTED = """\
# Code generated
a "b" {
  c = 1
  d = "two"

  e {
    f = [
      1,
    ]
    g {
      h = 1
    }
  }

  e "x" {
    i = { j = "}" }
  }
  # "three"
  l = ["four", "f${i}ve", "$six", var.x == "" ? "seven" : "eight"]
  m = [for n in o("nine") : "${n}ten" if n != "eleven"]
}

k {
  e {
    f = "${a.b}"
  }
}
"""


def strip_lines(blocks: object) -> str:
    return re.sub(r"line=\d+", "", repr(blocks))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MODULES)))
def test_blocks_read_once_each_mean_what_the_whole_file_means(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    blocks = read_quickly(text)
    assert blocks is not None
    assert strip_lines(blocks) == strip_lines(read_file(text).blocks)


@pytest.mark.parametrize("seed", range(10))
def test_a_file_is_read_quickly_as_its_whole_is_or_not_at_all(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        lines = NESTED.split("\n")
        for _ in range(chance.choice((1, 1, 2, 3))):
            at = chance.randrange(1, len(lines))
            sign = chance.choice(SIGNS)
            indented = chance.choice(("", "  ", "    ")) + sign
            lines[at : at + chance.choice((0, 0, 1))] = [chance.choice((indented, indented, lines[at] + sign))]
        text = "\n".join(lines)
        blocks, whole = read_quickly(text), read_file(text)
        assert blocks is None or (not whole.faults and strip_lines(blocks) == strip_lines(whole.blocks)), text


def test_blocks_that_differ_in_texts_alone_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    monkeypatch.setattr(reader, "parse_hcl", lambda code: [parsed.append(code), parse_hcl(code)][1])
    shape = 'alike "{0}" {{\n  # {1}\n  a = ["{1}", f("${{b}}/{2}")]\n}}\n'
    texts = [("one", "two", "three"), ("one", "$four", "} = {"), ("one", "#", ", ["), ("two", "two", "three")]
    for each in texts:
        text = shape.format(*each)
        blocks = read_quickly(text)
        assert blocks is not None
        assert strip_lines(blocks) == strip_lines(read_piece.__wrapped__(text).blocks)
    # Once each as it is, and once for each label.
    assert len(parsed) == len(texts) + 2


@pytest.mark.parametrize(
    "text",
    [
        "a {\n  b {\n    c = <<E\n  }\n  d {\nE\n  }\n}\n",
        "a {\n  b = [\n  c {\n  }\n  ]\n}\n",
        "a {\n  /*\n  c {\n    d = 1\n  }\n  */\n}\n",
        'a {\n  b = "${[\n  c {\n    d = 1\n  }\n  ]}"\n}\n',
        "a {\n  b = <<E\n  c {\n    d = 1\n  }\nE\n}\n",
        "a {\n  b { # one\n    c {\n      d = 1\n    }\n  }\n}\n",
    ],
)
def test_an_inner_block_that_may_be_text_or_a_value_is_not_read_by_itself(text: str) -> None:
    assert read_quickly(text) is None
