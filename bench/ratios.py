"""What flowseal costs, as ratios to a peer in the same run: whole processes, seconds of the clock and of the processor.

usage: python bench/ratios.py [--fail] [--record] [--cpu] [--large] [ROW ...]

aws-cdk-lib synthesizes the same flows, each as a stack with a key, a role, and the flow; `make bench` installs it into
an environment of its own where Node is present. python-hcl2 alone reads the generated files, each distinct one once.
The other peers are libyaml alone, `import typer`, `sha256sum` over the same files, and flowseal with fewer flows.
--fail ends with 1 if a ratio is worse than the recorded one by more than a third, and --record writes the recorded
ones. --cpu takes the processor's seconds: for a machine that is busy with other work. --large adds 10,000 flows. ROW
is the start of a row's name.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count as count_up
from operator import attrgetter
from pathlib import Path

import yaml
from generate_flows import PEER as READ_HCL
from generate_flows import make_prompt
from processes import Cost, run
from validate_flows import make_flow as make_twelve_nodes

HERE = Path(__file__).parent
RECORDED = HERE / "recorded.json"
CDK = HERE.parent / ".tools" / "cdk" / "bin" / "python"
WORSE = 4 / 3
FLOWSEAL = (sys.executable, "-m", "generator")
SYNTH = """
import json, sys, pathlib, yaml
from aws_cdk import App, Stack, aws_bedrock as bedrock, aws_iam as iam, aws_kms as kms
app = App(outdir=sys.argv[2])
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    flow = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
    stack = Stack(app, flow["name"])
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("bedrock.amazonaws.com"))
    key.grant_encrypt_decrypt(role)
    role.add_to_policy(iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=["*"]))
    bedrock.CfnFlow(stack, "Flow", name=flow["name"], execution_role_arn=role.role_arn,
        customer_encryption_key_arn=key.key_arn, definition_string=json.dumps(flow["definition"]))
