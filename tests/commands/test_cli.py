"""The command line as a process: start-up, exit codes, streams, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from paths import FLOWS
from typer.testing import CliRunner

import generator.pipeline
from generator import __version__
from generator.cli import app, describe_defect


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_version_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['flowseal', '--version']\n"
        "from generator.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'jinja2', 'hcl2', 'lark', 'yaml', 'botocore', 'rich', 'pydantic', 'generator.findings', 'json'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == f"flowseal {__version__}\n[]\n"


@pytest.mark.parametrize("command", ["generate", "validate", "rules"])
def test_each_command_s_help_has_an_example(command: str) -> None:
    assert f"Example: flowseal {command} " in CliRunner().invoke(app, [command, "--help"]).output


def test_wrong_usage_exits_with_2() -> None:
    assert run("generate").returncode == 2
    assert run("validate", "--target", "nothing", ".").returncode == 2
    assert run("validate", "--format", "xml", ".").returncode == 2
    assert run("validate", "--max-findings", "-1", ".").returncode == 2
    assert run("rules", "Nothing").returncode == 2


NO_CONFIGURATION = "No flowseal.yaml found in this folder or any parent folder. Run `flowseal init` to create one, or "


@pytest.mark.parametrize("command", ["generate", "check", "validate"])
def test_a_run_without_definitions_suggests_next_steps(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def fail(*arguments: str) -> str:
        result = CliRunner().invoke(app, [command, *arguments])
        assert result.exit_code == 2
        return result.stderr.partition("Error: ")[2].strip()

    a_path = "pass the path of a definition or of a folder of definitions."
    assert fail() == NO_CONFIGURATION + a_path
    if command != "validate":
        a_folder = "pass the folder of the modules with `--output DIR`."
        assert fail(".") == NO_CONFIGURATION + a_folder
    for file, arguments in (("flowseal.yaml", ()), ("teams.yaml", ("--config", "teams.yaml"))):
        (tmp_path / file).write_text("output: modules\n", encoding="utf-8")
        assert fail(*arguments) == f"{file} does not set `flows`. Add it, or {a_path}"
    if command != "validate":
        (tmp_path / "flowseal.yaml").write_text("flows: [flows]\n", encoding="utf-8")
        assert fail() == f"flowseal.yaml does not set `output`. Add it, or {a_folder}"


def test_the_exit_code_tells_a_hook_whether_a_module_was_written(tmp_path: Path) -> None:
    command = ("generate", str(FLOWS / "phone-bank"), "-o", str(tmp_path / "modules"), "--fail-on-change")
    assert [run(*command).returncode for _ in range(2)] == [3, 0]
    assert run("generate", "nowhere", "-o", str(tmp_path), "--fail-on-change").returncode == 1


def test_standard_output_is_only_json(tmp_path: Path) -> None:
    result = run("generate", str(FLOWS), "-o", str(tmp_path / "modules"), "--format", "json", "--timings")
    report = json.loads(result.stdout)
    assert result.returncode == 0
    assert [module["outcome"] for module in report["modules"]] == ["written"] * 9
    assert "sum" in result.stderr
    assert json.loads(run("validate", str(FLOWS), "--format", "json").stdout)["summary"]["files"] == 9


def test_no_color_without_a_terminal() -> None:
    assert "\x1b" not in run("validate", "nowhere").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals on Windows")
@pytest.mark.parametrize(
    ("environment", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_color_unless_it_is_turned_off(environment: dict[str, str], colored: bool) -> None:
    import pty

    leader, follower = pty.openpty()
    base = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
    command = [sys.executable, "-m", "generator", "validate", "nowhere"]
    process = subprocess.Popen(command, stdout=follower, stderr=follower, env={**base, **environment})
    assert process.wait() == 1
    os.close(follower)
    assert (b"\x1b[" in os.read(leader, 10_000)) == colored
    os.close(leader)


@pytest.mark.parametrize(
    "error", ["KeyError('nodes')", "MemoryError()", "AssertionError('a\\n::error::b')", "re.error('x')"]
)
@pytest.mark.parametrize("asked", ["", "0", "1"])
def test_an_internal_error_is_one_line_and_the_traceback_is_optional(error: str, asked: str, tmp_path: Path) -> None:
    code = (
        "import re, sys, generator.pipeline\n"
        f"def fail(*_, **__): raise {error}\n"
        "generator.pipeline.check_each = fail\n"
        f"sys.argv = ['flowseal', 'generate', {str(FLOWS)!r}, '-o', {str(tmp_path)!r}]\n"
        "from generator.cli import main\nmain()\n"
    )
    environment = {**os.environ, "FLOWSEAL_TRACEBACK": asked}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert (result.returncode, result.stdout) == (4, "")
    last = result.stderr.splitlines()[-1]
    assert last.startswith(f"flowseal: internal error ({error.removeprefix('re.').partition('(')[0]} at <string>:2:")
    assert result.stderr.startswith("Traceback (most recent call last)") == (asked == "1")
    assert (result.stderr.count("\n") == 1) == (asked != "1")
    assert not list(tmp_path.iterdir())


def test_an_internal_error_names_its_place() -> None:
    with pytest.raises(TypeError) as raised:
        generator.pipeline.check_definitions(None, for_terraform=True, timings=None)  # type: ignore[arg-type]
    assert "pipeline.py:" in describe_defect(raised.value)


def test_a_closed_pipe_is_not_an_internal_error() -> None:
    command = f"{sys.executable} -m generator validate {FLOWS} nowhere --format json | head -c 1"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in result.stderr
    assert "internal error" not in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any bytes as a name")
def test_a_file_name_that_is_not_utf_8_is_still_shown(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff\x1b.flow.yaml"
    with open(name, "wb") as stream:
        stream.write(b"name: x\n")
    result = run("validate", str(tmp_path), PYTHONIOENCODING="ascii")
    assert result.returncode == 1
    assert "\\ufffd\\x1b.flow.yaml:1:1: error[NonUtf8Path]" in result.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_output_is_not_an_internal_error(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "generator", "generate", str(FLOWS), "-o", str(tmp_path)]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert "cannot write output" in result.stderr
    assert "internal error" not in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes an output")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_output_is_not_an_internal_error(closed: str, tmp_path: Path) -> None:
    for command, expected in ((f"generate {FLOWS}", 0), (f"check {FLOWS}", 0), (f"validate {FLOWS}", 0)):
        where = "" if command.startswith("validate") else f"-o {tmp_path}"
        shell = f"{sys.executable} -m generator {command} {where} {closed}"
        result = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
        assert (result.returncode, "internal error" in result.stdout + result.stderr) == (expected, False)


@pytest.mark.parametrize("arguments", [("-o", ""), ("--config", ""), ("",)])
def test_an_empty_path_is_not_the_working_folder(arguments: tuple[str, ...]) -> None:
    result = run("generate", str(FLOWS), *arguments)
    assert result.returncode == 2
    assert "the path is empty" in result.stderr


def test_no_arguments_print_the_help() -> None:
    assert run().stderr == run("--help").stdout


def test_init_names_the_invalid_option(tmp_path: Path) -> None:
    for option, value in (("--install", ""), ("--flow", "bad name")):
        code = [sys.executable, "-m", "generator", "init", option, value, "-y"]
        done = subprocess.run(code, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, f"Invalid value for {option}: " in done.stderr) == (2, True), done.stderr
        assert not [*tmp_path.iterdir()]
