"""The CI system of a repository."""

from __future__ import annotations

from enum import StrEnum


class Ci(StrEnum):
    """The CI systems that `flowseal init` writes a file for."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"
