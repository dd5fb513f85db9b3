"""Options and fixtures that several tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

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


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))
