"""The engine of a flow that a module may have created: what it can change to, and what flowseal prints for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from projects import Project, start_project

from generator.run.engines import FLOW_SCHEMA

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


def test_pruning_does_not_make_room_for_a_change_of_the_engine(project: Project) -> None:
    before = project.read_modules()
    (project.folder / "flows" / "two.flow.json").unlink()
    project.define("z", "two", **CLOUD_CONTROL)
    for options in (["--prune"], ["--prune", "--overwrite"], []):
        assert "error[EngineChange]: The engine of module 'two'" in project.run("generate", *options, expect=1).stdout
        assert project.read_modules() == before


def test_defaults_for_new_flows_do_not_change_the_others(project: Project) -> None:
    project.configure("flows: [flows]\noutput: modules\ndefaults: {engine: cloud-control}\n")
    project.define("three")
    said = project.run("generate", expect=1).stdout
    assert said.count("error[EngineChange]") == 2
    for name in ("one", "two"):
        project.define(name, engine="native")
    project.run("generate", expect=0)
    assert FLOW_SCHEMA in {path.removeprefix("three/") for path in project.read_modules()}


def test_the_finding_says_that_the_engine_comes_from_the_configuration(project: Project) -> None:
    project.configure("flows: [flows]\noutput: modules\ndefaults: {engine: cloud-control}\n")
    project.define("one", **CLOUD_CONTROL)
    said = " ".join(project.run("generate", expect=1).stdout.split())
    assert said.count("The engine comes from `defaults.engine` in flowseal.yaml.") == 1
    assert said.count("in this definition, or change `defaults.engine` in flowseal.yaml.") == 1
    assert said.count("EngineChange]") == 2


def test_a_new_output_folder_does_not_hide_a_change_to_cloud_control(project: Project) -> None:
    project.define("two", **CLOUD_CONTROL)
    said = project.run("generate", "-o", "live", expect=1).stdout
    assert "error[EngineChange]: The engine of module 'two' cannot change from `native` in modules/two to" in said
    assert not (project.folder / "live" / "two").exists()
    project.configure("flows: [flows]\noutput: other\n")
    assert "error[EngineChange]" in project.run("check", expect=1).stdout
    assert "error[EngineChange]" in project.run("generate", "--prune", "--overwrite", expect=1).stdout
    # Folders for different accounts are independent.
    project.configure("flows: [flows]\noutput: other\nrules: {ModuleInAnotherFolder: off}\n")
    project.run("check", expect=3)
    project.configure("flows: [flows]\noutput: other\n")
    shutil.rmtree(project.modules / "two")
    project.run("generate", expect=0)
    assert (project.folder / "other" / "two" / FLOW_SCHEMA).exists()


def test_a_new_output_folder_does_not_hide_a_change_to_native(project: Project) -> None:
    (project.folder / "main.tf").write_text('module "tickets" {\n  source = "./modules/three"\n}\n')
    project.define("three", **CLOUD_CONTROL)
    project.run("generate", expect=0)
    project.define("three")
    said = project.run("generate", "-o", "live", expect=0).stdout
    assert "to = module.tickets.aws_bedrockagent_flow.this" in said


def test_a_module_whose_folder_was_deleted_starts_over(project: Project) -> None:
    shutil.rmtree(project.modules / "two")
    project.define("two", **CLOUD_CONTROL)
    project.run("generate", expect=0)
    assert f"two/{FLOW_SCHEMA}" in project.read_modules()
    project.run("check", expect=0)


def test_a_change_to_native_prints_blocks_that_keep_the_flow(project: Project) -> None:
    project.define("a-third", **CLOUD_CONTROL)
    assert "import {" not in project.run("generate", expect=0).stdout
    project.define("a-third", text="Say more.", **CLOUD_CONTROL)
    assert "import {" not in project.run("generate", expect=0).stdout
    project.define("a-third")
    (described,) = [
        module
        for module in json.loads(project.run("check", "--format", "json", expect=3).stdout)["modules"]
        if module["import_blocks"]
    ]
    said = project.run("generate", expect=0).stdout
    assert "\n".join(line.removeprefix("    ") for line in said.splitlines()).count(described["import_blocks"]) == 1
    assert described["import_blocks"].splitlines() == [
        "import {",
        "  to = module.LABEL.aws_bedrockagent_flow.this",
        '  id = "FLOW_ID"',
        "}",
        "",
        "removed {",
        "  from = module.LABEL.aws_cloudcontrolapi_resource.flow",
        "",
        "  lifecycle {",
        "    destroy = false",
        "  }",
        "}",
    ]
    assert "import {" not in project.run("generate", "--all", expect=0).stdout
    project.run("check", expect=0)


@pytest.mark.parametrize("output_format", ["text", "json", "sarif", "github"])
def test_every_format_says_that_the_flow_must_be_imported_until_the_module_is_generated(
    project: Project, output_format: str
) -> None:
    project.define("three", **CLOUD_CONTROL)
    assert "FlowNeedsImport" not in project.run("generate", expect=0).stdout
    project.define("three")
    arguments = ["--format", output_format, *(["--quiet"] if output_format == "text" else [])]
    for command, code in (("check", 3), ("check", 3), ("generate", 0)):
        said = project.run(command, *arguments, expect=code).stdout
        assert "module.LABEL.aws_bedrockagent_flow.this" in said
        assert "module.LABEL.aws_cloudcontrolapi_resource.flow" in said
        assert "FlowNeedsImport" in said
    assert "FlowNeedsImport" not in project.run("generate", "--all", expect=0).stdout


def test_strict_reports_the_import_and_generates_the_module(project: Project) -> None:
    project.define("three", **CLOUD_CONTROL)
    project.run("generate", expect=0)
    project.define("three")
    assert "warning[FlowNeedsImport]" in project.run("check", "--strict", expect=3).stdout
    assert "warning[FlowNeedsImport]" in project.run("generate", "--strict", expect=1).stdout
    project.run("generate", "--strict", expect=0)


def test_a_change_to_native_that_was_not_applied_can_be_undone(project: Project) -> None:
    project.define("three", **CLOUD_CONTROL)
    project.run("generate", expect=0)
    before = project.read_modules()
    shutil.copytree(project.modules, project.folder / "committed")
    for is_restored in (True, False):
        project.define("three")
        project.run("generate", expect=0)
        project.define("three", **CLOUD_CONTROL)
        assert "restore the module's folder and flowseal.lock.json" in project.run("generate", expect=1).stdout
        shutil.rmtree(project.modules / "three")
        if is_restored:
            shutil.copytree(project.folder / "committed" / "three", project.modules / "three")
            shutil.copy(project.folder / "committed" / "flowseal.lock.json", project.modules)
        project.run("generate", expect=0)
        assert project.read_modules() == before


def test_the_blocks_have_the_label_of_the_call(project: Project) -> None:
    module = 'module "tickets" {{ # {{\n  source = "{}"\n}}\n'
    (project.folder / "other.tf").write_text(module.replace("tickets", "other").format("./modules/one"))
    (project.folder / "live").mkdir()
    (project.folder / "live" / "main.tf").write_text(module.format("../modules/two"))
    (project.folder / "broken.tf").write_text('module "two" {\n  source = "./modules/two"\n  x = "')
    (project.folder / "dangling.tf").symlink_to("nowhere")
    shutil.rmtree(project.modules / "two")

    def change() -> str:
        for engine in ("cloud-control", "native"):
            project.define("two", engine=engine)
            said = project.run("generate", expect=0).stdout
        shutil.rmtree(project.modules / "two")
        return said

    assert "from = module.tickets.aws_cloudcontrolapi_resource.flow" in change()
    # Two roots may use one label; with two labels, neither is known.
    (project.folder / "test.tf").write_text(module.format("./modules/two/"))
    assert "from = module.tickets.aws_cloudcontrolapi_resource.flow" in change()
    (project.folder / "test.tf").write_text(module.replace("tickets", "also").format("./modules/two/"))
    assert "from = module.LABEL.aws_cloudcontrolapi_resource.flow" in change()


@pytest.mark.parametrize(("repeat", "instance"), [("", ""), ("for_each = {}", '["KEY"]'), ("count = 1", "[INDEX]")])
def test_the_blocks_have_the_address_from_the_root_module(project: Project, repeat: str, instance: str) -> None:
    (project.folder / "app").mkdir()
    (project.folder / "main.tf").write_text(f'module "app" {{\n  source = "./app"\n  {repeat}\n}}\n')
    (project.folder / "app" / "main.tf").write_text('module "tri" {\n  source = "../modules/three"\n}\n')
    project.define("three", **CLOUD_CONTROL)
    project.run("generate", expect=0)
    project.define("three")
    said = project.run("generate", expect=0).stdout
    assert f"to = module.app{instance}.module.tri.aws_bedrockagent_flow.this" in said
    assert "from = module.app.module.tri.aws_cloudcontrolapi_resource.flow" in said
    assert "add these blocks to the root module" in " ".join(said.split())


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


@pytest.mark.parametrize("chosen", [{"engine": "native"}, CLOUD_CONTROL])
def test_a_chosen_engine_is_not_questioned(project: Project, chosen: dict[str, str]) -> None:
    project.define("three", **RELEASED, **chosen)
    assert "ReleaseNeedsAwsCli" not in project.run("generate", expect=0).stdout


def test_an_existing_flow_is_not_advised_to_become_a_new_one(project: Project) -> None:
    project.define("three", **RELEASED, id="ABCDEFGHIJ")
    said = project.run("generate", expect=0).stdout
    assert "info[LiveFlow]" in said
    assert "ReleaseNeedsAwsCli" not in said


def test_an_engine_chosen_for_the_project_is_not_questioned(project: Project) -> None:
    project.configure("flows: [flows]\noutput: modules\ndefaults: {engine: native}\n")
    project.define("three", **RELEASED)
    assert "ReleaseNeedsAwsCli" not in project.run("generate", expect=0).stdout


def test_a_project_can_turn_the_advice_into_an_error(project: Project) -> None:
    project.configure("flows: [flows]\noutput: modules\nrules: {ReleaseNeedsAwsCli: error}\n")
    project.define("three", **RELEASED)
    assert "error[ReleaseNeedsAwsCli]" in project.run("generate", expect=1).stdout
    assert not (project.modules / "three").exists()
