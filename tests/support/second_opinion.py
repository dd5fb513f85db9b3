"""iam-simulate's opinion on decisions, where Node is: a tool of development under AGPL, in a process of its own.

`make oracle` installs it from npm into a folder that is ignored. Nothing of it is imported or shipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ORACLE = Path(__file__).parents[1] / "terraform" / "oracle"
VERDICTS = {"allowed": "Allowed", "refused": "ImplicitlyDenied", "denied": "ExplicitlyDenied"}
Document = Mapping[str, Any]
Simulation = dict[str, Any]


def find_missing_oracle() -> str:
    """Say what a second opinion needs and this machine lacks; nothing where all is there."""
    if shutil.which("node") is None:
        return "the node command"
    return "" if (ORACLE / "node_modules" / "@cloud-copilot").is_dir() else "iam-simulate (make oracle)"


def write_simulation(
    principal: str,
    action: str,
    resource: str,
    account: str,
    context: Mapping[str, Any],
    identity: Sequence[Document],
    *,
    resource_policy: Document | None = None,
    boundary: Document | None = None,
) -> Simulation:
    """Return a request and what decides it as iam-simulate takes them.

    Its data spells the keys of encryption contexts with a variable that its check of keys does not resolve, so that it
    leaves them out. How an operator compares does not depend on the key's name: a tag of the principal stands for each.
    """
    simulation: Simulation = {
        "request": {
            "principal": principal,
            "action": action,
            "resource": {"resource": resource, "accountId": account},
            "contextVariables": dict(context),
        },
        "identityPolicies": [{"name": f"identity {index}", "policy": item} for index, item in enumerate(identity)],
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
    }
    if resource_policy is not None:
        simulation["resourcePolicy"] = resource_policy
    if boundary is not None:
        simulation["permissionBoundaryPolicies"] = [{"name": "boundary", "policy": boundary}]
    text = json.dumps(simulation)
    renamed: Simulation = json.loads(text.replace("kms:EncryptionContext:", "aws:PrincipalTag/"))
    return renamed


def ask_oracle(simulations: Sequence[Simulation]) -> list[dict[str, Any]]:
    """Return for each simulation its result and the keys that were ignored, or the error that it has."""
    answer = subprocess.run(
        ["node", "simulate.mjs"],
        cwd=ORACLE,
        input=json.dumps(simulations),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: list[dict[str, Any]] = json.loads(answer.stdout)
    assert len(answers) == len(simulations)
    return answers
