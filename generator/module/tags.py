"""Tags of a definition, which go to flow, key, role and policies alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.api import fits_shape
from generator.diagnostics import Finding, Related, error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.model import Value

INVALID_TAGS = error("InvalidTags", "Tags that the flow's key or its role cannot carry.")
MOST_TAGS = 50
"""Of a resource, in KMS ("Quotas") as in IAM ("IAM and STS quotas")."""


def check_tags(tags: Mapping[str, Value]) -> Iterator[Finding]:
    """Report what KMS and IAM do not take: keys that AWS keeps for itself, keys alike, white space, too many tags."""
    first: dict[str, str] = {}
    for key, value in tags.items():
        path = ("tags", key)
        is_key = fits_shape(key, "ModuleTagKey")
        if not is_key or not fits_shape(value, "ModuleTagValue"):
            message = f"The tag {key!r} has a tab or a line break, which KMS and IAM do not take."
            yield Finding(INVALID_TAGS, message, "Use spaces instead.", path, key=not is_key)
        if key.lower().startswith("aws:"):
            message = f"Tag keys that begin with aws: are AWS's own, and {key!r} does."
            yield Finding(INVALID_TAGS, message, "Give the tag another key.", path, key=True)
        other = first.setdefault(key.lower(), key)
        if other != key:
            message = f"The tag keys {other!r} and {key!r} differ only in case, which IAM does not tell apart."
            related = (Related("The other key is here.", ("tags", other), key=True),)
            yield Finding(INVALID_TAGS, message, "Keep one of them.", path, key=True, related=related)
    if len(tags) > MOST_TAGS:
        message = f"There are {len(tags)} tags; a key or a role has room for {MOST_TAGS}."
        yield Finding(INVALID_TAGS, message, "Leave some out.", ("tags",), key=True)
