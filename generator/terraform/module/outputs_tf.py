"""outputs.tf: the same in every module with the same engine."""

from __future__ import annotations

from generator.terraform.hcl import Block, Reference
from generator.terraform.module.plan import FlowResource, ModuleOutput, make_block


def _give(name: str, description: str, value: str) -> ModuleOutput:
    return ModuleOutput(name, description, Reference(value))


_OTHERS = (
    _give("kms_key_arn", "ARN of the key that encrypts the flow.", "aws_kms_key.this.arn"),
    _give("kms_key_id", "ID of the key that encrypts the flow.", "aws_kms_key.this.key_id"),
    _give("kms_key_alias", "Alias of the key that encrypts the flow.", "aws_kms_alias.this.name"),
    _give("role_arn", "ARN of the flow's service role.", "aws_iam_role.this.arn"),
    _give("role_name", "Name of the flow's service role.", "aws_iam_role.this.name"),
    _give(
        "caller_policy_arn",
        "ARN of the policy that lets a caller use the flow's key, for attaching it outside this module.",
        "aws_iam_policy.caller.arn",
    ),
    _give("caller_policy_json", "Caller policy, as JSON.", "data.aws_iam_policy_document.caller.json"),
    _give("key_policy_json", "Key policy, as JSON.", "data.aws_iam_policy_document.key.json"),
    _give(
        "encryption_policy_json",
        "Policy that lets the service role use the key, as JSON.",
        "data.aws_iam_policy_document.encryption.json",
    ),
    _give(
        "node_policies_json",
        "Policies with the permissions that the nodes need, as label => JSON. The labels are nodes, nodes_2, and so "
        "on; empty if the nodes need no permissions.",
        "local.node_policies_json",
    ),
)


def list_outputs(flow: FlowResource) -> tuple[ModuleOutput, ...]:
    """Return the outputs that every module has."""
    return (_give("flow_id", "ID of the flow.", flow.id), _give("flow_arn", "ARN of the flow.", flow.arn), *_OTHERS)


def plan_outputs_tf(flow: FlowResource) -> tuple[Block, ...]:
    """Return the blocks of outputs.tf that every module has."""
    return tuple(map(build_output_block, list_outputs(flow)))


def build_output_block(output: ModuleOutput) -> Block:
    """Return an output as a block."""
    return make_block("output", output.name, description=output.description, value=output.value)
