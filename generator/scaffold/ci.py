"""Whose CI a repository has."""

from __future__ import annotations

from enum import StrEnum


class Ci(StrEnum):
    """A CI that `flowseal init` writes a file for, or none."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"
