"""Tags of a definition, which go to flow, key, role and policies alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.findings import Finding, Related, error
from generator.flow.api import fits_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.flow.model import Value

INVALID_TAGS = error("InvalidTags", "A tag is not valid for the flow's key or role.")
MOST_TAGS = 50
"""Of a resource, in KMS ("Quotas") as in IAM ("IAM and STS quotas")."""


def check_tags(tags: Mapping[str, Value]) -> Iterator[Finding]:
    """Report what KMS and IAM do not take: keys that AWS keeps for itself, keys alike, white space, too many tags."""
    first: dict[str, str] = {}
    for key, value in tags.items():
        path = ("tags", key)
        is_key = fits_shape(key, "ModuleTagKey")
        if not is_key or not fits_shape(value, "ModuleTagValue"):
            message = f"Tag {key!r} contains a tab or a line break, which KMS and IAM do not accept."
            yield Finding(INVALID_TAGS, message, "Use spaces instead.", path, key=not is_key)
        if key.lower().startswith("aws:"):
            message = f"Tag key {key!r} begins with aws:, which AWS reserves."
            yield Finding(INVALID_TAGS, message, "Rename the tag.", path, key=True)
        other = first.setdefault(key.lower(), key)
        if other != key:
            message = f"Tag keys {other!r} and {key!r} differ only in case, which IAM treats as the same key."
            related = (Related("The other key is here.", ("tags", other), key=True),)
            yield Finding(INVALID_TAGS, message, "Remove one of them.", path, key=True, related=related)
    if len(tags) > MOST_TAGS:
        message = f"There are {len(tags)} tags; a key or a role has room for {MOST_TAGS}."
        yield Finding(INVALID_TAGS, message, "Remove some tags.", ("tags",), key=True)
