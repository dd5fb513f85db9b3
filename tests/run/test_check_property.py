"""Whatever is done to a project, `check` says 0 exactly where a fresh `generate --all` into an empty folder agrees."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from projects import ASKED, Project
from trees import read_tree

FILES = st.sampled_from(["a", "b", "c"])
NAMES = st.sampled_from(["one", "two", "three"])
TEXTS = st.sampled_from(["Say it.", "Say more.", {"$file": "ask.txt"}])
MADE = st.sampled_from(["main.tf", "kms.tf", "prompts/Ask.txt", "README.md", ".gitattributes"])
OWN = st.sampled_from(["own.tf", "notes.txt", "x_override.tf", "prompts/more.txt"])
BLOCKING = ("ModuleNameInUse", "UnownedFile", "DamagedLock", "CollidingFlowNames")
"""Errors that can stand beside a difference: then the exit code is 1."""


class Life(RuleBasedStateMachine):
    """A project in which anything happens; after every step, the verdict of `check` is held against a fresh run."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="flowseal-"))
        self.project = Project(self.folder / "project")
        (self.project.folder / "flows" / "ask.txt").write_text(f"Ask me.{ASKED}", encoding="utf-8")

    @initialize(text=TEXTS)
    def begin(self, text: object) -> None:
        self.project.define("a", "one", text)
        self.project.define("b", "two")
        self.project.run("generate", expect=0)

    @rule(file=FILES, name=NAMES, text=TEXTS, has_warning=st.booleans())
    def define(self, file: str, name: str, text: object, has_warning: bool) -> None:
        more = {"parameters": {"spare": {}}} if has_warning else {}
        self.project.define(file, name, text, **more)

    @rule(file=FILES)
    def break_definition(self, file: str) -> None:
        self.project.define(file, "with an error in it")

    @rule(file=FILES, other=FILES)
    def move_definition(self, file: str, other: str) -> None:
        path = self.project.folder / "flows" / f"{file}.flow.json"
        if path.exists():
            path.rename(self.project.folder / "flows" / f"{other}.flow.json")

    @rule(file=FILES)
    def delete_definition(self, file: str) -> None:
        paths = list((self.project.folder / "flows").glob("*.flow.json"))
        path = self.project.folder / "flows" / f"{file}.flow.json"
        if path in paths and len(paths) > 1:
            path.unlink()

    @rule(text=st.sampled_from(["Ask me.", "Ask me twice."]))
    def write_text(self, text: str) -> None:
        (self.project.folder / "flows" / "ask.txt").write_text(f"{text}{ASKED}", encoding="utf-8")

    @rule(
        flows=st.sampled_from(["flows", "flows/[ab].*", "flows/a.*"]),
        tags=st.sampled_from(["", "defaults: {tags: {team: a}}\n", "rules: {UnusedParameter: error}\n"]),
    )
    def configure(self, flows: str, tags: str) -> None:
        self.project.configure(f'flows: ["{flows}"]\noutput: modules\n{tags}')

    @rule(name=NAMES, file=MADE, data=st.sampled_from([b"", b"# edited\n", None]))
    def edit(self, name: str, file: str, data: bytes | None) -> None:
        path = self.project.modules / name / file
        if path.exists() and data is None:
            path.unlink()
        elif path.exists():
            path.write_bytes(data or b"")

    @rule(name=NAMES, file=MADE, old=st.sampled_from([b"\n", b" \n"]), new=st.sampled_from([b"\r\n", b"\n"]))
    def change_whitespace(self, name: str, file: str, old: bytes, new: bytes) -> None:
        path = self.project.modules / name / file
        if path.exists():
            path.write_bytes(path.read_bytes().replace(old, new))

    @rule(name=NAMES, file=OWN)
    def add_own_file(self, name: str, file: str) -> None:
        if (self.project.modules / name / file).parent.is_dir():
            (self.project.modules / name / file).write_bytes(b"# mine\n")

    @rule(name=NAMES)
    def delete_module(self, name: str) -> None:
        shutil.rmtree(self.project.modules / name, ignore_errors=True)

    @rule(how=st.sampled_from(["delete", "format", "other version", "edit"]))
    def touch_lock(self, how: str) -> None:
        path = self.project.modules / "flowseal.lock.json"
        if not path.exists():
            return
        text = path.read_text(encoding="utf-8")
        if how == "delete":
            path.unlink()
        elif how == "format":
            path.write_text(json.dumps(json.loads(text)), encoding="utf-8")
        elif how == "other version":
            path.write_text(text.replace('"generator": "0', '"generator": "1'), encoding="utf-8")
        else:
            path.write_text(text.replace('"findings": 0', '"findings": 1', 1), encoding="utf-8")

    @rule(options=st.sets(st.sampled_from(["--overwrite", "--prune", "--all", "flows/a.flow.json"])))
    def generate(self, options: set[str]) -> None:
        self.project.run("generate", *sorted(options))

    @invariant()
    def check_agrees_with_a_fresh_run(self) -> None:
        if not self.project.modules.exists():
            return
        fresh = self.project.folder / "fresh"
        made = self.project.run("generate", "--all", "-o", "fresh")
        expected = read_tree(fresh)
        shutil.rmtree(fresh, ignore_errors=True)
        found = self.project.read_modules()
        names = {path.partition("/")[0] for path in expected}
        overrides = [path for path in found if path.endswith("x_override.tf") and path.partition("/")[0] in names]
        differs = any(found.get(path) != data for path, data in expected.items())
        result = self.project.run("check")
        assert self.project.read_modules() == found
        if made.exit_code or overrides:
            assert result.exit_code == 1, result.output
        elif differs:
            assert result.exit_code in (1, 3), result.output
            assert result.exit_code == 3 or any(f"error[{name}]" in result.output for name in BLOCKING), result.output
        else:
            assert result.exit_code == 0, result.output

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


@pytest.mark.slow
class TestLife(Life.TestCase):  # type: ignore[misc]
    settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
