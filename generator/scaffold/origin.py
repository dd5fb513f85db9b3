"""Where pip gets flowseal from: pinned, and never by a name that anybody could publish."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any
from urllib.parse import urlsplit

SAFE = re.compile(r"[A-Za-z0-9 @:/._+=<>~!,#&\[\]-]+", re.ASCII)
"""Characters that mean themselves within double quotes, in YAML and in a shell's variable."""
NAMED = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]* ?@ ?(?=[a-z+]+://)")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.+!]*")
FILE = re.compile(r"(\./)?[A-Za-z0-9_][A-Za-z0-9._+-]*(/[A-Za-z0-9_][A-Za-z0-9._+-]*)*")
INDEX = " --index-url "
ARCHIVES = (".whl", ".tar.gz", ".zip")
FORMS = (
    "Use git+https://HOST/flowseal@COMMIT, the https URL of a wheel, the path of a wheel in the repository, or "
    "flowseal==VERSION --index-url URL."
)


class InvalidInstallationError(ValueError):
    """The text is not a safe way to install flowseal; the message says why, and what is."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What pip installs; `index` is the only index that it may ask, where the requirement is a name."""

    requirement: str
    index: str = ""


def read_installation(text: str) -> Installation:
    """Read what `--install` gives. Raises InvalidInstallationError unless it names one release at one place."""
    requirement, _, index = text.strip().partition(INDEX)
    requirement, index = requirement.strip(), index.strip()
    address = NAMED.sub("", requirement)
    if not SAFE.fullmatch(text):
        raise InvalidInstallationError(f"{text!r} has characters that CI files cannot carry. {FORMS}")
    if VERSION.fullmatch(requirement):
        return Installation(requirement, _check_index(requirement, index))
    if index:
        raise InvalidInstallationError(f"With --index-url, give a name and a version. {FORMS}")
    if address.startswith(("git+https://", "git+ssh://")):
        _check_revision(address)
    elif address.startswith("https://"):
        if not urlsplit(address).path.endswith(ARCHIVES):
            raise InvalidInstallationError(f"{address!r} is not a wheel or an archive. {FORMS}")
    elif address != requirement or not FILE.fullmatch(requirement) or not requirement.endswith(ARCHIVES):
        raise InvalidInstallationError(f"pip would not install one pinned flowseal from {text!r}. {FORMS}")
    return Installation(requirement)


def find_installation() -> Installation | None:
    """Return where pip got this flowseal from, or None where others could not get it from there.

    pip remembers the address of what came from no index (PEP 610). Of what came from an index it remembers nothing.
    """
    try:
        text = distribution("flowseal").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    return None if text is None else read_origin(text)


def read_origin(text: str) -> Installation | None:
    """Read pip's record of an address; see find_installation."""
    origin: dict[str, Any] = json.loads(text)
    address, vcs = str(origin.get("url", "")), origin.get("vcs_info")
    if isinstance(vcs, dict):
        address = f"{vcs['vcs']}+{address}@{vcs['commit_id']}"
    try:
        # A path of this machine, in a file:// URL, is none of the forms.
        return read_installation(f"flowseal @ {address}")
    except InvalidInstallationError:
        return None


def _check_index(requirement: str, index: str) -> str:
    if not index:
        message = f"pip would look up {requirement!r} on the public index, where flowseal is not published."
        raise InvalidInstallationError(f"{message} Add --index-url with the URL of your own index.")
    parts = urlsplit(index)
    if parts.scheme != "https" or not parts.hostname or parts.username or " " in index:
        raise InvalidInstallationError("An index is one https URL, without credentials: keep those in CI's secrets.")
    return index


def _check_revision(address: str) -> None:
    if not re.search(r"@.", urlsplit(address.removeprefix("git+")).path):
        raise InvalidInstallationError(f"{address!r} changes whenever the branch does: add @ and a commit.")
