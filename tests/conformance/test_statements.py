"""The list of statements in docs/reference/conformance.md beside the tests that there are."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "conformance.md"
ROW = re.compile(r"\| ((?:S\d|D)\.\d+) \| (shown|does not apply|not yet) \| (.+) \|")
NAMED = re.compile(r"`(tests/[\w/.]+)::(\w+)`")
SCOPE = {
    "S0": {*range(1, 14), *range(20, 36), *range(40, 49), *range(50, 54)},
    "S1": {*range(1, 18), *range(20, 40), *range(50, 55), *range(60, 65)},
    "S2": {*range(1, 11), *range(20, 35), *range(40, 48), *range(50, 57)},
    "S3": {*range(1, 8), *range(20, 33), 40, 41, *range(50, 54)},
    "S4": {*range(1, 7), *range(20, 30), *range(40, 45), *range(50, 56)},
    "D": set(range(1, 8)),
}
"""Every statement about the five systems, and about what was asked for."""


def rows() -> list[tuple[str, str, str]]:
    """Read the list."""
    return [(row[1], row[2], row[3]) for row in ROW.finditer(PAGE.read_text("utf-8"))]


def test_every_statement_has_its_line() -> None:
    """Each statement in scope has exactly one; the counts are printed."""
    named = [statement for statement, _state, _text in rows()]
    assert len(named) == len(set(named))
    assert set(named) == {f"{seed}.{number}" for seed, numbers in SCOPE.items() for number in numbers}
    counts = Counter((statement.partition(".")[0], state) for statement, state, _text in rows())
    for seed in SCOPE:
        print(seed, {state: counts[seed, state] for state in ("shown", "does not apply", "not yet")})


def test_every_test_exists() -> None:
    """A statement that is shown names tests that are there; the others name a reason."""
    for statement, state, text in rows():
        found = NAMED.findall(text)
        assert bool(found) == (state == "shown"), statement
        for path, name in found:
            assert re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), name
