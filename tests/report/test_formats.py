"""Every format is documented, has a case for each command, and takes hostile names of files and texts."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from paths import ROOT
from projects import Project, make_definition, start_project
from typer.testing import CliRunner

from generator.cli import app
from generator.findings.catalog import list_rules
from generator.report import Format, ListFormat

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
CASES = [path for path in (ROOT / "tests" / "cases").iterdir() if path.is_dir()]


def read_command(case: Path) -> str:
    command = case / "command"
    return command.read_text(encoding="utf-8") if command.exists() else "generate"


@pytest.mark.parametrize("output_format", list(Format))
def test_every_format_has_a_section(output_format: Format) -> None:
    assert f"\n## {output_format.value}\n" in PAGE


@pytest.mark.parametrize("output_format", list(Format))
@pytest.mark.parametrize("command", ["generate", "validate", "check"])
def test_every_format_has_a_case_per_command(output_format: Format, command: str) -> None:
    wanted = f"--format {output_format.value}"
    commands = [read_command(case) for case in CASES]
    assert any(
        item.startswith(command) and (wanted in item or (output_format is Format.TEXT and "--format" not in item))
        for item in commands
    )
    assert any(case.name == f"text-that-tries-to-break-out-of-{output_format.value}" for case in CASES)


def test_the_page_shows_the_actual_output() -> None:
    printed = "".join((case / "output.txt").read_text(encoding="utf-8") for case in CASES)
    shown = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert len(shown) == 2
    assert all(block in printed for block in shown)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no such names")
@pytest.mark.parametrize("output_format", list(Format))
@pytest.mark.parametrize(
    "name", ["%0A::error::x", "::stop-commands::x", "a,b:c", "\x1b[31m", "</script>", "[a](b) `c`"]
)
def test_a_file_can_have_any_name(
    output_format: Format, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = f"{name.replace('/', '_')}.flow.yaml"
    (tmp_path / file).write_text("name: x\n", encoding="utf-8")
    for command in (["validate", "."], ["generate", ".", "-o", "modules"], ["check", ".", "-o", "modules"]):
        result = CliRunner().invoke(app, [*command, "--format", output_format.value])
        assert result.exit_code == 1, result.output
        assert not [item for item in result.stdout if unicodedata.category(item) == "Cc" and item != "\n"]
        started = [line for line in result.stdout.splitlines() if line.lstrip().startswith("::")]
        assert len(started) == (output_format is Format.GITHUB)
        if output_format is Format.JSON:
            assert json.loads(result.stdout)["findings"][0]["file"] == file


def test_the_list_of_rules_is_text_or_json() -> None:
    assert [item.value for item in ListFormat] == ["text", "json"]


def edit_file(project: Project) -> None:
    path = project.modules / "edited" / "kms.tf"
    path.write_text(path.read_text().replace("kms:Decrypt", "kms:*"))


def reformat_files(project: Project) -> None:
    for name in ("main.tf", "prompts/Ask.txt"):
        path = project.modules / "reformatted" / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")


def suppress_finding(project: Project) -> None:
    sections = make_definition("suppressed").items()
    lines = ["parameters:", "  spare: {} # flowseal: ignore[UnusedParameter] for later"]
    lines += [f"{key}: {json.dumps(value)}" for key, value in sections]
    (project.folder / "flows" / "suppressed.flow.yaml").write_text("\n".join(lines), encoding="utf-8")


def turn_rules_off(project: Project) -> None:
    project.define("warned", parameters={"spare": {}})
    project.define("outdated", text="Say more.")
    edit_file(project)
    (project.modules / "edited" / "own.tf").write_text("locals {}\n")
    (project.folder / "flows" / "orphan.flow.json").unlink()
    rules = "UnusedParameter: off, OutdatedModule: off, UnmanagedTerraformFile: warning, OrphanedModule: info"
    project.configure(f"flows: [flows]\noutput: modules\nrules: {{{rules}}}\n")


CONFIGURED = {"UnmanagedTerraformFile": "warning", "OrphanedModule": "info"}
TROUBLES: dict[str, Callable[[Project], object]] = {
    "nothing": lambda project: None,
    "an edited file": edit_file,
    "reformatted files": reformat_files,
    "an orphan": lambda project: (project.folder / "flows" / "orphan.flow.json").unlink(),
    "an orphan with a file of its own": lambda project: (
        (project.folder / "flows" / "orphan.flow.json").unlink(),
        (project.modules / "orphan" / "own.txt").write_text("mine"),
    ),
    "an outdated module": lambda project: project.define("outdated", text="Say more."),
    "a new module": lambda project: project.define("new"),
    "another name": lambda project: project.define("outdated", name="renamed"),
    "a missing file": lambda project: (project.modules / "outdated" / "main.tf").unlink(),
    "a refused definition": lambda project: (project.folder / "flows" / "refused.flow.json").write_text("{}"),
    "a warning": lambda project: project.define("warned", parameters={"spare": {}}),
    "an unmanaged file": lambda project: (project.modules / "edited" / "own.tf").write_text("locals {}\n"),
    "an override file": lambda project: (project.modules / "edited" / "override.tf").write_text("locals {}\n"),
    "a suppressed finding": suppress_finding,
    "a module that no pattern finds": lambda project: project.configure(
        "flows: ['flows/[e-r]*.flow.*']\noutput: modules\n"
    ),
    "a pattern that finds nothing": lambda project: project.configure("flows: [flows, none]\noutput: modules\n"),
    "a configuration that is wrong": lambda project: project.configure("flows: [flows]\noutput: 3\n"),
    "rules turned off": turn_rules_off,
    "no lock file": lambda project: (project.modules / "flowseal.lock.json").unlink(),
    "a damaged lock file": lambda project: (project.modules / "flowseal.lock.json").write_text("{"),
}
Facts = tuple[Counter[tuple[str, str, str, int]], tuple[int, int, int]]
"""Rule, severity, file and line of each finding; and the counts of errors, warnings and suppressed findings."""
SEVERITIES = {"notice": "info", "note": "info"}


def count_words(line: str) -> tuple[int, int, int]:
    """Return the counts at the end of a summary line."""
    counts = [re.search(rf"(\d+) {noun}", line) for noun in (r"errors?\b", r"warnings?\b", "suppressed")]
    errors, warnings, suppressed = (int(found[1]) if found else 0 for found in counts)
    return errors, warnings, suppressed


def read_facts(output_format: Format, printed: str) -> Facts:
    """Read what a report says, whatever its format."""
    if output_format is Format.TEXT:
        lines = re.findall(r"^(\S+?):(\d+):\d+: (\w+)\[(\w+)\]: ", printed, re.MULTILINE)
        found = Counter((rule, severity, file, int(line)) for file, line, severity, rule in lines)
        return found, count_words(printed.splitlines()[-1])
    if output_format is Format.GITHUB:
        lines = re.findall(r"^::(\w+) file=(.*?),line=(\d+),.*?title=(\w+)::", printed, re.MULTILINE)
        found = Counter((rule, SEVERITIES.get(word, word), file, int(line)) for word, file, line, rule in lines)
        return found, count_words(printed.splitlines()[-1])
    report = json.loads(printed)
    if output_format is Format.JSON:
        items = [(item["rule"], item["severity"], item["file"], item["line"]) for item in report["findings"]]
        counts = report["summary"]
    else:
        (run,) = report["runs"]
        places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
        words = [SEVERITIES.get(result["level"], result["level"]) for result in run["results"]]
        items = [
            (result["ruleId"], word, place["artifactLocation"]["uri"], place["region"]["startLine"])
            for result, word, place in zip(run["results"], words, places, strict=True)
        ]
        counts = run["properties"]
    return Counter(items), (counts["errors"], counts["warnings"], counts["suppressed"])


def read_outcomes(output_format: Format, printed: str) -> Counter[str]:
    """Return how many modules each outcome has, and whether the lock file alone was, or is to be, written."""
    if output_format is Format.JSON:
        report = json.loads(printed)
        has_lock = report.get("new_lock") or report.get("lock", {}).get("out_of_date")
        outcomes = Counter(module["outcome"] for module in report.get("modules", []))
        return outcomes + Counter({"lock": 1} if has_lock else {})
    printed = re.sub(r"^out of date", "out-of-date", printed, flags=re.MULTILINE)
    printed = re.sub(r"^[\w-]+ +modules/flowseal.lock.json", "lock ", printed, flags=re.MULTILINE)
    words = "written|unchanged|blocked|removed|orphaned|uncovered|out-of-date|lock"
    return Counter(re.findall(rf"^({words}) ", printed, re.MULTILINE))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a project with the modules that troubles are made of."""
    folder = tmp_path_factory.mktemp("made") / "project"
    start_project(folder, "edited", "orphan", "outdated", "reformatted", "warned")
    return folder


