"""The documents say what the code says."""

from __future__ import annotations

import ast
import json
import re

import pytest
from paths import ROOT
from rules_page import write_rules_page
from test_architecture import PACKAGES

from generator.flow.model import DAYS, Engine, ModelKind
from generator.output import Cause
from generator.project.configuration import reading as configuration
from generator.terraform.module import TEMPLATES, ModuleKind, read_copied_files, release_tf
from generator.terraform.module.outputs_tf import list_outputs
from generator.terraform.module.variables_tf import CLOUD_CONTROL_VARIABLES, VARIABLES

CASES = ROOT / "tests" / "cases"


def read_page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_import_table_is_the_tested_one() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| ([\w, -]+) \|$", read_page("architecture.md"), re.MULTILINE)
    held = {name: imports for name, imports in PACKAGES.items() if not name.startswith("__")}
    assert {name: set(imports.split(", ")) - {"-"} for name, imports in rows} == held


def test_every_place_for_a_new_thing_exists() -> None:
    section = read_page("architecture.md").split("## Where a new thing goes\n")[1].split("\n## ")[0]
    places = re.findall(r"`((?:\w+/)+(?:\w+\.\w+)?|\w+(?:/\w+)*\.(?:py|toml))`", section)
    assert len(places) > 30
    for place in places:
        found = [ROOT / place, ROOT / "generator" / place, ROOT / "generator" / "terraform" / "module" / place]
        assert any(path.exists() for path in found), place


def test_every_rule_is_on_its_page(accept: bool) -> None:
    if accept:
        (ROOT / "docs" / "rules.md").write_text(write_rules_page(), encoding="utf-8")
    assert read_page("rules.md") == write_rules_page()


def test_the_module_s_interface_is_on_its_page() -> None:
    page = read_page("module.md")
    variables = (*VARIABLES, *release_tf.VARIABLES, *CLOUD_CONTROL_VARIABLES)
    files = [*TEMPLATES, *(file for engine in Engine for file in read_copied_files(True, engine))]
    outputs = (*list_outputs(ModuleKind().flow), *release_tf.OUTPUTS)
    for name in [*(item.name for item in (*variables, *outputs)), *files]:
        assert f"`{name}`" in page
    for variable in variables:
        assert f"| `{variable.name}` | {variable.type} |" in page


def test_every_model_kind_is_on_the_definitions_page() -> None:
    for kind in ModelKind:
        assert f"`{kind.value}`" in read_page("definition.md")


def list_policy_actions(name: str) -> set[str]:
    """Return the actions of the largest policy of a name: that of modules with a release."""
    statements = json.loads(read_copied_files(is_released=True)[f"policies/{name}.json"])["Statement"]
    lists = [statement["Action"] for statement in statements]
    return {action for item in lists for action in (item if isinstance(item, list) else [item])}


def test_every_deployment_permission_has_a_reason() -> None:
    table = read_page("deployment-permissions.md").split("## A role that only plans")[0]
    named = set(re.findall(r"`((?:bedrock|kms|iam|cloudformation):\w+)`", table))
    assert named == list_policy_actions("deployment") | {"kms:ViaService"}


def test_the_last_column_lists_the_actions_of_a_plan_role() -> None:
    rows = [line for line in read_page("deployment-permissions.md").splitlines() if line.endswith("| yes |")]
    named = {action for row in rows for action in re.findall(r"`((?:bedrock|kms|iam|cloudformation):\w+)`", row)}
    assert named == list_policy_actions("plan")
    assert list_policy_actions("plan") < list_policy_actions("deployment")


def test_the_modules_page_lists_the_deployment_policies() -> None:
    for path in read_copied_files(is_released=False):
        assert f"`{path}`" in read_page("module.md")
        assert f"`{path}`" in read_page("deployment-permissions.md")


@pytest.mark.parametrize("page", [*(path.name for path in (ROOT / "docs").glob("*.md"))])
def test_linked_files_exist(page: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", read_page(page)):
        assert (ROOT / "docs" / link).exists(), link


@pytest.mark.parametrize("page", [*(path.name for path in (ROOT / "docs").glob("*.md"))])
def test_linked_sections_exist(page: str) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", read_page(page)):
        headings = re.findall(r"^#+ (.+)$", read_page(target or page), re.MULTILINE)
        assert anchor in {heading.lower().replace(" ", "-") for heading in headings}, anchor


def test_every_configuration_key_is_on_its_page_and_in_its_case() -> None:
    pages = [
        read_page("configuration.md"),
        (CASES / "configuration-with-every-setting" / "input" / "flowseal.yaml").read_text(encoding="utf-8"),
    ]
    for key in (*configuration.KEYS, *configuration.DEFAULTS, *DAYS):
        assert all(re.search(rf"^ *{key}:", page, re.MULTILINE) for page in pages), key


def test_the_configuration_page_shows_the_actual_output() -> None:
    shown = re.search(r"```console\n\$ flowseal config\n(.*?)```", read_page("configuration.md"), re.DOTALL)
    assert shown is not None
    assert shown[1] in (CASES / "config-shows-settings-and-their-sources" / "output.txt").read_text(encoding="utf-8")


def test_every_key_of_the_lock_file_and_every_cause_is_on_its_page() -> None:
    entry = json.loads((ROOT / "examples" / "modules" / "flowseal.lock.json").read_text(encoding="utf-8"))["modules"]
    for key in entry["order-desk"]:
        assert f"`{key}`" in read_page("regenerate.md")
    for cause in Cause:
        assert f"`{cause.value}`" in read_page("formats.md")


def list_tests(file: str) -> set[str]:
    tree = ast.parse(next((ROOT / "tests").rglob(file)).read_text(encoding="utf-8"))
    return {item.name for item in tree.body if isinstance(item, ast.FunctionDef) and item.name.startswith("test_")}


def test_every_guarantee_names_tests_that_exist() -> None:
    section = (ROOT / "SECURITY.md").read_text(encoding="utf-8").split("## Guarantees\n")[1]
    rows = re.findall(r"^\| (?!guarantee)(.+) \| (.*) \|$", section, re.MULTILINE)
    assert len(rows) == section.count("\n|") - 2 > 0
    for guarantee, cell in rows:
        names = [item.strip().strip("`").split("::") for item in cell.split(",")]
        for file, name in names:
            assert name in list_tests(file), guarantee


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_security_policy_is_linked(page: str) -> None:
    assert "](SECURITY.md)" in (ROOT / page).read_text(encoding="utf-8")
