"""Modules broken on purpose: for each column that a life fills, what turns its cell red."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lives import STAGES, Life, prove_account, prove_first_apply


@dataclass(frozen=True, slots=True)
class Damage:
    """A text of one file in the place of another, and the column that must see it."""

    what: str
    column: str
    file: str
    old: str
    new: str
    everyday: bool = False
    late: bool = False
    """Whether it is done only when the column is about to be filled: it would turn an earlier one red."""

    def strike(self, module: Path) -> None:
        """Break a module."""
        path = module / self.file
        text = path.read_text(encoding="utf-8")
        assert self.old in text, f"{self.file} has no {self.old!r} any more"
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


RELEASE = "release.tf"
KEY = 'resource "aws_kms_key" "this" {\n'
ALIAS = 'resource "aws_kms_alias" "this" {\n'
KEY_POLICY = 'resource "aws_kms_key_policy" "this" {\n'
ATTACHMENT = "  policy_arn = aws_iam_policy.encryption.arn\n"
NEW_BEFORE_OLD = "  lifecycle {\n    create_before_destroy = true\n  }\n"
FLOW_ROLE = "  execution_role_arn          = local.role_arn\n"
CHECK = 'check "flow" {\n  assert {\n    condition     = var.tags == null\n    error_message = "Look."\n  }\n}\n'
LATE = """
  lifecycle {
    precondition {
      condition     = length(local.flow_arn) < 9
      error_message = "No."
    }
  }
