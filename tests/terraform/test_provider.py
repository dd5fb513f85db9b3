"""What aws_bedrockagent_flow makes of a definition, and the schema that the project has of it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from flow_documents import make_flow, make_prompt, read
from paths import ROOT

from generator.findings import Finding
from generator.flow.api import find_shape
from generator.flow.model import Engine
from generator.terraform.hcl import Block, write_block
from generator.terraform.resource import Schema, find_resource, translate_definition

REPOSITORY = ROOT


def translate(document: dict[str, Any]) -> tuple[Block, list[Finding]]:
    flow = read(document).flow
    assert flow is not None, read(document).findings
    block, findings = translate_definition(flow, lambda node, path, text: f"{node.name}: {text}")
    assert isinstance(block, Block)
    return block, findings


def list_blocks(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    for name, member in (schema.members or {}).items():
        yield f"{path}.{name}", member
        yield from list_blocks(member, f"{path}.{name}")


def test_the_data_has_every_name_in_the_listing() -> None:
    names = dict(list_blocks(find_resource(Engine.NATIVE).definition))
    assert len(names) == 113
    assert names[".node.configuration.knowledge_base.model_id"].is_required
    assert names[".node.configuration.condition.condition"].items == (1, 5)


def test_names_come_first_then_attributes_then_blocks() -> None:
    node = {**make_prompt(), "configuration": make_prompt()["configuration"]}
    turned = dict(reversed(list(node.items())))
    block, _ = translate(make_flow(turned))
    text = write_block(block)
    start = text.index('name = "Ask"')
    assert start < text.index('type = "Prompt"') < text.index("configuration {", start) < text.index("input {\n", start)


def test_free_form_json_is_encoded_but_not_interpreted() -> None:
    node = copy.deepcopy(make_prompt())
    inline = node["configuration"]["prompt"]["sourceConfiguration"]["inline"]
    inline["additionalModelRequestFields"] = {"topK": 3, "nodes": [{"strict": True}], "text": "${x}"}
    block, findings = translate(make_flow(node))
    assert not findings
    assert "jsonencode({" in write_block(block)
    assert "\\u0024{x}" in write_block(block)


def test_a_missing_configuration_is_an_empty_one() -> None:
    absent, _ = translate(make_flow({"name": "Ask", "type": "Iterator"}))
    present, _ = translate(make_flow({"name": "Ask", "type": "Iterator", "configuration": {"iterator": {}}}))
    assert absent == present
    assert "iterator {}" in write_block(absent)


def test_keys_that_get_their_own_files_exist_in_the_api() -> None:
    from generator.terraform.resource.translation import TEXTS

    for shape, member in TEXTS:
        assert find_shape(find_shape(shape).members[member]).type == "string"


def list_listed(members: Mapping[str, Any], prefix: str = "") -> dict[str, object]:
    """Return the arguments and blocks of the project's data, with the type and flag of each."""
    found: dict[str, object] = {}
    for name, member in members.items():
        is_block = "members" in member
        found[prefix + name] = "block" if is_block else (member["type"].rstrip("0123456789"), member["flag"])
        found |= list_listed(member["members"], f"{prefix}{name}.") if is_block else {}
    return found


def list_in_schema(block: Mapping[str, Any], prefix: str = "") -> dict[str, object]:
    """Return the arguments and blocks of the stand-in's schema in the same form."""
    found: dict[str, object] = {}
    for name, attribute in block.get("attributes", {}).items():
        kind = attribute["type"]
        flags = [flag for flag in ("required", "optional", "computed") if attribute.get(flag)]
        found[prefix + name] = (kind if isinstance(kind, str) else " of ".join(kind), *flags)
    for name, nested in block.get("block_types", {}).items():
        found[prefix + name] = "block"
        found |= list_in_schema(nested["block"], f"{prefix}{name}.")
    return found


def test_both_releases_of_the_provider_have_the_same_flow() -> None:
    data = json.loads((REPOSITORY / "generator/data/aws_provider_flow.json").read_text(encoding="utf-8"))
    schema = json.loads((REPOSITORY / "tests/terraform/standin/schema.json").read_text(encoding="utf-8"))
    block = schema["resource_schemas"]["aws_bedrockagent_flow"]["block"]
    numbers = {"int": "number", "float": "number"}
    listed = {
        name: (numbers.get(entry[0], entry[0]), entry[1]) if isinstance(entry, tuple) else entry
        for name, entry in list_listed(data["members"]).items()
    }
    # The listing leaves out what every resource of the provider has.
    shown = {
        name: entry
        for name, entry in list_in_schema(block).items()
        if name != "region" and not name.startswith("timeouts.")
    }
    assert shown == listed
    pages = (REPOSITORY / "docs/proof.md").read_text(encoding="utf-8") + (REPOSITORY / "README.md").read_text(
        encoding="utf-8"
    )
    assert f"`generator/data/aws_provider_flow.json` | {data['version']} |" in pages
    assert f"`tests/terraform/standin/schema.json` | {schema['provider_version']} |" in pages
    assert f"Schema of {schema['provider_version']}, on the stand-in" in pages
