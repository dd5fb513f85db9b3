"""A caller at IAM's limit of attached policies: refused an eleventh one, admitted by the key policy without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from account.limits import MOST_ATTACHMENTS
from audit import list_attached
from botocore.exceptions import ClientError
from deployed import Root
from identities import allow, assume, make_operator, make_role, write_document
from subjects import EVERYDAY

from bench import find_missing_parts, open_bench

MISSING = find_missing_parts()
pytestmark = [pytest.mark.terraform, pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}")]
READS = allow("bedrock:GetFlow", sid="ReadFlows")


def test_a_role_without_the_caller_policy_uses_the_key_through_the_key_policy(tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "root").mkdir()
    with open_bench(tmp_path / "bench") as bench:
        operator, iam = make_operator(bench), bench.client("iam")
        busy, stranger = (make_role(bench, name, READS) for name in ("busy", "stranger"))
        for number in range(MOST_ATTACHMENTS):
            made = iam.create_policy(PolicyName=f"other-{number}", PolicyDocument=write_document(allow("s3:GetObject")))
            iam.attach_role_policy(RoleName="busy", PolicyArn=made["Policy"]["Arn"])
        root = Root(tmp_path / "root", [EVERYDAY])
        root.write({EVERYDAY: {"caller_roles": {"busy": busy}}})
        bench.succeed(root.folder, "init", "-input=false")
        (refusal,) = bench.ask(root.folder, "apply", "-auto-approve").list_diagnostics("error")
        assert "LimitExceeded" in refusal

        root.write({EVERYDAY: {"caller_roles": {"busy": busy}, "attach_caller_policy": False}})
        bench.do(root.folder, "apply", "-auto-approve")
        bench.do(root.folder, "plan", "-detailed-exitcode")
        assert {name.partition("-")[0] for name in list_attached(bench, "busy")} == {"other"}
        flow = root.read_outputs(bench)[EVERYDAY]["flow_arn"]
        assert assume(operator, busy).client("bedrock-agent").get_flow(flowIdentifier=flow)["arn"] == flow
        with pytest.raises(ClientError, match="kms:Decrypt"):
            assume(operator, stranger).client("bedrock-agent").get_flow(flowIdentifier=flow)
