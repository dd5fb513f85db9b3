"""The life of a module, by real Terraform: each stage fills its cells of the module's row."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from audit import check_new_before_old, check_policies, list_attached, list_belongings, read_key_state, read_policy
from leaves import compare_definitions
from proofs import Proof
from roots import Root
from subjects import NEW_RIGHT, add_a_new_right, edit_a_prompt, generate_variant

from bench import Bench

NATIVE_FLOW = "module.flow.aws_bedrockagent_flow.this"
CLOUD_FLOW = "module.flow.aws_cloudcontrolapi_resource.flow"
KEY = "module.flow.aws_kms_key.this"
KEY_POLICY = "module.flow.aws_kms_key_policy.this"
ROLE = "module.flow.aws_iam_role.this"
PREPARED = "module.flow.terraform_data.prepared[0]"
CONTENT = "module.flow.terraform_data.definition"
VERSION = "module.flow.aws_cloudcontrolapi_resource.version"
ALIAS = "module.flow.aws_cloudcontrolapi_resource.alias"
LONG_NAME = "a-" * 99 + "a"


def leave_whole(_module: Path) -> None:
    """Do no damage."""


@dataclass
class Life:
    """One root in its folder, on an account, and the proof that it gives."""

    bench: Bench
    folder: Path
    root: Root
    proof: Proof
    before: set[str]
    outputs: dict[str, Any] = field(default_factory=dict)
    damage: Callable[[Path], None] = leave_whole
    """What is done to each module that is put into place: tests break one on purpose."""

    @property
    def module(self) -> Path:
        """The folder of the module, which a test may change."""
        return self.folder / "module"

    @property
    def flow(self) -> str:
        """The address of the flow."""
        return f"module.flow.{self.root.subject.flow}"

    @property
    def next_version(self) -> dict[str, str]:
        """What an apply does to release a change of the flow, by address; nothing in a module without a release."""
        aliases = {f'{ALIAS}["{name}"]': "update" for name in self.outputs.get("alias_arns", ())}
        prepared = {} if self.root.subject.is_cloud_control else {PREPARED: "replace"}
        return {**prepared, CONTENT: "update", VERSION: "replace", **aliases} if aliases else {}

    def turn(self, **changes: Any) -> None:
        """Change the root."""
        self.root = replace(self.root, **changes)
        self.root.write(self.folder)

    def put_module(self, module: Path) -> None:
        """Put a module into the place of the present one."""
        shutil.rmtree(self.module)
        shutil.copytree(module, self.module)
        self.damage(self.module)

    def restore(self) -> None:
        """Put the module into place as it was before a test broke it, so that it can be destroyed."""
        self.damage = leave_whole
        self.put_module(self.root.subject.module)

    def begin(self) -> None:
        """Initialize and apply, and prove nothing by it."""
        self.bench.succeed(self.folder, "init", "-input=false")
        self.apply()

    def apply(self, *arguments: str) -> dict[str, str]:
        """Apply, which must end well and without a warning; return what was changed, by address."""
        said = self.bench.do(self.folder, "apply", *(arguments or ("-auto-approve",)))
        self.outputs = said.outputs["flow"]
        return said.changes

    def check_nothing_to_do(self) -> None:
        """Hold that a plan is empty."""
        said = self.bench.ask(self.folder, "plan", "-detailed-exitcode")
        assert said.code == 0, f"a plan that should be empty: {said.changes or said.list_diagnostics('error')}"

    def check_policies(self) -> None:
        """Hold the policies in the account against AWS's page."""
        callers = [self.root.name_role(label) for label in self.root.callers]
        principals = [self.root.name_role(label) for label in self.root.principals]
        check_policies(self.bench, self.outputs, callers, principals)


@contextmanager
def open_life(bench: Bench, folder: Path, root: Root, proof: Proof) -> Iterator[Life]:
    """Write a root, and begin nothing yet; what a failure leaves in the account is destroyed at the end."""
    root.write(folder)
    with bench.clearing(folder):
        yield Life(bench, folder, root, proof, list_belongings(bench))


def prove_life(life: Life) -> None:
    """Take a module from init to destroy."""
    for stage in STAGES:
        stage(life)


