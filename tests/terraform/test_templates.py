"""Templates print values only where encoded values are safe: never in a string, a comment, or a heredoc."""

from __future__ import annotations

from pathlib import Path

import pytest
from paths import ROOT

from generator.terraform.module import TEMPLATES
from generator.terraform.render import load_templates

FOLDER = ROOT / "hcl_templates"
TERRAFORM = sorted([*FOLDER.glob("*.tf.jinja"), *FOLDER.glob("*.hcl.jinja")])


def find_unsafe_places(source: str) -> list[int]:
    """Return the lines on which a value is printed inside quotes or a comment, or on which a heredoc starts."""
    unsafe = []
    quoted = commented = False
    for line, kind, text in load_templates().lex(source):
        if kind == "data":
            for character in text:
                if character == "\n":
                    quoted = commented = False
                elif character == '"' and not commented:
                    quoted = not quoted
                elif character == "#" and not quoted:
                    commented = True
            unsafe += [line] if "<<" in text else []
        elif kind == "variable_begin" and (quoted or commented):
            unsafe.append(line)
    return unsafe


@pytest.mark.parametrize("path", TERRAFORM, ids=lambda path: path.name)
def test_no_value_is_printed_in_a_string_comment_or_heredoc(path: Path) -> None:
    assert find_unsafe_places(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ['x = "a-{{ n }}"', "# {{ n }}\n", "x = <<EOT\nEOT\n", '# "\nx = "{{ n }}"'])
def test_the_search_finds_unsafe_places(source: str) -> None:
    assert find_unsafe_places(source)


def test_no_template_uses_a_filter() -> None:
    for path in TERRAFORM:
        assert "|" not in [text for _, kind, text in load_templates().lex(path.read_text()) if kind == "operator"]


def test_every_template_is_used() -> None:
    assert {path.name for path in FOLDER.glob("*.jinja")} == set(TEMPLATES.values())


def test_every_printed_value_is_encoded() -> None:
    template = load_templates().from_string("{{ value }} {{ 'a<&' }} {{ true }} {{ none }}")
    assert template.render(value="${x}") == '"\\u0024{x}" "a<&" true null'


def test_a_value_that_is_not_hcl_is_rejected() -> None:
    with pytest.raises(TypeError):
        load_templates().from_string("{{ value }}").render(value=object())
