"""The API that the provider speaks to: botocore's clients, made late and once, and what all resources share."""

from __future__ import annotations

import itertools
import json
import os
import threading
import time
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from standin import wire
from standin.documents import RefusedError, say_the_same

GONE = {"NotFoundException", "ResourceNotFoundException", "NoSuchEntity", "NoSuchEntityException"}
SERVICES = ("bedrock-agent", "cloudcontrol", "iam", "kms", "sts")
_count = itertools.count()
_lock = threading.Lock()
_clients: dict[str, Any] = {}
_assumed: dict[str, str] = {}


class Cloud:
    """One configured provider: its region, the role that it assumes, the tags of all its resources, and clients."""

    region = ""
    role: dict[str, Any] | None = None
    default_tags: Mapping[str, str] = MappingProxyType({})

    def configure(self, config: dict[str, Any]) -> bool:
        """Take the provider's configuration; false where no region is given."""
        self.role = next((item for item in config.get("assume_role") or [] if item.get("role_arn")), None)
        tagged = next(iter(config.get("default_tags") or []), {}).get("tags") or {}
        self.default_tags = tagged if wire.is_wholly_known(tagged) else {}
        given = config.get("region")
        default = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
        self.region = default if given is None or wire.is_unknown(given) else str(given)
        return bool(self.region)

    def client(self, service: str) -> Any:
        """Return the client of a service. botocore must not make two at once; made ones are safe to share."""
        with _lock:
            if service not in _clients:
                _clients[service] = open_session().create_client(
                    service, region_name=self.region, **self._assume_role()
                )
            return _clients[service]

    def _assume_role(self) -> dict[str, str]:
        """Return the credentials of the role that the provider assumes; what it runs beside itself has others."""
        if self.role is None:
            return {}
        if not _assumed:
            given = {name for name, value in self.role.items() if value} - {"role_arn", "session_name"}
            if given:
                raise RefusedError(f"this stand-in assumes roles without {', '.join(sorted(given))}")
            sts, name = open_session().create_client("sts", region_name=self.region), self.role.get("session_name")
            made = sts.assume_role(RoleArn=self.role["role_arn"], RoleSessionName=name or "terraform")["Credentials"]
            _assumed.update(aws_access_key_id=made["AccessKeyId"], aws_secret_access_key=made["SecretAccessKey"])
            _assumed.update(aws_session_token=made["SessionToken"])
        return _assumed


cloud = Cloud()


@cache
def open_session() -> Any:
    """Return botocore's session of this process, which knows nothing of the environment yet."""
    import botocore.session

    return botocore.session.Session()


def load_models() -> None:
    """Read what clients are made from, so that forks of this process need not."""
    loader = open_session().get_component("data_loader")
    for name in ("endpoints", "partitions", "sdk-default-configuration", "_retry"):
        loader.load_data(name)
    for service in SERVICES:
        loader.load_service_model(service, "service-2")
        loader.load_service_model(service, "endpoint-rule-set-1")


def is_gone(error: Exception) -> bool:
    """Return whether an API's error says that a thing does not exist."""
    return getattr(error, "response", {}).get("Error", {}).get("Code") in GONE


def make_name(planned: dict[str, Any]) -> str:
    """Return the name that is asked for, or one made from its prefix."""
    name, prefix = planned.get("name"), planned.get("name_prefix")
    if isinstance(name, str) and name:
        return name
    start = prefix if isinstance(prefix, str) else "terraform-"
    return f"{start}{time.strftime('%Y%m%d%H%M%S')}{time.time_ns() % 10**8:08d}{next(_count):04x}"


def read_prefix(state: dict[str, Any]) -> str:
    """Return the prefix that a state was made with."""
    prefix = state.get("name_prefix")
    return prefix if isinstance(prefix, str) else ""


def merge_tags(planned: dict[str, Any]) -> dict[str, str]:
    """Return all tags of a resource: the provider's, and its own, which take precedence."""
    return {**cloud.default_tags, **(planned.get("tags") or {})}


def list_tags(planned: dict[str, Any], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Return all tags of a resource as most APIs take them."""
    return [{key: name, value: text} for name, text in merge_tags(planned).items()]


def read_tags(found: dict[str, str], state: dict[str, Any]) -> dict[str, Any]:
    """Return the two attributes that carry tags; none stays null or empty, as it was.

    A tag of the provider is among the resource's own only if it was already.
    """
    kept = state.get("tags") or {}
    own = {name: text for name, text in found.items() if kept.get(name) == text or cloud.default_tags.get(name) != text}
    return {"tags": own or (None if state.get("tags") is None else {}), "tags_all": found}


def find_lost_tags(old: dict[str, Any], planned: dict[str, Any]) -> list[str]:
    """Return the keys of tags that go."""
    return sorted(set(old.get("tags_all") or {}) - set(merge_tags(planned)))


def drop_nothing(**arguments: Any) -> dict[str, Any]:
    """Return arguments of a call without those that are null or unknown."""
    return {name: value for name, value in arguments.items() if value is not None and not wire.is_unknown(value)}


def keep_policy(old: object, found: object) -> str:
    """Return a policy in the spelling of the configuration where that says the same."""
    text = found if isinstance(found, str) else json.dumps(found)
    return old if isinstance(old, str) and say_the_same(old, text) else text