def prove_first_apply(life: Life) -> None:
    """Format, init, validate, plan, apply; then the order of the calls that the apply made."""
    bench, folder, proof = life.bench, life.folder, life.proof
    with proof.of("format"):
        bench.succeed(life.module, "fmt", "-check", "-recursive", "-diff")
    with proof.of("init"):
        bench.succeed(folder, "init", "-input=false")
        proof.notes |= bench.read_versions(folder)
        found = json.loads(bench.run(folder, "validate", "-json").stdout)["diagnostics"]
        assert found == [], [f"{item['summary']}: {item.get('detail')}" for item in found]
    with proof.of("plan"):
        bench.do(folder, "plan", "-out=plan")
    before = len(bench.read_calls())
    with proof.of("apply"):
        bench.hold("AttachRolePolicy", until="CreateFlow")
        life.apply("plan")
    with proof.of("order"):
        calls = bench.read_calls()[before:]
        order = ("AttachRolePolicy", "CreateFlow", "PutKeyPolicy")
        assert sorted(order, key=calls.index) == list(order), calls


def prove_account(life: Life) -> None:
    """Hold what is in the account against the definition and against AWS's page; nothing is left to do."""
    flows, flow, proof = life.bench.client("bedrock-agent"), life.outputs["flow_id"], life.proof
    with proof.of("replan"):
        life.check_nothing_to_do()
    with proof.of("definition"):
        subject = life.root.subject
        found = flows.get_flow(flowIdentifier=flow)["definition"]
        assert compare_definitions(found, subject.read_definition(subject.choose_values())) == []
    with proof.of("policies"):
        life.check_policies()
    with proof.of("prepare"):
        flows.prepare_flow(flowIdentifier=flow)
        life.check_nothing_to_do()


def prove_edit(life: Life) -> None:
    """Edit a text: the flow changes in place, and nothing else."""
    with life.proof.of("edit"):
        edit_a_prompt(life.module)
        said = life.bench.do(life.folder, "plan")
        assert (said.changes, said.reads) == ({life.flow: "update", **life.next_version}, set())


def prove_new_right(life: Life) -> None:
    """Add a node that needs a right which the flow did not have."""
    with life.proof.of("permission"):
        made = generate_variant(life.root.subject, life.folder / "regenerated", add_a_new_right)
        life.put_module(made)
        before = len(life.bench.read_calls())
        life.bench.hold("CreatePolicyVersion", "AttachRolePolicy", until="UpdateFlow")
        assert life.apply()[life.flow] == "update"
        calls = life.bench.read_calls()[before:]
        granting = [place for place, call in enumerate(calls) if call in ("CreatePolicyVersion", "AttachRolePolicy")]
        assert max(granting) < calls.index("UpdateFlow"), calls
        attached = list_attached(life.bench, life.outputs["role_name"])
        policies = [read_policy(life.bench, arn) for arn in attached.values()]
        assert NEW_RIGHT in json.dumps(policies)


def prove_callers(life: Life) -> None:
    """Add callers by known ARNs and by those of roles made in the same apply, then take them away."""
    policies = ("caller", "caller_invoke") if life.next_version else ("caller",)
    roles, callers = life.root.roles, life.root.callers
    with life.proof.of("callers"):
        life.turn(roles=(*roles, "later", "guest"), callers=(*callers, "batch", "later"), principals=("guest",))
        attachments = [f"module.flow.aws_iam_role_policy_attachment.{policy}" for policy in policies]
        made = ["aws_iam_role.later", "aws_iam_role.guest"]
        made += [f'{attachment}["{label}"]' for attachment in attachments for label in ("batch", "later")]
        assert life.apply() == dict.fromkeys(made, "create") | {KEY_POLICY: "update"}
        life.check_policies()
        life.turn(roles=roles, callers=callers, principals=())
        assert life.apply() == dict.fromkeys(made, "delete") | {KEY_POLICY: "update"}
        life.check_policies()
        assert list_attached(life.bench, life.root.name_role("batch")) == {}


def prove_foreign_caller(life: Life) -> None:
    """Give a role of another account where only own ones can be: refused before anything is changed."""
    with life.proof.of("account"):
        life.turn(foreign=True)
        said = life.bench.ask(life.folder, "plan", "-refresh=false")
        errors = said.list_diagnostics("error")
        assert said.code == 1
        assert [error for error in errors if 'caller_roles["foreign"]' in error and "role in this account" in error], (
            errors
        )
        life.turn(foreign=False)


