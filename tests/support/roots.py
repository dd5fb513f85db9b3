"""Root modules as users write them, around a module under proof."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from subjects import Subject

ACCOUNT = "123456789012"
FOREIGN = "arn:aws:iam::999999999999:role/x"
ROLE = """
resource "aws_iam_role" "{label}" {{
  name               = "{name}"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ AWS = "{account}" }} }}]
  }})
}}
"""
PLATFORM = 'resource "terraform_data" "platform" {\n  input = "anything"\n}\n'


@dataclass(frozen=True, slots=True)
class Root:
    """One call of a module, with callers whose roles the same root makes. Labels name roles and callers alike."""

    subject: Subject
    roles: tuple[str, ...] = ("api", "batch")
    callers: tuple[str, ...] = ("api",)
    principals: tuple[str, ...] = ()
    foreign: bool = False
    depends: bool = False
    name: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further arguments, as expressions; they also take the place of the parameters' values."""
    beside: str = ""
    """Further blocks of the root."""

    def write(self, folder: Path) -> None:
        """Write the root; the module beside it is copied once, so that a test may change it."""
        if not (folder / "module").exists():
            shutil.copytree(self.subject.module, folder / "module")
        roles = "".join(ROLE.format(label=label, name=self.name_role(label), account=ACCOUNT) for label in self.roles)
        output = 'output "flow" {\n  value = module.flow\n}\n'
        text = f"{roles}{PLATFORM if self.depends else ''}{self.beside}\n{self._write_call()}\n{output}"
        (folder / "main.tf").write_text(text, encoding="utf-8")

    def name_role(self, label: str) -> str:
        """Return the name in IAM of a role that the root makes."""
        return f"{label}-of-{self.subject.name}"

    def _write_call(self) -> str:
        callers = {label: f"aws_iam_role.{label}.arn" for label in self.callers}
        callers |= {"foreign": json.dumps(FOREIGN)} if self.foreign else {}
        principals = {label: f"aws_iam_role.{label}.arn" for label in self.principals}
        values = {**self.subject.choose_values(), **({"name": self.name} if self.name else {})}
        settings = {name: json.dumps(value) for name, value in values.items()} | dict(self.settings)
        lines = [f"{name} = {value}" for name, value in settings.items()]
        lines += [f"{name} = {_write_map(item)}" for name, item in _name_maps(callers, principals) if item]
        lines += ["depends_on = [terraform_data.platform]"] if self.depends else []
        return "\n".join(['module "flow" {', '  source = "./module"', *(f"  {line}" for line in lines), "}"])


def _name_maps(callers: dict[str, str], principals: dict[str, str]) -> tuple[tuple[str, dict[str, str]], ...]:
    return ("caller_roles", callers), ("caller_principals", principals)


def _write_map(values: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{label} = {value}" for label, value in values.items()) + " }"
