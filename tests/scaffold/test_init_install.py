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
COMMIT = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"


@pytest.mark.parametrize(
    "text",
    [
        f"git+https://git.example.com/flowseal@{COMMIT}",
        f"git+https://git.example.com:8443/tools/flowseal.git@{COMMIT}#egg=flowseal",
        "git+ssh://git@git.example.com/tools/flowseal@v0.1.0",
        "git+https://git.example.com/flowseal@0.1.0rc1",
        f"flowseal @ git+https://git.example.com/flowseal@{COMMIT}#subdirectory=x",
        f"Flowseal@git+https://git.example.com/flowseal@{COMMIT}",
        f"https://files.example.com/{WHEEL}#sha256={'0' * 64}",
        "https://files.example.com/flowseal-0.1.0.tar.gz",
        f"flowseal @ https://files.example.com/{WHEEL}",
        f"vendor/{WHEEL}",
        f"./{WHEEL}",
    ],
)
def test_a_pinned_source_is_accepted(text: str) -> None:
    assert read_installation(text) == Installation(text)


def test_a_package_name_is_accepted_with_a_private_index() -> None:
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
        "flowseal==0.* --index-url https://pypi.example.com/simple",
        "flowseal===0.1 --index-url https://pypi.example.com/simple",
        "flowseal==1  --index-url https://[h/simple",
        "flowseal==1 --index-url https:///simple",
        "flowseal==1 --index-url https://h/simple --extra-index-url https://evil.example/simple",
        "requests==2.0 --index-url https://h/simple",
        "flowseal-evil==2.0 --index-url https://h/simple",
        "evil @ https://h/evil-1.0.whl",
        f"evil @ https://h/{WHEEL}",
        f"evil @ git+https://h/flowseal@{COMMIT}",
        "https://h/evil-1.0.whl",
        "https://h/flowseal-evil-1.0.tar.gz",
        "vendor/evil-1.0-py3-none-any.whl",
        "git+https://h/flowseal@main",
        "git+https://h/flowseal@HEAD",
        "git+https://h/flowseal@v1",
        "git+https://h/flowseal@1.2",
        "git+https://h/flowseal@0a1b2c",
        "git+https://h/flowseal@refs/tags/v0.1.0",
        "git+https://h/flowseal@ main",
        "git+https://h/a@b/flowseal",
        f"git+https://h/a@{COMMIT}/flowseal",
        f"git+https://h/a@b/flowseal@{COMMIT}",
        f"git+https://@{COMMIT}",
        f"git+https://h/@{COMMIT}",
        f"git+https://h/flowseal@{COMMIT}#egg=evil",
        f"git+https://h/flowseal@{COMMIT}#subdirectory=../x",
        f"git+https://h/flowseal@{COMMIT} --extra-index-url https://evil.example",
        f"git+https://[x/f@{COMMIT}",
        f"https://h/a b/{WHEEL}",
        f"https:///{WHEEL}",
        "https://h/a b.whl",
        "https:///x.whl",
        "git+https://git.example.com/flowseal",
        "git+ssh://git@git.example.com/flowseal",
        "git+https://git.example.com/flowseal#egg=a@b",
        f"git+http://git.example.com/flowseal@{COMMIT}",
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
def test_unpinned_sources_are_rejected(text: str) -> None:
    with pytest.raises(InvalidInstallationError):
        read_installation(text)


@pytest.mark.parametrize(
    "text",
    [
        f"git+https://user:tok@h/flowseal@{COMMIT}",
        f"git+https://tok@h/flowseal@{COMMIT}",
        f"git+https://us@er:tok@h/flowseal@{COMMIT}",
        f"git+ssh://git:tok@h/flowseal@{COMMIT}",
        f"https://user:tok@h/{WHEEL}",
        f"flowseal @ https://tok@h/{WHEEL}",
        "flowseal==0.1.0 --index-url https://user:tok@h/simple",
    ],
)
def test_credentials_are_rejected_and_not_printed(text: str, work: Repository) -> None:
    printed = run("--install", text, code=2)
    assert "The URL has credentials, and CI files are committed." in " ".join(printed.replace("│", "").split())
    assert "tok" not in printed
    assert not (work.folder / "flowseal.yaml").exists()


def test_ci_installs_flowseal_from_the_same_source_as_pip_did() -> None:
    commit = f'"vcs_info": {{"vcs": "git", "commit_id": "{COMMIT}"}}'
    address = f"flowseal @ git+https://git.example.com/flowseal@{COMMIT}"
    assert read_origin(f'{{"url": "https://git.example.com/flowseal", {commit}}}') == Installation(address)
    vcs = f'{{"url": "https://git.example.com/flowseal", {commit}, "subdirectory": "x"}}'
    assert read_origin(vcs) == Installation(f"{address}#subdirectory=x")
    wheel = f'{{"url": "https://example.com/{WHEEL}", "archive_info": {{}}}}'
    assert read_origin(wheel) == Installation(f"flowseal @ https://example.com/{WHEEL}")
    assert read_origin('{"url": "file:///home/ada/flowseal", "dir_info": {}}') is None
    assert read_origin(f'{{"url": "file:///home/ada/x", {commit}}}') is None


@pytest.mark.skipif(not shutil.which("bash"), reason="the bash command is missing")
@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_without_a_source_the_step_fails_with_a_reason(ci: str, work: Repository) -> None:
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
    assert "FLOWSEAL: is not set. Set it to a pinned source of flowseal, such as git+https://HOST/" in printed


def test_pip_uses_only_the_private_index(work: Repository) -> None:
    run("--install", "flowseal==0.1.0 --index-url https://pypi.example.com/simple")
    (step,) = [step for step in list_steps(yaml.safe_load(work.read(GITHUB))) if "env" in step]
    assert step["env"] == {"FLOWSEAL": "flowseal==0.1.0", "PIP_INDEX_URL": "https://pypi.example.com/simple"}
