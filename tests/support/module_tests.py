"""The tests that travel with a module, run by Terraform itself, and modules with parts taken out for them to find."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

from plans import SOURCE

from bench import Bench
from generator.terraform.module import ModulePlan
from generator.terraform.render import render_module

ASSERTIONS = {
    "key": "The key policy was",
    "caller": "The caller policy was",
    "encryption": "The service role's policy for the key was",
    "trust": "The service role's trust policy was",
    "caller_invoke": "The policy for invoking the flow was",
}
"""By the label of a policy document, how the message of the assertion on it begins; of others, see name_assertion."""
RELEASE = "release.tf"
CLOUD_FLOW = "aws_cloudcontrolapi_resource.flow"
TOGETHER = "The flow does not use this module's key and role"
_FAILURE = re.compile(r"The checkable\s+object,\s+(\S+),\s+was expected")


@dataclass(frozen=True, slots=True)
class Judgment:
    """What `terraform test` said: the runs by how they ended, and each complaint as one line."""

    runs: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    @property
    def is_green(self) -> bool:
        """Whether every run passed, and there was one."""
        return bool(self.runs) and set(self.runs.values()) == {"pass"} and not self.complaints


@dataclass(frozen=True, slots=True)
class Cut:
    """Something taken out of a module's file, and what the tests must say of it."""

    file: str
    old: str
    new: str
    complaint: str


def write_module(folder: Path, plan: ModulePlan) -> Path:
    """Write the files of a module into a new folder, and return it."""
    for name, text in render_module(plan, SOURCE).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def judge_module(bench: Bench, folder: Path) -> Judgment:
    """Run a module's own tests, without anything of an account in the environment."""
    lonely = {name: value for name, value in bench.environment.items() if not name.startswith("AWS_")}
    bench = replace(bench, environment=lonely)
    if not (folder / ".terraform").exists():
        bench.succeed(folder, "init", "-backend=false", "-input=false")
    judgment = Judgment()
    for line in bench.run(folder, "test", "-json").stdout.splitlines():
        message = json.loads(line)
        if message["type"] == "test_run" and message["test_run"].get("progress", "complete") == "complete":
            judgment.runs[message["test_run"]["run"]] = message["test_run"]["status"]
        elif message["type"] == "diagnostic" and message["diagnostic"]["severity"] == "error":
            said = " ".join(f"{message['diagnostic']['summary']}: {message['diagnostic']['detail']}".split())
            judgment.complaints.append(found[1] if (found := _FAILURE.search(said)) else said)
    return judgment


def name_assertion(label: str) -> str:
    """Return how the message of the assertion on a policy document begins."""
    return ASSERTIONS.get(label, f'The policy "{label}" does not grant')


def list_rounds(folder: Path) -> list[list[Cut]]:
    """Return every cut of a module, in rounds: no two of a round are for one complaint, so that each is seen alone."""
    found = defaultdict(list)
    is_cloud_control = (folder / "schemas" / "flow.json").exists()
    released = _list_release_cuts("check_definition" if is_cloud_control else "prepare_flow")
    if is_cloud_control:
        wired = _list_flow_cuts((folder / "main.tf").read_text(encoding="utf-8"))
    else:
        wired = _list_native_cuts((folder / "main.tf").read_text(encoding="utf-8"))
    cuts = [*_list_statement_cuts(folder), *_list_rule_cuts(folder), *_list_wiring_cuts(folder), *wired]
    if (folder / RELEASE).exists():
        cuts += [*released, *(() if is_cloud_control else _list_preparation_cuts())]
    for cut in cuts:
        if cut.old != cut.new:
            found[cut.complaint].append(cut)
    return [[cut for cut in cuts if cut is not None] for cuts in zip_longest(*found.values())]


def list_unseen(bench: Bench, module: Path, cuts: list[Cut]) -> list[Cut]:
    """Return those cuts of a round that the module's tests do not complain of.

    A run that ends in an error of Terraform's keeps the later ones from running: what was seen is made whole again,
    and the rest is tried once more, until nothing more is seen.
    """
    unseen = list(cuts)
    for number in range(len(cuts)):
        spoilt = module.with_name(f"{module.name}-{number}")
        shutil.copytree(module, spoilt)
        make_cuts(spoilt, unseen)
        judgment = judge_module(bench, spoilt)
        shutil.rmtree(spoilt)
        left = [cut for cut in unseen if not any(cut.complaint in said for said in judgment.complaints)]
        if not left or left == unseen:
            return left
        unseen = left
    return unseen


