"""The flows of an account and region, where moto's backend keeps them, and how a request names one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from moto.bedrockagent import models

from account.requests import InvalidRequestError

Answer = tuple[int, dict[str, str], str]
Record = dict[str, Any]


class ConflictError(InvalidRequestError):
    """What stands in the way of a request."""

    code = 409

    def __init__(self, message: str) -> None:
        super().__init__(message, "ConflictException")


def list_flows_of(response: Any) -> dict[str, Record]:
    """Return the flows of the request's account and region by id."""
    backend = response.bedrockagent_backend
    if not hasattr(backend, "flows"):
        backend.flows = {}
    flows: dict[str, Record] = backend.flows
    return flows


def find_flow(response: Any) -> Record:
    """Return the flow that a request's path names by id or ARN."""
    match = re.search(
        r"/flows/([^/]+|arn:.+?:flow/[^/]+)(?:/(?:versions|aliases)(?:/[^/]+)?)?/?$", unquote(response.path)
    )
    identifier = match[1].rsplit("flow/", 1)[-1] if match else ""
    flow = list_flows_of(response).get(identifier)
    if flow is None:
        raise models.ResourceNotFoundException(f"Flow {identifier} not found")
    return flow


def write_time() -> str:
    """Return the present time as the API spells it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
