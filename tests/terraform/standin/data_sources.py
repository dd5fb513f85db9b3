"""The data sources that this provider has: a configuration in, its state out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from standin.cloud import cloud
from standin.documents import render_document

State = dict[str, Any]


def read_caller(config: State) -> State:
    """Read data.aws_caller_identity."""
    found = cloud.client("sts").get_caller_identity()
    return {
        **config,
        "id": found["Account"],
        "account_id": found["Account"],
        "arn": found["Arn"],
        "user_id": found["UserId"],
    }


def read_default_tags(config: State) -> State:
    """Read data.aws_default_tags: the tags in the provider's configuration, which may be none."""
    tags = {name: text for name, text in cloud.default_tags.items() if not name.startswith("aws:")}
    return {"id": read_partition(config)["id"], "tags": tags}


def read_partition(config: State) -> State:
    """Read data.aws_partition."""
    names = {"cn-": ("aws-cn", "amazonaws.com.cn"), "us-gov-": ("aws-us-gov", "amazonaws.com")}
    found = next((value for start, value in names.items() if cloud.region.startswith(start)), ("aws", "amazonaws.com"))
    reverse = ".".join(reversed(found[1].split(".")))
    return {**config, "id": found[0], "partition": found[0], "dns_suffix": found[1], "reverse_dns_prefix": reverse}


def read_region(config: State) -> State:
    """Read data.aws_region."""
    region = config.get("region") or cloud.region
    endpoint = f"ec2.{region}.amazonaws.com"
    return {**config, "id": region, "region": region, "name": region, "endpoint": endpoint, "description": region}


DATA_SOURCES: dict[str, Callable[[State], State]] = {
    "aws_caller_identity": read_caller,
    "aws_default_tags": read_default_tags,
    "aws_iam_policy_document": render_document,
    "aws_partition": read_partition,
    "aws_region": read_region,
}
