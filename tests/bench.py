"""Real Terraform against an account: the real provider where one is given, else the stand-in; moto for the account."""

from __future__ import annotations

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
from pathlib import Path
from typing import Any

from standin.mirror import install_mirror, read_version, write_configuration

TESTS = Path(__file__).parent
STEP_SECONDS = 120
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
SESSION = "AWS_SESSION_TOKEN"
NOWHERE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


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

    def plan(self, folder: Path) -> dict[str, Any]:
        """Return the plan of a folder as Terraform's JSON."""
        self.succeed(folder, "plan", "-out=plan", "-input=false")
        planned: dict[str, Any] = json.loads(self.succeed(folder, "show", "-json", "plan"))
        return planned

    def client(self, service: str, **options: Any) -> Any:
        """Return a client of the account."""
        import boto3

        address = self.environment["AWS_ENDPOINT_URL"]
        names = {name.lower(): self.environment[name] for name in (*KEYS, SESSION) if name in self.environment}
        region = self.environment["AWS_REGION"]
        return boto3.client(service, region_name=region, endpoint_url=address, **names, **options)

    def acting_with(self, credentials: dict[str, str]) -> Bench:
        """Return the same bench for somebody else: credentials as STS or IAM give them."""
        made = {
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        }
        session = {SESSION: credentials["SessionToken"]} if "SessionToken" in credentials else {}
        return replace(self, environment={**self.environment, **made, **session})

    def read_decisions(self) -> list[dict[str, Any]]:
        """Return the account's decisions in their order, as tests/account/authorization.py writes them."""
        return [json.loads(line) for line in Path(f"{self.calls}.decisions").read_text(encoding="utf-8").splitlines()]

    def read_calls(self) -> list[str]:
        """Return the operations that the account answered, in their order."""
        return self.calls.read_text(encoding="ascii").split()


@contextmanager
def open_bench(folder: Path) -> Iterator[Bench]:
    """Start an account on a free port of the loopback address, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    calls = folder / "calls"
    calls.touch()
    configuration, provider = choose_provider(folder)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))},
        **KEYS,
        **NOWHERE,
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_REGION": "us-east-1",
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_CONFIG_FILE": str(configuration) if configuration else os.devnull,
    }
    with (folder / "account.log").open("w") as log:
        command = [sys.executable, "-m", "account.server", str(port), str(calls)]
        server = subprocess.Popen(command, cwd=TESTS, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for_port(port, server)
            yield Bench(environment, provider, calls)
        finally:
            server.kill()
            server.wait()


def choose_provider(folder: Path) -> tuple[Path | None, str]:
    """Return Terraform's CLI configuration and the provider's name for reports."""
    if mirror := os.environ.get("FLOWSEAL_PROVIDER_MIRROR"):
        return write_configuration(folder, Path(mirror)), "hashicorp/aws from a mirror"
    if os.environ.get("FLOWSEAL_PROVIDER") == "registry":
        return None, "hashicorp/aws from the registry"
    return install_mirror(folder), f"the stand-in (schema of hashicorp/aws {read_version()})"


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
    for module in ("boto3", "moto", "tf"):
        try:
            __import__(module)
        except ImportError:
            missing.append(f"the Python package {module}")
    return ", ".join(missing)
