"""variables.tf: the variables that every module has. `parameters` adds those of the flow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from generator.flow.api import find_shape
from generator.flow.model import DAYS, Encryption
from generator.terraform.hcl import Block, Reference
from generator.terraform.module.plan import ModuleKind, Validation, Variable, make_block, match_pattern

_PATH = "(?:[!#%&()+->@-~]*/)?"
"""The path of an IAM name: printable ASCII, without what a policy or Terraform would interpret."""
_POLICY_NAME = "[a-zA-Z0-9_+=,.@-]{1,128}"
_FLOW_NAME, _TAG_KEY, _TAG_VALUE = (
    find_shape(name).pattern or "" for name in ("FlowName", "ModuleTagKey", "ModuleTagValue")
)
BOUNDARY = f"arn:aws[a-z-]*:iam::(?:[0-9]{{12}}|aws):policy/{_PATH}{_POLICY_NAME}"


def _write_arn_pattern(principals: str) -> str:
    return f"arn:aws[a-z-]*:iam::[0-9]{{12}}:{principals}/{_PATH}[a-zA-Z0-9_+=,.@-]{{1,64}}"


ROLE = _write_arn_pattern("role")


def _require_arns(variable: str, principals: str, error_message: str) -> Validation:
    pattern = _write_arn_pattern(principals)
    return Validation(f"alltrue([for arn in values(var.{variable}) : {match_pattern(pattern, 'arn')}])", error_message)


def match_if_set(variable: str, pattern: str, error_message: str) -> Validation:
    """Return the rule that a variable is null or matches a pattern as a whole."""
    return Validation(f"var.{variable} == null || {match_pattern(pattern, f'var.{variable}')}", error_message)


def _require_days(variable: str, bounds: tuple[int, int], default: int) -> Validation:
    days, (least, most) = f"coalesce(var.{variable}, {default})", bounds
    return Validation(
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
            match_if_set(
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
            _require_arns(
                "caller_roles",
                "role",
                "caller_roles accepts ARNs of IAM roles (arn:...:iam::<account>:role/<path and name>), not of users "
                "or assumed-role sessions.",
            ),
            Validation(
                'alltrue([for arn in values(var.caller_roles) : !strcontains(arn, ":role/aws-reserved/")])',
                "Policies cannot be attached to IAM Identity Center roles. Move them to caller_principals.",
            ),
            Validation(
                "length(distinct(values(var.caller_roles))) == length(var.caller_roles)",
                "caller_roles contains the same role twice.",
            ),
        ),
    ),
    Variable(
        "caller_principals",
        "map(string)",
        "Other principals that call the flow, as label => ARN of a role or user. The key policy lists them; no policy "
        "is attached. For users, SSO roles, and roles that have reached their quota of attached policies. A principal "
        "in another account cannot call the flow: have it assume a role in this account, and list that role instead.",
        {},
        True,
        (
            _require_arns(
                "caller_principals", "(?:role|user)", "caller_principals accepts ARNs of IAM roles and users."
            ),
        ),
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
            match_if_set(
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
            match_if_set(
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
            _require_days(
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
            _require_days(
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
            Validation(
                'alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:")])',
                "Tag keys must not start with aws:, which AWS reserves.",
            ),
            Validation(
                f"alltrue([for key, value in var.tags : {match_pattern(_TAG_KEY, 'key')} && "
                f"{match_pattern(_TAG_VALUE, 'value')}])",
                "Tag keys must have 1 to 128 characters and tag values at most 256: letters, digits, spaces, "
                "and . _ : / = + @ -",
            ),
            Validation(
                "length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)",
                "Two tag keys differ only in case. IAM tag keys are case-insensitive.",
            ),
        ),
    ),
)
CLOUD_CONTROL_VARIABLES = (
    Variable(
        "check_definition",
        "bool",
        "Whether to fail if the flow in AWS does not have this module's definition. Set it to false only if AWS "
        "returns the definition in another form.",
        True,
        True,
    ),
    Variable(
        "rewrite_definition",
        "bool",
        "Whether to leave the definition out, so that the next apply, without this setting, writes all of it. The "
        "apply with this setting always ends with an error.",
        False,
        True,
    ),
)
"""The variables that only a module for Cloud Control has."""
_RELEASED_ATTACHMENTS = (
    "Whether to attach the policies for callers to each of caller_roles. IAM allows 10 attached policies per role. If "
    "false, each role can still use the key, but its calls are denied until you give it what the output "
    "invoke_policy_json allows, for example by attaching that policy."
)
"""What `attach_caller_policy` means if the callers' permission to invoke the flow is attached, too."""


def list_variables(kind: ModuleKind) -> tuple[Variable, ...]:
    """Return the variables that every module of a kind has."""
    changes: dict[str, dict[str, Any]] = {}
    if kind.settings.permissions_boundary_arn is not None:
        changes["permissions_boundary_arn"] = {"default": kind.settings.permissions_boundary_arn}
    if kind.is_released:
        changes["attach_caller_policy"] = {"description": _RELEASED_ATTACHMENTS}
    return tuple(replace(item, **changes.get(item.name, {})) for item in VARIABLES)


def build_variable_block(variable: Variable) -> Block:
    """Return a variable as a block. It accepts null only if null is its default."""
    head = make_block("variable", variable.name, description=variable.description, type=Reference(variable.type))
    default = make_block("", default=variable.default).body if variable.has_default else ()
    nullable = () if variable.has_default and variable.default is None else make_block("", nullable=False).body
    rules = tuple(
        make_block("validation", condition=Reference(rule.condition), error_message=rule.error_message)
        for rule in variable.validations
    )
    return Block("variable", (variable.name,), (*head.body, *default, *nullable, *rules))
