"""Each rule finds what it is for, in a few made-up lines."""

from __future__ import annotations

import pytest

from tests.architecture.rules import (
    Module,
    Rule,
    catches_narrowly,
    cycle,
    documented,
    honest_tests,
    imports_only,
    is_pure,
    named_well,
    never_imports,
    short_file,
    short_functions,
)

LONG = "def speak():\n    '''Say.'''\n" + "    x = 1\n" * 60
BAD: list[tuple[Rule, str, str]] = [
    (imports_only(("flows",)), "import flows.turn\nimport aiohttp\n", "made/up.py:2 imports aiohttp"),
    (never_imports(("bot",)), "from bot.inbox import Inbox\n", "made/up.py:1 imports bot.inbox"),
    (is_pure, "async def wait(): ...\n", "waits"),
    (is_pure, "from datetime import datetime\nnow = datetime.now()\n", "calls now()"),
    (is_pure, "import random\n", "imports random"),
    (short_functions, LONG, "speak has 61 lines"),
    (short_file, "x = 1\n" * 401, "has 401 lines"),
    (documented, "def speak(): ...\n", "no docstring"),
    (
        documented,
        '"""Words."""\nclass Voice:\n    """It speaks."""\n    def speak(self): ...\n',
        "speak has no docstring",
    ),
    (named_well, "class EventManager: ...\n", "'manager' says nothing"),
    (named_well, "def process_data(): ...\n", "'data' says nothing"),
    (catches_narrowly({}), "try:\n    pass\nexcept Exception:\n    pass\n", "catches everything"),
    (catches_narrowly({}), "try:\n    pass\nexcept:\n    pass\n", "catches everything"),
    (honest_tests, "def test_it(): assert 1\n", "no sentence"),
    (honest_tests, "from unittest.mock import patch\n", "imports unittest.mock"),
    (honest_tests, "def test_it(monkeypatch):\n    '''It works.'''\n", "patches"),
]


@pytest.mark.parametrize(("rule", "source", "finding"), BAD, ids=lambda one: getattr(one, "__name__", None))
def test_a_rule_finds_what_breaks_it(rule: Rule, source: str, finding: str) -> None:
    """A source that breaks a rule is named with its place."""
    findings = list(rule(Module("made.up", "made/up.py", source)))
    assert any(finding in one for one in findings), findings


GOOD = (
    '"""Words."""\n\nfrom flows.turn import Turn\n\n\ndef speak(turn: Turn) -> str:\n    """Say it."""\n    return ""\n'
)


@pytest.mark.parametrize(
    "rule",
    [imports_only(("flows",)), is_pure, short_functions, short_file, documented, named_well, catches_narrowly({})],
)
def test_a_sound_module_has_no_findings(rule: Rule) -> None:
    """No rule complains about code as it should be."""
    assert list(rule(Module("flows.speech", "flows/speech.py", GOOD))) == []


def test_an_error_that_is_raised_again_may_be_caught() -> None:
    """Cleaning up and raising again is not swallowing."""
    source = "try:\n    pass\nexcept BaseException:\n    undo()\n    raise\n"
    assert list(catches_narrowly({})(Module("made.up", "made/up.py", source))) == []


def test_a_cycle_is_found_and_named() -> None:
    """The cycle is given from one module back to itself; a tree has none."""
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
