"""Real Terraform against an account: the real provider where one is given, else the stand-in; moto for the account."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from standin.mirror import FORKING, install_cli, install_mirror, write_configuration

TESTS = Path(__file__).parents[1] / "terraform"
REGION = "us-east-1"
STEP_SECONDS = 300
HOLD_SECONDS = 0.5
STANDIN = "a stand-in of this project with the schema of hashicorp/aws"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
PROGRAMS = ("cat", "env", "false", "grep", "head", "printf", "sed", "sh", "sleep", "terraform", "tr", "true")
SESSION = "AWS_SESSION_TOKEN"
NOWHERE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True)
class Said:
    """What plan, apply or destroy said with -json: Terraform's own words, the same with every provider."""

    code: int
    messages: list[dict[str, Any]]

    @cached_property
    def changes(self) -> dict[str, str]:
        """What was planned, by address: create, update, replace, delete. Reading is no change."""
        return {address: action for address, action in self._list_planned() if action != "read"}

    @cached_property
    def reads(self) -> set[str]:
        """The data sources that are known only after the apply."""
        return {address for address, action in self._list_planned() if action == "read"}

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """The root's outputs after an apply."""
        found = [message["outputs"] for message in self.messages if message["type"] == "outputs"]
        return {name: item["value"] for name, item in found[-1].items() if "value" in item}

    def list_diagnostics(self, severity: str) -> list[str]:
        """Return the warnings, or the errors."""
        found = [message["diagnostic"] for message in self.messages if message["type"] == "diagnostic"]
        return [f"{item['summary']}: {item['detail']}" for item in found if item["severity"] == severity]

    def _list_planned(self) -> list[tuple[str, str]]:
        changes = [message["change"] for message in self.messages if message["type"] == "planned_change"]
        return [(change["resource"]["addr"], change["action"]) for change in changes]


@dataclass(frozen=True, slots=True)
class Bench:
    """A running account, and the environment in which Terraform finds it and its provider."""

    environment: dict[str, str]
    provider: str
    calls: Path

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run terraform in a folder."""
        command = ["terraform", *arguments, "-no-color"]
        return subprocess.run(
            command,
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=STEP_SECONDS,
        )

    def succeed(self, folder: Path, *arguments: str) -> str:
        """Run terraform, which must end well; return what it printed."""
        result = self.run(folder, *arguments)
        assert result.returncode == 0, (
            f"terraform {' '.join(arguments)}:\n{result.stdout[-2000:]}{result.stderr[-3000:]}"
        )
        return result.stdout

    def ask(self, folder: Path, *arguments: str) -> Said:
        """Run plan, apply or destroy, which may end badly; return what it said."""
        command, *rest = arguments
        result = self.run(folder, command, "-json", "-input=false", *rest)
        return Said(result.returncode, [json.loads(line) for line in result.stdout.splitlines()])

    def do(self, folder: Path, *arguments: str) -> Said:
        """Run plan, apply or destroy, which must end well and without a warning; return what it said."""
        said = self.ask(folder, *arguments)
        errors, warnings = said.list_diagnostics("error"), said.list_diagnostics("warning")
        assert said.code == 0, f"terraform {' '.join(arguments)} ended with {said.code}: {errors or said.changes}"
        assert warnings == [], f"terraform {' '.join(arguments)} warns: {warnings}"
        return said

    @contextmanager
    def clearing(self, folder: Path) -> Iterator[None]:
        """Destroy what a failure leaves in the account, so that no other test stumbles over it."""
        try:
            yield
        finally:
            state = folder / "terraform.tfstate"
            if state.exists() and json.loads(state.read_text(encoding="utf-8"))["resources"]:
                self.run(folder, "destroy", "-auto-approve", "-input=false")

    def read_versions(self, folder: Path) -> dict[str, str]:
        """Return what an initialized folder is proven with: releases, and which of them are stand-ins."""
        found = json.loads(self.run(folder, "version", "-json").stdout)
        (release,) = found["provider_selections"].values()
        account = f"a stand-in of this project on moto {importlib.metadata.version('moto')}"
        return {
            "Terraform": found["terraform_version"],
            "provider": f"{self.provider} {release}",
            "account": account,
        }

    def client(self, service: str, region: str = REGION, **options: Any) -> Any:
        """Return a client of the account in a region."""
        import boto3

        address = self.environment["AWS_ENDPOINT_URL"]
        names = {name.lower(): self.environment[name] for name in (*KEYS, SESSION) if name in self.environment}
        return boto3.client(service, region_name=region, endpoint_url=address, **names, **options)

    def acting_with(self, credentials: dict[str, str]) -> Bench:
        """Return the same bench for somebody else: credentials as STS or IAM give them."""
        made = {
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        }
        session = {SESSION: credentials["SessionToken"]} if "SessionToken" in credentials else {}
        return replace(self, environment={**self.environment, **made, **session})

    def with_cli(self, which: str) -> Bench:
        """Return the same bench with another `aws` on PATH than the stand-in: the "real" one, or "none"."""
        own, _, others = self.environment["PATH"].partition(os.pathsep)
        if which == "none":
            others = str(link_programs(Path(own).parent / "without-aws"))
        return replace(self, environment={**self.environment, "PATH": others})

    def read_decisions(self) -> list[dict[str, Any]]:
        """Return the account's decisions in their order, as tests/terraform/account/authorization.py writes them."""
        return [json.loads(line) for line in Path(f"{self.calls}.decisions").read_text(encoding="utf-8").splitlines()]

    def read_calls(self) -> list[str]:
        """Return the operations that the account answered, in their order."""
        return self.calls.read_text(encoding="ascii").split()

    def hold(self, *operations: str, until: str) -> None:
        """Hold back the next of these calls until another one comes: who does not wait for it shows."""
        order = {"operations": operations, "until": until, "seconds": HOLD_SECONDS}
        self.calls.with_name("hold.json").write_text(json.dumps(order), encoding="utf-8")


