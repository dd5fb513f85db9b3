"""The policies of a module as data: AWS's three, the role's trust policy, and the permissions of the nodes."""

from generator.terraform.policies.documents import (
    Condition,
    PolicyDocument,
    PolicyValue,
    Principal,
    Statement,
    build_document_block,
    write_policy_json,
)
from generator.terraform.policies.encryption_policies import (
    plan_caller_policy,
    plan_encryption_policy,
    plan_invoke_policy,
    plan_key_policy,
    plan_trust_policy,
)
from generator.terraform.policies.exactness import list_inexact_values
from generator.terraform.policies.node_policies import (
    LARGEST_POLICY,
    list_derived,
    list_derived_locals,
    list_parameters,
    plan_node_policies,
)
