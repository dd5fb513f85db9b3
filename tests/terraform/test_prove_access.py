"""An access table for each example: principal, action and context, decided by what Terraform put into the account.

The policies are read back after an apply by the real Terraform. The tables are in access/, are rewritten with
`--accept`, and are read as a diff; iam-simulate is asked for the same cells where Node is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from access import (
    CHANGES,
    DRAFT,
    FLOW_ACTIONS,
    USES,
    Identity,
    Question,
    Sealed,
    ask_of_flow,
    ask_of_key,
    ask_of_node_right,
    invokes,
    list_alias_questions,
    list_node_rights,
    list_uses,
    read_identity,
    read_sealed,
    reads_definition,
    write_tables,
)
from account.decisions import Principal
from botocore.exceptions import ClientError
from deployed import Root
from identities import (
    ACCOUNT,
    OTHER_ACCOUNT,
    TRUST,
    allow,
    assume,
    in_other_account,
    make_operator,
    make_role,
    make_sso_role,
)
from identities import write_document as write
from proofs import Proof
from released import invoke
from rights import read_deployment_policy
from second_opinion import VERDICTS, ask_oracle, find_missing_oracle, write_simulation
from subjects import EVERYDAY, RELEASED
from subjects import EXAMPLES as NAMES

from bench import Bench, find_missing_parts, open_bench

MISSING = find_missing_parts()
pytestmark = [
    pytest.mark.terraform,
    pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}"),
    pytest.mark.xdist_group("access"),  # one process, so that the examples are applied once
]
UNATTACHED = {"invoice-batch", "order-desk"}
"""Those without attachments, so that a caller of all examples has no more policies than IAM allows."""
TABLES = Path(__file__).parent / "access"
UNKNOWN = re.compile(r"arn:aws:lex:.*:bot-alias/.*|arn:aws:bedrock:::foundation-model/.*|arn:aws:s3:::[^/]+")
"""Resources without a kind in iam-simulate: Lex of the second version, models without region, a bucket of PutObject."""
CALLS = allow("bedrock:GetFlow", "bedrock:InvokeFlow", sid="CallFlows")
ROLES: dict[str, tuple[dict[str, Any], ...]] = {
    "administrator of keys": (allow("kms:*", sid="AllOfKms"),),
    "deployer": tuple(read_deployment_policy("deployment", EVERYDAY)["Statement"]),
    "planner": tuple(read_deployment_policy("plan", EVERYDAY)["Statement"]),
    "deployer of releases": tuple(read_deployment_policy("deployment", RELEASED)["Statement"]),
    "planner of releases": tuple(read_deployment_policy("plan", RELEASED)["Statement"]),
    "role in caller_roles": (CALLS,),
    "role in caller_roles, without policies of its own": (),
    "SSO role in caller_principals": (CALLS,),
    "role with rights in Bedrock only": (allow("bedrock:*", sid="AllOfBedrock"),),
}
"""Roles of the account by what the table calls them; in IAM, without commas, and with hyphens for the spaces."""
GUESTS: dict[str, tuple[str, ...]] = {
    "guest in caller_principals, with a policy of its own": ("guest", "bedrock:*", "kms:*"),
    "guest in caller_principals, without one": ("guest-without",),
    "role of another account that nobody names": ("outsider", "bedrock:*", "kms:*"),
}


@dataclass(frozen=True, slots=True)
class Applied:
    """What stands in the account: everybody but the service roles, and by example its service role, flow and key."""

    identities: list[Identity]
    service_roles: dict[str, Identity]
    sealed: dict[str, Sealed]
    sessions: dict[str, Bench]


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    with open_bench(tmp_path_factory.mktemp("access")) as bench:
        operator = make_operator(bench)
        arns = {label: make_caller(bench, operator, label) for label in ROLES}
        guests = {label: make_guest(bench, *more) for label, more in GUESTS.items()}
        arguments = {
            "caller_roles": {
                "api": arns["role in caller_roles"],
                "bare": arns["role in caller_roles, without policies of its own"],
            },
            "caller_principals": {
                "sso": arns["SSO role in caller_principals"],
                "guest": guests["guest in caller_principals, with a policy of its own"],
                "poor": guests["guest in caller_principals, without one"],
            },
        }
        root = Root(tmp_path_factory.mktemp("examples"))
        root.write({name: {**arguments, "attach_caller_policy": name not in UNATTACHED} for name in NAMES})
        bench.succeed(root.folder, "init", "-input=false")
        bench.succeed(root.folder, "apply", "-auto-approve", "-input=false")
        outputs, iam = root.read_outputs(bench), bench.client("iam")
        identities = [Identity("account's root", Principal(f"arn:aws:iam::{ACCOUNT}:root"), {})]
        identities += [read_identity(iam, label, name_role(label)) for label in ROLES]
        abroad = in_other_account(bench, "iam")
        identities += [read_identity(abroad, label, GUESTS[label][0]) for label in GUESTS]
        yield Applied(
            identities,
            {name: read_identity(iam, "service role", outputs[name]["role_name"]) for name in NAMES},
            {name: read_sealed(bench, outputs[name]) for name in NAMES},
            {label: assume(operator, arn) for label, arn in arns.items()},
        )


def name_role(label: str) -> str:
    return label.replace(" ", "-").replace(",", "")


def make_caller(bench: Bench, operator: Bench, label: str) -> str:
    """Make a role of this account with its own policies; return its ARN."""
    if label.startswith("SSO"):
        return make_sso_role(bench, operator, name_role(label), *ROLES[label])
    return make_role(bench, name_role(label), *ROLES[label])


def make_guest(bench: Bench, name: str, *actions: str) -> str:
    """Make a role in another account; return its ARN."""
    iam = in_other_account(bench, "iam")
    trust = write({**TRUST["Statement"][0], "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    if actions:
        document = write(allow(*actions, sid="Abroad"))
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=document)
    return str(arn)


@pytest.mark.proves("access")
@pytest.mark.parametrize("name", NAMES)
def test_the_access_table_is_as_reviewed(name: str, applied: Applied, proof: Proof, accept: bool) -> None:
    table = write_tables(name, applied.identities, applied.service_roles[name], applied.sealed[name])
    path = TABLES / f"{name}.md"
    if accept:
        path.write_text(table, encoding="utf-8")
    with proof.of("access"):
        assert path.read_text(encoding="utf-8") == table


def list_questions(applied: Applied, name: str) -> list[Question]:
    """Return every cell of an example's table but those of the root, whom iam-simulate does not know."""
    sealed, service_role = applied.sealed[name], applied.service_roles[name]
    everybody = [item for item in (*applied.identities, service_role) if not item.principal.is_root]
    questions = [question for item in everybody for action in USES for question in list_uses(item, action, sealed)]
    questions += [ask_of_key(item, action, {}, sealed) for item in everybody for action in CHANGES]
    questions += [ask_of_flow(item, action, sealed) for item in everybody for action in FLOW_ACTIONS]
    questions += [question for item in everybody for question in list_alias_questions(item, sealed)]
    for action, resource, keys in list_node_rights(service_role):
        questions += [ask_of_node_right(service_role, action, resource, context) for context in (keys, {})]
    return questions


