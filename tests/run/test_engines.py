"""The engine of a flow that a module may have created: what it can change to, and what flowseal prints for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import Project, start_project

CLOUD_CONTROL = {"engine": "cloud-control"}
RELEASED = {"release": {"aliases": ["live"]}}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two flows, generated with the engine `native`."""
    return start_project(tmp_path / "project", "one", "two")


def test_a_module_does_not_change_to_cloud_control(project: Project) -> None:
    before = project.read_modules()
    project.define("two", text="Say more.", **CLOUD_CONTROL)
    for command in ("generate", "check"):
        said = project.run(command, expect=1).stdout
        assert said.count("error[EngineChange]: The engine of module 'two' cannot change") == 1
    assert project.read_modules() == before
    project.run("generate", "--all", "--overwrite", "--prune", expect=1)
    assert project.read_modules() == before


def test_not_even_under_a_new_name_or_in_another_file(project: Project) -> None:
    before = project.read_modules()
    project.define("two", "zwei", **CLOUD_CONTROL)
    assert "error[EngineChange]: The engine of module 'zwei'" in project.run("generate", "--prune", expect=1).stdout
    (project.folder / "flows" / "two.flow.json").unlink()
    project.define("deux", "two", **CLOUD_CONTROL)
    assert "error[EngineChange]: The engine of module 'two'" in project.run("generate", expect=1).stdout
    assert project.read_modules() == before


def test_a_release_hears_of_cloud_control_while_it_can_still_choose(project: Project) -> None:
    project.define("three", **RELEASED)
    assert "info[ReleaseNeedsAwsCli]" in project.run("check", expect=3).stdout
    assert "info[ReleaseNeedsAwsCli]" in project.run("generate", expect=0).stdout
    assert "ReleaseNeedsAwsCli" not in project.run("generate", "--all", expect=0).stdout
    project.run("check", expect=0)
    project.define("three", text="Say more.", **RELEASED)
    assert "ReleaseNeedsAwsCli" not in project.run("generate", expect=0).stdout
    # A module without a release gets one: its flow exists, too.
    project.define("two", **RELEASED)
    assert "ReleaseNeedsAwsCli" not in project.run("generate", expect=0).stdout


def test_a_chosen_engine_is_not_questioned(project: Project) -> None:
    project.define("three", **RELEASED, engine="native")
    assert "ReleaseNeedsAwsCli" not in project.run("generate", expect=0).stdout


def test_an_engine_chosen_for_the_project_is_not_questioned(project: Project) -> None:
    project.configure("flows: [flows]\noutput: modules\ndefaults: {engine: native}\n")
    project.define("three", **RELEASED)
    assert "ReleaseNeedsAwsCli" not in project.run("generate", expect=0).stdout


def test_a_project_can_turn_the_advice_into_an_error(project: Project) -> None:
    project.configure("flows: [flows]\noutput: modules\nrules: {ReleaseNeedsAwsCli: error}\n")
    project.define("three", **RELEASED)
    assert "error[ReleaseNeedsAwsCli]" in project.run("generate", expect=1).stdout
    assert not (project.modules / "three").exists()