def make_cuts(folder: Path, cuts: list[Cut]) -> None:
    """Take things out of a module."""
    for cut in cuts:
        path = folder / cut.file
        text = path.read_text(encoding="utf-8")
        assert text.count(cut.old) == 1, f"{cut.file} has {cut.old!r} {text.count(cut.old)} times"
        path.write_text(text.replace(cut.old, cut.new), encoding="utf-8")


def _list_statement_cuts(folder: Path) -> Iterator[Cut]:
    """Yield each policy document without one of its statements or conditions, or with one that says something else."""
    for file in (name for name in ("kms.tf", "iam.tf", "permissions.tf", RELEASE) if (folder / name).exists()):
        for block in _find_blocks((folder / file).read_text(encoding="utf-8"), 'data "aws_iam_policy_document" "'):
            label = block.split('"')[3]
            for statement in _find_blocks(block, "  statement {"):
                yield Cut(file, block, block.replace(statement, ""), name_assertion(label))
                # Of the nodes' statements, which all pass through one assertion, those with conditions stand for all.
                if label in ASSERTIONS or "condition {" in statement:
                    for spoilt in dict.fromkeys(_spoil_statement(statement)):
                        yield Cut(file, block, block.replace(statement, spoilt), name_assertion(label))


def _spoil_statement(statement: str) -> Iterator[str]:
    for condition in _find_blocks(statement, "    condition {"):
        yield statement.replace(condition, "")
        yield re.sub(r"values( +)= .*", r'values\1= ["*"]', statement)
        yield statement.replace('"StringEquals"', '"StringLike"').replace('"ArnLike"', '"StringLike"')
    yield re.sub(r"resources( +)= \[.*?\]$", r'resources\1= ["*", "other"]', statement, flags=re.DOTALL | re.MULTILINE)
    yield re.sub(r"actions( +)= \[", r'actions\1= ["kms:CreateGrant", ', statement)
    yield re.sub(r"identifiers = .*", 'identifiers = ["*"]', statement)
    yield statement.replace("    sid ", '    effect = "Deny"\n    sid ')
    yield re.sub(r'sid( +)= "(\w+)"', r'sid\1= "\2X"', statement)


def _list_rule_cuts(folder: Path) -> Iterator[Cut]:
    """Yield each variable without one of its rules, and what refuses callers of other accounts without it."""
    for block in _find_blocks((folder / "variables.tf").read_text(encoding="utf-8"), 'variable "'):
        for rule in _find_blocks(block, "  validation {"):
            yield Cut("variables.tf", block, block.replace(rule, ""), f"var.{block.split(chr(34))[1]}")
    for file, resource in (("iam.tf", "aws_iam_role_policy_attachment.caller"), ("kms.tf", "aws_kms_key_policy.this")):
        (rule,) = _find_blocks((folder / file).read_text(encoding="utf-8"), "    precondition {")
        yield Cut(file, rule, "", resource)


def _list_wiring_cuts(folder: Path) -> Iterator[Cut]:
    """Yield modules in which a policy or a key is not where it belongs."""
    where = "A policy is not attached as generated"
    document = "data.aws_iam_policy_document"
    yield Cut("kms.tf", f"policy = {document}.key.json", f"policy = {document}.encryption.json", where)
    for right, wrong in (("encryption", "caller"), ("caller", "encryption")):
        yield Cut("iam.tf", f"= {document}.{right}.json", f"= {document}.{wrong}.json", where)
        yield Cut(
            "iam.tf", f"policy_arn = aws_iam_policy.{right}.arn", f"policy_arn = aws_iam_policy.{wrong}.arn", where
        )
    yield Cut("iam.tf", f"= {document}.trust.json", '= "{}"', where)
    yield Cut("iam.tf", 'regex("[^/]+$", each.value)', '"other"', where)
    yield Cut(
        "iam.tf", "var.attach_caller_policy ? var.caller_roles : {}", "var.caller_roles", "With attach_caller_policy"
    )
    yield Cut("kms.tf", "enable_key_rotation     = true", "enable_key_rotation     = false", TOGETHER)
    permissions = (folder / "permissions.tf").read_text(encoding="utf-8")
    for line in re.findall(r"\n +policy +=.*", permissions):
        wrong = re.sub(r"nodes\w*\.json", "trust.json", line)
        yield Cut("permissions.tf", line, wrong, "A policy for the nodes is not attached")