"""
DAMAGES = (
    Damage("a line that stands out", "format", "kms.tf", "  target_key_id =", "    target_key_id ="),
    Damage(
        "the key's own policy names the flow",
        "init",
        "kms.tf",
        KEY,
        f"{KEY}  policy                  = data.aws_iam_policy_document.key.json\n",
        everyday=True,
    ),
    Damage("a warning", "plan", "kms.tf", KEY, f"{CHECK}\n{KEY}"),
    Damage("what only the apply can know is wrong", "apply", "kms.tf", ALIAS, ALIAS + LATE),
    Damage(
        "rights for which the flow does not wait",
        "order",
        "main.tf",
        "  depends_on = [aws_iam_role_policy_attachment.nodes]\n",
        "  depends_on = []\n",
        everyday=True,
    ),
    Damage("tags of the hour", "replan", "main.tf", ", var.tags)", ", var.tags, { at = timestamp() })"),
    Damage("another temperature", "definition", "main.tf", "temperature = 0.7\n", "temperature = 0.8\n"),
    Damage("a resource *", "policies", "iam.tf", "resources = [local.key_arn]", 'resources = ["*"]', everyday=True),
    Damage(
        "another service", "policies", "kms.tf", "[local.via_service]", '["s3.us-east-1.amazonaws.com"]', everyday=True
    ),
    Damage("a flow of any name", "policies", "iam.tf", "[local.flow_arn]", '["*"]'),
    Damage(
        "an output that PrepareFlow changes",
        "prepare",
        "outputs.tf",
        'output "flow_id" {',
        'output "status" {\n  value = aws_bedrockagent_flow.this.status\n}\n\noutput "flow_id" {',
    ),
    Damage(
        "a policy that names the flow directly",
        "edit",
        "kms.tf",
        "[local.flow_arn]",
        "[aws_bedrockagent_flow.this.arn]",
        everyday=True,
    ),
    Damage(
        "new rights for which the flow does not wait",
        "permission",
        "main.tf",
        "  depends_on = [aws_iam_role_policy_attachment.nodes]\n",
        "",
    ),
    Damage("principals left out", "callers", "kms.tf", ", values(var.caller_principals)", ""),
    Damage(
        "any account's roles", "account", "iam.tf", 'split(":", each.value)[4] == local.account_id', 'each.key != ""'
    ),
    Damage(
        "a flow that names its region",
        "depends",
        "main.tf",
        '  description                 = "',
        '  description                 = "${local.region} ',
    ),
    Damage("old before new", "rename", "permissions.tf", "    create_before_destroy = true\n", ""),
    Damage(
        "a new key, and a policy that goes to the old one",
        "replace",
        "kms.tf",
        "    replace_triggered_by = [aws_kms_key.this.key_id]\n",
        "",
        everyday=True,
    ),
    Damage("the old key goes first", "replace", "kms.tf", "    create_before_destroy = true\n", ""),
    Damage("a new flow beside the old one", "replace", "iam.tf", ATTACHMENT, f"{ATTACHMENT}{NEW_BEFORE_OLD}"),
    Damage(
        "an alias that stays", "destroy", "kms.tf", ALIAS, f"{ALIAS}  lifecycle {{\n    prevent_destroy = true\n  }}\n"
    ),
)
FIXED_NAME = Damage(
    "a fixed name",
    "places",
    "iam.tf",
    '  name_prefix          = "AmazonBedrockFlow-${substr(local.name, 0, 19)}-"',
    '  name                 = "AmazonBedrockFlow-${substr(local.name, 0, 19)}"',
)
OLD_ROLE = Damage(
    "the role of an imported flow",
    "import",
    "main.tf",
    FLOW_ROLE,
    f"{FLOW_ROLE}\n  lifecycle {{\n    ignore_changes = [execution_role_arn]\n  }}\n\n",
)
OLD_KEY = Damage(
    "the key of a moved flow",
    "moved",
    "main.tf",
    FLOW_ROLE,
    f"{FLOW_ROLE}\n  lifecycle {{\n    ignore_changes = [customer_encryption_key_arn]\n  }}\n\n",
)
MOVED = Damage("another address", "upgrade", "kms.tf", KEY_POLICY, KEY_POLICY.replace("this", "other"))
RELEASE_DAMAGES = (
    Damage("an old version that goes first", "version", RELEASE, "    create_before_destroy = true\n", ""),
    Damage(
        "a version that does not wait",
        "version",
        RELEASE,
        "  depends_on = [terraform_data.prepared]\n",
        "",
        everyday=True,
    ),
    Damage(
        "a flow that is prepared once",
        "version",
        RELEASE,
        "replace_triggered_by = [aws_bedrockagent_flow.this]",
        "ignore_changes = [triggers_replace]",
    ),
    Damage("prompts that no digest contains", "version", RELEASE, "(local.version_content))", '(["same"]))'),
    Damage("a version that is not the old one", "rollback", RELEASE, "= local.role_arn", '= "${local.role_arn} "'),
    Damage("tags in the digest", "idle", RELEASE, "= local.key_arn", '= "${local.key_arn}${jsonencode(local.tags)}"'),
    Damage("a failure that passes", "prepared", "scripts/prepare-flow.sh", '    fail "Amazon', '    exit 0 "Amazon'),
    Damage(
        "policies that are updated",
        "swap",
        "permissions.tf",
        "${substr(local.permissions_sha256, 0, 12)}-",
        "",
    ),
    Damage("all aliases", "invoke", RELEASE, '[local.alias_arns["live"], local.alias_arns["beta"]]', '["*"]'),
    Damage(
        "aliases that are fixed",
        "aliases",
        RELEASE,
        "= local.aliases\n",
        '= { for name in ["live", "beta"] : name => local.aliases[name] }\n',
    ),
    Damage(
        "a release that stays",
        "release",
        RELEASE,
        "flow.this.id]\n\n  depends_on = [",
        "flow.this.id]\n\n  lifecycle {\n    prevent_destroy = true\n  }\n\n  depends_on = [",
    ),
)
"""For each column of the release of a native flow, what turns its cell red."""
NOT_OF_THE_FLOW = {
    "an old version that goes first",
    "prompts that no digest contains",
    "a version that is not the old one",
    "tags in the digest",
    "policies that are updated",
    "all aliases",
    "aliases that are fixed",
}
"""What both engines share."""
UNCHECKED = (
    "main.tf",
    "self.properties == null || !(var.check_definition ||",
    "true || !(var.check_definition ||",
)
CLOUD_RELEASE_DAMAGES = (
    *(item for item in RELEASE_DAMAGES if item.what in NOT_OF_THE_FLOW),
    Damage(
        "a schema that is fetched",
        "version",
        "main.tf",
        '  schema        = file("${path.module}/schemas/flow.json")\n',
        "",
        everyday=True,
    ),
    Damage(
        "a flow that is not updated",
        "prepared",
        "main.tf",
        "  lifecycle {\n",
        "  lifecycle {\n    ignore_changes = [desired_state]\n\n",
        late=True,
    ),
    Damage("a failure that is taken for a change", "prepared", "main.tf", "self.properties == null ||", "false ||"),
    Damage("a rejected flow that is not noticed", "prepared", "main.tf", '!= "Failed"', '!= "failed"', everyday=True),
    Damage("numbers that must have the same digits", "version", "main.tf", "< 0.000001", "== 0"),
    Damage("a definition that is not checked after a failure", "lost", *UNCHECKED),
    Damage(
        "a rewrite that leaves nothing out", "prepared", "main.tf", "var.rewrite_definition ? {} : {", "false ? {} : {"
    ),
    Damage("a definition that is not checked", "drift", *UNCHECKED, late=True),
    Damage(
        "a release that stays",
        "release",
        RELEASE,
        "local.flow_arn)[1]]\n}",
        "local.flow_arn)[1]]\n\n  lifecycle {\n    prevent_destroy = true\n  }\n}",
    ),
)
"""For each column of the release of a flow of Cloud Control, what turns its cell red."""
CLOUD_DAMAGES = (
    Damage("a version of a flow that is gone", "replace", RELEASE, ', split("/", local.flow_arn)[1]]', "]"),
    Damage("aliases of a flow that is gone", "replace", RELEASE, "[aws_cloudcontrolapi_resource.flow.id]", "[]"),
)
"""What turns a cell of a life red only with a flow of Cloud Control."""


def run_until_red(life: Life, damage: Damage) -> None:
    """Break the module, before the first apply where that or what comes of it must show it, and run the stage."""
    (stage,) = [stage for stage, columns in STAGES.items() if damage.column in columns]
    early = stage in (prove_first_apply, prove_account)
    if not early:
        life.begin()
    damage.strike(life.module)
    life.damage = damage.strike
    if early and stage is not prove_first_apply:
        prove_first_apply(life)
    stage(life)
