"""A plugin of pytest: which modules are taken, and the table of what was proven of each.

Tests that prove something of a module take `subject` (each module in turn; without --prove the one of every day),
`bench` and `proof`, and name the columns that they fill: `@pytest.mark.proves("edit", "permission")`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lives import Life, open_life
from proofs import COLUMNS, FAILED, NOT_REACHED, PASSED, Proof
from roots import Root
from subjects import EVERYDAY, EXAMPLES, RELEASED, SAMPLES, Subject, find_subject

from bench import Bench, find_missing_parts, open_bench

COLORS = {PASSED: {"green": True}, FAILED: {"red": True, "bold": True}, NOT_REACHED: {}}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prove", action="store_true", help=f"prove every module by Terraform, not only {EVERYDAY}")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "proves(*columns): the columns of a module's row that a test fills")
    config.addinivalue_line("markers", "modules(*names): the only modules that a test takes as its subject")
    config.addinivalue_line("markers", "only_proven: runs with --prove only, because make test would take too long")
    config.pluginmanager.register(Table(), "flowseal-proof-table")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "subject" in metafunc.fixturenames:
        names = [*EXAMPLES, *SAMPLES] if metafunc.config.getoption("--prove") else [EVERYDAY]
        marker = metafunc.definition.get_closest_marker("modules")
        metafunc.parametrize("subject", [n for n in names if marker is None or n in marker.args], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [] if config.getoption("--prove") else [item for item in items if item.get_closest_marker("only_proven")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """An account of this process's own."""
    if missing := find_missing_parts():
        pytest.skip(f"missing: {missing}")
    with open_bench(tmp_path_factory.mktemp("bench")) as opened:
        yield opened


@pytest.fixture
def life(request: pytest.FixtureRequest, bench: Bench, tmp_path: Path) -> Iterator[Life]:
    """A released module, initialized and not yet applied: the parameter's, or the released example."""
    root = Root(find_subject(getattr(request, "param", RELEASED), tmp_path / "subject"))
    with open_life(bench, tmp_path / "root", root, Proof(RELEASED, [])) as opened:
        bench.succeed(opened.folder, "init", "-input=false")
        yield opened


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return find_subject(request.param, tmp_path_factory.mktemp("subject"))


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Proof:
    """The cells of a module's row that the test fills; the module is its parameter `subject`, else `name`."""
    marker, parameters = request.node.get_closest_marker("proves"), request.node.callspec.params
    assert marker is not None, "a test that takes `proof` names its columns: @pytest.mark.proves(...)"
    return Proof(parameters.get("subject") or parameters["name"], marker.args)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    found = getattr(item, "funcargs", {}).get("proof")
    if isinstance(found, Proof):
        row = {"module": found.module, "cells": found.cells, "notes": found.notes}
        outcome.get_result().user_properties.append(("proof", row))


class Table:
    """Gathers the rows, also those that other processes filled, and prints them after the tests."""

    def __init__(self) -> None:
        self.cells: dict[str, dict[str, str]] = defaultdict(dict)
        self.seconds: dict[str, float] = defaultdict(float)
        self.notes: dict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for row in [value for name, value in report.user_properties if name == "proof"][-1:]:
            # Before a call, accounts are started and all examples are applied at once: that is no module's own time.
            self.seconds[row["module"]] += report.duration if report.when == "call" else 0
            self.cells[row["module"]] |= row["cells"]
            for name, note in row["notes"].items():
                self.notes[name].add(note)

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        if not self.cells or not (config.getoption("--prove") or FAILED in self._list_states()):
            return
        terminalreporter.section("proof by Terraform")
        columns = [column for column in COLUMNS if any(column in row for row in self.cells.values())]
        width = max(map(len, self.cells))
        terminalreporter.write_line("  ".join(["module".ljust(width), *columns, "seconds"]))
        for module in sorted(self.cells):
            terminalreporter.write(module.ljust(width))
            for column in columns:
                state = self.cells[module].get(column, " ")
                terminalreporter.write("  " + state.ljust(len(column)), **COLORS.get(state, {}))
            terminalreporter.write_line(f"  {self.seconds[module]:7.1f}")
        for line in self._list_remarks():
            terminalreporter.write_line(line)

    def _list_states(self) -> set[str]:
        return {state for row in self.cells.values() for state in row.values()}

    def _list_remarks(self) -> list[str]:
        slowest = max(self.seconds, key=lambda module: self.seconds[module])
        versions = [f"{name}: {' and '.join(sorted(found))}" for name, found in sorted(self.notes.items())]
        return [f"slowest: {slowest}, {self.seconds[slowest]:.1f} s", *versions]
