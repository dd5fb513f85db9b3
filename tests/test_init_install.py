"""Where CI gets flowseal from: a pinned source, or a step that fails and says why."""

from __future__ import annotations

import shutil

import pytest
import yaml
from repositories import Repository
from test_init import GITHUB, run, work
from workflows import list_steps

from generator.scaffold.origin import Installation, InvalidInstallationError, read_installation, read_origin

__all__ = ["work"]  # the fixture
WHEEL = "flowseal-0.1.0-py3-none-any.whl"


@pytest.mark.parametrize(
    "text",
    [
        "git+https://git.example.com/flowseal@0a1b2c",
        "git+ssh://git@git.example.com/tools/flowseal@v0.1.0",
        "flowseal @ git+https://git.example.com/flowseal@0a1b2c#subdirectory=x",
        f"https://files.example.com/{WHEEL}#sha256=00",
        f"flowseal @ https://files.example.com/{WHEEL}",
        f"vendor/{WHEEL}",
        f"./{WHEEL}",
    ],
)
def test_a_pinned_source_is_taken(text: str) -> None:
    assert read_installation(text) == Installation(text)


def test_a_name_is_taken_with_an_index_of_one_s_own() -> None:
    found = read_installation("flowseal==0.1.0 --index-url https://pypi.example.com/simple")
    assert found == Installation("flowseal==0.1.0", "https://pypi.example.com/simple")


@pytest.mark.parametrize(
    "text",
    [
        "flowseal",
        "flowseal>=0.1",
        "flowseal==0.1.0",
        "flowseal==0.1.0 --extra-index-url https://pypi.example.com/simple",
        "flowseal==0.1.0 --index-url http://pypi.example.com/simple",
        "flowseal==0.1.0 --index-url https://ada:secret@pypi.example.com/simple",
        "flowseal>=0.1 --index-url https://pypi.example.com/simple",
        "git+https://git.example.com/flowseal",
        "git+ssh://git@git.example.com/flowseal",
        "git+https://git.example.com/flowseal#egg=a@b",
        "git+http://git.example.com/flowseal@0a1b2c",
        "https://git.example.com/flowseal",
        f"http://files.example.com/{WHEEL}",
        f"/tmp/{WHEEL}",
        f"../{WHEEL}",
        f"file:///tmp/{WHEEL}",
        f"-r {WHEEL}",
        f"{WHEEL} other",
        "",
    ],
)
def test_what_could_be_anybody_s_is_refused(text: str) -> None:
    with pytest.raises(InvalidInstallationError):
        read_installation(text)


def test_where_pip_got_flowseal_from_is_where_ci_gets_it_from() -> None:
    vcs = '{"url": "https://git.example.com/flowseal", "vcs_info": {"vcs": "git", "commit_id": "abc"}}'
    assert read_origin(vcs) == Installation("flowseal @ git+https://git.example.com/flowseal@abc")
    wheel = f'{{"url": "https://example.com/{WHEEL}", "archive_info": {{}}}}'
    assert read_origin(wheel) == Installation(f"flowseal @ https://example.com/{WHEEL}")
    assert read_origin('{"url": "file:///home/ada/flowseal", "dir_info": {}}') is None
    assert read_origin('{"url": "file:///home/ada/x", "vcs_info": {"vcs": "git", "commit_id": "abc"}}') is None


@pytest.mark.skipif(not shutil.which("bash"), reason="the bash command is missing")
@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_without_a_source_the_step_fails_and_says_why(ci: str, work: Repository) -> None:
    run("--ci", ci)
    if ci == "github":
        (step,) = [step for step in list_steps(yaml.safe_load(work.read(GITHUB))) if "env" in step]
        variables, script = step["env"], step["run"]
    else:
        job = yaml.safe_load(work.read(".gitlab-ci.yml"))["flowseal"]
        variables, script = job["variables"], job["script"][0]
    assert variables == {"FLOWSEAL": ""}
    # No pip at all: the shell stops before it.
    command = ("env", "PATH=", "FLOWSEAL=", shutil.which("bash") or "", "-c", script)
    code, printed = work.attempt(*command)
    assert code != 0
    assert "FLOWSEAL: is not set. Name a pinned source of flowseal, such as git+https://HOST/flowseal@COMMIT" in printed


def test_an_index_of_one_s_own_is_the_only_one_that_pip_asks(work: Repository) -> None:
    run("--install", "flowseal==0.1.0 --index-url https://pypi.example.com/simple")
    (step,) = [step for step in list_steps(yaml.safe_load(work.read(GITHUB))) if "env" in step]
    assert step["env"] == {"FLOWSEAL": "flowseal==0.1.0", "PIP_INDEX_URL": "https://pypi.example.com/simple"}
