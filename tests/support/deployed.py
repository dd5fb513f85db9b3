"""All examples' modules in one root, as a deployer applies them: their callers, and two settings to go between."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from subjects import EXAMPLES, find_subject

from bench import Bench

Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Root:
    """A folder with one call of each example's module, or of some."""

    folder: Path
    names: Sequence[str] = tuple(EXAMPLES)

    def write(self, arguments: Mapping[str, Arguments], *, later: bool = False) -> None:
        """Write the calls with arguments of the module's own interface, and the first or second of its parameters."""
        texts = []
        for name in self.names:
            subject, module = find_subject(name, self.folder), self.folder / "modules" / name
            if not module.exists():
                shutil.copytree(subject.module, module)
            values = {**subject.choose_values(int(later)), **arguments[name]}
            lines = [f"  {key} = {json.dumps(value)}" for key, value in values.items()]
            texts.append("\n".join([f'module "{name}" {{', f'  source = "./modules/{name}"', *lines, "}"]))
        outputs = ", ".join(f'"{name}" = module.{name}' for name in self.names)
        texts.append(f'output "modules" {{\n  value = {{ {outputs} }}\n}}')
        (self.folder / "main.tf").write_text("\n\n".join(texts) + "\n", encoding="utf-8")

    def read_outputs(self, bench: Bench) -> dict[str, dict[str, Any]]:
        """Return the outputs of each module."""
        found: dict[str, dict[str, Any]] = json.loads(bench.succeed(self.folder, "output", "-json", "modules"))
        return found
