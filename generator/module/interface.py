"""What every module takes and gives: variables.tf but for a flow's parameters, outputs.tf, versions.tf."""

from __future__ import annotations

from dataclasses import replace

from generator.api import find_shape
from generator.hcl import Block, Reference, Value
from generator.model import DAYS, Encryption
from generator.module.blocks import demand, make_block, match
from generator.module.plan import ModuleSettings, Output, Validation, Variable

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
        f"{variable} is a whole number from {least} to {most}.",
    )


VARIABLES = (
    Variable(
        "name",
        "string",
        "Name of the flow. By default the name that its definition gives.",
        None,
        True,
        (
            _demand_if_given(
                "name",
                _FLOW_NAME,
                "A flow's name has letters, digits, and single - or _ between them.",
            ),
        ),
    ),
    Variable(
        "caller_roles",
        "map(string)",
        "Roles of this account that call the flow, label => role ARN: named in the key policy, and the caller policy "
        "is attached to each unless attach_caller_policy is false.",
        {},
        True,
        (
            _demand_arns(
                "caller_roles",
                "role",
                "caller_roles takes ARNs of IAM roles (arn:...:iam::<account>:role/<path and name>), not of users or "
                "of assumed-role sessions.",
            ),
            demand(
                'alltrue([for arn in values(var.caller_roles) : !strcontains(arn, ":role/aws-reserved/")])',
                "Roles of IAM Identity Center take no attachments. Put them into caller_principals.",
            ),
            demand(
                "length(distinct(values(var.caller_roles))) == length(var.caller_roles)",
                "caller_roles names a role twice.",
            ),
        ),
    ),
    Variable(
        "caller_principals",
        "map(string)",
        "Further principals that call the flow, label => ARN of a role or user: named in the key policy, nothing is "
        "attached. For SSO roles, roles of other accounts, and roles that have no room for another policy.",
        {},
        True,
        (_demand_arns("caller_principals", "(?:role|user)", "caller_principals takes ARNs of IAM roles or users."),),
    ),
    Variable(
        "attach_caller_policy",
        "bool",
        "Whether the caller policy is attached to each of caller_roles. IAM allows 10 attached policies per role; "
        "roles of this account can use the key without an attachment, because the key policy names them.",
        True,
        True,
    ),
    Variable(
        "caller_policy_name",
        "string",
        "Fixed name of the caller policy, for those who refer to it by name (such as IAM Identity Center permission "
        "sets). By default a generated one.",
        None,
        True,
        (
            _demand_if_given(
                "caller_policy_name",
                _POLICY_NAME,
                "A policy's name has up to 128 letters, digits, and any of _+=,.@-",
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
                "permissions_boundary_arn is the ARN of an IAM policy.",
            ),
        ),
    ),
    Variable(
        "deletion_window_in_days",
        "number",
        "Days before a deleted key is gone, 7 to 30. By default what the definition gives.",
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
        "Days between rotations of the key, 90 to 2560. By default what the definition gives.",
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
        "Tags of everything that this module makes, over those of the definition.",
        {},
        True,
        (
            demand(
                'alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:")])',
                "Tag keys that begin with aws: are AWS's own.",
            ),
            demand(
                f"alltrue([for key, value in var.tags : {match(_TAG_KEY, 'key')} && {match(_TAG_VALUE, 'value')}])",
                "A tag key has 1 to 128 characters and a value up to 256: letters, digits, blanks and . _ : / = + @ -",
            ),
            demand(
                "length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)",
                "Two tag keys differ only in case, which IAM does not tell apart.",
            ),
        ),
    ),
)


def _give(name: str, description: str, value: str) -> Output:
    return Output(name, description, Reference(value))


OUTPUTS = (
    _give("flow_id", "Id of the flow.", "aws_bedrockagent_flow.this.id"),
    _give("flow_arn", "ARN of the flow.", "aws_bedrockagent_flow.this.arn"),
    _give("kms_key_arn", "ARN of the key that encrypts the flow.", "aws_kms_key.this.arn"),
    _give("kms_key_id", "Id of the key that encrypts the flow.", "aws_kms_key.this.key_id"),
    _give("kms_key_alias", "Alias of the key that encrypts the flow.", "aws_kms_alias.this.name"),
    _give("role_arn", "ARN of the flow's service role.", "aws_iam_role.this.arn"),
    _give("role_name", "Name of the flow's service role.", "aws_iam_role.this.name"),
    _give(
        "caller_policy_arn",
        "ARN of the policy that lets a caller use the flow's key, to attach elsewhere.",
        "aws_iam_policy.caller.arn",
    ),
    _give("caller_policy_json", "The caller's policy.", "data.aws_iam_policy_document.caller.json"),
    _give("key_policy_json", "The key's policy.", "data.aws_iam_policy_document.key.json"),
    _give(
        "encryption_policy_json",
        "The service role's policy for the key.",
        "data.aws_iam_policy_document.encryption.json",
    ),
    _give(
        "node_policies_json",
        "The service role's policies for what the nodes need, label => JSON: nodes, nodes_2 and so on, none without "
        "permissions.",
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
