"""Who may do what with a flow and its key: principals, actions and contexts, decided by the policies in the account."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from account.decisions import Decision, Policies, Principal, Request, decide, read_policy
from identities import ACCOUNT

VIA = {"kms:ViaService": "bedrock.us-east-1.amazonaws.com"}
CONTEXT = "kms:EncryptionContext:aws:bedrock-flows:arn"
OTHER_FLOW = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:flow/ZZZZZZZZZZ"
USES = ("kms:Decrypt", "kms:GenerateDataKey")
CHANGES = ("kms:PutKeyPolicy", "kms:CreateGrant", "kms:ScheduleKeyDeletion")
DELEGATION = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
"""The default policy of a key: what is assumed of keys that a module is only told of."""
FLOW_ACTIONS = ("bedrock:GetFlow", "bedrock:UpdateFlow", "bedrock:InvokeFlow")
ALIAS_ACTIONS = ("bedrock:InvokeFlow", "bedrock:StartFlowExecution", "bedrock:UpdateFlowAlias")
DRAFT = "TSTALIASID"
"""AWS's own alias of every flow, which routes to the draft."""
Documents = dict[str, Any]
"""Policy documents by name."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A principal as the table calls it, with the policies that are attached to it or embedded."""

    label: str
    principal: Principal
    policies: Documents


@dataclass(frozen=True, slots=True)
class Sealed:
    """A flow, its key, and its aliases in the account: ARNs, and the key's policy as read back."""

    flow_arn: str
    key_arn: str
    key_policy: Any
    aliases: Mapping[str, str]
    """ARNs by name, with the draft's; none if the module has no release."""

    def list_contexts(self) -> dict[str, dict[str, str]]:
        """Return the circumstances of a use of the key, by the heading of their column."""
        return {
            "through Bedrock, this flow": {CONTEXT: self.flow_arn, **VIA},
            "through Bedrock, another flow": {CONTEXT: OTHER_FLOW, **VIA},
            "through Bedrock, no context": dict(VIA),
            "directly, this flow": {CONTEXT: self.flow_arn},
            "directly, no context": {},
        }


@dataclass(frozen=True, slots=True)
class Question:
    """One cell of a table: who asks for what under which circumstances."""

    identity: Identity
    action: str
    resource: str
    context: Mapping[str, str]
    key_policy: Any | None = None

    def decide(self) -> Decision:
        """Return the account's decision."""
        statements = [item for name, document in self.identity.policies.items() for item in read_policy(name, document)]
        resource = None if self.key_policy is None else read_policy("key", self.key_policy)
        context = {key.lower(): value for key, value in self.context.items()}
        request = Request(self.identity.principal, self.action, self.resource, ACCOUNT, context)
        return decide(request, Policies(tuple(statements), None, resource))

    def write_answer(self) -> str:
        """Return the cell: the statements that allow it, or a dash."""
        decision = self.decide()
        if not decision.allowed:
            return "-" if decision.verdict.value == "refused" else f"denied by {', '.join(decision.by)}"
        return " + ".join(decision.by)


def ask_of_key(identity: Identity, action: str, context: Mapping[str, str], sealed: Sealed) -> Question:
    """Return the question whether somebody may do something with the key."""
    return Question(identity, action, sealed.key_arn, context, sealed.key_policy)


def ask_of_flow(identity: Identity, action: str, sealed: Sealed) -> Question:
    """Return the question whether somebody may do something with the flow, or with an alias of it."""
    alias = "/alias/LIVE" if action == "bedrock:InvokeFlow" else ""
    return Question(identity, action, f"{sealed.flow_arn}{alias}", {})


def list_alias_questions(identity: Identity, sealed: Sealed) -> list[Question]:
    """Return the questions of one row: what somebody may do with each alias."""
    return [Question(identity, action, arn, {}) for action in ALIAS_ACTIONS for arn in sealed.aliases.values()]


def list_node_rights(service_role: Identity) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what the nodes need: action, a resource that the policy means, and the keys that its condition wants."""
    for name, document in service_role.policies.items():
        for statement in document["Statement"] if "nodes" in name else []:
            keys = {key: value for pairs in statement.get("Condition", {}).values() for key, value in pairs.items()}
            for action in as_sorted(statement["Action"]):
                for resource in as_sorted(statement["Resource"]):
                    # Whatever stands in the place of a star is meant.
                    meant = resource if resource == "*" else resource.replace("*", "x")
                    yield action, meant, {key: as_sorted(value)[0] for key, value in keys.items()}


def ask_of_node_right(service_role: Identity, action: str, resource: str, context: Mapping[str, str]) -> Question:
    """Return the question whether a node may do what it needs to; other keys have the default policy."""
    return Question(service_role, action, resource, context, DELEGATION if action.startswith("kms:") else None)


def as_sorted(value: Any) -> list[str]:
    """Return a policy's value as a sorted list, of one where it is written alone."""
    return sorted(value) if isinstance(value, list) else [value]


