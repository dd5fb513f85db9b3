"""What is in the account, read back by its own API: policies held against AWS's page, and what is left behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bench import REGION, Bench
from generator.terraform.proof.account import ACCOUNT, FLOW_ARN, KEY_ARN, ROLE_ARN, fill_page_policies

Outputs = dict[str, Any]
"""A module's outputs."""
NODES = "policy/bedrock-flow-nodes"


def read_policy(bench: Bench, arn: str) -> Any:
    """Return the document of a managed policy."""
    iam = bench.client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def list_attached(bench: Bench, role: str) -> dict[str, str]:
    """Return the policies attached to a role: ARNs by name."""
    attached = bench.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return {item["PolicyName"]: item["PolicyArn"] for item in attached}


INVOKE = "bedrock-flow-caller-invoke-"
"""How the name of the policy begins with which a caller invokes the aliases of a released flow."""


def find_attached(bench: Bench, role: str, start: str) -> Any:
    """Return the one policy of a role whose name begins so."""
    attached = list_attached(bench, role).items()
    (arn,) = [arn for name, arn in attached if name.startswith(start) and name.startswith(INVOKE) == (start == INVOKE)]
    return read_policy(bench, arn)


def check_policies(
    bench: Bench, outputs: Outputs, callers: Sequence[str], principals: Sequence[str] = (), region: str = REGION
) -> None:
    """Compare the policies of a module with AWS's page, with callers (names of roles) next to the service role."""
    home = outputs["role_arn"].rsplit("/", 1)[0]
    page = place_arns(fill_page_policies([f"{home}/{name}" for name in (*callers, *principals)]), outputs, region)
    policy = bench.client("kms", region).get_key_policy(KeyId=outputs["kms_key_id"], PolicyName="default")["Policy"]
    assert sort_values(json.loads(policy)) == sort_values(page["key"])
    encryption = find_attached(bench, outputs["role_name"], "bedrock-flow-encryption-")
    assert sort_values(encryption) == sort_values(page["encryption"])
    for name in callers:
        assert sort_values(find_attached(bench, name, "bedrock-flow-caller-")) == sort_values(page["caller"])
        if "alias_arns" in outputs:
            resources = find_attached(bench, name, INVOKE)["Statement"][0]["Resource"]
            listed = [resources] if isinstance(resources, str) else resources
            assert sorted(listed) == sorted(outputs["alias_arns"].values())
    for name in principals:
        assert list_attached(bench, name) == {}


def place_arns(page: dict[str, Any], outputs: Outputs, region: str) -> dict[str, Any]:
    """Return the page's policies with the real ARNs, account and region in the place of its placeholders."""
    text = json.dumps(page)
    for placeholder, arn in ((KEY_ARN, "kms_key_arn"), (FLOW_ARN, "flow_arn"), (ROLE_ARN, "role_arn")):
        text = text.replace(placeholder, outputs[arn])
    account = outputs["role_arn"].split(":")[4]
    text = text.replace(f":iam::{ACCOUNT}:", f":iam::{account}:")
    placed: dict[str, Any] = json.loads(text.replace("bedrock.us-east-1.", f"bedrock.{region}."))
    return placed


def sort_values(policy: Any) -> Any:
    """Return a policy with its values sorted, one alone as a list of one: IAM gives no meaning to either."""
    if isinstance(policy, dict):
        return {
            name: sorted(value if isinstance(value, list) else [value])
            if name in {"Action", "Resource", "AWS", "Service"} or isinstance(value, str)
            else sort_values(value)
            for name, value in policy.items()
        }
    return [sort_values(item) for item in policy] if isinstance(policy, list) else policy


def list_belongings(bench: Bench, *regions: str) -> set[str]:
    """Return the ARNs of all roles, own policies, aliases and flows, and of the keys that are not about to go."""
    iam, found = bench.client("iam"), set()
    found |= {item["Arn"] for page in iam.get_paginator("list_roles").paginate() for item in page["Roles"]}
    pages = iam.get_paginator("list_policies").paginate(Scope="Local")
    found |= {item["Arn"] for page in pages for item in page["Policies"]}
    for region in regions or (REGION,):
        kms, bedrock = bench.client("kms", region), bench.client("bedrock-agent", region)
        aliases = (item for page in kms.get_paginator("list_aliases").paginate() for item in page["Aliases"])
        found |= {item["AliasArn"] for item in aliases if not item["AliasName"].startswith("alias/aws/")}
        keys = (item["KeyArn"] for page in kms.get_paginator("list_keys").paginate() for item in page["Keys"])
        found |= {arn for arn in keys if read_key_state(bench, arn, region) != "PendingDeletion"}
        pages = bedrock.get_paginator("list_flows").paginate()
        found |= {item["arn"] for page in pages for item in page["flowSummaries"]}
    return found


def read_key_state(bench: Bench, key: str, region: str = REGION) -> str:
    """Return a key's state."""
    return str(bench.client("kms", region).describe_key(KeyId=key)["KeyMetadata"]["KeyState"])


def check_new_before_old(decisions: list[dict[str, Any]]) -> None:
    """Hold that the flow had its new role and the nodes' permissions before the old ones went."""
    actions = [item["action"] for item in decisions]
    role = ("iam:CreateRole", "bedrock:UpdateFlow", "iam:DeleteRole")
    assert sorted(role, key=actions.index) == list(role), actions
    about_nodes = [NODES in json.dumps([item["resource"], item["context"]]) for item in decisions]
    nodes = [action for action, is_theirs in zip(actions, about_nodes, strict=True) if is_theirs]
    for new, old in (("iam:CreatePolicy", "iam:DeletePolicy"), ("iam:AttachRolePolicy", "iam:DetachRolePolicy")):
        for end, action in enumerate(nodes):
            assert action != old or nodes[:end].count(new) > nodes[:end].count(old), nodes
