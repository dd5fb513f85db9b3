"""Refusals of the account, as a test expects them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def refused(code: str, words: str = "") -> Any:
    """Expect a refusal of the API: its code, and words of its sentence."""
    return pytest.raises(ClientError, match=rf"(?s)\({code}\).*{words}")


def not_authorized(action: str, resource: str = "", reason: str = "because no identity-based policy") -> Any:
    """Expect a refusal of IAM's as AWS words it: the action, a part of the resource, and why."""
    return pytest.raises(ClientError, match=rf"perform: {action} on resource: .*{resource}.* {reason}")
