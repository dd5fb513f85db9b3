"""Options and fixtures that several tests share."""

from __future__ import annotations

import pytest
from hypothesis import settings

# The first example pays for imports; no test asserts a time.
settings.register_profile("flowseal", deadline=None)
settings.load_profile("flowseal")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="rewrite the expected results; read the diff before you commit"
    )


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))
