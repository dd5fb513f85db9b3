"""The templates as they stand in the package: their texts, and one digest of all of them."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files


@cache
def read_templates() -> dict[str, str]:
    """Return the text of each template by its name."""
    return {
        item.name: item.read_text(encoding="utf-8")
        for item in files("hcl_templates").iterdir()
        if item.name.endswith(".jinja")
    }


@cache
def template_digest() -> str:
    """Return the SHA-256 of all templates, their names and bytes, in the order of their names."""
    digest = hashlib.sha256()
    for name, text in sorted(read_templates().items()):
        digest.update(f"{name}\0{len(text)}\0".encode())
        digest.update(text.encode())
    return digest.hexdigest()
