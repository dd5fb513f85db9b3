"""The three policies of AWS's page, transcribed in data/encryption_flows_page.json."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from generator.terraform.proof.evaluation import FLOW_ARN, KEY_ARN, ROLE_ARN

_PLACEHOLDERS = (
    (re.compile(r"arn:aws:kms:us-east-1:123456789012:key/[^\"]+"), KEY_ARN),
    (re.compile(r"arn:aws:bedrock:us-east-1:123456789012:flow/[^\"]+"), FLOW_ARN),
    (re.compile(r"arn:aws:iam::123456789012:role/RoleName"), ROLE_ARN),
)


def write_page_policies(callers: Sequence[str]) -> dict[str, Any]:
    """Return the page's policies by the name of the module's document, its placeholders filled in.

    `callers` are ARNs that stand beside the service role in the key's second statement, and nowhere else.
    """
    policies: dict[str, Any] = json.loads(_read_page())
    if callers:
        principal = policies["key"]["Statement"][1]["Principal"]
        principal["AWS"] = sorted({principal["AWS"], *callers}, reverse=True)
    return policies


@cache
def _read_page() -> str:
    data = pkgutil.get_data("generator", "data/encryption_flows_page.json")
    if data is None:
        raise FileNotFoundError("generator/data/encryption_flows_page.json")
    text = json.dumps(json.loads(data)["policies"])
    for pattern, arn in _PLACEHOLDERS:
        text = pattern.sub(arn, text)
    return text
