"""A filesystem mirror that holds the stand-in, the CLI configuration that points to it, and a stand-in `aws`."""

from __future__ import annotations

import platform
import shlex
import sys
from pathlib import Path

from standin.schema import SCHEMA

FORKING = "provider.sock"
"""Beside the mirror: where the process listens that forks providers (standin.forking), when there is one."""
TESTS = str(Path(__file__).parent.parent)
"""What scripts outside put on their path to find this package."""
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def read_version() -> str:
    """Return the release of hashicorp/aws whose schema the stand-in serves."""
    return str(SCHEMA["provider_version"])


def install_mirror(folder: Path) -> Path:
    """Lay the mirror out below `folder`; return the CLI configuration for TF_CLI_CONFIG_FILE."""
    version, system = read_version(), platform.system().lower()
    home = folder / "mirror" / "registry.terraform.io" / "hashicorp" / "aws" / version
    program = home / f"{system}_{ARCHITECTURES[platform.machine()]}" / f"terraform-provider-aws_v{version}"
    program.parent.mkdir(parents=True, exist_ok=True)
    # Terraform calls it through a link: the script itself names the folder of the package.
    # Small: a script is compiled at each start, a module is not. By way of sh: a path may hold blanks.
    start = f"import sys; sys.path.insert(0, {TESTS!r}); from standin.launch import main; main()"
    command = shlex.join([sys.executable, "-ESs", "-c", start, str(folder / FORKING)])
    program.write_text(f"#!/bin/sh\nexec {command}\n", encoding="utf-8")
    program.chmod(0o755)
    return write_configuration(folder, folder / "mirror")


def install_cli(folder: Path) -> Path:
    """Put a stand-in for the AWS CLI into a folder for PATH below `folder`; return that folder."""
    program = folder / "bin" / "aws"
    program.parent.mkdir(exist_ok=True)
    start = f"import sys; sys.path.insert(0, {TESTS!r}); from standin.aws_cli import main; main()"
    program.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, "-Es", "-c", start])} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return program.parent


def write_configuration(folder: Path, mirror: Path) -> Path:
    """Write the CLI configuration that takes hashicorp/aws from `mirror` and nothing else from anywhere."""
    path = folder / "terraform.rc"
    include = 'include = ["registry.terraform.io/hashicorp/aws"]'
    text = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n    {include}\n  }}\n}}\n'
    path.write_text(text, encoding="utf-8")
    return path
