"""Where pip installs flowseal from: pinned, and never by a name that anyone could publish on a public index."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

NAMED = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*) ?(?P<sign>==|@) ?(?P<rest>.*)", re.ASCII)
VERSION = re.compile(
    r"([0-9]+!)?[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?(\+[a-z0-9]+([._-][a-z0-9]+)*)?",
    re.ASCII,
)
HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?"
ADDRESS = re.compile(
    rf"(?P<scheme>git\+https|git\+ssh|https)://(?P<user>[A-Za-z0-9._-]+@)?{HOST}"
    r"(?P<path>/[A-Za-z0-9._~+,=@/-]+)(#(?P<fragment>.*))?",
    re.ASCII,
)
INDEX = re.compile(rf"--index-url[ =](?P<url>https://{HOST}(/[A-Za-z0-9._~+-]*)*)", re.ASCII)
CREDENTIALS = re.compile(r"(?P<scheme>[a-z+]*)://(?P<user>[^/ ]*)@", re.IGNORECASE)
REVISION = re.compile(r"[0-9a-f]{40}|v?[0-9]+\.[0-9]+\.[0-9]+((a|b|rc|\.post|\.dev)[0-9]+)?", re.ASCII)
"""A full commit ID or the tag of a release. `v1` and `1.2` are excluded because such tags move or are branches."""
FILE = re.compile(r"(\./)?([A-Za-z0-9_][A-Za-z0-9._+-]*/)*(?P<name>[A-Za-z0-9_][A-Za-z0-9._+-]*)", re.ASCII)
ARCHIVE = re.compile(r"flowseal-[0-9][A-Za-z0-9._+-]*(\.whl|\.tar\.gz|\.zip)", re.ASCII)
FRAGMENT = re.compile(
    r"egg=flowseal|sha256=[0-9a-f]{64}|subdirectory=[A-Za-z0-9_][A-Za-z0-9_-]*(/[A-Za-z0-9_-]+)*", re.ASCII
)
FORMS = (
    "Use git+https://HOST/flowseal@COMMIT, the https URL of a wheel, the path of a wheel in the repository, or "
    "flowseal==VERSION --index-url URL."
)


class InvalidInstallationError(ValueError):
    """The value is not a safe way to install flowseal. The message explains why, and lists the valid forms."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What pip installs. If the requirement is a name, `index` is the only index that pip uses."""

    requirement: str
    index: str = ""


def read_installation(text: str) -> Installation:
    """Parse the value of `--install`. Raises InvalidInstallationError unless it pins one release in one location."""
    text = " ".join(text.split())
    for found in CREDENTIALS.finditer(text):
        if found["scheme"] != "git+ssh" or ":" in found["user"]:
            raise InvalidInstallationError(
                "The URL has credentials, and CI files are committed. Leave them out, and give pip its credentials "
                "in the CI's secrets."
            )
    named = NAMED.fullmatch(text)
    if named and named["name"].lower() != "flowseal":
        raise InvalidInstallationError(f"That installs the package {named['name']!r}, not flowseal. {FORMS}")
    if named and named["sign"] == "==":
        return _read_release(named["rest"])
    if file := FILE.fullmatch(text):
        _check_archive(file["name"])
    else:
        _check_address(named["rest"] if named else text)
    return Installation(text)


def find_installation() -> Installation | None:
    """Return where pip installed this flowseal from, or None if others could not install it from there.

    pip records the URL of a package that did not come from an index (PEP 610). For an index, it records nothing.
    """
    try:
        text = distribution("flowseal").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    return None if text is None else read_origin(text)


def read_origin(text: str) -> Installation | None:
    """Parse pip's record of a URL. See find_installation."""
    origin: dict[str, Any] = json.loads(text)
    address, vcs, folder = str(origin.get("url", "")), origin.get("vcs_info"), origin.get("subdirectory")
    if isinstance(vcs, dict):
        address = f"{vcs['vcs']}+{address}@{vcs['commit_id']}"
    if folder:
        address += f"#subdirectory={folder}"
    try:
        # A file:// URL is a path on this machine, and not a valid form.
        return read_installation(f"flowseal @ {address}")
    except InvalidInstallationError:
        return None


def _read_release(text: str) -> Installation:
    version, _, option = text.partition(" ")
    if not VERSION.fullmatch(version):
        raise InvalidInstallationError(f"{version!r} is not one version. {FORMS}")
    if not option:
        message = f"pip would look up 'flowseal=={version}' on the public index, where flowseal is not published."
        raise InvalidInstallationError(f"{message} Add --index-url with the URL of your own index.")
    index = INDEX.fullmatch(option)
    if index is None:
        raise InvalidInstallationError(f"{option!r} is not --index-url with one https URL.")
    return Installation(f"flowseal=={version}", index["url"])


def _check_address(address: str) -> None:
    parts = ADDRESS.fullmatch(address)
    fragments = (parts["fragment"] or "egg=flowseal").split("&") if parts else []
    if parts is None or not all(map(FRAGMENT.fullmatch, fragments)):
        raise InvalidInstallationError(f"pip would not install one pinned flowseal from {address!r}. {FORMS}")
    if parts["scheme"] == "https":
        _check_archive(parts["path"].rpartition("/")[2])
        return
    place, _, revision = parts["path"].partition("@")
    if not place.strip("/") or not REVISION.fullmatch(revision):
        message = "Add @ and a full commit (40 hexadecimal digits), or the tag of a release such as v0.1.0"
        raise InvalidInstallationError(f"{address!r} is not pinned. {message}: a branch changes.")


def _check_archive(name: str) -> None:
    if not ARCHIVE.fullmatch(name):
        message = f"{name!r} is not a wheel or an archive of flowseal, such as flowseal-0.1.0-py3-none-any.whl."
        raise InvalidInstallationError(f"{message} {FORMS}")
