"""Real git repositories, out of reach of the machine's own settings, with the commands of this environment in them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

COMMANDS = Path(sys.executable).parent
FIXERS = {"end-of-file-fixer": "end-of-file-fixer", "trailing-whitespace": "trailing-whitespace-fixer"}
"""The hooks that change files, by the names that users know, with their commands."""
WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"))
}


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository and what its commands see of the machine."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *command: str, code: int = 0) -> str:
        """Run a command in the repository, which must end with `code`; return what it printed, errors included."""
        found, printed = self.attempt(*command)
        assert found == code, f"{' '.join(command)}: {found}\n{printed}"
        return printed

    def attempt(self, *command: str) -> tuple[int, str]:
        """Run a command in the repository; return its exit code and what it printed, errors included."""
        result = subprocess.run(
            command,
            cwd=self.folder,
            env=make_environment(self.folder) | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return result.returncode, result.stdout

    def git(self, *arguments: str, code: int = 0) -> str:
        """Run git."""
        return self.run("git", *arguments, code=code)

    def commit(self, message: str, code: int = 0) -> str:
        """Add everything and commit it; hooks may refuse."""
        self.git("add", "--all")
        return self.git("commit", "--quiet", "-m", message, code=code)

    def write(self, path: str, data: bytes) -> None:
        """Write a file, and its folders."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        return (self.folder / path).read_bytes()


def make_environment(folder: Path) -> dict[str, str]:
    """Return the environment of a user whose home is empty."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    return {
        **kept,
        **WHO,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": str(folder.parent),
        "PATH": f"{COMMANDS}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
    }


def make_repository(folder: Path, **environment: str) -> Repository:
    """Make an empty git repository."""
    folder.mkdir(parents=True)
    repository = Repository(folder, environment)
    repository.git("init", "--quiet", "--initial-branch", "main")
    return repository
