"""What every module takes and gives: variables.tf but for a flow's parameters, outputs.tf, versions.tf."""

from __future__ import annotations

from dataclasses import replace

from generator.flow.api import find_shape
from generator.flow.model import DAYS, Encryption
from generator.terraform.hcl import Block, Reference, Value
from generator.terraform.module.blocks import demand, make_block, match
from generator.terraform.module.plan import ModuleSettings, Output, Validation, Variable

TERRAFORM_VERSION = ">= 1.5.7"
LOWEST_PROVIDER = "6.8.0"
"""The release from which on the provider has all that a module uses, without faults that it would meet."""
_PATH = "(?:[!#%&()+->@-~]*/)?"
"""The path of an IAM name: printable ASCII without what a policy or Terraform reads as more than a name."""
_POLICY_NAME = "[a-zA-Z0-9_+=,.@-]{1,128}"
_FLOW_NAME, _TAG_KEY, _TAG_VALUE = (
    find_shape(name).pattern or "" for name in ("FlowName", "ModuleTagKey", "ModuleTagValue")
)
BOUNDARY = f"arn:aws[a-z-]*:iam::(?:[0-9]{{12}}|aws):policy/{_PATH}{_POLICY_NAME}"


def _demand_arns(variable: str, principals: str, error_message: str) -> Validation:
    pattern = f"arn:aws[a-z-]*:iam::[0-9]{{12}}:{principals}/{_PATH}[a-zA-Z0-9_+=,.@-]{{1,64}}"
    return demand(f"alltrue([for arn in values(var.{variable}) : {match(pattern, 'arn')}])", error_message)


def _demand_if_given(variable: str, pattern: str, error_message: str) -> Validation:
    return demand(f"var.{variable} == null || {match(pattern, f'var.{variable}')}", error_message)


def _demand_days(variable: str, bounds: tuple[int, int], default: int) -> Validation:
    days, (least, most) = f"coalesce(var.{variable}, {default})", bounds
    return demand(
        f"{days} >= {least} && {days} <= {most} && floor({days}) == {days}",
        f"{variable} must be a whole number from {least} to {most}.",
    )