def write_tables(name: str, identities: list[Identity], service_role: Identity, sealed: Sealed) -> str:
    """Return the page of a flow: who may use its key, change the key, reach the flow, and what the nodes get."""
    everybody = [*identities, service_role]
    parts = [f"# Who may do what: {name}\n"]
    for action in USES:
        rows = {item.label: [q.write_answer() for q in list_uses(item, action, sealed)] for item in everybody}
        parts.append(_write_table(f"`{action}` on the key", ["principal", *sealed.list_contexts()], rows))
    rows = {
        item.label: [ask_of_key(item, action, {}, sealed).write_answer() for action in CHANGES] for item in everybody
    }
    parts.append(_write_table("Changes of the key", ["principal", *(f"`{action}`" for action in CHANGES)], rows))
    rows = {item.label: list(_write_flow_row(item, sealed)) for item in everybody}
    headings = ["principal", *(f"`{action}`" for action in FLOW_ACTIONS), "reads the definition"]
    parts.append(_write_table("The flow", headings, rows))
    if sealed.aliases:
        rows = {item.label: list(_write_alias_row(item, sealed)) for item in everybody}
        headings = [f"`{action.partition(':')[2]}` on {name}" for action in ALIAS_ACTIONS for name in sealed.aliases]
        parts.append(_write_table("The aliases", ["principal", *headings, "invokes"], rows))
    parts.append(_write_node_table(service_role))
    return _hide_what_is_made("\n".join(parts), sealed)


def list_uses(identity: Identity, action: str, sealed: Sealed) -> list[Question]:
    """Return the questions of one row: a use of the key under each of the circumstances."""
    return [ask_of_key(identity, action, context, sealed) for context in sealed.list_contexts().values()]


def reads_definition(identity: Identity, sealed: Sealed) -> bool:
    """Return whether GetFlow answers a caller, who needs access to the flow and, through it, to its key."""
    through, *_ = list_uses(identity, "kms:Decrypt", sealed)
    return ask_of_flow(identity, "bedrock:GetFlow", sealed).decide().allowed and through.decide().allowed


def invokes(identity: Identity, arn: str, sealed: Sealed) -> bool:
    """Return whether InvokeFlow answers a caller, who needs access to the alias and, through it, to the flow's key."""
    through = [list_uses(identity, action, sealed)[0] for action in USES]
    return all(question.decide().allowed for question in (Question(identity, ALIAS_ACTIONS[0], arn, {}), *through))


def _write_alias_row(identity: Identity, sealed: Sealed) -> Iterator[str]:
    yield from (question.write_answer() for question in list_alias_questions(identity, sealed))
    yield ", ".join(name for name, arn in sealed.aliases.items() if invokes(identity, arn, sealed)) or "-"


def _write_flow_row(identity: Identity, sealed: Sealed) -> Iterator[str]:
    yield from (ask_of_flow(identity, action, sealed).write_answer() for action in FLOW_ACTIONS)
    yield "yes" if reads_definition(identity, sealed) else "-"


def _write_node_table(service_role: Identity) -> str:
    rows = {}
    for action, resource, keys in list_node_rights(service_role):
        stated = ask_of_node_right(service_role, action, resource, keys).write_answer()
        bare = ask_of_node_right(service_role, action, resource, {}).write_answer() if keys else ""
        condition = ", ".join(f"`{key}` = `{value}`" for key, value in keys.items())
        rows[f"`{action}`"] = [*rows.get(f"`{action}`", []), f"`{resource}`", condition, stated, bare]
    lines = [(action, cells[at : at + 4]) for action, cells in rows.items() for at in range(0, len(cells), 4)]
    if not lines:
        return "## What the nodes get\n\nNothing: no node needs permissions.\n"
    headings = ["action", "on", "if", "service role", "service role, without the condition"]
    return _write_lines("What the nodes get", headings, [[action, *cells] for action, cells in lines])


def _write_table(title: str, headings: list[str], rows: dict[str, list[str]]) -> str:
    return _write_lines(title, headings, [[label, *cells] for label, cells in rows.items()])


def _write_lines(title: str, headings: list[str], lines: list[list[str]]) -> str:
    table = [headings, ["---"] * len(headings), *lines]
    return f"## {title}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in table)


def _hide_what_is_made(text: str, sealed: Sealed) -> str:
    """Return a page without what differs from run to run: ids, and the suffixes of generated names."""
    flow, key = sealed.flow_arn.rsplit("/", 1)[-1], sealed.key_arn.rsplit("/", 1)[-1]
    hidden = text.replace(flow, "FLOW").replace(key, "KEY")
    return re.sub(r"-[0-9a-f]{20,}(?=[: |`])", "", hidden)


def read_identity(iam: Any, label: str, role: str) -> Identity:
    """Return a role of the account as it is: its ARN, a session, and its policies."""
    arn = iam.get_role(RoleName=role)["Role"]["Arn"]
    account = arn.split(":")[4]
    policies = {}
    for item in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=item["PolicyArn"])["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=item["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"]
        policies[item["PolicyName"]] = found
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        policies[name] = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    session = f"arn:aws:sts::{account}:assumed-role/{role}/run"
    return Identity(label, Principal(session, arn), dict(sorted(policies.items())))


def read_sealed(bench: Any, outputs: Mapping[str, Any]) -> Sealed:
    """Return a module's flow, key, and aliases, with the key's policy read back from KMS."""
    text = bench.client("kms").get_key_policy(KeyId=outputs["kms_key_id"], PolicyName="default")["Policy"]
    aliases = dict(outputs.get("alias_arns", {}))
    aliases |= {DRAFT: f"{outputs['flow_arn']}/alias/{DRAFT}"} if aliases else {}
    return Sealed(outputs["flow_arn"], outputs["kms_key_arn"], json.loads(text), aliases)
