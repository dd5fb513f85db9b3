"""Options and fixtures that several tests share."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings

from generator.findings.suggestions import renew_suggestions

pytest.register_assert_rewrite("audit", "bench", "lives")
pytest_plugins = ["proof_table"]

# The first example pays for imports; no test asserts a time. CI tries the same examples each time, so that a change is
# blamed for what it did; at a desk every run looks for new ones.
settings.register_profile("flowseal", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("flowseal")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="rewrite the expected results; read the diff before you commit"
    )
    parser.addoption("--slow", action="store_true", help="try much more often where a test tries at random")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("terraform") and not shutil.which("terraform"):
        pytest.skip("missing: the terraform command")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))


@pytest.fixture(autouse=True)
def _renew_suggestions() -> None:
    """Give every test a document's worth of comparisons: what it is told does not depend on the tests before it."""
    renew_suggestions()
