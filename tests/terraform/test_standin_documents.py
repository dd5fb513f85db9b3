"""The stand-in's aws_iam_policy_document: what is known of the real one's text, held to the byte."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from standin.documents import RefusedError, render_document, say_the_same, write_go_json


def render(*statements: dict[str, Any], **config: Any) -> Any:
    return json.loads(render_document({"statement": list(statements), **config})["json"])


def test_the_text_equals_the_provider_s() -> None:
    statement = {
        "sid": "One",
        "effect": None,
        "actions": ["kms:Decrypt", "kms:GenerateDataKey"],
        "resources": ["arn:b"],
        "principals": [{"type": "Service", "identifiers": ["x"]}, {"type": "AWS", "identifiers": ["a", "b"]}],
        "condition": [
            {"test": "StringLike", "variable": "z", "values": ["2", "1"]},
            {"test": "Bool", "variable": "y", "values": ["true"]},
            {"test": "StringLike", "variable": "a", "values": ["1"]},
        ],
    }
    found = render_document({"statement": [statement], "version": None, "policy_id": "Page"})
    assert found["json"] == (
        '{\n  "Version": "2012-10-17",\n  "Id": "Page",\n  "Statement": [\n    {\n'
        '      "Sid": "One",\n      "Effect": "Allow",\n'
        '      "Action": [\n        "kms:GenerateDataKey",\n        "kms:Decrypt"\n      ],\n'
        '      "Resource": "arn:b",\n'
        '      "Principal": {\n        "AWS": [\n          "b",\n          "a"\n        ],\n        "Service": "x"\n'
        "      },\n"
        '      "Condition": {\n        "Bool": {\n          "y": "true"\n        },\n        "StringLike": {\n'
        '          "a": "1",\n          "z": [\n            "2",\n            "1"\n          ]\n        }\n      }\n'
        "    }\n  ]\n}"
    )
    assert found["id"] == str(zlib.crc32(found["json"].encode()))
    assert found["minified_json"] == json.dumps(json.loads(found["json"]), separators=(",", ":"))
    assert found["statement"][0]["effect"] == "Allow"
    assert found["version"] == "2012-10-17"


def test_keys_are_in_iam_s_order() -> None:
    names = ("sid", "not_actions", "actions", "not_resources", "resources")
    statement = {name: "s" if name == "sid" else ["x"] for name in names}
    statement |= {"not_principals": [{"type": "AWS", "identifiers": ["x"]}]}
    (rendered,) = render(statement)["Statement"]
    assert list(rendered) == ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "NotPrincipal"]


def test_policies_are_sorted_before_variables_are_filled_in() -> None:
    values = ["arn:&{a}", "arn:%"]
    (rendered,) = render({"actions": ["a:&{x}"], "resources": values})["Statement"]
    assert rendered["Resource"] == ["arn:${a}", "arn:%"]
    assert rendered["Action"] == "a:&{x}"
    with pytest.raises(RefusedError, match="2008-10-17"):
        render({"resources": ["&{a}"]}, version="2008-10-17")


def test_a_star_means_everybody_only_alone() -> None:
    star = {"type": "*", "identifiers": ["*"]}
    assert render({"principals": [star]})["Statement"][0]["Principal"] == "*"
    assert render({"principals": [{"type": "AWS", "identifiers": ["*"]}]})["Statement"][0]["Principal"] == {"AWS": "*"}


def test_the_encoder_is_go_s() -> None:
    assert write_go_json({"a": "<é&日>\u2028"}) == '{"a":"\\u003cé\\u0026日\\u003e\\u2028"}'


@pytest.mark.parametrize(
    ("config", "what"),
    [
        ({"statement": [{"sid": "A"}, {"sid": "A"}]}, "duplicate Sid"),
        ({"statement": [{"condition": [{"test": "t", "variable": "v", "values": ["1"]}] * 2}]}, "test and variable"),
        ({"statement": [{"principals": [{"type": "AWS", "identifiers": ["1"]}] * 2}]}, "principals of one type"),
        ({"source_policy_documents": ["{}"]}, "source_policy_documents"),
        ({"override_json": "{}"}, "override_json"),
    ],
)
def test_what_cannot_be_rendered_exactly_is_rejected(config: dict[str, Any], what: str) -> None:
    with pytest.raises(RefusedError, match=what):
        render_document(config)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ('{"Action": "a"}', '{ "Action" : ["a"] }', True),
        ('{"Action": ["a", "b"]}', '{"Action": ["b", "a"]}', True),
        ('{"Statement": [{"Sid": "A"}, {"Sid": "B"}]}', '{"Statement": [{"Sid": "B"}, {"Sid": "A"}]}', True),
        ('{"Action": ["a", "b"]}', '{"Action": ["a"]}', False),
        ('{"Sid": "A"}', '{"Sid": "a"}', False),
        ("no JSON", "no JSON", True),
        ("no JSON", "{}", False),
    ],
)
def test_policies_are_compared_by_meaning(first: str, second: str, same: bool) -> None:
    assert say_the_same(first, second) is same
