"""Make generator/data/aws_provider_flow.json from a listing of the resource's schema and validators.

Usage: python tools/refresh_provider.py LISTING

The listing has a first line "RESOURCE of hashicorp/aws VERSION: ...", explanations up to an empty line, and then one
line a name, indented by nesting:
"name: type, required; validator; validator" for an attribute, "name: blocks; items 0..1" for a block.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "generator" / "data" / "aws_provider_flow.json"
HEAD = re.compile(r"(?P<resource>\w+) of (?P<provider>\S+) (?P<version>[0-9.]+):")
LINE = re.compile(r"(?P<indent> *)(?P<name>\w+): (?P<type>[^;,]+)(?:, (?P<flag>\w+))?(?:; (?P<rules>.*))?")
BOUNDS = re.compile(r"(?P<what>items|length|range) (?P<least>\d+)\.\.(?P<most>\d*)")


def read_rule(rule: str) -> dict[str, Any]:
    """Return one validator as data. What is not known raises, so that no validator is lost in silence."""
    if rule.startswith("pattern "):
        return {"pattern": rule.removeprefix("pattern ")}
    if rule.startswith("enum "):
        return {"enum": rule.removeprefix("enum ")}
    if bounds := BOUNDS.fullmatch(rule):
        return {bounds["what"]: [int(bounds["least"]), int(bounds["most"]) if bounds["most"] else None]}
    known = {
        "ARN": {"arn": True},
        "JSON text": {"json": True},
        "RFC 3339 time": {"time": True},
        "one of its siblings": {"one_of_siblings": True},
    }
    return known[rule]


def read_listing(text: str) -> dict[str, Any]:
    """Return the data file's content from the text of a listing."""
    preamble, _, listing = text.partition("\n\n")
    first = preamble.splitlines()[0]
    head = HEAD.match(first)
    if head is None:
        raise SystemExit("the first line does not name a resource, provider and version")
    root: dict[str, Any] = {}
    open_members = [root]
    for line in listing.splitlines():
        match = LINE.fullmatch(line)
        if match is None:
            raise SystemExit(f"not understood: {line!r}")
        depth = len(match["indent"]) // 2
        rules = {
            key: value
            for rule in filter(None, (match["rules"] or "").split("; "))
            for key, value in read_rule(rule).items()
        }
        is_block = match["type"] in ("blocks", "block")
        entry = {**rules, "members": {}} if is_block else {"type": match["type"], "flag": match["flag"], **rules}
        open_members[depth][match["name"]] = entry
        if is_block:
            open_members[depth + 1 :] = [entry["members"]]
    return {**head.groupdict(), "source": first, "members": root}


def main() -> None:
    """Write the data file, sorted, so that a new release of the provider is a diff."""
    data = read_listing(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    DATA.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
