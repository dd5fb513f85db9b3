"""Where a parsed grammar is cached between runs, and where not, because the cache is a pickle."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hcl2.version import __version__
from lark import Token, Tree
from paths import ROOT

from generator.terraform.proof import parser

WINDOWS = sys.platform == "win32"
VARIABLE = "LOCALAPPDATA" if WINDOWS else "XDG_CACHE_HOME"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's cache folder."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    yield tmp_path / "cache"
    parser.load_parser.cache_clear()


def parse(text: str = 'a = "b"') -> Tree[Token]:
    """Parse code as a new run does."""
    parser.load_parser.cache_clear()
    return parser.parse_hcl(text)


def test_a_grammar_is_cached_and_reused(place: Path) -> None:
    first = parse()
    (kept,) = (place / "flowseal").iterdir()
    written = kept.stat().st_mtime_ns
    assert kept.name == f"python-hcl2-{__version__}-python-{sys.version_info.major}.{sys.version_info.minor}.bin"
    assert parse() == first
    assert kept.stat().st_mtime_ns == written


def test_a_damaged_cache_is_rebuilt(place: Path) -> None:
    first = parse()
    (kept,) = (place / "flowseal").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    assert parse() == first
    assert kept.stat().st_size > len(whole) // 2


@pytest.mark.skipif(WINDOWS, reason="Windows has no modes of folders")
def test_a_folder_that_others_can_write_to_is_not_used(place: Path) -> None:
    folder = parser.find_cache_folder()
    assert folder == place / "flowseal"
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o777)
    assert parser.name_cache("hcl") is False
    assert parse()
    assert list(folder.iterdir()) == []


def test_a_path_that_is_not_a_folder_is_not_used(place: Path) -> None:
    place.write_text("")
    assert parser.name_cache("hcl") is False
    assert parse()


@pytest.mark.skipif(WINDOWS, reason="Windows has no HOME")
def test_without_a_home_folder_nothing_is_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "relative")
    monkeypatch.setenv("HOME", "relative/home")
    monkeypatch.chdir(tmp_path)
    assert parser.find_cache_folder() is None
    assert list(tmp_path.iterdir()) == []


def test_the_command_works_without_a_cache(tmp_path: Path) -> None:
    examples = ROOT / "examples" / "flows"
    environment = {**os.environ, VARIABLE: os.devnull}
    command = [sys.executable, "-m", "generator", "generate", str(examples / "support-triage"), "-o", "modules"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
