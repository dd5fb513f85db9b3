"""All examples' modules in one root, as a deployer applies them: their callers, and two settings to go between."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import Bench

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = sorted(path.name for path in (EXAMPLES / "modules").iterdir() if path.is_dir())
OWN = "arn:aws:bedrock:us-east-1:123456789012:"
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:"
LEX = "arn:aws:lex:us-east-1:123456789012:bot-alias/"
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-12345678901"
VALUES: dict[str, tuple[str, str]] = {
    "answer_model": (
        f"{OWN}inference-profile/us.amazon.nova-pro-v1:0",
        f"{OWN}inference-profile/eu.amazon.nova-x-v2:1",
    ),
    "archive_bucket": ("archive", "attic"),
    "bot_alias_arn": (
        f"{LEX}ABC/DEF",
        f"{LEX}GHI/DEF",
    ),
    "caller_guardrail": ("abc123", "def456"),
    "desk_agent_arn": (f"{OWN}agent-alias/ABCDEFGHIJ/ABCDEFGHIJ", f"{OWN}agent-alias/KLMNOPQRST/KLMNOPQRST"),
    "documents_key": (f"{KEY}2", f"{KEY}3"),
    "guardrail": (f"{OWN}guardrail/abc123", f"{OWN}guardrail/def456"),
    "handbook_id": ("KB1", "KB3"),
    "order_lookup_arn": (
        f"{LAMBDA}look-up:live",
        f"{LAMBDA}look-up:next",
    ),
    "planner_model": (f"{OWN}application-inference-profile/abc123", f"{OWN}application-inference-profile/def456"),
    "policy_documents_id": ("KB2", "KB5"),
    "refund_arn": (
        f"{LAMBDA}refund",
        f"{LAMBDA}pay",
    ),
    "reply_prompt_arn": (f"{OWN}prompt/ABCDEFGHIJ:7", f"{OWN}prompt/ABCDEFGHIJ:8"),
    "reports_account": ("111122223333", "444455556666"),
    "reports_bucket": ("reports", "reports-of-the-year"),
    "reports_key": (f"{KEY}4", f"{KEY}5"),
}
Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Root:
    """A folder with one call of each example's module, or of some."""

    folder: Path
    names: Sequence[str] = tuple(NAMES)

    def write(self, arguments: Mapping[str, Arguments], *, later: bool = False) -> None:
        """Write the calls with arguments of the module's own interface, and the first or second of its parameters."""
        texts = []
        for name in self.names:
            module = self.folder / "modules" / name
            if not module.exists():
                shutil.copytree(EXAMPLES / "modules" / name, module)
            values = {**choose_parameters(module, later=later), **arguments[name]}
            lines = [f"  {key} = {json.dumps(value)}" for key, value in values.items()]
            texts.append("\n".join([f'module "{name}" {{', f'  source = "./modules/{name}"', *lines, "}"]))
        outputs = ", ".join(f'"{name}" = module.{name}' for name in self.names)
        texts.append(f'output "modules" {{\n  value = {{ {outputs} }}\n}}')
        (self.folder / "main.tf").write_text("\n\n".join(texts) + "\n", encoding="utf-8")

    def read_outputs(self, bench: Bench) -> dict[str, dict[str, str]]:
        """Return the outputs of each module."""
        found: dict[str, dict[str, str]] = json.loads(bench.succeed(self.folder, "output", "-json", "modules"))
        return found


def choose_parameters(module: Path, *, later: bool) -> Arguments:
    """Return a value for each variable of a module that has no default."""
    text = (module / "variables.tf").read_text(encoding="utf-8")
    blocks = re.findall(r'variable "(\w+)" \{\n(.*?)\n\}', text, re.DOTALL)
    return {variable: VALUES[variable][later] for variable, body in blocks if "\n  default " not in body}
