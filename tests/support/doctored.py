"""Doctored journals and lock files: what a stopped run left, with something wrong done to it. The seed decides all.

usage: python tests/support/doctored.py [--folders N] [--seed N]

A pull request can bring a state folder and a lock file of its own. Whatever they hold, opening the output folder ends
in findings; nothing outside of it changes, no file that flowseal did not make is lost, and nothing appears that no run
prepared. Exit code 1 if anything else happened: the folders in which it did are named by seed and number.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from hostile import list_places
from test_write_interrupted import FOREIGN, change_both, make_folder, run_until
from trees import read_tree, write_tree

from generator.output import open_output, view_output

JOURNAL, BACK, LOCK, STATE = "journal.json", "journal-back.json", "flowseal.lock.json", ".flowseal"
OUTSIDE = {"outside/secret.txt": b"secret\n", "flowseal.yaml": b"flows: [flows]\n", "x.tf": b"# outside\n"}
PLANTED, EDIT = b"# planted\n", b"# edited by hand\n"
MOVED = {"mover/own/a.tf": "moved/own/a.tf"}
RULES = {"InterruptedRun", "IncompleteRepair", "DamagedLock", "NewerLock", "UnsafePath", "WriteFailed"}
# fmt: off
PATHS = (
    *FOREIGN, *OUTSIDE, "../flowseal.yaml", "../outside/secret.txt", "small/../../x.tf", "/etc/passwd", "C:/x.tf",
    "//x", "small\\main.tf", "..\\x.tf", "small/..\\..\\x.tf", "", ".", "..", "/", "small", "small/", "small//main.tf",
    "small/./main.tf", "./small/main.tf", "SMALL/main.tf", "Small/Main.tf", "small/MAIN.TF", LOCK, LOCK.upper(),
    f"{LOCK}/x", f"{LOCK.upper()}/x", f"./{LOCK}", f"small/{LOCK}", "flowseal.yaml", ".flowseal/run.lock",
    ".FLOWSEAL/run.lock", ".git/config", "small/.git/config", "small/main.tf/x", "small/a\0b", "small/\ud800",
    "small/a\nb", "a" * 5000, "small/" + "a/" * 500 + "a", "small/" + "a" * 300, "null", "other", "gone", "moved/own",
)
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.0, 1.5, 10**400, "", "*", "\ud800", [], {}, [[]], "0" * 63, "0" * 64, "A" * 64,
    "not a file", sha256(b"").hexdigest(), sha256(PLANTED).hexdigest(), sha256(b"mine").hexdigest(),
    sha256(b"# mine\n").hexdigest(), sha256(b"one\n").hexdigest(), sha256(b"two\n").hexdigest(),
)
# fmt: on
Starts = tuple[dict[str, bytes], ...]


def make_starts(place: Path) -> Starts:
    """Return the folder before and after a change, then what a run left that was stopped when its change began, in the
    middle, and on its way back.
    """
    before = make_folder(place / "after")
    change_both(place / "after")
    stopped: list[dict[str, bytes]] = []
    step = 0
    while run_until(folder := _make_folder(place / str(step)), step):
        stopped += [read_tree(folder)] if (folder / STATE / JOURNAL).exists() else []
        step += 4 if stopped else 1
    half = stopped[len(stopped) // 2]
    back = {path.replace(JOURNAL, BACK): data for path, data in half.items()}
    return before, read_tree(place / "after"), stopped[0], half, back


def _make_folder(folder: Path) -> Path:
    make_folder(folder)
    return folder


def _change_tree(chance: random.Random, value: Any, folder: Path) -> None:
    holder, key = chance.choice(list_places(value) or [({"a": 1}, "a")])
    kind = chance.randrange(7)
    if kind == 0:
        del holder[key]
    elif kind == 1:
        holder[key] = chance.choice(VALUES)
    elif kind == 2 and isinstance(holder, dict):
        holder[chance.choice(PATHS)] = holder.pop(key)
    elif kind == 3 and isinstance(value.get("folders"), list):
        value["folders"].append(chance.choice((*PATHS, *VALUES)))
    elif kind == 4 and isinstance(value.get("changes"), dict):
        # The right digest of a file that no run made: take it away, or put another one in its place.
        paths = (path for path in (*FOREIGN, "../x.tf", "../outside/secret.txt") if (folder / path).is_file())
        path = chance.choice(list(paths))
        new = chance.choice((None, sha256(PLANTED).hexdigest()))
        value["changes"][path] = {"old": sha256((folder / path).read_bytes()).hexdigest(), "new": new}
    elif kind == 5 and isinstance(holder, dict):
        twin = chance.choice(list(holder))
        holder[key], holder[twin] = holder[twin], holder[key]
    else:
        holder[key] = json.loads("[" * 500 + "]" * 500) if chance.random() < 0.2 else chance.choice(PATHS)


def doctor_text(chance: random.Random, folder: Path, path: Path) -> None:
    """Change a JSON file as a tree, as text or as bytes."""
    data = path.read_bytes()
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and chance.random() < 0.8:
        for _ in range(chance.choice((1, 1, 2, 4))):
            _change_tree(chance, value, folder)
        data = json.dumps(value).encode()
        path.write_bytes(data)
        return
    at = chance.randrange(len(data) + 1)
    bits = (b"\0", b"\xff", b"{", b"}", b'"', b",", b"<<<<<<< a\n", b"9" * 5000, b"[" * 100_000, b'"version": 1,')
    path.write_bytes(chance.choice((data[:at], data[:at] + chance.choice(bits) + data[at:], data + data, b"")))


def doctor_place(chance: random.Random, folder: Path, path: Path) -> None:
    """Take a file or folder away, or put something else in its place."""
    secret = folder.parent / "outside" / "secret.txt"
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    make: tuple[Callable[[], object], ...] = (
        lambda: None,
        lambda: path.mkdir(),
        lambda: path.symlink_to(secret),
        lambda: path.symlink_to(secret.parent),
        lambda: path.symlink_to(folder / "nowhere"),
        lambda: os.link(secret, path),
        lambda: os.mkfifo(path),
        lambda: path.write_bytes(PLANTED),
    )
    chance.choice(make)()


def doctor(chance: random.Random, folder: Path) -> None:
    """Do one thing to a folder's lock file or to what a stopped run left in it."""
    state = folder / STATE
    journals = [path for path in (state / JOURNAL, state / BACK) if path.is_file() and not path.is_symlink()]
    lock = folder / LOCK
    kind = chance.randrange(8)
    if kind < 3 and journals:
        doctor_text(chance, folder, chance.choice(journals))
    elif kind == 3 and lock.is_file() and not lock.is_symlink():
        doctor_text(chance, folder, lock)
    elif kind == 4:
        names = (JOURNAL, BACK, "journal.new", "run.lock", "new", "old", f"new/{LOCK}", f"old/{LOCK}")
        path = state / chance.choice(names)
        doctor_place(chance, folder, path if path.parent.is_dir() else lock)
    elif kind == 5 and journals and not (state / BACK).is_dir():
        data = journals[0].read_bytes()
        (state / BACK).unlink(missing_ok=True)
        (state / BACK).write_bytes(data)
    elif prepared := sorted(path for name in ("new", "old") for path in (state / name).rglob("*")):
        path = chance.choice(prepared)
        # A link that was put there earlier leads out of the folder: what is behind it is not ours to doctor.
        if path.parent.resolve().is_relative_to(state.resolve()):
            doctor_place(chance, folder, path)


