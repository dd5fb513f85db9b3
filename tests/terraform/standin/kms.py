"""The resources of KMS: key, alias, key policy."""

from __future__ import annotations

import json
from typing import Any

from standin.cloud import cloud, drop_nothing, find_lost_tags, keep_policy, list_tags, make_name, read_prefix, read_tags

State = dict[str, Any]


class Key:
    """aws_kms_key."""

    updated = frozenset({"description", "enable_key_rotation", "rotation_period_in_days", "policy", "tags_all"})

    def create(self, planned: State) -> None:
        kms = cloud.client("kms")
        tags = list_tags(planned, "TagKey", "TagValue") or None
        made = kms.create_key(
            **drop_nothing(Description=planned.get("description"), Policy=planned.get("policy"), Tags=tags)
        )
        planned["id"] = made["KeyMetadata"]["KeyId"]
        self._set_rotation(planned)

    def read(self, state: State) -> State | None:
        kms, key = cloud.client("kms"), state["id"]
        found = kms.describe_key(KeyId=key)["KeyMetadata"]
        if found["KeyState"] == "PendingDeletion":
            return None
        rotation = kms.get_key_rotation_status(KeyId=key)
        tags = {item["TagKey"]: item["TagValue"] for item in kms.list_resource_tags(KeyId=key).get("Tags", [])}
        policy = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        return {
            **state,
            "key_id": key,
            "arn": found["Arn"],
            "description": found.get("Description", ""),
            "multi_region": found.get("MultiRegion", False),
            "is_enabled": found["Enabled"],
            "enable_key_rotation": rotation["KeyRotationEnabled"],
            "rotation_period_in_days": rotation.get("RotationPeriodInDays", 0),
            "policy": keep_policy(state.get("policy"), policy),
            "region": cloud.region,
            **read_tags(tags, state),
        }

    def update(self, planned: State, old: State, changed: set[str]) -> None:
        kms, key = cloud.client("kms"), planned["id"]
        if not planned["enable_key_rotation"] and "enable_key_rotation" in changed:
            kms.disable_key_rotation(KeyId=key)
        elif {"enable_key_rotation", "rotation_period_in_days"} & changed:
            self._set_rotation(planned)
        if "description" in changed:
            kms.update_key_description(KeyId=key, Description=planned["description"] or "")
        if "policy" in changed:
            kms.put_key_policy(KeyId=key, PolicyName="default", Policy=planned["policy"])
        if "tags_all" in changed:
            if lost := find_lost_tags(old, planned):
                kms.untag_resource(KeyId=key, TagKeys=lost)
            kms.tag_resource(KeyId=key, Tags=list_tags(planned, "TagKey", "TagValue"))

    def delete(self, state: State) -> None:
        days = state.get("deletion_window_in_days")
        cloud.client("kms").schedule_key_deletion(**drop_nothing(KeyId=state["id"], PendingWindowInDays=days))

    def _set_rotation(self, planned: State) -> None:
        kms, days = cloud.client("kms"), planned.get("rotation_period_in_days")
        if planned["enable_key_rotation"]:
            kms.enable_key_rotation(**drop_nothing(KeyId=planned["id"], RotationPeriodInDays=days))


class Alias:
    """aws_kms_alias."""

    updated = frozenset({"target_key_id"})

    def create(self, planned: State) -> None:
        planned["id"] = make_name(planned)
        cloud.client("kms").create_alias(AliasName=planned["id"], TargetKeyId=planned["target_key_id"])

    def read(self, state: State) -> State | None:
        for page in cloud.client("kms").get_paginator("list_aliases").paginate():
            for alias in page["Aliases"]:
                if alias["AliasName"] == state["id"]:
                    home = alias["AliasArn"].rsplit(":", 1)[0]
                    return {
                        **state,
                        "name": state["id"],
                        "name_prefix": read_prefix(state),
                        "arn": alias["AliasArn"],
                        "region": cloud.region,
                        "target_key_id": alias["TargetKeyId"],
                        "target_key_arn": f"{home}:key/{alias['TargetKeyId']}",
                    }
        return None

    def update(self, planned: State, _old: State, changed: set[str]) -> None:
        if "target_key_id" in changed:
            cloud.client("kms").update_alias(AliasName=planned["id"], TargetKeyId=planned["target_key_id"])

    def delete(self, state: State) -> None:
        cloud.client("kms").delete_alias(AliasName=state["id"])


class KeyPolicy:
    """aws_kms_key_policy, with the traits of the real one.

    A changed `key_id` replaces nothing, and an update goes to the old key. Destroying restores the default policy.
    """

    updated = frozenset({"policy", "key_id"})

    def create(self, planned: State) -> None:
        planned["id"] = planned["key_id"]
        self._put(planned["id"], planned["policy"])

    def read(self, state: State) -> State | None:
        kms = cloud.client("kms")
        if kms.describe_key(KeyId=state["id"])["KeyMetadata"]["KeyState"] == "PendingDeletion":
            return None
        policy = kms.get_key_policy(KeyId=state["id"], PolicyName="default")["Policy"]
        policy = keep_policy(state.get("policy"), policy)
        return {**state, "key_id": state["id"], "region": cloud.region, "policy": policy}

    def update(self, planned: State, _old: State, changed: set[str]) -> None:
        if "policy" in changed:
            self._put(planned["id"], planned["policy"])

    def delete(self, state: State) -> None:
        arn = cloud.client("kms").describe_key(KeyId=state["key_id"])["KeyMetadata"]["Arn"]
        _, partition, _, _, account, _ = arn.split(":", 5)
        statement = {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
        self._put(
            state["key_id"], json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})
        )

    def _put(self, key: str, policy: str) -> None:
        cloud.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