def write_question(question: Question) -> dict[str, Any]:
    return write_simulation(
        question.identity.principal.arn,
        question.action,
        question.resource,
        ACCOUNT,
        question.context,
        list(question.identity.policies.values()),
        resource_policy=question.key_policy,
    )


@pytest.mark.skipif(bool(find_missing_oracle()), reason=f"missing: {find_missing_oracle()}")
@pytest.mark.parametrize("name", NAMES)
def test_iam_simulate_agrees_on_every_cell(name: str, applied: Applied) -> None:
    questions = list_questions(applied, name)
    answers = ask_oracle([write_question(question) for question in questions])
    for question, answer in zip(questions, answers, strict=True):
        if UNKNOWN.fullmatch(question.resource):
            assert "no.resource.types" in answer["error"]
            continue
        asked = f"{question.identity.label}: {question.action} on {question.resource} {question.context}"
        assert answer.get("result", answer) == VERDICTS[question.decide().verdict.value], asked


@pytest.mark.parametrize("label", ROLES)
def test_the_account_agrees_on_who_invokes_the_aliases(label: str, applied: Applied) -> None:
    sealed = applied.sealed[RELEASED]
    (identity,) = [item for item in applied.identities if item.label == label]
    assert set(sealed.aliases) == {"live", "beta", DRAFT}
    for arn in sealed.aliases.values():
        flow, alias = arn.split("/alias/")
        if invokes(identity, arn, sealed):
            assert invoke(applied.sessions[label], flow, alias, "Hello", "Ticket")["input"] == "Hello"
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                invoke(applied.sessions[label], flow, alias, "Hello", "Ticket")


@pytest.mark.parametrize("label", ROLES)
def test_the_account_agrees_with_the_table(label: str, applied: Applied) -> None:
    sealed = applied.sealed[NAMES[0]]
    (identity,) = [item for item in applied.identities if item.label == label]
    flows = applied.sessions[label].client("bedrock-agent")
    if reads_definition(identity, sealed):
        assert flows.get_flow(flowIdentifier=sealed.flow_arn)["arn"] == sealed.flow_arn
    else:
        with pytest.raises(ClientError, match="AccessDenied"):
            flows.get_flow(flowIdentifier=sealed.flow_arn)
