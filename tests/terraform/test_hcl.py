"""The encoder: values and blocks as HCL, checked with python-hcl2 and with Terraform itself."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from pathlib import Path

import hcl2
import pytest
from hcl2.utils import process_escape_sequences
from hcl_strategies import blocks, read_with_terraform, run_terraform, texts, values
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.terraform.hcl import (
    Attribute,
    Block,
    Call,
    Comment,
    Equality,
    Reference,
    Template,
    Value,
    encode_value,
    join_parts,
    write_block,
)


def test_values_on_one_line() -> None:
    value: Value = {"team": "support", "for": [1, Decimal("0.70"), True, None], "r": Reference("var.x")}
    assert encode_value(value["team"]) == '"support"'
    assert encode_value([1, True, None, ()]) == "[1, true, null, []]"
    assert encode_value({"team": "support", "cost center": "7"}) == '{ team = "support", "cost center" = "7" }'
    assert encode_value({}) == "{}"
    assert encode_value(Call("merge", ({"team": "a"}, Reference("var.tags")))) == 'merge({ team = "a" }, var.tags)'


def test_templates_escape_strings_and_interpolate_references() -> None:
    template = Template(("a$", Reference("var.x"), "${", Reference("var.y"), '"%'))
    assert encode_value(template) == r'"a\u0024${var.x}\u0024{${var.y}\"%"'
    assert encode_value(Template(("$", "{x}", Reference("a")))) == r'"\u0024{x}${a}"'
    assert encode_value(Template((Reference("var.x"),))) == "var.x"


def test_join_parts_returns_the_simplest_value() -> None:
    assert join_parts(["a", "", "b"]) == "ab"
    assert join_parts([]) == ""
    assert join_parts(["", Reference("var.x")]) == Reference("var.x")
    assert join_parts(["a", "b", Reference("x")]) == Template(("ab", Reference("x")))


def test_long_lists_have_one_element_per_line() -> None:
    block = Block("statement", (), (Attribute("actions", ["a"]), Attribute("resources", ["x" * 60, "y" * 60])))
    assert write_block(block) == "\n".join(
        ["statement {", '  actions = ["a"]', "  resources = [", f'    "{"x" * 60}",', f'    "{"y" * 60}",', "  ]", "}"]
    )


def test_the_left_side_of_an_equality_is_never_broken() -> None:
    short = Equality(Reference("var.x"), [1, 2])
    assert encode_value(short) == "var.x == [1, 2]"
    long = Equality(Reference("f(var.x)"), Call("jsonencode", ([{"a": "b" * 100}],)))
    assert encode_value(long, 4) == "\n".join(["f(var.x) == jsonencode([", f'      {{ a = "{"b" * 100}" }},', "    ])"])


def test_objects_of_objects_are_broken_and_aligned() -> None:
    value = Call("jsonencode", ({"a": {"b": 1, "cc": {"d": []}}, "long": 2, "e": [{"f": 1}]},))
    assert encode_value(value, 2).splitlines() == [
        "jsonencode({",
        "    a = {",
        "      b  = 1",
        "      cc = { d = [] }",
        "    }",
        "    long = 2",
        "    e = [",
        "      { f = 1 },",
        "    ]",
        "  })",
    ]


def test_blocks_are_formatted_like_handwritten_ones() -> None:
    block = Block(
        "resource",
        ("aws_kms_key", "this"),
        (
            Attribute("a", 1),
            Attribute("long", "x"),
            Block("input"),
            Comment("Why.\nAnd how."),
            Block("output", (), (Attribute("name", "b"),)),
            Attribute("depends_on", [Reference("aws_iam_role.this")]),
        ),
    )
    assert write_block(block, 2).splitlines() == [
        '  resource "aws_kms_key" "this" {',
        "    a    = 1",
        '    long = "x"',
        "",
        "    input {}",
        "",
        "    # Why. And how.",
        "    output {",
        '      name = "b"',
        "    }",
        "",
        "    depends_on = [aws_iam_role.this]",
        "  }",
    ]


@pytest.mark.parametrize("value", [0.5, b"x", {1, 2}, Block("x"), Comment("x"), object(), [0.5], {"a": 0.5}])
def test_other_types_are_rejected(value: object) -> None:
    with pytest.raises(TypeError, match="not an HCL value"):
        encode_value(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [Reference("a\nb"), Reference("x) y"), Call("f(", ()), {"\xe9": 1, "e\u0301": 2}, Template((Reference("}"),))],
)
def test_values_that_would_break_out_are_rejected(value: Value) -> None:
    with pytest.raises(ValueError, match=r"expression|identifier|normalization"):
        encode_value(value)


@pytest.mark.parametrize(
    "block", [Block("a b"), Block("a", ('x" {',)), Block("a", (), (Attribute("x = 1\ny", 1),)), Block('"')]
)
def test_names_of_blocks_are_identifiers(block: Block) -> None:
    with pytest.raises(ValueError, match="identifier"):
        write_block(block)


def read_back(value: object) -> object:
    """Convert what python-hcl2 returns for a literal into the plain value."""
    if isinstance(value, str):
        if value.startswith('"'):
            return process_escape_sequences(value[1:-1])
        return Decimal(value.removeprefix("${").removesuffix("}"))
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, list):
        return [read_back(item) for item in value]
    if isinstance(value, dict):
        return {read_back(key) if key.startswith('"') else key: read_back(item) for key, item in value.items()}
    return value


@given(values)
def test_python_hcl2_reads_encoded_values(value: Value) -> None:
    assert read_back(hcl2.loads(f"x = {encode_value(value)}\n")["x"]) == value


@given(blocks)
def test_python_hcl2_reads_every_block(block: Block) -> None:
    def name_parts(block: Block) -> set[str]:
        return {
            item.name if isinstance(item, Attribute) else item.type
            for item in block.body
            if not isinstance(item, Comment)
        }

    read = hcl2.loads(write_block(block) + "\n")
    assert set(read[block.type][0]) - {"__is_block__", "__comments__", "__inline_comments__"} == name_parts(block)


def normalize(value: object) -> object:
    """Convert a value to Terraform's own form: NFC, lists, numbers by value."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normalize(item) for item in value]
    if isinstance(value, dict):
        return {normalize(key): normalize(item) for key, item in value.items()}
    return value


@pytest.mark.terraform
@settings(max_examples=15)
@given(st.lists(values, min_size=5, max_size=40))
def test_terraform_reads_encoded_values(tmp_path_factory: pytest.TempPathFactory, value: list[Value]) -> None:
    folder = tmp_path_factory.mktemp("read")
    assert normalize(read_with_terraform(folder, encode_value(value))) == normalize(value)


@pytest.mark.terraform
@settings(max_examples=10)
@given(st.lists(st.tuples(texts, texts), min_size=5, max_size=30))
def test_terraform_interpolates_only_references(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    value = [Template((before, Reference("path.module"), after)) for before, after in pairs]
    read = read_with_terraform(tmp_path_factory.mktemp("read"), encode_value(value))
    assert read == [unicodedata.normalize("NFC", f"{before}.{after}") for before, after in pairs]


@pytest.mark.terraform
@settings(max_examples=15)
@given(st.lists(blocks, min_size=3, max_size=15))
def test_terraform_fmt_has_nothing_to_change_in_blocks(items: list[Block]) -> None:
    text = "\n\n".join(map(write_block, items)) + "\n"
    formatted = run_terraform(Path.cwd(), "fmt", "-", text=text)
    assert formatted.returncode == 0, formatted.stderr
    assert formatted.stdout == text
