"""The permissions of a flow: those that its nodes need, and those that its author added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.findings import Finding, error
from generator.flow.grant import Derived, Grant, Text
from generator.flow.model import Flow, Node
from generator.flow.nodes.needs import Need, allow_guardrail_profile, list_model_needs, name_bucket, name_part
from generator.flow.nodes.node_types import NODE_TYPES

UNUSED_BUCKET_ACCOUNT = error("UnusedBucketAccount", "`bucket_accounts` lists a bucket that no node uses.")
UNNAMED_RESOURCE = error("UnnamedResource", "A node refers to a resource with an empty ID, name, or ARN.")
PERMISSIONS = "permissions"
BUCKET_TYPES = ("Retrieval", "Storage")
BUCKET_MEMBERS = ("retrieval", "storage")
FROM_PERMISSIONS = "`permissions` in the definition"
"""Replaces the node's name for a permission from the section `permissions`."""


def collect_grants(flow: Flow) -> tuple[tuple[Grant, ...], list[Finding]]:
    """Return all permissions that a flow needs, sorted, and findings about those that are unknown or unused.

    Grants with the same capability, actions, and conditions are merged, along with their resources and nodes.
    """
    grants: dict[tuple[object, ...], list[tuple[str, Grant]]] = {}
    findings: list[Finding] = []
    for name, need in _list_flow_needs(flow):
        if isinstance(need, Grant):
            grants.setdefault((need.capability, need.actions, need.conditions), []).append((name, need))
        else:
            findings.append(need)
    return tuple(sorted(map(_join_grants, grants.values()), key=_sort_grant)), findings


def _list_flow_needs(flow: Flow) -> Iterator[tuple[str, Need]]:
    """Yield what each node needs, in loops, too, with its full name."""
    for node in flow.all_nodes:
        list_needs = NODE_TYPES[node.type].list_needs
        if list_needs is None or not node.configuration:
            continue
        for need in list_needs(node, flow):
            if isinstance(need, Grant) and any("" in text for text in need.resources):
                yield node.full_name, _report_unnamed(node)
            else:
                yield node.full_name, need
    for need in _list_permission_needs(flow):
        yield FROM_PERMISSIONS, need


def _report_unnamed(node: Node) -> Finding:
    message = f"An ID, name, or ARN of node {node.name!r} is empty; the API accepts this only as a draft."
    help = "Fill it in, or declare a parameter under `parameters` and write {$param: NAME} here."
    return Finding(UNNAMED_RESOURCE, message, help, node.configuration_path, section="parameters")


def _join_grants(named: list[tuple[str, Grant]]) -> Grant:
    resources = {resource for _, grant in named for resource in grant.resources}
    nodes = tuple(dict.fromkeys(name for name, _ in named))
    note = " ".join(dict.fromkeys(grant.note for _, grant in named if grant.note))
    return replace(named[0][1], resources=tuple(sorted(resources, key=_sort_text)), nodes=nodes, note=note)


def _sort_text(text: Text) -> tuple[str, ...]:
    return tuple(f"{part.how} {part.parameter}" if isinstance(part, Derived) else str(part) for part in text)


def _sort_grant(grant: Grant) -> tuple[str, tuple[tuple[str, ...], ...]]:
    values = tuple(_sort_text(value) for condition in grant.conditions for value in condition.values)
    return grant.capability, values


def _list_permission_needs(flow: Flow) -> Iterator[Need]:
    for index, model in enumerate(flow.permissions.models):
        yield from list_model_needs(model, (PERMISSIONS, "models", index), flow)
    for key in flow.permissions.kms_keys:
        note = "The definition does not specify which resource the key encrypts, so the permission has no condition."
        yield Grant("UseOtherKeys", ("kms:Decrypt", "kms:GenerateDataKey"), ((name_part(key),),), note=note)
    yield from map(allow_guardrail_profile, flow.permissions.guardrail_profiles)
    keepers = [
        node for node in flow.all_nodes if node.type in BUCKET_TYPES or node.configuration_path[-1] in BUCKET_MEMBERS
    ]
    used = {name_bucket(node) for node in keepers}
    for bucket in flow.permissions.bucket_accounts or ():
        # A node without its configuration, which is reported, may use any bucket.
        if bucket not in used and all(node.configuration for node in keepers):
            message = f"No node reads or writes bucket {bucket!r}."
            help = "Spell the bucket as its node does (for a parameter, $ and its name), or remove the entry."
            yield Finding(UNUSED_BUCKET_ACCOUNT, message, help, (PERMISSIONS, "bucket_accounts", bucket), key=True)
