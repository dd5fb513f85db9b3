"""release.tf: a version for each change of what the flow does, the aliases, and who can invoke the flow through them.

Facts: CreateFlowVersion accepts a prepared flow only, and the provider does not prepare flows; Cloud Control does,
whenever it creates or updates one. The provider has no resources for versions and aliases either: Cloud Control does,
which plans a change of what AWS cannot change as a replacement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from generator.flow.model import Alias, Flow, ParameterReference, Release
from generator.flow.model import Value as ModelValue
from generator.source.position import Path
from generator.terraform.hcl import Attribute, Block, Call, Comment, Reference, Template, Value
from generator.terraform.module.files import TEST_FILE
from generator.terraform.module.iam_tf import plan_caller_attachment, plan_policy
from generator.terraform.module.main_tf import ALL_TAGS, FOUND
from generator.terraform.module.outputs_tf import build_output_block
from generator.terraform.module.plan import (
    NEW_BEFORE_OLD,
    Item,
    ModuleKind,
    ModuleOutput,
    ModulePlan,
    Variable,
    digest,
    make_block,
    plan_cloud_control,
)
from generator.terraform.module.tftest_release import list_settings, plan_release_tests
from generator.terraform.module.variables_tf import ROLE, build_variable_block, match_if_set
from generator.terraform.policies import build_document_block, plan_invoke_policy

VERSION = "aws_cloudcontrolapi_resource.version"
ALIAS = "aws_cloudcontrolapi_resource.alias"
PREPARED = "terraform_data.prepared"
KEY_USE = ("aws_kms_key_policy.this", "aws_iam_role_policy_attachment.encryption")
"""What lets the service role use the key."""
PROFILE = "[a-zA-Z0-9_+=,.@/:-]{1,128}"
VARIABLES = (
    Variable(
        "prepare_flow",
        "bool",
        "Whether to prepare the flow with the AWS CLI after each change. If false, prepare it yourself: a version can "
        "be created from a prepared flow only.",
        True,
        True,
    ),
    Variable(
        "aws_cli_profile",
        "string",
        "Profile with which the AWS CLI prepares the flow. The CLI does not use the provider's credentials. Defaults "
        "to the environment in which Terraform runs.",
        None,
        True,
        (match_if_set("aws_cli_profile", PROFILE, "aws_cli_profile must be the name of a profile, without spaces."),),
    ),
    Variable(
        "aws_cli_role_arn",
        "string",
        "Role that the AWS CLI assumes to prepare the flow. Set it if the provider assumes a role.",
        None,
        True,
        (match_if_set("aws_cli_role_arn", ROLE, "aws_cli_role_arn must be the ARN of an IAM role."),),
    ),
)
"""The variables that only a module with a release has, unless Cloud Control prepares its flow."""
OUTPUTS = (
    ModuleOutput("alias_arns", "ARNs of the aliases, by name.", Reference("local.alias_arns")),
    ModuleOutput(
        "alias_ids",
        "IDs of the aliases, by name: the flowAliasIdentifier of InvokeFlow.",
        Reference('{ for name, arn in local.alias_arns : name => split("/", arn)[3] }'),
    ),
    ModuleOutput("flow_version", "Version that the aliases use.", Reference("local.flow_version")),
    ModuleOutput(
        "definition_sha256",
        "SHA-256 of what the version contains: the definition with its values, the service role, and the key.",
        Reference("local.definition_sha256"),
    ),
    ModuleOutput(
        "invoke_policy_arn",
        "ARN of the policy that lets a caller invoke the flow, for attaching it outside this module.",
        Reference("aws_iam_policy.caller_invoke.arn"),
    ),
    ModuleOutput(
        "invoke_policy_json",
        "Policy that lets a caller invoke the flow through the aliases, as JSON.",
        Reference("data.aws_iam_policy_document.caller_invoke.json"),
    ),
)
"""The outputs that only a module with a release has."""


def plan_fixed_release(kind: ModuleKind) -> tuple[Block, ...]:
    """Return the blocks of release.tf that every module of a kind has."""
    prepared = (_plan_preparation(kind),) if kind.is_native else ()
    return (*prepared, _plan_definition(kind), _plan_version(kind), _plan_alias(kind))


def add_release(plan: ModulePlan, release: Release, files: Mapping[Path, str]) -> ModulePlan:
    """Return the plan of a module with its release: the rest of release.tf, and what it adds to the other files.

    `files` are the files of prompts and code, by the paths of their texts in the flow.
    """
    invoke = plan_invoke_policy(release)
    variables = VARIABLES if plan.kind.is_native else ()
    outputs = OUTPUTS if release.invoke else tuple(item for item in OUTPUTS if item.name != "invoke_policy_arn")
    own = (_plan_locals(plan.flow, release, files), build_document_block(invoke), *_plan_attached_policy(release))
    added = {
        "outputs.tf": tuple(map(build_output_block, outputs)),
        "release.tf": own,
        "variables.tf": tuple(map(build_variable_block, variables)),
        TEST_FILE: tuple(plan_release_tests(release, invoke, plan.kind)),
    }
    return replace(
        plan,
        blocks={**plan.blocks, **{file: (*plan.blocks.get(file, ()), *blocks) for file, blocks in added.items()}},
        documents=(*plan.documents, invoke),
        variables=(*plan.variables, *variables),
        outputs=(*plan.outputs, *outputs),
    )


def _plan_attached_policy(release: Release) -> tuple[Block, ...]:
    if not release.invoke:
        return ()
    return (
        plan_policy("caller_invoke", "Lets those who call the Amazon Bedrock flow ", " invoke it", NEW_BEFORE_OLD),
        plan_caller_attachment("caller_invoke", Attribute("create_before_destroy", True)),
    )


def _plan_preparation(kind: ModuleKind) -> Block:
    command = make_block(
        "provisioner",
        "local-exec",
        interpreter=["/bin/sh", Template((Reference("path.module"), "/scripts/prepare-flow.sh"))],
        command=Reference(kind.flow.id),
        environment={
            "FLOW_REGION": Reference("local.region"),
            "FLOW_PROFILE": Reference('var.aws_cli_profile == null ? "" : var.aws_cli_profile'),
            "FLOW_ROLE_ARN": Reference('var.aws_cli_role_arn == null ? "" : var.aws_cli_role_arn'),
        },
    )
    return make_block(
        "resource",
        "terraform_data",
        "prepared",
        count=Reference("var.prepare_flow ? 1 : 0"),
        triggers_replace=Reference("local.definition_sha256"),
        body=(
            command,
            make_block("lifecycle", replace_triggered_by=[Reference(kind.flow.address)]),
            _wait_for(*KEY_USE),
        ),
    )


def _wait_for(*addresses: str) -> Attribute:
    return Attribute("depends_on", [Reference(address) for address in addresses])


def _plan_definition(kind: ModuleKind) -> Block:
    return make_block(
        "resource",
        "terraform_data",
        "definition",
        input=[Reference("local.definition_sha256"), Reference(kind.flow.id)],
        body=(_wait_for(PREPARED),) if kind.is_native else (),
    )


def _plan_version(kind: ModuleKind) -> Block:
    state: Value = {"FlowArn": Reference("local.flow_arn"), "Description": Reference("local.definition_sha256")}
    after = _wait_for(*((PREPARED,) if kind.is_native else KEY_USE))
    return _plan_resource("version", "AWS::Bedrock::FlowVersion", state, "terraform_data.definition", (), after)


def _plan_alias(kind: ModuleKind) -> Block:
    state: Value = {
        "Name": Reference("each.key"),
        "FlowArn": Reference("local.flow_arn"),
        "RoutingConfiguration": [{"FlowVersion": Reference("local.flow_version")}],
    }
    settings = Call("merge", (Reference("each.value"), state))
    for_each = Attribute("for_each", Reference("local.aliases"))
    # Terraform accepts only a resource, or an attribute of one.
    trigger = f"{kind.flow.address}.id"
    checks = (_plan_routing_check(), _plan_settings_check())
    return _plan_resource("alias", "AWS::Bedrock::FlowAlias", settings, trigger, checks, for_each)


def _plan_settings_check() -> Block:
    """Compare what the definition sets, and no tags: AWS may add some, or list new ones late."""
    message = (
        *("Alias ", Reference("each.key")),
        (
            " does not have the description or concurrency of the definition: its last update failed, or it was "
            "changed outside Terraform. Terraform does not repeat the update. Set them in Amazon Bedrock, for example "
            "with aws bedrock-agent update-flow-alias."
        ),
    )
    kept: list[Value] = []
    for setting, default in (
        ("Description", "null"),
        ("ConcurrencyConfiguration.Type", '"Automatic"'),
        ("ConcurrencyConfiguration.MaxConcurrency", "null"),
    ):
        found = f"jsondecode({FOUND}).{setting}"
        kept.append(Reference(f"try({found}, {default}) == try(each.value.{setting}, {found}, {default})"))
    condition = Call("anytrue", ([Reference(f"{FOUND} == null"), Call("alltrue", (kept,))],))
    return make_block("postcondition", condition=condition, error_message=Template(message))


def _plan_routing_check() -> Block:
    message = (
        *("Alias ", Reference("each.key"), " does not use version ", Reference("local.flow_version")),
        (
            ": its last update failed, or it was changed outside Terraform. To move it, replace the version: terraform "
            "apply -replace=ADDRESS, with the address of this module's aws_cloudcontrolapi_resource.version."
        ),
    )
    routed = f'try(jsondecode({FOUND}).RoutingConfiguration[0].FlowVersion, "none")'
    condition = Reference(f"{FOUND} == null || {routed} == local.flow_version")
    return make_block("postcondition", condition=condition, error_message=Template(message))


def _plan_resource(
    label: str, type_name: str, state: Value, trigger: str, checks: tuple[Block, ...], *others: Item
) -> Block:
    """Return a resource of Cloud Control. It is replaced with `trigger`, after its successor is created."""
    triggers: list[Value] = [Reference(trigger)]
    lifecycle = make_block("lifecycle", create_before_destroy=True, replace_triggered_by=triggers, body=checks)
    return plan_cloud_control(label, type_name, f"flow-{label}.json", Call("jsonencode", (state,)), lifecycle, *others)


def _plan_locals(flow: Flow, release: Release, files: Mapping[Path, str]) -> Block:
    used = [item.name for item in flow.parameters if any(path[0] == "definition" for path in item.uses)]
    content: dict[str, Value] = {
        "definition": digest_definition(flow, files),
        "files": {
            file: Call("filesha256", (Template((Reference("path.module"), f"/{file}")),))
            for file in sorted(files.values())
        },
        "values": {name: Reference(f"var.{name}") for name in used},
        "role_arn": Reference("local.role_arn"),
        "key_arn": Reference("local.key_arn"),
    }
    arn = 'split("|", alias.id)[0]'
    return Block(
        "locals",
        (),
        (
            Comment("What a version contains. If any of this changes, the aliases get a new version."),
            Attribute("version_content", content),
            Attribute("definition_sha256", Reference("sha256(jsonencode(local.version_content))")),
            Attribute("flow_version", Reference(f'split("|", {VERSION}.id)[1]')),
            Attribute("aliases", {alias.name: _plan_settings(alias) for alias in release.aliases}),
            Attribute("alias_arns", Reference(f"{{ for name, alias in {ALIAS} : name => {arn} }}")),
        ),
    )


def _plan_settings(alias: Alias) -> Value:
    settings = list_settings(alias)
    if alias.tags:
        tags = Call("merge", (ALL_TAGS, dict(sorted(alias.tags.items())), Reference("var.tags")))
        return {"Tags": tags, **settings}
    return Call("merge", (Reference("local.tagged"), settings)) if settings else Reference("local.tagged")


def digest_definition(flow: Flow, files: Mapping[Path, str]) -> str:
    """Return the SHA-256 of a flow's definition: the API's tree as JSON, without parameters' values and texts in files.

    It is the same however the definition is laid out, and does not depend on how flowseal writes Terraform.
    """
    return digest(_make_plain(dict(flow.definition), ("definition",), files))


def _make_plain(value: ModelValue, path: Path, files: Mapping[Path, str]) -> object:
    if path in files:
        return {"$file": files[path]}
    match value:
        case ParameterReference(name):
            return {"$param": name}
        case int() | Decimal() if not isinstance(value, bool):
            # 512 and 512.0 are the same number.
            return {"$number": str(Decimal(value).normalize())}
        case dict():
            return {key: _make_plain(item, (*path, key), files) for key, item in value.items()}
        case list():
            return [_make_plain(item, (*path, index), files) for index, item in enumerate(value)]
    return value
