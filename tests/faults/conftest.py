"""What the fault tests ask for, and their figures at the end of the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.storage.adopt.conftest import build

__all__ = ["build"]
Say = Callable[[str], None]


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Say:
    """Keep a figure for the end of the run."""
    return lambda figure: record_property("figure", figure)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures."""
    reports = [one for key in ("passed", "failed") for one in terminalreporter.getreports(key)]
    figures = [text for report in reports for name, text in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.write_line(str(figure))
