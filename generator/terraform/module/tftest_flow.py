"""tests/flow.tftest.hcl, the part for one flow: sample values, node permissions, and values its parameters reject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from generator.flow.api import Shape, find_sample, takes_value
from generator.flow.bedrock_models import MODEL_KINDS, fill_form
from generator.flow.grant import Grant
from generator.flow.model import Engine, Flow, Parameter
from generator.flow.model import Value as ModelValue
from generator.terraform.hcl import Attribute, Block, Reference, Value
from generator.terraform.module.parameters import list_shapes, takes_model_id
from generator.terraform.module.plan import make_block
from generator.terraform.module.tftest_fixed import (
    ACCOUNT,
    KNOWN,
    REGION,
    assert_all,
    assert_document,
    expect_rejection,
)
from generator.terraform.policies import PolicyDocument, list_derived
from generator.terraform.resource import translate_value

_RESOURCES = {
    "foundation-model-arn": ":foundation-model",
    "profile-arn": f"{ACCOUNT}:inference-profile",
    "guardrail-arn": f"{ACCOUNT}:guardrail",
}
"""What follows the Region in an ARN that the module builds from an ID."""
_LONGEST_PADDING = 100_000


class Rejection(StrEnum):
    """Why a variable rejects a value, as in the name of a run."""

    WILDCARD = "wildcards"
    SPACE = "spaces"
    TOO_LOW = "values_below_the_minimum"
    TOO_HIGH = "values_above_the_maximum"
    OTHER_KIND = "another_kind"
    TWO_PREFIXES = "two_prefixes"


def plan_flow_tests(flow: Flow, grants: Sequence[Grant], policies: Sequence[PolicyDocument]) -> Iterator[Block]:
    """Yield the blocks of a flow's own tests; `policies` are made from the grants."""
    values = _choose_values(flow.parameters)
    if values is None:
        return
    required = [parameter.name for parameter in flow.parameters if parameter.default is None]
    given = [Attribute(name, translate_value(values[name])) for name in required]
    if flow.engine is Engine.CLOUD_CONTROL:
        # What AWS has is mocked.
        given.append(Attribute("check_definition", False))
    elif flow.release is not None:
        # Terraform mocks the provider, but runs provisioners.
        given.append(Attribute("prepare_flow", False))
    if given:
        yield Block("variables", (), tuple(given))
    if policies:
        yield _plan_grants_run("grants_what_the_nodes_need", {}, policies, {**KNOWN, **_derive_values(grants, values)})
        if respelled := _respell_models(flow.parameters, values):
            known = {**KNOWN, **_derive_values(grants, {**values, **respelled})}
            yield _plan_grants_run("grants_the_same_for_a_model_id_and_its_arn", respelled, policies, known)
    yield from _plan_rejection_runs(flow, values)


