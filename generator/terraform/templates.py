"""The templates in the package: their content, and one digest for all of them."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files


@cache
def read_templates() -> dict[str, str]:
    """Return the content of each template by its name."""
    return {
        item.name: item.read_text(encoding="utf-8")
        for item in files("hcl_templates").iterdir()
        if item.name.endswith(".jinja")
    }


@cache
def template_digest() -> str:
    """Return the SHA-256 digest of all templates' names and content, in the order of the names."""
    digest = hashlib.sha256()
    for name, content in sorted(read_templates().items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content.encode())
    return digest.hexdigest()