@pytest.mark.parametrize("command", ["validate", "generate", "check"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_every_format_reports_the_same_findings(trouble: str, command: str, made: Path, tmp_path: Path) -> None:
    facts: dict[Format, Facts] = {}
    codes, outcomes = set(), {}
    for output_format in Format:
        project = Project.copy(made, tmp_path / output_format)
        TROUBLES[trouble](project)
        arguments = [command, "--format", output_format.value, "--max-findings", "0"]
        arguments += [] if command == "validate" else ["--verbose"]
        result = project.run(*arguments, *(["--summary", "page.md"] if command == "check" else []))
        codes.add(result.exit_code)
        facts[output_format] = read_facts(output_format, result.stdout)
        outcomes[output_format] = read_outcomes(output_format, result.stdout)
        if command == "check":
            page = (project.folder / "page.md").read_text(encoding="utf-8")
            assert count_words(page.splitlines()[-1]) == facts[output_format][1]
    assert len(codes) == 1
    found, counts = facts[Format.JSON]
    assert all(other == (found, counts) for other in facts.values()), facts
    weights = Counter(severity for _, severity, _, _ in found.elements())
    assert (weights["error"], weights["warning"]) == counts[:2]
    check_severities(trouble, found)
    if command == "check":
        assert not {"written", "removed", "orphaned", "uncovered"} & outcomes[Format.JSON].keys()
    assert outcomes[Format.TEXT] == outcomes[Format.JSON]


def check_severities(trouble: str, found: Counter[tuple[str, str, str, int]]) -> None:
    """Hold the severities of findings to those of `rules`, or of the configuration."""
    severities = {name: rule.severity.value for name, rule in list_rules().items()}
    if trouble == "rules turned off":
        severities |= CONFIGURED
        assert not {"UnusedParameter", "OutdatedModule"} & {rule for rule, *_ in found}
    assert {(rule, severity) for rule, severity, *_ in found} <= severities.items()


def place_findings(project: Project, *arguments: str) -> list[tuple[str, str, int]]:
    findings = json.loads(project.run(*arguments, "--format", "json").stdout)["findings"]
    return [(finding["rule"], finding["file"], finding["line"]) for finding in findings]


def test_a_difference_is_at_the_first_line_that_would_change(tmp_path: Path) -> None:
    project = start_project(tmp_path / "project", "one", "two")
    path = project.modules / "two" / "kms.tf"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:4], "# mine\n", *lines[4:]]))
    for command in ("check", "generate"):
        assert place_findings(project, command) == [("EditedFile", "modules/two/kms.tf", 5)]
    path.write_text("".join(lines[:-3]))
    assert place_findings(project, "check") == [("EditedFile", "modules/two/kms.tf", len(lines) - 3)]
    path.write_text("".join([*lines, "\n# mine\n"]))
    assert place_findings(project, "check") == [("EditedFile", "modules/two/kms.tf", len(lines) + 1)]
    path.write_text("")
    assert place_findings(project, "check") == [("EditedFile", "modules/two/kms.tf", 1)]
    path.write_text("".join(lines))
    main = (project.modules / "two" / "main.tf").read_text().splitlines()
    project.define("two", description="It says more.")
    project.define("four")
    (rule, file, line), new = sorted(place_findings(project, "check"), reverse=True)
    assert new == ("OutdatedModule", "flows/four.flow.json", 1)
    assert (rule, file) == ("OutdatedModule", "modules/two/main.tf")
    project.run("generate", expect=0)
    after = (project.modules / "two" / "main.tf").read_text().splitlines()
    assert main[: line - 1] == after[: line - 1]
    assert main[line - 1] != after[line - 1]


