"""The plan of a module -> the text of every file.

Jinja owns the shape of a file, generator.hcl every value: whatever a template prints passes the encoder.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from generator.hcl import Block, Value, encode_value, write_block
from generator.module import plan_fixed_files
from generator.readme import render_readme

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.nodes import EvalContext

    from generator.module import ModulePlan

TEMPLATES = {
    ".gitattributes": "gitattributes.jinja",
    "iam.tf": "iam.tf.jinja",
    "kms.tf": "kms.tf.jinja",
    "main.tf": "main.tf.jinja",
    "outputs.tf": "outputs.tf.jinja",
    "permissions.tf": "permissions.tf.jinja",
    "tests/flow.tftest.hcl": "flow.tftest.hcl.jinja",
    "variables.tf": "variables.tf.jinja",
    "versions.tf": "versions.tf.jinja",
}
"""The files of a module and their templates. The README has its own room, and prompts and code need no template."""


def render_module(plan: ModulePlan) -> dict[str, str]:
    """Return the text of every file of the module by its path: .tf, tests, README.md, .gitattributes, prompts, code."""
    environment = load_templates()
    # What is the same in every module stands in the templates.
    fixed = plan_fixed_files()
    context = {file: blocks[len(fixed.get(file, ())) :] for file, blocks in plan.blocks.items()}
    rendered = {
        file: environment.get_template(template).render(blocks=context.get(file, ()))
        for file, template in TEMPLATES.items()
    }
    return dict(sorted({**rendered, "README.md": render_readme(plan), **plan.texts}.items()))


@cache
def load_templates() -> Environment:
    """Return Jinja's environment: strict about names, and every printed value goes through the encoder."""
    from jinja2 import DictLoader, Environment, StrictUndefined, pass_eval_context
    from markupsafe import Markup

    # Without the context, Jinja would fold constants before the encoder sees them.
    @pass_eval_context
    def encode(_context: EvalContext, value: Value | Block) -> Markup:
        return Markup(write_block(value) if isinstance(value, Block) else encode_value(value))  # noqa: S704

    return Environment(
        loader=DictLoader(_read_templates()),
        autoescape=True,
        finalize=encode,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def template_digest() -> str:
    """Return the SHA-256 of all templates, their names and bytes, in the order of their names."""
    digest = hashlib.sha256()
    for name, text in sorted(_read_templates().items()):
        digest.update(f"{name}\0{len(text)}\0".encode())
        digest.update(text.encode())
    return digest.hexdigest()


@cache
def _read_templates() -> dict[str, str]:
    return {
        item.name: item.read_text(encoding="utf-8")
        for item in files("hcl_templates").iterdir()
        if item.name.endswith(".jinja")
    }
