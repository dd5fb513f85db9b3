"""The policies of a module as data: AWS's three, the role's trust, and what the nodes need."""

from generator.terraform.policies.documents import Condition, PolicyDocument, Principal, Statement, Text
from generator.terraform.policies.exactness import list_inexact_texts
from generator.terraform.policies.page import (
    plan_caller_policy,
    plan_encryption_policy,
    plan_key_policy,
    plan_trust_policy,
)
from generator.terraform.policies.rights import LARGEST_POLICY, list_derived, list_derived_locals, plan_node_policies
from generator.terraform.policies.writing import build_document_block, write_policy_json

__all__ = [
    "LARGEST_POLICY",
    "Condition",
    "PolicyDocument",
    "Principal",
    "Statement",
    "Text",
    "build_document_block",
    "list_derived",
    "list_derived_locals",
    "list_inexact_texts",
    "plan_caller_policy",
    "plan_encryption_policy",
    "plan_key_policy",
    "plan_node_policies",
    "plan_trust_policy",
    "write_policy_json",
]