VARIABLES = (
    Variable(
        "name",
        "string",
        "Name of the flow. Defaults to the name in its definition.",
        None,
        True,
        (
            _demand_if_given(
                "name",
                _FLOW_NAME,
                "name must be 1 to 100 letters and digits, optionally separated by single hyphens or underscores.",
            ),
        ),
    ),
    Variable(
        "caller_roles",
        "map(string)",
        "Roles in this account that call the flow, as label => role ARN. The key policy lists them, and the caller "
        "policy is attached to each unless attach_caller_policy is false.",
        {},
        True,
        (
            _demand_arns(
                "caller_roles",
                "role",
                "caller_roles accepts ARNs of IAM roles (arn:...:iam::<account>:role/<path and name>), not of users "
                "or assumed-role sessions.",
            ),
            demand(
                'alltrue([for arn in values(var.caller_roles) : !strcontains(arn, ":role/aws-reserved/")])',
                "Policies cannot be attached to IAM Identity Center roles. Move them to caller_principals.",
            ),
            demand(
                "length(distinct(values(var.caller_roles))) == length(var.caller_roles)",
                "caller_roles contains the same role twice.",
            ),
        ),
    ),
    Variable(
        "caller_principals",
        "map(string)",
        "Other principals that call the flow, as label => ARN of a role or user. The key policy lists them; no policy "
        "is attached. For SSO roles, roles in other accounts, and roles that have reached their quota of attached "
        "policies.",
        {},
        True,
        (_demand_arns("caller_principals", "(?:role|user)", "caller_principals accepts ARNs of IAM roles and users."),),
    ),
    Variable(
        "attach_caller_policy",
        "bool",
        "Whether to attach the caller policy to each of caller_roles. IAM allows 10 attached policies per role; "
        "roles in this account can use the key without an attachment, because the key policy lists them.",
        True,
        True,
    ),
    Variable(
        "caller_policy_name",
        "string",
        "Fixed name for the caller policy, to refer to it by name (for example in IAM Identity Center permission "
        "sets). Defaults to a generated name.",
        None,
        True,
        (
            _demand_if_given(
                "caller_policy_name",
                _POLICY_NAME,
                "caller_policy_name must be 1 to 128 letters, digits, and characters from _+=,.@-",
            ),
        ),
    ),
    Variable(
        "permissions_boundary_arn",
        "string",
        "Permissions boundary of the service role.",
        None,
        True,
        (
            _demand_if_given(
                "permissions_boundary_arn",
                BOUNDARY,
                "permissions_boundary_arn must be the ARN of an IAM policy.",
            ),
        ),
    ),
    Variable(
        "deletion_window_in_days",
        "number",
        "Waiting period before AWS deletes the key, 7 to 30 days. Defaults to the value in the definition.",
        None,
        True,
        (
            _demand_days(
                "deletion_window_in_days", DAYS["deletion_window_in_days"], Encryption().deletion_window_in_days
            ),
        ),
    ),
    Variable(
        "rotation_period_in_days",
        "number",
        "Days between key rotations, 90 to 2560. Defaults to the value in the definition.",
        None,
        True,
        (
            _demand_days(
                "rotation_period_in_days", DAYS["rotation_period_in_days"], Encryption().rotation_period_in_days
            ),
        ),
    ),
    Variable(
        "tags",
        "map(string)",
        "Tags for all resources in this module. They override tags in the definition.",
        {},
        True,
        (
            demand(
                'alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:")])',
                "Tag keys must not start with aws:, which AWS reserves.",
            ),
            demand(
                f"alltrue([for key, value in var.tags : {match(_TAG_KEY, 'key')} && {match(_TAG_VALUE, 'value')}])",
                "Tag keys must have 1 to 128 characters and tag values at most 256: letters, digits, spaces, "
                "and . _ : / = + @ -",
            ),
            demand(
                "length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)",
                "Two tag keys differ only in case. IAM tag keys are case-insensitive.",
            ),
        ),
    ),
)


def _give(name: str, description: str, value: str) -> Output:
    return Output(name, description, Reference(value))


OUTPUTS = (
    _give("flow_id", "ID of the flow.", "aws_bedrockagent_flow.this.id"),
    _give("flow_arn", "ARN of the flow.", "aws_bedrockagent_flow.this.arn"),
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


def plan_outputs_file() -> tuple[Block, ...]:
    """Return the blocks of outputs.tf."""
    return tuple(
        make_block("output", output.name, description=output.description, value=output.value) for output in OUTPUTS
    )


def list_variables(settings: ModuleSettings) -> tuple[Variable, ...]:
    """Return what every module of a project takes."""
    boundary = settings.permissions_boundary_arn
    if boundary is None:
        return VARIABLES
    name = "permissions_boundary_arn"
    return tuple(replace(item, default=boundary) if item.name == name else item for item in VARIABLES)


def bound_provider(settings: ModuleSettings) -> str:
    """Return Terraform's constraint on the provider's version."""
    return f">= {settings.provider_version or LOWEST_PROVIDER}"


def plan_versions_file(settings: ModuleSettings) -> tuple[Block, ...]:
    """Return the blocks of versions.tf."""
    aws: dict[str, Value] = {"source": "hashicorp/aws", "version": bound_provider(settings)}
    required = make_block("required_providers", aws=aws)
    return (make_block("terraform", required_version=TERRAFORM_VERSION, body=(required,)),)


def build_variable_block(variable: Variable) -> Block:
    """Return a variable as a block: null never stands for a value that the module needs."""
    head = make_block("variable", variable.name, description=variable.description, type=Reference(variable.type))
    default = make_block("", default=variable.default).body if variable.has_default else ()
    nullable = () if variable.has_default and variable.default is None else make_block("", nullable=False).body
    rules = tuple(
        make_block("validation", condition=rule.condition, error_message=rule.error_message)
        for rule in variable.validations
    )
    return Block("variable", (variable.name,), (*head.body, *default, *nullable, *rules))