@contextmanager
def open_bench(folder: Path) -> Iterator[Bench]:
    """Start an account on a free port of the loopback address, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    calls = folder / "calls"
    calls.touch()
    provider, chosen = choose_provider(folder)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))},
        **KEYS,
        **NOWHERE,
        **chosen,
        "HOME": str(folder),
        "PATH": f"{install_cli(folder)}{os.pathsep}{os.environ['PATH']}",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_REGION": REGION,
        "CHECKPOINT_DISABLE": "1",
    }
    with contextlib.ExitStack() as processes:
        account = processes.enter_context(start(folder / "account.log", "account.server", str(port), str(calls)))
        if provider == STANDIN:
            processes.enter_context(start(folder / "provider.log", "standin.forking", str(folder / FORKING)))
        wait_for_port(port, account)
        yield Bench(environment, provider, calls)


def link_programs(folder: Path) -> Path:
    """Fill a folder for PATH with what a provisioner of a module may run, which is all but the AWS CLI."""
    folder.mkdir(exist_ok=True)
    for name in PROGRAMS:
        if (found := shutil.which(name)) and not (folder / name).exists():
            (folder / name).symlink_to(found)
    return folder


@contextmanager
def start(log: Path, module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module of the tests as a process, and end it."""
    with log.open("w") as stream:
        command = [sys.executable, "-m", module, *arguments]
        process = subprocess.Popen(command, cwd=TESTS, stdout=stream, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def choose_provider(folder: Path) -> tuple[str, dict[str, str]]:
    """Return the provider's name for reports, and what Terraform needs in its environment to find it."""
    mirror, cache = os.environ.get("FLOWSEAL_PROVIDER_MIRROR"), folder / "plugins"
    if not mirror and os.environ.get("FLOWSEAL_PROVIDER") != "registry":
        return STANDIN, {"TF_CLI_CONFIG_FILE": str(install_mirror(folder))}
    # The real one is large: it is fetched and unpacked once, not for each root.
    cache.mkdir()
    configuration = str(write_configuration(folder, Path(mirror).absolute())) if mirror else os.devnull
    name = f"hashicorp/aws from {'a mirror' if mirror else 'the registry'}"
    return name, {"TF_CLI_CONFIG_FILE": configuration, "TF_PLUGIN_CACHE_DIR": str(cache)}


def wait_for_port(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return once the account answers."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert server.poll() is None, "the account did not start: see account.log"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the account does not answer")


def find_missing_parts() -> str:
    """Say what a proof needs and this machine lacks; nothing where all is there."""
    missing = [] if shutil.which("terraform") else ["the terraform command"]
    missing += [
        f"the Python package {name}" for name in ("boto3", "moto", "tf") if importlib.util.find_spec(name) is None
    ]
    return ", ".join(missing)
