"""MIGRATION.md: how an imported flow gets into the Terraform configuration that calls its module."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.flow.model import Engine
from generator.flow.reading.forms import FLOW_ID
from generator.importing.flows import ImportedFlow
from generator.importing.writing import name_folder

ADDRESS = re.compile(
    r"""(?:module\.[\w-]+(?:\["[\w./-]+"\]|\[[0-9]+\])?\.)*[a-z_]+\.[\w-]+(?:\["[\w./-]+"\]|\[[0-9]+\])?"""
)
"""An address in a Terraform state, in characters that need no escapes."""
UNKNOWN_ID = "ABCDEFGHIJ"
STACK = """If a CloudFormation stack has the flow, take it out of the stack without deleting it before you apply:

1. In the template, set `DeletionPolicy: Retain` on the flow, its versions, and its aliases, and deploy the stack.
2. Remove these resources from the template, and deploy the stack again.
"""


def write_note(flow: ImportedFlow, engine: Engine, folder: str, output: str) -> str:
    """Return the note; `folder` is that of the definition, `output` that of the modules."""
    return "\n".join(_list_lines(flow, engine, folder, output)) + "\n"


def _list_lines(flow: ImportedFlow, engine: Engine, folder: str, output: str) -> Iterator[str]:
    name = name_folder(flow)
    label = _write_label(name)
    yield f"# Importing {name}\n"
    yield f"`flowseal import` wrote this definition from {flow.source}. Delete this note after the migration.\n"
    yield f"1. Review the definition, then run `flowseal generate {folder} -o {output}`."
    yield "2. Call the module in your root module:\n"
    yield from _fence(_write_call(flow, label, f"./{output}/{name}"))
    if engine is Engine.CLOUD_CONTROL:
        yield "3. Set another `name` in the module call: flow names are unique in an account and Region."
        yield "4. Apply it. Then move the callers to the new flow, and delete the old one.\n"
        yield "With `engine: cloud-control`, the module creates a new flow with a new ID: Terraform cannot import an"
        yield "existing flow into the resource of Cloud Control."
        return
    yield "3. Decide what becomes of the deployed flow, as described below, and read the plan before you apply it.\n"
    yield from _list_ways(flow, f"module.{label}.aws_bedrockagent_flow.this")
    yield "\n## After the apply\n"
    yield "Remove the `import` or `moved` block. Keep the old role and key as long as a version of the flow uses them."
    yield 'See "Keeping an existing flow" (docs/existing-flows.md in flowseal\'s repository) for details.'


def _list_ways(flow: ImportedFlow, to: str) -> Iterator[str]:
    identity = FLOW_ID.fullmatch(flow.identity)
    block = ["import {", f"  to = {to}", f'  id = "{identity[1] if identity else UNKNOWN_ID}"', "}"]
    yield "## Keep the flow\n"
    yield "The flow keeps its ID, ARN, versions, and aliases, and gets the module's role and key.\n"
    if ADDRESS.fullmatch(flow.address):
        yield "In the state that has the flow, delete its `resource` block and add:\n"
        yield from _fence(["moved {", f"  from = {flow.address}", f"  to   = {to}", "}"])
        yield "In any other state, remove the flow from the old one first (`terraform state rm`), and then add:\n"
    else:
        if flow.is_in_stack:
            yield STACK
        yield "Add this block to the root module:\n"
    yield from _fence(block)
    if identity is None:
        yield f"Replace {UNKNOWN_ID} with the flow's ID, which `aws bedrock-agent list-flows` prints.\n"
    if "release" in flow.sections:
        yield "Give the aliases in `release` other names than the existing aliases have: AWS allows each name once per"
        yield "flow. Move the callers to the new aliases, and then delete the old ones.\n"
    yield "The plan must say `updated in-place`. If it says `must be replaced` or `will be destroyed`, stop.\n"
    if flow.parameters:
        yield "Give each parameter the value that the deployed flow has. Otherwise, the plan changes its definition.\n"
    yield "## Or create a second flow\n"
    yield "Without such a block, the module creates a flow with a new ID. Set another `name` in the module call: flow"
    yield "names are unique in an account and Region. Move the callers, and then delete the old flow."


def _write_call(flow: ImportedFlow, label: str, source: str) -> Iterator[str]:
    yield f'module "{label}" {{'
    yield f'  source = "{source}"'
    yield ""
    yield "  # Every role that calls the flow needs its key."
    yield '  caller_roles = { NAME = "ARN" }'
    required = [(name, item) for name, item in flow.parameters.items() if "default" not in item.settings]
    width = max((len(name) for name, _ in required), default=0)
    if required:
        yield ""
    for name, item in required:
        words = (item.comment or str(item.settings.get("description", ""))).split()
        comment = "".join(letter if letter.isprintable() else "?" for letter in " ".join(words))
        yield f'  {name:<{width}} = "..." # {comment}'
    yield "}"


def _fence(lines: Iterator[str] | list[str]) -> Iterator[str]:
    yield "```hcl"
    yield from lines
    yield "```\n"


def _write_label(name: str) -> str:
    label = re.sub("[^0-9A-Za-z]+", "_", name).strip("_").lower()
    return label if label[:1].isalpha() else f"flow_{label}"
