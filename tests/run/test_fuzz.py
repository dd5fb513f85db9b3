"""A small run of `make fuzz`, and that it notices what it looks for."""

from __future__ import annotations

import pytest
from fuzz import KINDS, Figures, is_unsafe, try_document, try_documents
from hostile import Hostile, make_hostile
from paths import ROOT

import generator.pipeline
import generator.report.excerpt
from generator.report import Format, View, write_report
from generator.report.contents import Report
from generator.terraform.proof import ProofFailure

EXAMPLE = ROOT / "examples" / "flows" / "support-triage"


def try_example(data: bytes | None = None) -> Figures:
    (path,) = EXAMPLE.glob("*.flow.*")
    figures = Figures()
    try_document(Hostile(0, path.name, path.read_bytes() if data is None else data, EXAMPLE), 0, figures)
    return figures


@pytest.mark.parametrize("first", range(0, 600, 200))
def test_hostile_documents_end_in_findings_or_in_a_proven_module(first: int) -> None:
    figures = try_documents(11, first, 200)
    assert figures.told == []
    assert figures.documents == 200
    assert 0 < figures.accepted < 200


def test_a_document_is_the_same_in_every_run() -> None:
    assert make_hostile(3, 5) == make_hostile(3, 5)
    assert make_hostile(3, 5) != make_hostile(3, 6)


def test_valid_results_are_accepted() -> None:
    figures = try_example()
    assert (figures.accepted, figures.told) == (1, [])


def test_an_exception_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("unforeseen")

    monkeypatch.setattr(generator.pipeline, "validate_flow", fail)
    assert "unforeseen" in try_example().told[0]


def test_a_hang_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr("fuzz.LONGEST", 0.2)
    monkeypatch.setattr(generator.pipeline, "validate_flow", hang)
    assert try_example().wrong == {"hangs": 1}


def test_a_failed_proof_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.terraform.proof.prove_module", lambda *_: [ProofFailure("main.tf", "differs")])
    assert try_example().wrong == {"failed proofs": 1}


def test_an_unsafe_report_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator.report.excerpt, "escape_controls", lambda text: text)
    assert "unsafe reports" in try_example('"a\u061cb": x\n'.encode()).wrong


@pytest.mark.parametrize(
    ("text", "unsafe"),
    [
        ("*", False),
        ("arn:<>:bedrock:*::foundation-model/amazon.nova-lite-v1:0", False),
        ("arn:<>:bedrock:*::foundation-model/amazon.nova*", True),
        ("arn:<>:s3:::bucket/*", False),
        ("arn:<>:s3:::buck?t/*", True),
        ("arn:aws-*:bedrock:us-east-1:111122223333:guardrail/abc", True),
        ("arn:aws:lambda:us-east-1:111122223333:function:a\n", True),
        ("$$NAME", True),
    ],
)
def test_only_flowseal_writes_into_a_statement(text: str, unsafe: bool) -> None:
    assert is_unsafe(text) == unsafe


def test_a_finding_without_a_line_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.has_place", lambda *_: False)
    assert set(try_example(b"name: x\n").wrong) == {"findings without a place"}
    assert set(KINDS) >= {"findings without a place"}


@pytest.mark.parametrize("output_format", list(Format))
def test_no_line_is_a_ci_command(output_format: Format) -> None:
    from generator.findings import LocatedFinding
    from generator.findings.catalog import list_rules
    from generator.source import Span

    rule = list_rules()["UnusedParameter"]
    text = "an ordinary sentence and ::error::planted ##[error]planted ##vso[task.x]planted"
    finding = LocatedFinding(rule, text, text, "::a.flow.yaml", Span(1, 2, 1, 3), "")
    report = Report([finding], 1, "", texts={"::a.flow.yaml": f" ::error::x ##[error]x {text}"}, outcomes=[f" {text}"])
    for columns in (None, 20, 40, 44, 60):
        lines = write_report(output_format, report, View(columns=columns)).split("\n")
        assert not any("##[" in line or "##vso[" in line for line in lines)
        commands = [line for line in lines if line.lstrip().startswith("::")]
        assert len(commands) == (1 if output_format is Format.GITHUB else 0)
