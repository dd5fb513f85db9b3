"""Where pip can get this flowseal again."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from generator import __version__

DEFAULT = f"flowseal=={__version__}"


def find_requirement() -> tuple[str, bool]:
    """Return what makes pip install this flowseal elsewhere, and whether that is certain.

    pip remembers the address of what came from no index (PEP 610). A folder of this machine is no address for others:
    then it is this version from an index, and nobody knows whether that has it.
    """
    try:
        found = distribution("flowseal")
    except PackageNotFoundError:
        return DEFAULT, False
    text = found.read_text("direct_url.json")
    # An installer leaves its name; a source tree that is on the path has none.
    return (DEFAULT, found.read_text("INSTALLER") is not None) if text is None else read_origin(text)


def read_origin(text: str) -> tuple[str, bool]:
    """Read pip's record of an address; see find_requirement."""
    origin: dict[str, Any] = json.loads(text)
    url, vcs = str(origin.get("url", "")), origin.get("vcs_info")
    if isinstance(vcs, dict):
        return f"flowseal @ {vcs['vcs']}+{url}@{vcs['commit_id']}", True
    if url.startswith("https://"):
        return f"flowseal @ {url}", True
    return DEFAULT, False
