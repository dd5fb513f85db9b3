"""Plant single defects of every kind in valid documents, and check what flowseal reports.

usage: python tools/plant_defects.py [--seed N] [--most N] [--show]

Each planter makes all defects of its kind that a document admits (deleting, renaming, rewiring, retyping, duplicating),
and says which findings must come of each, at which place of the document: the planted one, and where a part is gone
altogether, those of what named it. Anything else that flowseal says is a false alarm. With --most, a seeded choice of
so many defects a document and kind is tried.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from defects import PLANTERS, Planted, Site  # noqa: E402

from generator.findings import Severity, write_pointer  # noqa: E402
from generator.pipeline import DefinitionText, check_definitions  # noqa: E402
from generator.progress import Timings  # noqa: E402
from generator.project.discovery import DiskReader  # noqa: E402
from generator.source import read_document  # noqa: E402

DOCUMENTS = (
    *sorted((ROOT / "examples" / "flows").glob("*/*.flow.*")),
    *sorted((ROOT / "tests" / "flow" / "documents").glob("*.flow.*")),
)


@dataclass(slots=True)
class Tally:
    """What became of the defects of one kind."""

    planted: int = 0
    found: int = 0
    false_alarms: int = 0
    wrong: list[tuple[Path, Planted, list[tuple[str, str]]]] = field(default_factory=list)


def read_site(path: Path) -> Site:
    """Return a document as a site; numbers become what JSON can write."""
    document, faults = read_document(path.name, path.read_bytes())
    assert document is not None, faults
    value = json.loads(json.dumps(document.value, default=float))
    files = {item.relative_to(path.parent).as_posix(): item.read_text(encoding="utf-8") for item in list_texts(path)}
    return Site(value, files=files)


def list_texts(path: Path) -> Iterator[Path]:
    """Yield the texts beside a document."""
    return (item for item in path.parent.rglob("*") if item.is_file() and item != path)


def list_sites(site: Site) -> list[Site]:
    """Return a site and those of the loops in it."""
    sites = [site]
    for place, node in enumerate(site.nodes):
        if node["type"] == "Loop":
            within = (*site.root, "nodes", place, "configuration", "loop", "definition")
            sites += list_sites(Site(site.document, within, site.files))
    return sites


def check_document(document: dict[str, Any], folder: Path) -> list[tuple[str, str]]:
    """Return what flowseal says of a document: errors and warnings, each with its JSON pointer."""
    text = json.dumps(document, indent=1).encode()
    definition = DefinitionText("planted.flow.json", text, DiskReader(folder))
    (checked,) = check_definitions([definition], for_terraform=False, timings=Timings())
    told = [finding for finding in checked.findings if finding.severity is not Severity.INFO]
    return sorted((finding.rule.name, finding.pointer) for finding in told)


def try_defects(seed: int, most: int | None) -> dict[str, Tally]:
    """Plant the defects and check the documents. Return the results by rule."""
    chance = random.Random(seed)
    tallies = {rule: Tally() for rule in sorted(PLANTERS)}
    for path in DOCUMENTS:
        sites = list_sites(read_site(path))
        assert check_document(sites[0].document, path.parent) == [], path
        for rule, planters in sorted(PLANTERS.items()):
            planted = [defect for site in sites for planter in planters for defect in planter(site)]
            if most is not None and len(planted) > most:
                planted = chance.sample(planted, most)
            for defect in planted:
                hold_to(defect, check_document(defect.document, path.parent), path, tallies[rule])
    return tallies


def hold_to(defect: Planted, told: list[tuple[str, str]], path: Path, tally: Tally) -> None:
    """Count one defect and what was said of it."""
    expected = Counter((rule, write_pointer(place)) for rule, place in defect.expected)
    tally.planted += 1
    missing, extra = expected - Counter(told), Counter(told) - expected
    tally.found += not missing
    tally.false_alarms += extra.total()
    if missing or extra:
        tally.wrong.append((path, defect, told))


def write_table(tallies: dict[str, Tally]) -> str:
    """Return the table as Markdown."""
    rows = [
        f"| `{rule}` | {tally.planted} | {tally.found} | {tally.planted - tally.found} | {tally.false_alarms} |"
        for rule, tally in tallies.items()
    ]
    counts = [(tally.planted, tally.found, tally.false_alarms) for tally in tallies.values()]
    sums = [sum(column) for column in zip(*counts, strict=True)]
    rows.append(f"| all | {sums[0]} | {sums[1]} | {sums[0] - sums[1]} | {sums[2]} |")
    head = "| planted | defects | found at their place | missed | false alarms |\n|---|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def main() -> None:
    """Print the table; the exit code is 1 where anything was missed or said without reason."""
    parser = argparse.ArgumentParser(description="Plant defects and see what flowseal says.")
    parser.add_argument("--seed", type=int, default=1, help="chooses the defects where --most leaves some out")
    parser.add_argument("--most", type=int, help="how many defects a document and kind are tried (default: all)")
    parser.add_argument("--show", action="store_true", help="print what was missed or said without reason")
    arguments = parser.parse_args()
    tallies = try_defects(arguments.seed, arguments.most)
    print(write_table(tallies), end="")
    wrong = [item for tally in tallies.values() for item in tally.wrong]
    for path, defect, told in wrong if arguments.show else ():
        print(f"\n{path.name}: {defect.rule} by {defect.how}: must be {defect.expected}\n  is {told}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
