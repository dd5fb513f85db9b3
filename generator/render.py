"""The plan of a module -> the text of every file.

Jinja owns the shape of a file, generator.hcl every value: whatever a template prints passes the encoder.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from generator.hcl import Block, Value, encode_value, write_block
from generator.module import plan_fixed_files
from generator.module.interface import bound_provider
from generator.readme import render_readme
from generator.templates import read_templates

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
    # What is the same in every module of a project stands in the templates.
    fixed = plan_fixed_files(plan.settings)
    context = {file: blocks[len(fixed.get(file, ())) :] for file, blocks in plan.blocks.items()}
    settings = {
        "permissions_boundary_arn": plan.settings.permissions_boundary_arn,
        "provider_version": bound_provider(plan.settings),
    }
    rendered = {
        file: environment.get_template(template).render(blocks=context.get(file, ()), **settings)
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
        loader=DictLoader(read_templates()),
        autoescape=True,
        finalize=encode,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