def _plan_grants_run(
    name: str, given: Mapping[str, ModelValue], policies: Sequence[PolicyDocument], known: Mapping[str, str]
) -> Block:
    asserts = [
        assert_document(policy, known, f'The policy "{policy.name}" does not grant exactly what the nodes need.')
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
    variables = Block("variables", (), tuple(Attribute(key, translate_value(value)) for key, value in given.items()))
    return make_block("run", name, body=(*((variables,) if given else ()), *asserts, attached))


def _plan_rejection_runs(flow: Flow, values: Mapping[str, ModelValue]) -> Iterator[Block]:
    rejected: dict[Rejection, dict[str, Value]] = {why: {} for why in Rejection}
    for parameter in flow.parameters:
        for why, value in _list_rejected_values(parameter, values[parameter.name], flow.engine):
            rejected[why][parameter.name] = value
    for why, given in rejected.items():
        if given:
            yield expect_rejection(f"parameters_reject_{why}", given)


def _derive_values(grants: Sequence[Grant], values: Mapping[str, ModelValue]) -> dict[str, str]:
    """Return the values of the variables, and of the local values derived from them, by address."""
    known = {f"var.{name}": value for name, value in values.items() if isinstance(value, str)}
    for name, part in list_derived(grants).items():
        known[f"local.{name}"] = _derive_value(part.how, known[f"var.{part.parameter}"])
    return known


def _derive_value(how: str, value: str) -> str:
    home, _, last = value.rpartition("/")
    match how:
        case "model-of-profile":
            return last.partition(".")[2]
        case "without-version":
            return f"{home}/{last.partition(':')[0]}"
    return value if home else f"arn:aws:bedrock:{REGION}:{_RESOURCES[how]}/{value}"


def _choose_values(parameters: Iterable[Parameter]) -> dict[str, ModelValue] | None:
    """Return a value for each parameter by name: its default, or a sample, all different if possible.

    None if there is no value, or if a default is not a string where one is required: then the definition has an error,
    and there will be no module.
    """
    chosen: dict[str, ModelValue] = {}
    tried: dict[tuple[str, ...], int] = {}
    for parameter in parameters:
        # Among similar parameters, continue after the last one's sample: all earlier samples are taken.
        kind = (str(parameter.model), *(shape.name for shape in list_shapes(parameter)))
        value = _find_value(parameter, 1)
        for number in range(tried.get(kind, 0) + 1, len(chosen) + 2):
            tried[kind] = number
            if (sample := _find_value(parameter, number)) not in chosen.values():
                value = sample
                break
        is_string = parameter.model is not None or list_shapes(parameter)[0].type == "string"
        if value is None or (is_string and not isinstance(value, str)):
            return None
        chosen[parameter.name] = value
    return chosen


def _respell_models(parameters: Iterable[Parameter], values: Mapping[str, ModelValue]) -> dict[str, ModelValue]:
    """Return the models that may be given by ID or by ARN: those given by ARN as IDs, and vice versa."""
    respelled: dict[str, ModelValue] = {}
    for parameter in parameters:
        value = values[parameter.name]
        if parameter.model is None or not takes_model_id(parameter) or not isinstance(value, str):
            continue
        if value.startswith("arn:"):
            respelled[parameter.name] = value.rpartition("/")[2]
        else:
            kind = MODEL_KINDS[parameter.model]
            respelled[parameter.name] = fill_form(kind.arn_form.replace(kind.id_form, value), 1)
    return respelled


def _list_rejected_values(parameter: Parameter, value: ModelValue, engine: Engine) -> Iterator[tuple[Rejection, Value]]:
    """Yield values that the parameter's variable rejects, each with the reason; `value` is one that it accepts."""
    spoiled = {Rejection.WILDCARD: f"{value}*", Rejection.SPACE: f"{value} ", Rejection.TOO_LOW: ""}
    if isinstance(value, str):
        for why, changed in spoiled.items():
            if not _accepts(parameter, changed):
                yield why, changed
    if parameter.model is None:
        yield from _list_out_of_range(list_shapes(parameter, engine), value)
    else:
        kind = MODEL_KINDS[parameter.model]
        for excluded in kind.excluded:
            yield Rejection(excluded.name), f"{fill_form(kind.arn_form).rpartition('/')[0]}/{excluded.sample}"


def _list_out_of_range(shapes: list[Shape], value: ModelValue) -> Iterator[tuple[Rejection, Value]]:
    least = max((shape.minimum for shape in shapes if shape.minimum is not None), default=None)
    most = min((shape.maximum for shape in shapes if shape.maximum is not None), default=None)
    match value:
        case bool():
            return
        case str():
            if most is not None and not any(shape.pattern or shape.enum for shape in shapes):
                yield Rejection.TOO_HIGH, _write_long_string(most + 1)
        case list():
            if least:
                yield Rejection.TOO_LOW, []
            if most is not None:
                yield Rejection.TOO_HIGH, ["x"] * (most + 1)
        case _:
            if least is not None:
                yield Rejection.TOO_LOW, least - 1
            if most is not None:
                yield Rejection.TOO_HIGH, most + 1


def _write_long_string(length: int) -> Reference:
    if length <= _LONGEST_PADDING:
        return Reference(f'format("%0{length}d", 0)')
    parts = -(-length // _LONGEST_PADDING)
    return Reference(f'join("", [for part in range({parts}) : format("%0{_LONGEST_PADDING}d", 0)])')


def _find_value(parameter: Parameter, number: int) -> ModelValue:
    if parameter.default is not None:
        return parameter.default
    if parameter.model is not None:
        return fill_form(MODEL_KINDS[parameter.model].arn_form, number)
    return find_sample(list_shapes(parameter), number)


def _accepts(parameter: Parameter, value: str) -> bool:
    is_model = parameter.model is None or MODEL_KINDS[parameter.model].takes(value, by_id=takes_model_id(parameter))
    return is_model and all(takes_value(shape, value) for shape in list_shapes(parameter))
