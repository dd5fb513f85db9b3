"""tests/flow.tftest.hcl, the part about this flow: sample values, node permissions, values its parameters reject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.flow.model import Flow, Grant
from generator.flow.model import Value as ModelValue
from generator.terraform.hcl import Attribute, Block, Call, Reference, Template, Value
from generator.terraform.module.blocks import carry_value, make_block
from generator.terraform.module.fixed_tests import assert_all, refuse_values
from generator.terraform.module.mocks import ACCOUNT, KNOWN, REGION
from generator.terraform.module.samples import Refusal, choose_values, list_refused_values, respell_models
from generator.terraform.module.statements import assert_document
from generator.terraform.policies import PolicyDocument, Text, list_derived

_RESOURCES = {
    "foundation-model-arn": ":foundation-model",
    "profile-arn": f"{ACCOUNT}:inference-profile",
    "guardrail-arn": f"{ACCOUNT}:guardrail",
}
"""What follows the Region in an ARN that the module builds from an id."""


def plan_flow_tests(flow: Flow, grants: Sequence[Grant], policies: Sequence[PolicyDocument]) -> Iterator[Block]:
    """Yield the blocks of a flow's own tests; `policies` are those that the grants came to."""
    values = choose_values(flow.parameters)
    if values is None:
        return
    required = [parameter.name for parameter in flow.parameters if parameter.default is None]
    if required:
        given = tuple(Attribute(name, carry_value(values[name])) for name in required)
        yield Block("variables", (), given)
    if policies:
        yield _plan_rights("grants_what_the_nodes_need", {}, policies, {**KNOWN, **_derive_texts(grants, values)})
        if respelled := respell_models(flow.parameters, values):
            known = {**KNOWN, **_derive_texts(grants, {**values, **respelled})}
            yield _plan_rights("grants_the_same_for_a_model_id_and_its_arn", respelled, policies, known)
    yield from _plan_refusals(flow, values)


def _plan_rights(
    name: str, given: Mapping[str, ModelValue], policies: Sequence[PolicyDocument], known: Mapping[str, str]
) -> Block:
    def fill(text: Text | Call) -> str:
        match text:
            case Reference(name):
                return known[name]
            case Template(parts):
                return "".join(part if isinstance(part, str) else known[part.text] for part in parts)
        return str(text)

    asserts = [
        assert_document(policy, fill, f'The policy "{policy.name}" does not grant exactly what the nodes need.')
        for policy in policies
    ]
    attachments = tuple(
        condition
        for label in (policy.name for policy in policies)
        for condition in (
            f"aws_iam_policy.{label}.policy == data.aws_iam_policy_document.{label}.json",
            f"aws_iam_role_policy_attachment.{label}.policy_arn == aws_iam_policy.{label}.arn",
            f"aws_iam_role_policy_attachment.{label}.role == aws_iam_role.this.name",
            f'output.node_policies_json["{label}"] == data.aws_iam_policy_document.{label}.json',
        )
    )
    attached = assert_all(attachments, "A policy for the nodes is not attached to the service role.")
    variables = Block("variables", (), tuple(Attribute(key, carry_value(value)) for key, value in given.items()))
    return make_block("run", name, body=(*((variables,) if given else ()), *asserts, attached))


def _plan_refusals(flow: Flow, values: Mapping[str, ModelValue]) -> Iterator[Block]:
    refused: dict[Refusal, dict[str, Value]] = {why: {} for why in Refusal}
    for parameter in flow.parameters:
        for why, value in list_refused_values(parameter, values[parameter.name]):
            refused[why][parameter.name] = value
    for why, given in refused.items():
        if given:
            yield refuse_values(f"parameters_reject_{why}", given)


def _derive_texts(grants: Sequence[Grant], values: Mapping[str, ModelValue]) -> dict[str, str]:
    """Return what the variables and the locals made from them come to, by their addresses."""
    texts = {f"var.{name}": value for name, value in values.items() if isinstance(value, str)}
    for name, part in list_derived(grants).items():
        texts[f"local.{name}"] = _derive_text(part.how, texts[f"var.{part.parameter}"])
    return texts


def _derive_text(how: str, value: str) -> str:
    home, _, last = value.rpartition("/")
    match how:
        case "model-of-profile":
            return last.partition(".")[2]
        case "without-version":
            return f"{home}/{last.partition(':')[0]}"
    return value if home else f"arn:aws:bedrock:{REGION}:{_RESOURCES[how]}/{value}"