def try_folder(starts: Starts, place: Path, seed: int, number: int) -> list[str]:
    """Doctor one folder and open it, to look and to write; return what went wrong."""
    chance = random.Random(f"{seed}:{number}")
    tree = chance.choice(starts[1:])
    is_edited = chance.random() < 0.3
    shutil.rmtree(place, ignore_errors=True)
    folder = place / "modules"
    write_tree(folder, {**tree, **({"small/main.tf": EDIT} if is_edited else {})})
    for path, data in OUTSIDE.items():
        (place / path).parent.mkdir(exist_ok=True)
        (place / path).write_bytes(data)
    try:
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            doctor(chance, folder)
        return [f"{seed}:{number} {what}" for what in _judge(starts, place, is_edited)]
    except Exception:
        return [f"{seed}:{number} {traceback.format_exc(limit=-4)}"]


def _judge(starts: Starts, place: Path, is_edited: bool) -> Iterator[str]:
    folder = place / "modules"
    doctored = list_content(place)
    view_output(folder, "1.0", "templates")
    if list_content(place) != doctored:
        yield "something was changed by a look"
    with open_output(folder, "1.0", "templates") as output:
        findings = output.findings
    yield from (f"{each.rule.name} was reported" for each in findings if each.rule.name not in RULES)
    yield from (f"{each} says nothing" for each in findings if not (each.message and each.help))
    found = list_content(place)
    yield from (f"{path} was changed" for path in OUTSIDE if found[path] != doctored[path])
    modules = {path.removeprefix("modules/"): data for path, data in found.items() if path.startswith("modules/")}
    for path, data in FOREIGN.items():
        if data not in (modules.get(path), modules.get(MOVED.get(path, path))):
            yield f"{path} is lost"
    if is_edited and modules.get("small/main.tf") != EDIT:
        yield "the edit is lost"
    made = set().union(*(start.values() for start in starts[:2]), [EDIT])
    own = {path: data for path, data in modules.items() if not path.startswith(STATE) and path != LOCK}
    yield from (f"{path} is new" for path, data in own.items() if data not in made)
    yield from (f"{path} was made" for path in own if not any(path in start for start in starts[:2]))


def list_content(folder: Path) -> dict[str, bytes]:
    """Return the regular files below a folder by path, and what every link leads to; no link is followed."""
    found: dict[str, bytes] = {}
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent, name)
            place = path.relative_to(folder).as_posix()
            if path.is_symlink():
                found[place] = b"-> " + os.readlink(path).encode()
            elif path.is_file():
                found[place] = path.read_bytes()
    return found


def main() -> None:
    """Try folders, and print what went wrong."""
    parser = argparse.ArgumentParser(description="Put doctored journals and lock files to flowseal.")
    parser.add_argument("--folders", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        starts = make_starts(Path(name, "starts"))
        told = [
            what
            for number in range(asked.folders)
            for what in try_folder(starts, Path(name, "place"), asked.seed, number)
        ]
    print("\n".join(told[:20]))
    print(f"{asked.folders:>9,} doctored folders, {len(told):,} of them wrong, {time.perf_counter() - began:,.0f} s")
    sys.exit(bool(told))


if __name__ == "__main__":
    main()
