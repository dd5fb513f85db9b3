"""`flowseal init` in folders of one repository, each with a flowseal.yaml of its own: real git, real pre-commit."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from repositories import Repository, make_repository
from test_init_beside import CONFIGURATION, paste
from trees import read_tree
from workflows import find_interpolated_scripts, find_loose_actions

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="the git command is missing")

TEAMS = ("teams/ada", "teams/grace.h", "teams-ada")
WORKFLOWS = ".github/workflows"


def enter(work: Repository, folder: str) -> Repository:
    (work.folder / folder).mkdir(parents=True, exist_ok=True)
    return Repository(work.folder / folder, {"PRE_COMMIT_HOME": str(work.folder.parent / "pre-commit")})


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    """Return a repository that three teams have set up, one after the other."""
    work = make_repository(tmp_path / "work")
    for team in TEAMS:
        paste(work, enter(work, team).run("flowseal", "init", "--yes"))
    return work


def test_each_file_belongs_to_one_team(work: Repository) -> None:
    files = {path for path in read_tree(work.folder) if not path.startswith(".git/")}
    assert {path for path in files if not path.startswith("teams")} == {
        CONFIGURATION,
        f"{WORKFLOWS}/flowseal-teams+ada.yml",
        f"{WORKFLOWS}/flowseal-teams+grace.h.yml",
        f"{WORKFLOWS}/flowseal-teams-ada.yml",
    }
    for team in TEAMS:
        own = {path.removeprefix(f"{team}/") for path in files if path.startswith(f"{team}/")}
        assert own == {
            ".flowseal-schema/configuration.json",
            ".flowseal-schema/definition.json",
            ".gitattributes",
            "flows/greeting/greeting.flow.yaml",
            "flows/greeting/prompts/answer.txt",
            "flowseal.yaml",
        }


def test_a_second_init_prints_and_changes_nothing(work: Repository) -> None:
    before = read_tree(work.folder)
    for team in TEAMS:
        printed = enter(work, team).run("flowseal", "init", "--yes")
        assert "written" not in printed
        assert "unchanged   ../" in printed
        assert "insert" not in printed
    assert read_tree(work.folder) == before


def test_a_team_s_workflow_has_its_name_and_checks_its_flows(work: Repository) -> None:
    names = set()
    for file, team in (("teams+ada", "teams/ada"), ("teams+grace.h", "teams/grace.h"), ("teams-ada", "teams-ada")):
        text = work.read(f"{WORKFLOWS}/flowseal-{file}.yml").decode()
        assert find_loose_actions(text) == []
        assert find_interpolated_scripts(text) == []
        workflow = yaml.safe_load(text)
        names.add(workflow["name"])
        command = workflow["jobs"]["flowseal"]["steps"][-1]["run"]
        assert command.startswith(f"flowseal check --config {team}/flowseal.yaml --format github")
        work.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", f"{WORKFLOWS}/flowseal-{file}.yml")
        # What the step does: paths are those of the repository's root.
        check = command.partition(" --summary")[0].split()
        assert f"file={team}/" in work.run(*check, code=3)
        work.run("flowseal", "generate", "--config", f"{team}/flowseal.yaml")
        work.run(*check)
    assert names == {f"flowseal ({team})" for team in TEAMS}


def test_a_commit_runs_and_labels_the_hooks_of_every_team(work: Repository) -> None:
    work.run("pre-commit", "validate-config")
    work.run("pre-commit", "install")
    refused = work.commit("Flows", code=1)
    for team in TEAMS:
        # The first hook that fails stops the rest.
        assert (f"written     {team}/modules/flows/greeting (13 created)" in refused) is (team == TEAMS[0])
    for team in TEAMS:
        work.run("flowseal", "generate", "--config", f"{team}/flowseal.yaml")
    work.commit("Flows and modules")
    work.write("teams/ada/flows/greeting/prompts/answer.txt", b"Answer: {{question}}")
    refused = work.commit("A prompt", code=1)
    assert "written     teams/ada/modules/flows/greeting (1 changed)" in refused
    work.git("add", "--all")
    passed = work.run("pre-commit", "run")
    assert re.findall(r"\((\S+)\)\.+Passed", passed) == [team for team in TEAMS for _ in range(2)]


def test_a_commit_that_only_deletes_files_runs_the_hooks(work: Repository) -> None:
    for team in TEAMS:
        work.run("flowseal", "generate", "--config", f"{team}/flowseal.yaml")
    work.run("pre-commit", "install")
    work.commit("Flows and modules")
    (work.folder / "teams/grace.h/modules/flows/greeting/main.tf").unlink()
    assert "written     teams/grace.h/modules/flows/greeting" in work.commit("Without a file", code=1)


def test_no_two_teams_have_the_same_workflow(tmp_path: Path) -> None:
    work = make_repository(tmp_path / "work")
    teams = ("a/b", "a--b", "a-/b", "a---b", "a-b", "flowseal")
    for team in teams:
        assert f"{WORKFLOWS}/flowseal-" in enter(work, team).run("flowseal", "init", "--yes")
    texts = [path.read_text() for path in (work.folder / WORKFLOWS).iterdir()]
    assert len(texts) == len(teams)
    for team in teams:
        assert sum(f"--config {team}/flowseal.yaml " in text for text in texts) == 1


FOREIGN = {
    "on: push\njobs: {}\n": (),
    "    - run: flowseal check --config teams/ada/flowseal.yaml --strict\n": ("teams/ada",),
    "    - run: flowseal check --config 'teams/ada/flowseal.yaml'\n": ("teams/ada",),
    "    # - run: flowseal check --config teams/ada/flowseal.yaml\n": (),
    "    - run: flowseal check --strict\n": ("",),
    "    - uses: tools/flowseal@0a1b2c\n": ("",),
    "    - uses: tools/flowseal@0a1b2c\n      with:\n        config: teams/ada/flowseal.yaml\n": ("teams/ada",),
}


@pytest.mark.parametrize("text", FOREIGN)
@pytest.mark.parametrize("team", ["", "teams/ada"])
def test_another_team_s_workflow_is_reported_with_what_to_add(team: str, text: str, tmp_path: Path) -> None:
    work = make_repository(tmp_path / "work")
    file = f"{WORKFLOWS}/flowseal{'-teams+ada' if team else ''}.yml"
    work.write(file, text.encode())
    printed = enter(work, team).run("flowseal", "init", "--yes")
    assert work.read(file) == text.encode()
    found = re.search(rf"unchanged   \S*{re.escape(file)}; it does not run `(.*)`; add to its `jobs`", printed)
    assert (found is None) is (team in FOREIGN[text])
    if found is not None:
        assert found[1] == ("flowseal check --config teams/ada/flowseal.yaml" if team else "flowseal check")
        job = printed[found.end() :].partition("\n\n")[2].partition("\n\n")[0]
        assert found[1] in yaml.safe_load(job)["flowseal"]["steps"][-1]["run"]


def test_the_attributes_of_a_team_cover_only_its_files(work: Repository) -> None:
    found = work.git(
        "check-attr",
        "text",
        "teams/ada/flows/x/prompts/y.txt",
        "teams/ada/flows/x/x.flow.yaml",
        "teams/ada/modules/flows/flowseal.lock.json",
        "teams/other/flows/x/prompts/y.txt",
        "flows/x/x.flow.yaml",
    )
    values = [line.rpartition(" ")[2] for line in found.splitlines()]
    assert values == ["unset", "set", "set", "unspecified", "unspecified"]


@pytest.mark.parametrize(("output", "folders"), [("modules/flows", ("", "teams/ada")), ("../../modules/ada", ("",))])
def test_git_applies_the_diff_printed_in_a_team_s_folder(
    work: Repository, output: str, folders: tuple[str, ...]
) -> None:
    team = enter(work, "teams/ada")
    text = team.read("flowseal.yaml").decode()
    team.write("flowseal.yaml", text.replace('output: "modules/flows"', f"output: {output}").encode())
    assert f"output: {output}\n" in team.read("flowseal.yaml").decode()
    team.run("flowseal", "generate")
    work.commit("Flows and modules")
    team.write("flows/greeting/prompts/answer.txt", b"Answer: {{question}}")
    team.run("sh", "-c", "flowseal check --diff > change.diff", code=3)
    for folder in folders:
        work.git("checkout", "--quiet", "--", ".")
        team.write("flows/greeting/prompts/answer.txt", b"Answer: {{question}}")
        patch = str(team.folder / "change.diff")
        enter(work, folder).git("apply", patch)
        team.run("flowseal", "check")


def test_two_gitlab_jobs_fit_in_one_file(tmp_path: Path) -> None:
    work = make_repository(tmp_path / "work")
    printed = ""
    for team in TEAMS[:2]:
        printed = enter(work, team).run(
            "flowseal", "init", "--ci", "gitlab", "--install", "git+https://h.example/x@v1.0.0"
        )
    job = printed.partition(".gitlab-ci.yml; add at its end:\n\n")[2].partition("\n\n")[0] + "\n"
    work.write(".gitlab-ci.yml", work.read(".gitlab-ci.yml") + job.encode())
    jobs = yaml.safe_load(work.read(".gitlab-ci.yml"))
    assert list(jobs) == ["flowseal (teams/ada)", "flowseal (teams/grace.h)"]
    work.run("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", ".gitlab-ci.yml")
    assert "add at its end" not in enter(work, TEAMS[1]).run("flowseal", "init", "--ci", "gitlab")


def test_a_folder_searched_by_another_flowseal_yaml_is_rejected(tmp_path: Path) -> None:
    work = make_repository(tmp_path / "work")
    work.write("flowseal.yaml", b"flows: [shared/**, 'teams/*/flows/*.flow.yaml']\noutput: modules\n")
    printed = enter(work, "teams/ada").run("flowseal", "init", code=2)
    assert "`flows` in ../../flowseal.yaml covers this folder already." in " ".join(printed.split())
    assert not (work.folder / "teams" / "ada" / "flowseal.yaml").exists()
    enter(work, "others").run("flowseal", "init")
    assert (work.folder / "others" / "flowseal.yaml").exists()


def test_a_folder_name_that_patterns_cannot_express_is_rejected(tmp_path: Path) -> None:
    work = make_repository(tmp_path / "work")
    assert "'our team' is not a folder" in enter(work, "our team").run("flowseal", "init", code=2)
