"""Install the linters that users of modules have, each at one pinned release, below .tools/.

Usage: python tools/install_linters.py [NAME ...]     (tflint, terraform-docs, checkov; by default all)

tflint and terraform-docs are built with Go, from the Go module proxy (tflint takes about 2.5 minutes on two cores).
Checkov gets an environment of its own: its dependencies are none of the project's. What is there in the pinned release
is left alone. Where Go is missing, what needs it is named and left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

FOLDER = Path(__file__).parent.parent / ".tools"
GO_MODULES = {
    "tflint": ("github.com/terraform-linters/tflint", "v0.64.0"),
    "terraform-docs": ("github.com/terraform-docs/terraform-docs", "v0.20.0"),
}
CHECKOV = "3.3.30"
RELEASES = {**{name: release for name, (_, release) in GO_MODULES.items()}, "checkov": CHECKOV}


def build_with_go(name: str) -> bool:
    """Build a program from its module at the pinned release; tell whether that could be done."""
    if not shutil.which("go"):
        print(f"{name}: left out, because the go command is missing (https://go.dev/doc/install)")
        return False
    module, release = GO_MODULES[name]
    with tempfile.TemporaryDirectory() as folder:
        # Not `go install`: that asks the proxy for a list of releases, which not every proxy has for every module.
        Path(folder, "go.mod").write_text(f"module linters\n\ngo 1.24\n\nrequire {module} {release}\n", "ascii")
        command = ["go", "build", "-mod=mod", "-o", str(FOLDER / name), module]
        subprocess.run(command, cwd=folder, check=True)
    return True


def install_checkov() -> bool:
    """Install Checkov into an environment of its own."""
    home = FOLDER / "checkov-env"
    venv.create(home, clear=True, with_pip=True)
    binaries = home / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(binaries / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, f"checkov=={CHECKOV}"], check=True)
    link = FOLDER / "checkov"
    link.unlink(missing_ok=True)
    link.symlink_to(binaries / "checkov")
    return True


def install(name: str) -> None:
    """Install one linter, unless its pinned release is there."""
    stamp = FOLDER / f"{name}.release"
    if (FOLDER / name).exists() and stamp.exists() and stamp.read_text("ascii") == RELEASES[name]:
        print(f"{name} {RELEASES[name]} is there")
        return
    if install_checkov() if name == "checkov" else build_with_go(name):
        stamp.write_text(RELEASES[name], "ascii")
        print(f"{name} {RELEASES[name]} installed")


def main() -> None:
    """Install what the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(RELEASES)}; by default all")
    names = parser.parse_args().names or list(RELEASES)
    if unknown := set(names) - set(RELEASES):
        sys.exit(f"no linter of ours: {', '.join(sorted(unknown))}")
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        install(name)


if __name__ == "__main__":
    main()
