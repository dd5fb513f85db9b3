"""A generated module with a release beside it that is written by hand: tests/terraform/release."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from account.resource_types import TYPES, read_type
from roots import Root

from bench import Bench, Said

RELEASE = Path(__file__).parents[1] / "terraform" / "release"
FLOW = "module.flow.aws_bedrockagent_flow.this"
PREPARED = "module.flow.terraform_data.prepared"
VERSION = "module.flow.aws_cloudcontrolapi_resource.version"
ALIAS = "module.flow.aws_cloudcontrolapi_resource.alias"
STEPS = {
    "CreateFlow",
    "UpdateFlow",
    "PrepareFlow",
    "CreateFlowVersion",
    "CreateFlowAlias",
    "UpdateFlowAlias",
    "DeleteFlowVersion",
    "DeleteFlowAlias",
    "DeleteFlow",
}
"""The calls of a release in whose order a test is interested."""


@dataclass
class Release:
    """A root with one module and its release, on an account."""

    bench: Bench
    folder: Path
    outputs: dict[str, str]

    @property
    def module(self) -> Path:
        """The folder of the module, which a test may change."""
        return self.folder / "module"

    def apply(self, *arguments: str) -> tuple[dict[str, str], list[str]]:
        """Apply, which must end well; return what was changed by address, and the release's calls in their order."""
        before = len(self.bench.read_calls())
        said = self.bench.do(self.folder, "apply", "-auto-approve", *arguments)
        self.outputs = said.outputs["flow"]
        return said.changes, self.list_steps(before)

    def try_to_apply(self) -> tuple[Said, list[str]]:
        """Apply, which may end badly; return what was said, and the release's calls in their order."""
        before = len(self.bench.read_calls())
        return self.bench.ask(self.folder, "apply", "-auto-approve"), self.list_steps(before)

    def plan(self) -> dict[str, str]:
        """Return what a plan would change."""
        return self.bench.do(self.folder, "plan").changes

    def list_steps(self, before: int) -> list[str]:
        """Return the release's calls since the account had answered so many."""
        return [call for call in self.bench.read_calls()[before:] if call in STEPS]

    def read_routed(self) -> str:
        """Return the version that the alias routes to."""
        flow, alias = self.outputs["flow_id"], self.outputs["alias_arn"].rsplit("/", 1)[-1]
        found = self.bench.client("bedrock-agent").get_flow_alias(flowIdentifier=flow, aliasIdentifier=alias)
        return str(found["routingConfiguration"][0]["flowVersion"])


def write_schemas(folder: Path) -> None:
    """Write the schemas of the resource types into a folder, as a module carries them: AWS-Bedrock-Flow.json."""
    for name in TYPES:
        (folder / f"{name.replace('::', '-')}.json").write_text(json.dumps(read_type(name)), encoding="utf-8")


@contextmanager
def open_release(
    bench: Bench, folder: Path, root: Root, change: Callable[[Path], None] = lambda module: None
) -> Iterator[Release]:
    """Write a root whose module has a release beside it, `change` the module, and apply nothing yet."""
    root.write(folder)
    for path in RELEASE.iterdir():
        shutil.copy(path, folder / "module")
    write_schemas(folder / "module")
    change(folder / "module")
    with bench.clearing(folder):
        bench.succeed(folder, "init", "-input=false")
        yield Release(bench, folder, {})