def prove_depends_on(life: Life) -> None:
    """Make the module's call depend on something new: every policy is read again in the apply, nothing is replaced."""
    with life.proof.of("depends"):
        life.turn(depends=True)
        before = len(life.bench.read_calls())
        said = life.bench.do(life.folder, "apply", "-auto-approve")
        assert said.reads == list_data_sources(life.module)
        assert said.changes.pop("terraform_data.platform") == "create"
        assert set(said.changes.values()) == {"update"}, said.changes
        # The provider's default tags, which a flow of Cloud Control has, are read again, too, and found the same.
        assert (life.flow in said.changes) is life.root.subject.is_cloud_control
        assert "UpdateFlow" not in life.bench.read_calls()[before:]
        life.check_policies()


def list_data_sources(module: Path) -> set[str]:
    """Return the addresses of all data sources of a module."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in module.glob("*.tf"))
    return {f"module.flow.data.{kind}.{label}" for kind, label in re.findall(r'^data "(\w+)" "(\w+)"', text, re.M)}


def prove_new_name(life: Life) -> None:
    """Rename the flow."""
    expected = {life.flow.split(".")[2]: "update", "aws_kms_key": "update", "aws_kms_key_policy": "update"}
    expected |= {"aws_kms_alias": "replace", "aws_iam_role": "replace", "aws_iam_policy": "replace"}
    expected |= {"aws_iam_role_policy_attachment": "replace"}
    with life.proof.of("rename"):
        before = len(life.bench.read_decisions())
        life.turn(name=LONG_NAME)
        changes = life.apply()
        released = {address: changes.pop(address, "") for address in life.next_version}
        assert released == life.next_version
        assert {address.split(".")[2]: action for address, action in changes.items()} == expected
        check_new_before_old(life.bench.read_decisions()[before:])
        life.check_nothing_to_do()
        life.check_policies()


def prove_replacements(life: Life) -> None:
    """Replace the key, the role, and the flow: each takes one apply, and leaves nothing to do.

    A released flow is replaced under a new name only; under the old one nothing changes.
    """
    with life.proof.of("replace"):
        for address, ending in ((KEY, "ScheduleKeyDeletion"), (ROLE, "DeleteRole"), (life.flow, "")):
            if address == life.flow and life.next_version:
                said = life.bench.ask(life.folder, "apply", "-auto-approve", f"-replace={address}")
                taken = "AlreadyExists" if life.root.subject.is_cloud_control else "ConflictException"
                assert taken in str(said.list_diagnostics("error"))
                life.check_nothing_to_do()
                # So alike that the service role stays: only the flow's ID is new to the version.
                life.turn(name=f"{LONG_NAME[:-1]}b")
            before = len(life.bench.read_calls())
            changes = life.apply("-auto-approve", f"-replace={address}")
            calls = life.bench.read_calls()[before:]
            assert changes[address] == "replace"
            if ending:
                assert changes[life.flow] == "update"
                assert calls.index("UpdateFlow") < calls.index(ending), calls
            life.check_nothing_to_do()
            life.check_policies()


def prove_end(life: Life) -> None:
    """Destroy."""
    with life.proof.of("destroy"):
        life.bench.do(life.folder, "destroy", "-auto-approve")
        assert read_key_state(life.bench, life.outputs["kms_key_id"]) == "PendingDeletion"
        assert list_belongings(life.bench) == life.before


STAGES: dict[Callable[[Life], None], tuple[str, ...]] = {
    prove_first_apply: ("format", "init", "plan", "apply", "order"),
    prove_account: ("replan", "definition", "policies", "prepare"),
    prove_edit: ("edit",),
    prove_new_right: ("permission",),
    prove_callers: ("callers",),
    prove_foreign_caller: ("account",),
    prove_depends_on: ("depends",),
    prove_new_name: ("rename",),
    prove_replacements: ("replace",),
    prove_end: ("destroy",),
}
"""The stages of a life in their order, each with the columns that it fills."""
LIFE = tuple(column for columns in STAGES.values() for column in columns)
