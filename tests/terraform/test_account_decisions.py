"""The evaluator's table: each case with its verdict and statements, and what iam-simulate says of it where Node is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from account.decisions import Policies, Principal, Request, decide, read_policy
from second_opinion import VERDICTS, Simulation, ask_oracle, find_missing_oracle, write_simulation

TABLE = Path(__file__).parent / "decisions"
MEMBERS = {"case", "principal", "action", "resource", "context", "identity", "boundary", "key", "trust"}
MEMBERS |= {"verdict", "by", "oracle"}
FEWEST, MOST_WITHOUT_ORACLE = 60, 2


def read_cases() -> dict[str, dict[str, Any]]:
    cases: dict[str, dict[str, Any]] = {}
    for path in sorted(TABLE.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            assert not set(case) - MEMBERS, case
            assert case["case"] not in cases
            cases[case["case"]] = case
    return cases


CASES = read_cases()


def write_document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def find_resource_policy(case: dict[str, Any]) -> tuple[str, list[dict[str, Any]]] | None:
    return next(((name, case[name]) for name in ("key", "trust") if name in case), None)


def find_account(case: dict[str, Any]) -> str:
    return "111122223333" if case["resource"] == "*" else case["resource"].split(":")[4]


def read_principal(case: dict[str, Any]) -> Principal:
    given = case["principal"]
    return Principal(given) if isinstance(given, str) else Principal(given["session"], given["role"])


@pytest.mark.parametrize("name", CASES)
def test_a_case_has_its_verdict_and_its_statements(name: str) -> None:
    case = CASES[name]
    resource, boundary = find_resource_policy(case), case.get("boundary")
    context = {key.lower(): value for key, value in case.get("context", {}).items()}
    policies = Policies(
        read_policy("identity", write_document(case["identity"])),
        None if boundary is None else read_policy("boundary", write_document(boundary)),
        None if resource is None else read_policy(resource[0], write_document(resource[1])),
    )
    request = Request(read_principal(case), case["action"], case["resource"], find_account(case), context)
    decision = decide(request, policies)
    assert (decision.verdict.value, list(decision.by)) == (case["verdict"], case.get("by", []))


def test_the_table_is_complete() -> None:
    assert len([case for case in CASES.values() if "oracle" not in case]) >= FEWEST
    assert len([case for case in CASES.values() if "oracle" in case]) <= MOST_WITHOUT_ORACLE


def write_case(case: dict[str, Any]) -> Simulation:
    given, resource = case["principal"], find_resource_policy(case)
    return write_simulation(
        given if isinstance(given, str) else given["session"],
        case["action"],
        case["resource"],
        find_account(case),
        case.get("context", {}),
        [write_document(case["identity"])],
        resource_policy=None if resource is None else write_document(resource[1]),
        boundary=write_document(case["boundary"]) if "boundary" in case else None,
    )


@cache
def ask_of_all_cases() -> dict[str, dict[str, Any]]:
    asked = {name: write_case(case) for name, case in CASES.items() if "oracle" not in case}
    return dict(zip(asked, ask_oracle(list(asked.values())), strict=True))


@pytest.mark.skipif(bool(find_missing_oracle()), reason=f"missing: {find_missing_oracle()}")
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "oracle" not in case])
def test_iam_simulate_agrees(name: str) -> None:
    assert ask_of_all_cases()[name] == {"result": VERDICTS[CASES[name]["verdict"]], "ignored": []}


@pytest.mark.parametrize(
    "statement",
    [
        {"Sid": "A", "Effect": "Allow", "NotPrincipal": {"AWS": "*"}, "Action": "*", "Resource": "*"},
        {"Sid": "A", "Effect": "allow", "Action": "*", "Resource": "*"},
        {"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"DateLessThan": {"a": "b"}}},
    ],
)
def test_unknown_policy_elements_are_errors(statement: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"known|effect"):
        read_policy("policy", write_document([statement]))
