"""Hypothesis strategies for HCL values and blocks, and readers to check their encoding with."""

from __future__ import annotations

import json
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from unicodedata import normalize

from hypothesis import strategies as st

from generator.terraform.hcl import Attribute, Block, Comment, Reference, Template, Value

HOSTILE = [
    "",
    '"',
    "\\",
    "${var.x}",
    "$${var.x}",
    "$$${",
    "%{ if true }",
    "%%{",
    "$",
    "%",
    "{",
    "EOT\n",
    "<<EOT\nx\nEOT\n",
    "*/ # //",
    "a\r\nb\tc\x00\x1b[31m",
    "\u2028\u202e\ufeff\u200d",
    "é e\u0301 \u0301",
    "\U0001f600\U0001f469\u200d\U0001f52c",
    "\\u0024{x}",
    '\\"${x}\\"',
]
texts = st.lists(
    st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=6)), max_size=5
).map("".join)
numbers = st.one_of(
    st.integers(-(10**12), 10**12),
    st.decimals(-1000, 1000, places=3, allow_nan=False),
    st.sampled_from([Decimal(text) for text in ("0.70", "1e3", "2.5e-3", "0.0000001", "1E+2", "-0.5", "7e-40")]),
)
keys = st.one_of(
    texts, st.sampled_from(["team", "for", "null", "true", "in", "topK", "a-b", "日本", "e\u0301x", "a.b"])
)


def make_objects(values: st.SearchStrategy[Value]) -> st.SearchStrategy[dict[str, Value]]:
    """Objects whose keys differ after NFC normalization, as the reader of definitions guarantees."""
    return st.dictionaries(keys.map(lambda key: normalize("NFC", key)), values, max_size=4)


values: st.SearchStrategy[Value] = st.recursive(
    st.one_of(texts, numbers, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), make_objects(inner)),
    max_leaves=12,
)
references = st.sampled_from(["var.x", "local.key_arn", "data.aws_region.current.region"]).map(Reference)
templates = st.lists(st.one_of(texts, references), max_size=4).map(lambda parts: Template(tuple(parts)))
names = st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True)


def make_blocks(bodies: st.SearchStrategy[Block] | None) -> st.SearchStrategy[Block]:
    """Blocks around the given inner blocks; attribute names are unique in a body."""
    attributes = st.builds(Attribute, names, st.one_of(values, templates, references))
    items = st.one_of(attributes, st.builds(Comment, texts), *([] if bodies is None else [bodies]))
    unique = st.lists(items, max_size=6, unique_by=lambda item: item.name if isinstance(item, Attribute) else id(item))
    return st.builds(lambda type_, body: Block(type_, (), drop_namesakes(body)), names, unique)


def drop_namesakes(body: list[Attribute | Block | Comment]) -> tuple[Attribute | Block | Comment, ...]:
    """Drop blocks with the name of an attribute in the same body: no schema has both, and python-hcl2 rejects it."""
    attributes = {item.name for item in body if isinstance(item, Attribute)}
    return tuple(item for item in body if not isinstance(item, Block) or item.type not in attributes)


blocks: st.SearchStrategy[Block] = st.recursive(make_blocks(None), make_blocks, max_leaves=6)


def run_terraform(folder: Path, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the terraform command without the machine's own configuration."""
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    return subprocess.run(
        ["terraform", *arguments], cwd=folder, env=environment, input=text, text=True, capture_output=True, check=False
    )


def read_with_terraform(folder: Path, encoded: str) -> object:
    """Return an encoded value as Terraform reads it, via JSON; numbers as Decimal."""
    (folder / "main.tf").write_text(f'output "read" {{\n  value = jsonencode({encoded})\n}}\n', "utf-8")
    applied = run_terraform(folder, "apply", "-auto-approve", "-no-color")
    assert applied.returncode == 0, applied.stderr
    outputs = json.loads(run_terraform(folder, "output", "-json").stdout)
    return json.loads(outputs["read"]["value"], parse_float=Decimal)
