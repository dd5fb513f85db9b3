"""The JSON Schema of flowseal.yaml: what it takes, and that it knows every rule."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from rules import list_rules

from generator.commands.schema import Document, write_document_schema
from generator.source import read_document

CONFIGURATION = Draft202012Validator(json.loads(write_document_schema(Document.CONFIGURATION)))


def test_the_configuration_schema_lists_every_rule() -> None:
    assert set(CONFIGURATION.schema["properties"]["rules"]["properties"]) == set(list_rules())


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('flows: ["flows/**/*.flow.yaml"]\noutput: modules\n', ""),
        ("rules: {UnusedParameter: off, NotNormalized: error}\ntemplates: templates\n", ""),
        ("defaults: {encryption: {deletion_window_in_days: 7}, tags: {team: x, 'cost center': ''}}\n", ""),
        ("defaults: {permissions_boundary_arn: 'arn:aws:iam::aws:policy/Flows', provider_version: '6.40.0'}\n", ""),
        ('{"$schema": "configuration.json", "flows": ["flows"]}', ""),
        ("$schema: 1\n", "$['$schema']"),
        ("flow: [x]\n", "$"),
        ("flows: flows\n", "$.flows"),
        ("flows: ['']\n", "$.flows[0]"),
        ("flows:\noutput:\ndefaults:\nrules:\ntemplates:\n", ""),
        ("defaults: {encryption: {deletion_window_in_days: 6}}\n", "$.defaults.encryption.deletion_window_in_days"),
        ("defaults: {engine: cloud-control}\n", ""),
        ("defaults: {engine: terraform}\n", "$.defaults.engine"),
        ("defaults: {tags: {a: 1}}\n", "$.defaults.tags.a"),
        ("defaults: {permissions_boundary_arn: 'arn:aws:iam::aws:policy/*'}\n", "$.defaults.permissions_boundary_arn"),
        ("defaults: {provider_version: 6.8}\n", "$.defaults.provider_version"),
        ("rules: {Unused: off}\n", "$.rules"),
        ("rules: {UnusedParameter: quiet}\n", "$.rules.UnusedParameter"),
    ],
)
def test_the_configuration_schema_accepts_valid_files(text: str, wrong: str) -> None:
    document, _ = read_document("flowseal.yaml", text.encode())
    assert document is not None
    assert "".join(error.json_path for error in CONFIGURATION.iter_errors(document.value)) == wrong
