"""Make generator/data/bedrock_models.json: the ids of models and inference profiles that AWS has published.

Usage: python tools/refresh_models.py --date 2026-10-31 [--source TEXT] [--vendor NAME] [--output FILE] PAGE...

A PAGE is a file or an https URL. Pages of the Amazon Bedrock user guide to take, as HTML or Markdown: the model cards
("Models at a glance"), "Supported foundation models in Amazon Bedrock", "Supported Regions and models for inference
profiles" and "Model lifecycle"; or what `aws bedrock list-foundation-models` and `aws bedrock list-inference-profiles`
print, for each Region. The same pages and date give the same bytes. Read the diff afterward.

Ids that are in the file already stay: AWS drops retired models from its pages, and flows may still name them. What
looks like an id of a vendor that the file does not know is listed and left out, unless `--vendor` names the vendor.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from generator.flow.bedrock_models.kinds import MODEL, PREFIX

OUTPUT = Path(__file__).parent.parent / "generator" / "data" / "bedrock_models.json"
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*")
PROFILE = re.compile(rf"{PREFIX}[.](?P<model>{MODEL})")
OPEN_ENDS = ("*", "$", "{", "<", "[")
"""What follows a word that is only the beginning of an id, such as the `amazon.titan-` of `amazon.titan-*`."""


def read_page(place: str) -> str:
    """Return the text of a page without its HTML tags."""
    if place.startswith("https://"):
        with urllib.request.urlopen(place, timeout=60) as answer:
            text = answer.read().decode("utf-8")
    else:
        text = Path(place).read_text(encoding="utf-8")
    return html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", " ", text))


def find_identifiers(text: str) -> set[str]:
    """Return every word of a text that is in the form of a model's or a profile's id, whoever its vendor may be."""
    found = set()
    for match in WORD.finditer(text):
        word = match[0].rstrip(".:")
        is_whole = not text.startswith(OPEN_ENDS, match.end()) and word[-1] not in "-_"
        # The id of a model has a digit or a hyphen in its name: a domain such as amazon.com has neither.
        if is_whole and re.search("[0-9-]", word.partition(".")[2]) and name_vendor(word):
            found.add(word)
    return found


def name_vendor(identifier: str) -> str | None:
    """Return the vendor of a model, or of the model behind a profile; None for what is in the form of neither."""
    if re.fullmatch(MODEL, identifier):
        return identifier.partition(".")[0]
    profile = PROFILE.fullmatch(identifier)
    return profile["model"].partition(".")[0] if profile else None


def make_models(
    found: Iterable[str], before: dict[str, Any], vendors: Iterable[str]
) -> tuple[dict[str, Any], set[str]]:
    """Return the sorted ids, those of `before` included, and the ids that were left out because of their vendor."""
    models, profiles = set(before["models"]), set(before["profiles"])
    known = {name_vendor(identifier) for identifier in models} | {*vendors}
    left_out = set()
    for identifier in found:
        if name_vendor(identifier) not in known:
            left_out.add(identifier)
        elif re.fullmatch(MODEL, identifier):
            models.add(identifier)
        else:
            profiles.add(identifier)
    return {"models": sorted(models), "profiles": sorted(profiles)}, left_out


def write_models(head: dict[str, Any], lists: dict[str, Any]) -> str:
    """Write the data as JSON, a line an id, so that a refresh reads well as a diff."""
    return json.dumps({**head, **lists}, indent=1) + "\n"


def main() -> None:
    """Read the pages and write the data file."""
    parser = argparse.ArgumentParser(description="Refresh the ids of Amazon Bedrock's models and inference profiles.")
    parser.add_argument("pages", nargs="+", metavar="PAGE", help="a saved page, an https URL, or the AWS CLI's output")
    parser.add_argument("--date", required=True, help="the day that the pages are from, such as 2026-10-31")
    parser.add_argument("--source", action="append", default=[], help="what the pages are; by default, as before")
    parser.add_argument("--vendor", action="append", default=[], help="a vendor that the file does not know yet")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where to write (default: the project's data file)")
    arguments = parser.parse_args()
    before: dict[str, Any] = {"sources": [], "models": [], "profiles": []}
    if arguments.output.exists():
        before = json.loads(arguments.output.read_text(encoding="utf-8"))
    found = set().union(*(find_identifiers(read_page(page)) for page in arguments.pages))
    lists, left_out = make_models(found, before, arguments.vendor)
    head = {"sources": arguments.source or before["sources"], "date": arguments.date}
    arguments.output.write_text(write_models(head, lists), encoding="utf-8", newline="\n")
    print(f"{len(lists['models'])} models and {len(lists['profiles'])} inference profiles as of {arguments.date}")
    for identifier in sorted(left_out):
        print(f"left out: {identifier} (unknown vendor; pass --vendor {name_vendor(identifier)} to take it)")


if __name__ == "__main__":
    main()