@pytest.mark.parametrize("marker", ["a folder", "a file", "GITHUB_WORKSPACE", "nothing"])
def test_services_get_paths_from_the_root_of_the_repository(
    marker: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    project = Project.copy(made, root / "teams" / "a b")
    edit_file(project)
    (root / "shared.flow.yaml").write_text("{}", encoding="utf-8")
    (tmp_path / "outside.flow.yaml").write_text("{}", encoding="utf-8")
    project.configure("flows: [flows, ../../shared.flow.yaml]\noutput: modules\n")
    paths = ["flows", "../../shared.flow.yaml", "../../../outside.flow.yaml"]
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    if marker == "GITHUB_WORKSPACE":
        monkeypatch.setenv("GITHUB_WORKSPACE", str(root))
    elif marker == "a file":
        (root / ".git").write_text("gitdir: elsewhere", encoding="utf-8")
    elif marker == "a folder":
        (root / ".git").mkdir()
    printed = {
        output_format: project.run("check", *paths, "--format", output_format.value).stdout for output_format in Format
    }
    files = {
        output_format: sorted(file for _, _, file, _ in read_facts(output_format, text)[0])
        for output_format, text in printed.items()
    }
    here = ["../../../outside.flow.yaml", "../../shared.flow.yaml", "modules/edited/kms.tf"]
    assert files[Format.TEXT] == files[Format.JSON] == here
    there = ["../../../outside.flow.yaml", "shared.flow.yaml", "teams/a b/modules/edited/kms.tf"]
    assert files[Format.GITHUB] == (here if marker == "nothing" else there)
    assert files[Format.SARIF] == [file.replace(" ", "%20") for file in files[Format.GITHUB]]
    if marker != "nothing":
        places = json.loads(project.run("check", str(project.folder / "flows"), "--format", "sarif").stdout)
        uris = re.findall(r'"uri": "([^"]*)"', json.dumps(places))
        assert uris == ["teams/a%20b/modules/edited/kms.tf"]
