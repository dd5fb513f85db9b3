"""The resources of IAM: role, managed policy, attachment."""

from __future__ import annotations

from typing import Any

from standin.cloud import cloud, drop_nothing, find_lost_tags, keep_policy, list_tags, make_name, read_prefix, read_tags

State = dict[str, Any]
MOST_VERSIONS = 5


class Role:
    """aws_iam_role."""

    updated = frozenset(
        {"assume_role_policy", "description", "max_session_duration", "permissions_boundary", "tags_all"}
    )

    def create(self, planned: State) -> None:
        planned["id"] = make_name(planned)
        cloud.client("iam").create_role(
            **drop_nothing(
                RoleName=planned["id"],
                AssumeRolePolicyDocument=planned["assume_role_policy"],
                Path=planned["path"],
                MaxSessionDuration=planned["max_session_duration"],
                Description=planned.get("description"),
                PermissionsBoundary=planned.get("permissions_boundary"),
                Tags=list_tags(planned) or None,
            )
        )

    def read(self, state: State) -> State | None:
        iam = cloud.client("iam")
        role = iam.get_role(RoleName=state["id"])["Role"]
        iam.list_role_policies(RoleName=state["id"])
        attached = iam.list_attached_role_policies(RoleName=state["id"])["AttachedPolicies"]
        return {
            **state,
            "name": role["RoleName"],
            "name_prefix": read_prefix(state),
            "arn": role["Arn"],
            "unique_id": role["RoleId"],
            "path": role["Path"],
            "create_date": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "description": role.get("Description") or state.get("description"),
            "max_session_duration": role.get("MaxSessionDuration", 3600),
            "assume_role_policy": keep_policy(state.get("assume_role_policy"), role["AssumeRolePolicyDocument"]),
            "permissions_boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "managed_policy_arns": [policy["PolicyArn"] for policy in attached],
            "inline_policy": state.get("inline_policy") or [],
            **read_tags({tag["Key"]: tag["Value"] for tag in role.get("Tags", [])}, state),
        }

    def update(self, planned: State, old: State, changed: set[str]) -> None:
        iam, name = cloud.client("iam"), planned["id"]
        if "assume_role_policy" in changed:
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=planned["assume_role_policy"])
        if "description" in changed:
            iam.update_role_description(RoleName=name, Description=planned.get("description") or "")
        if "max_session_duration" in changed:
            iam.update_role(RoleName=name, MaxSessionDuration=planned["max_session_duration"])
        if "permissions_boundary" in changed:
            boundary = planned.get("permissions_boundary")
            if boundary:
                iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
            else:
                iam.delete_role_permissions_boundary(RoleName=name)
        if "tags_all" in changed:
            if lost := find_lost_tags(old, planned):
                iam.untag_role(RoleName=name, TagKeys=lost)
            iam.tag_role(RoleName=name, Tags=list_tags(planned))

    def delete(self, state: State) -> None:
        iam = cloud.client("iam")
        iam.list_instance_profiles_for_role(RoleName=state["id"])
        iam.delete_role(RoleName=state["id"])


class Policy:
    """aws_iam_policy."""

    updated = frozenset({"policy", "tags_all"})

    def create(self, planned: State) -> None:
        made = cloud.client("iam").create_policy(
            **drop_nothing(
                PolicyName=make_name(planned),
                Path=planned["path"],
                PolicyDocument=planned["policy"],
                Description=planned.get("description"),
                Tags=list_tags(planned) or None,
            )
        )
        planned["id"] = made["Policy"]["Arn"]

    def read(self, state: State) -> State | None:
        iam = cloud.client("iam")
        policy = iam.get_policy(PolicyArn=state["id"])["Policy"]
        version = iam.get_policy_version(PolicyArn=state["id"], VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        return {
            **state,
            "arn": policy["Arn"],
            "name": policy["PolicyName"],
            "name_prefix": read_prefix(state),
            "path": policy["Path"],
            "policy_id": policy["PolicyId"],
            "attachment_count": policy.get("AttachmentCount", 0),
            "description": policy.get("Description") or state.get("description"),
            "policy": keep_policy(state.get("policy"), version["Document"]),
            **read_tags({tag["Key"]: tag["Value"] for tag in policy.get("Tags", [])}, state),
        }

    def update(self, planned: State, old: State, changed: set[str]) -> None:
        iam, arn = cloud.client("iam"), planned["id"]
        if "policy" in changed:
            held = iam.list_policy_versions(PolicyArn=arn)["Versions"]
            if len(held) >= MOST_VERSIONS:
                others = [item for item in held if not item["IsDefaultVersion"]]
                oldest = min(others, key=lambda item: item["CreateDate"])
                iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=planned["policy"], SetAsDefault=True)
        if "tags_all" in changed:
            if lost := find_lost_tags(old, planned):
                iam.untag_policy(PolicyArn=arn, TagKeys=lost)
            iam.tag_policy(PolicyArn=arn, Tags=list_tags(planned))

    def delete(self, state: State) -> None:
        iam = cloud.client("iam")
        for item in iam.list_policy_versions(PolicyArn=state["id"])["Versions"]:
            if not item["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=state["id"], VersionId=item["VersionId"])
        iam.delete_policy(PolicyArn=state["id"])


class Attachment:
    """aws_iam_role_policy_attachment: every argument forces replacement, so that nothing is ever updated."""

    updated: frozenset[str] = frozenset()

    def create(self, planned: State) -> None:
        cloud.client("iam").attach_role_policy(RoleName=planned["role"], PolicyArn=planned["policy_arn"])
        planned["id"] = f"{planned['role']}/{planned['policy_arn']}"

    def read(self, state: State) -> State | None:
        role, arn = state["id"].split("/", 1)
        attached = cloud.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        found = any(policy["PolicyArn"] == arn for policy in attached)
        return {**state, "role": role, "policy_arn": arn} if found else None

    def update(self, planned: State, old: State, changed: set[str]) -> None:
        raise AssertionError(f"an attachment is replaced, never updated: {sorted(changed)}")

    def delete(self, state: State) -> None:
        cloud.client("iam").detach_role_policy(RoleName=state["role"], PolicyArn=state["policy_arn"])
