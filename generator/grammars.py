"""Grammars of lark, kept between runs in the user's own cache folder: to make their tables takes long."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def name_cache(grammar: str) -> str | bool:
    """Return the file in which lark may keep what it made of a grammar, or False where there is no safe folder.

    `grammar` names it and its release. lark notes in the file what it was made of, and makes another one where the
    grammar, the options or lark's release are others; this Python's version is a part of the name.
    """
    folder = find_cache_folder()
    if folder is None:
        return False
    return str(folder / f"{grammar}-python-{sys.version_info.major}.{sys.version_info.minor}.bin")


def find_cache_folder() -> Path | None:
    """Return a cache folder of the user, made where it was missing, or None where there is no safe one.

    The cache is a pickle, so a folder that others may write to is not used: loading it would run their code.
    """
    place = _locate_user_cache()
    if place is None:
        return None
    folder = place / "flowseal"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return None
    foreign = hasattr(os, "getuid") and (status.st_uid != os.getuid() or bool(status.st_mode & 0o022))
    return None if foreign or not os.access(folder, os.W_OK) else folder


def _locate_user_cache() -> Path | None:
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    given = os.environ.get(variable, "")
    if os.path.isabs(given):
        return Path(given)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") if home.is_absolute() else None