def _list_native_cuts(text: str) -> Iterator[Cut]:
    """Yield modules in which something of the flow is not as generated; `text` is that of main.tf."""
    (line,) = re.findall(r" +customer_encryption_key_arn += .*\n", text)
    yield Cut("main.tf", line, "", TOGETHER)


def _list_flow_cuts(text: str) -> Iterator[Cut]:
    """Yield the same of a flow of Cloud Control, and modules that do not find what AWS has instead of it."""
    yield Cut("main.tf", "CustomerEncryptionKeyArn = local.key_arn\n", "CustomerEncryptionKeyArn = null\n", TOGETHER)
    first, *_ = _find_blocks(text, "    postcondition {")
    yield Cut("main.tf", first, "", CLOUD_FLOW)
    yield Cut("main.tf", "|| var.rewrite_definition)", "|| false)", CLOUD_FLOW)
    yield Cut(
        "main.tf",
        "[local.role_arn, local.key_arn]",
        "[local.role_arn, local.role_arn]",
        "service role and key: its last",
    )


def _list_preparation_cuts() -> Iterator[Cut]:
    yield Cut(RELEASE, "var.prepare_flow ? 1 : 0", "0", "Nothing prepares the flow")


def _list_release_cuts(variable: str) -> Iterator[Cut]:
    """Yield modules in which something of the release is not as generated; `variable` is a bool of the module."""
    document = "data.aws_iam_policy_document"
    invoke = f"{document}.caller_invoke.json"
    aliases = "aws_cloudcontrolapi_resource.alias"
    copies = f"{{ for name, alias in {aliases} : name => {{ id = alias.id }} }}"
    for file, right, wrong in (
        (RELEASE, "{ FlowArn = local.flow_arn,", "{ FlowArn = local.role_arn,"),
        (RELEASE, "Description = local.definition_sha256", "Description = local.name"),
        (RELEASE, "Name                 = each.key", 'Name                 = "other"'),
        (RELEASE, "FlowArn              = local.flow_arn", "FlowArn              = local.role_arn"),
        (RELEASE, "[{ FlowVersion = local.flow_version }]", '[{ FlowVersion = "1" }]'),
        (RELEASE, 'split("|", alias.id)[0]', '"${split("|", alias.id)[0]}-other"'),
        (RELEASE, f"in {aliases} :", f'in merge({{ other = {{ id = "a/b/c/d|" }} }}, {copies}) :'),
        # What still depends on the aliases is planned after them, as before.
        (RELEASE, f"= {invoke}", f"= var.{variable} ? {invoke} : {document}.nodes.json"),
        (RELEASE, 'regex("[^/]+$", each.value)', '"other"'),
        (RELEASE, "aws_iam_policy.caller_invoke.arn", '"${aws_iam_policy.caller_invoke.arn}-other"'),
        ("outputs.tf", 'split("/", arn)[3]', "arn"),
        ("outputs.tf", invoke, f"{document}.nodes.json"),
    ):
        yield Cut(file, right, wrong, "The version or an alias is not as generated")
    for right, wrong, complaint in (
        ("var.attach_caller_policy ? var.caller_roles : {}", "var.caller_roles", "still attached"),
        ("version.id)[1]", "version.id)[0]", "does not use version"),
        ("== local.flow_version\n", '== "1"\n', "does not use version"),
    ):
        yield Cut(RELEASE, right, wrong, complaint)


def _find_blocks(text: str, head: str) -> list[str]:
    """Return the blocks that begin so, from the start of their line to the end of the one that closes them."""
    margin = " " * (len(head) - len(head.lstrip()))
    return re.findall(rf"^{re.escape(head)}.*?\n{margin}\}}\n", text, flags=re.DOTALL | re.MULTILINE)