app.synth()
"""
LOAD = """
import sys, pathlib, yaml
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A ratio: what is measured, against what, and how many times at least."""

    name: str
    peer: str
    run: Callable[[], Cost]
    run_peer: Callable[[], Cost]
    times: int = 3


def make_three_nodes(number: int) -> dict[str, object]:
    """Make flow `number`: an input, a prompt, and an output."""
    name = f"Answer{number}"
    end = {"name": "document", "type": "String", "expression": "$.data"}
    nodes = [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
        make_prompt(name, "$.data", f"Answer question {number}: {{{{text}}}}"),
        {"name": "End", "type": "Output", "inputs": [end]},
    ]
    ends = (("Start", name, "document", "text"), (name, "End", "modelCompletion", "document"))
    connections = [
        {
            "source": source,
            "target": target,
            "type": "Data",
            "configuration": {"data": {"sourceOutput": output, "targetInput": port}},
        }
        for source, target, output, port in ends
    ]
    definition = {"nodes": nodes, "connections": connections}
    return {"name": f"bench-{number:04}", "description": f"Flow {number}", "definition": definition}


class Bench:
    """A folder with the flows that the rows need, each set made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count_up(1)

    @cache  # noqa: B019
    def write(self, count: int, nodes: int = 3) -> Path:
        """Write so many flows as YAML; return their folder."""
        folder = self.folder / f"flows-{count}-{nodes}"
        folder.mkdir()
        make = make_three_nodes if nodes == 3 else make_twelve_nodes
        for number in range(count):
            text = yaml.dump(make(number), Dumper=yaml.CSafeDumper, sort_keys=False)
            (folder / f"bench-{number:04}.flow.yaml").write_text(text, encoding="utf-8")
        return folder

    def name_folder(self) -> Path:
        """Return a folder that is not there yet. None is removed before the end: ext4 is slow to use freed inodes."""
        return self.folder / f"out-{next(self.numbers)}"

    def generate(self, count: int) -> Cost:
        """Generate into a folder that is not there yet."""
        return run(*FLOWSEAL, "generate", self.write(count), "-o", self.name_folder())

    def run_hook(self, entry: str) -> Cost:
        """Run a command as a hook of pre-commit, which passes the names of 1,000 definitions."""
        project = self.open_project()
        hook = {"id": "hook", "name": "hook", "language": "system", "files": r"\.flow\.yaml$", "require_serial": True}
        configuration = {"repos": [{"repo": "local", "hooks": [{**hook, "entry": entry}]}]}
        (project / ".pre-commit-config.yaml").write_text(json.dumps(configuration), encoding="utf-8")
        return run(sys.executable, "-m", "pre_commit", "run", "--all-files", cwd=project)

    def run_on(self, count: int, command: str) -> Cost:
        """Run a command on so many flows, whose modules have a folder that stays."""
        output = [] if command == "validate" else ["-o", self.folder / f"modules-{count}"]
        return run(*FLOWSEAL, command, self.write(count), *output)

    def read_hcl(self) -> Cost:
        """Let python-hcl2 alone read the generated files of 1,000 flows."""
        return run(sys.executable, "-c", READ_HCL, self.open_project() / "modules")

    def synthesize(self, count: int) -> Cost:
        """Let aws-cdk-lib synthesize the same flows."""
        quiet = {
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
            "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        }
        return run(CDK, "-c", SYNTH, self.write(count), self.name_folder(), environment=quiet)

    @cache  # noqa: B019
    def open_project(self) -> Path:
        """Return a project of 1,000 generated flows."""
        project = self.folder / "project"
        project.mkdir()
        shutil.copytree(self.write(1000), project / "flows")
        (project / "flowseal.yaml").write_text("flows: [flows]\noutput: modules\n", encoding="utf-8")
        run(*FLOWSEAL, "generate", cwd=project)
        run("git", "init", "-q", cwd=project)
        run("git", "add", "-A", cwd=project)
        return project

    def edit(self, command: str) -> Cost:
        """Change the description of one flow of the project, and run a command there."""
        project = self.open_project()
        path = project / "flows" / "bench-0007.flow.yaml"
        path.write_text(
            path.read_text(encoding="utf-8").replace("description: ", "description: Changed "), encoding="utf-8"
        )
        if command == "check":
            run(*FLOWSEAL, "generate", cwd=project)
        return run(*FLOWSEAL, command, cwd=project)

    def hash_files(self) -> Cost:
        """Read the same files as `check` has to."""
        return run("sh", "-c", "find flows modules -type f -exec sha256sum {} +", cwd=self.open_project())

    def list_rows(self) -> Iterator[Row]:
        """Yield the rows, the quick ones first."""
        typer = lambda: run(sys.executable, "-c", "import typer")  # noqa: E731
        yield Row("start: --version", "import typer", lambda: run(*FLOWSEAL, "--version"), typer, 7)
        yield Row("validate 1 flow", "import typer", lambda: run(*FLOWSEAL, "validate", self.write(1)), typer, 5)
        yield Row("generate 1 flow", "import typer", lambda: self.generate(1), typer, 5)
        validate = lambda: run(*FLOWSEAL, "validate", "--jobs", "1", self.write(1000, 12))  # noqa: E731
        load = lambda: run(sys.executable, "-c", LOAD, self.write(1000, 12))  # noqa: E731
        yield Row("validate 1,000 flows of 12 nodes", "libyaml alone", validate, load)
        hook = f"{shlex.quote(sys.executable)} -m generator validate"
        yield Row(
            "pre-commit of 1,000 files", "one without work", lambda: self.run_hook(hook), lambda: self.run_hook("true")
        )
        yield Row("generate after an edit in 1,000", "sha256sum", lambda: self.edit("generate"), self.hash_files)
        yield Row("check of 1,000 unchanged", "sha256sum", lambda: self.edit("check"), self.hash_files)
        yield Row("generate 1,000", "python-hcl2 alone", lambda: self.generate(1000), self.read_hcl, 1)
        yield Row("growth: generate 1,000", "generate 100", lambda: self.generate(1000), lambda: self.generate(100), 1)
        for count in (1, 100, 1000) if CDK.exists() else ():
            make, synth = (lambda count=count: self.generate(count)), (lambda count=count: self.synthesize(count))
            yield Row(f"generate {count:,} cold", "aws-cdk-lib", make, synth, 1 if count > 1 else 3)

    def list_large_rows(self) -> Iterator[Row]:
        """Yield the rows of 10,000 flows."""
        for command in ("validate", "generate", "check"):
            many, few = (lambda count=count, command=command: self.run_on(count, command) for count in (10_000, 1000))
            yield Row(f"growth: {command} 10,000", f"{command} 1,000", many, few, 1)


def measure(row: Row, on_processor: bool) -> float:
    """Run both in turn, print the row, and return its ratio: of the least costs, since others only add to them."""
    print(f"{time.strftime('%H:%M:%S')} {row.name}, {row.peer}: {row.times} times", file=sys.stderr, flush=True)
    pairs = [(row.run(), row.run_peer()) for _ in range(row.times)]
    cost = attrgetter("processor" if on_processor else "wall")
    own, peer = (min(costs, key=cost) for costs in zip(*pairs, strict=True))
    ratio, of_processor = own.wall / peer.wall, own.processor / peer.processor
    print(f"{ratio:6.2f} (CPU {of_processor:.2f})  {row.name}: {own}; {row.peer}: {peer}", flush=True)
    return of_processor if on_processor else ratio


def main() -> int:
    """Measure; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fail", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("rows", nargs="*", metavar="ROW")
    arguments = parser.parse_args()
    recorded = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    if not CDK.exists():
        print("aws-cdk-lib is not installed (`make bench` installs it where Node is present): no ratios to it")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        rows = [*bench.list_rows(), *(bench.list_large_rows() if arguments.large else ())]
        chosen = [row for row in rows if row.name.startswith(tuple(arguments.rows or [""]))]
        if not chosen:
            parser.error(f"no row starts with {' or '.join(arguments.rows)}: {', '.join(row.name for row in rows)}")
        found = {row.name: round(measure(row, arguments.cpu), 2) for row in chosen}
    clock = "cpu" if arguments.cpu else "wall"
    known = recorded.get(clock, {})
    worse = {name: ratio for name, ratio in found.items() if ratio > known.get(name, ratio) * WORSE}
    for name, ratio in worse.items():
        print(f"worse: {name} is {ratio}, recorded is {known[name]}")
    if arguments.record:
        RECORDED.write_text(json.dumps({**recorded, clock: {**known, **found}}, indent=2) + "\n", encoding="utf-8")
    unknown = sorted(found.keys() - known.keys()) if arguments.fail else []
    if unknown:
        print(f"not recorded, so not compared: {', '.join(unknown)}")
    return 1 if arguments.fail and (worse or unknown) else 0


if __name__ == "__main__":
    sys.exit(main())
