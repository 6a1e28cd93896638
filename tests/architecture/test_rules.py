"""Each rule finds what it is for, in a few made-up lines."""

from __future__ import annotations

import pytest

from tests.architecture import arrows, shape, words
from tests.architecture.module import Module, Rule

FLOWS = arrows.imports_only(("flows", *arrows.PURE))
LONG = "def speak():\n    '''Say.'''\n" + "    x = 1\n" * 60
CATCH = "try:\n    pass\nexcept {}:\n    {}\n"
BAD: list[tuple[Rule, str, str]] = [
    (FLOWS, "import flows.turn\nimport aiohttp\n", ":2 imports aiohttp"),
    (FLOWS, "import random\n", ":1 imports random"),
    (FLOWS, "from time import monotonic\n", ":1 imports time"),
    (FLOWS, "from uuid import uuid4\n", ":1 imports uuid"),
    (FLOWS, "import http.client\n", ":1 imports http.client"),
    (arrows.never_imports(("bot",)), "from bot.inbox import Inbox\n", ":1 imports bot.inbox"),
    (arrows.never_imports(("made.inbox",)), "from . import inbox\n", ":1 imports made.inbox"),
    (arrows.never_imports(("bot",)), "def f():\n    import bot.inbox\n", ":2 imports bot.inbox"),
    (arrows.imports_openly, "import importlib\nimportlib.import_module('bot')\n", ":2 calls import_module()"),
    (arrows.is_pure, "async def wait(): ...\n", ":1 waits"),
    (arrows.is_pure, "def f(some):\n    return [one async for one in some]\n", ":2 waits"),
    (arrows.is_pure, "from datetime import datetime\nnow = datetime.now()\n", ":2 asks for now()"),
    (arrows.is_pure, "from datetime import date\nclock = date.today\n", ":2 asks for today()"),
    (arrows.is_pure, "read = open\n", ":1 uses open()"),
    (arrows.constructs_none({"Inbox"}), "x = Inbox(1)\n", ":1 constructs Inbox"),
    (shape.short_functions, LONG, ":1 speak has 61 lines"),
    (shape.short_file, "x = 1\n" * 401, ":401 is one of 401 lines"),
    (shape.keeps_limits(()), "x = 1\ndef f():  # noqa: C901\n    ...\n", ":2 lifts a limit"),
    (shape.keeps_limits(()), "def f():  # noqa\n    ...\n", ":1 lifts a limit"),
    (shape.documented, "def speak(): ...\n", ":1 has no docstring"),
    (shape.documented, '"""M."""\nclass A:\n    """A."""\n    def speak(self): ...\n', ":4 speak has no docstring"),
    (shape.honest_tests, "def test_it(): assert 1\n", ":1 test_it: say"),
    (shape.honest_tests, "def test_it():\n    '''It works. It does.'''\n", ":1 test_it: say"),
    (shape.honest_tests, "from unittest.mock import patch\n", ":1 imports unittest.mock"),
    (shape.honest_tests, "def test_it(*, monkeypatch):\n    '''It works.'''\n", ":1 patches"),
    (shape.honest_tests, "import pytest\nwith pytest.MonkeyPatch.context() as way: ...\n", ":2 patches"),
    (shape.honest_tests, "import bot.clock\nsetattr(bot.clock, 'wall_clock', None)\n", ":2 patches"),
    (shape.catches_narrowly({}), CATCH.format("Exception", "pass"), ":3 catches everything"),
    (shape.catches_narrowly({}), CATCH.format("(OSError, Exception)", "pass"), ":3 catches everything"),
    (shape.catches_narrowly({}), CATCH.format("builtins.Exception", "pass"), ":3 catches everything"),
    (shape.catches_narrowly({}), "try:\n    pass\nexcept:\n    pass\n", ":3 catches everything"),
    (shape.catches_narrowly({}), "with suppress(Exception):\n    pass\n", ":1 catches everything"),
    (shape.catches_narrowly({}), CATCH.format("Exception", "if x: return\n    raise"), ":3 catches everything"),
    (shape.catches_narrowly({"made/up.py": 1}), "x = 1\n", "lower the allowance"),
    (words.named_well(), "class EventManager: ...\n", ":1 EventManager: 'manager' says nothing"),
    (words.named_well(), "class HTTPHandler: ...\n", ":1 HTTPHandler: 'handler' says nothing"),
    (words.named_well(), "def process_data(): ...\n", ":1 process_data: 'data' says nothing"),
]


@pytest.mark.parametrize(("rule", "source", "finding"), BAD)
def test_a_rule_finds_what_breaks_it(rule: Rule, source: str, finding: str) -> None:
    """A source that breaks a rule is named with its place."""
    findings = list(rule(Module("made.up", "made/up.py", source)))
    assert any(finding in one for one in findings), findings
    assert all(one.startswith("made/up.py:") for one in findings)


GOOD = '''"""Words."""

from datetime import datetime

from flows.turn import Turn


def speak(turn: Turn) -> str:
    """Say it."""
    try:
        return datetime.fromtimestamp(turn.now_at, turn.zone).isoformat()
    except (OSError, ValueError):
        return ""
'''


@pytest.mark.parametrize("rule", [rule for rule, _source, finding in BAD if "allowance" not in finding])
def test_a_sound_module_has_no_findings(rule: Rule) -> None:
    """No rule complains about code as it should be."""
    assert list(rule(Module("flows.speech", "flows/speech.py", GOOD))) == []


@pytest.mark.parametrize("path", ["bot/helpers/x.py", "bot/info.py"])
def test_folders_and_files_are_named_well_too(path: str) -> None:
    """Every part of a module's name counts, and a name that an outsider chose may be allowed."""
    module = Module(path.removesuffix(".py").replace("/", "."), path, "")
    assert len(list(words.named_well()(module))) == 1
    assert list(words.named_well({"helpers", "info"})(module)) == []


@pytest.mark.parametrize("last", ["raise", "undo()\n    raise"])
def test_an_error_that_is_raised_again_may_be_caught(last: str) -> None:
    """Cleaning up and raising again is not swallowing."""
    source = CATCH.format("BaseException", last)
    assert list(shape.catches_narrowly({})(Module("made.up", "made/up.py", source))) == []


def test_relative_imports_are_resolved() -> None:
    """Dots climb from a module's package, or from the package itself in its `__init__`."""
    source = "from . import b\nfrom ..c import d\n"
    assert [name for _line, name in Module("top.in.a", "top/in/a.py", source).imports] == [
        *("top.in", "top.in.b", "top.c", "top.c.d"),
    ]
    assert Module("top.in", "top/in/__init__.py", "from . import b").imports == [(1, "top.in"), (1, "top.in.b")]


def test_arrows_go_to_the_module_that_is_taken() -> None:
    """Of `from package import module` the module counts, of `from package import name` the package."""
    sources = {"a": "from b import c, word\nimport d\n", "b": "", "b.c": "import a\n", "d": "from b import c\n"}
    drawn = arrows.arrows([Module(name, f"{name}.py", source) for name, source in sources.items()])
    assert drawn == {"a": {"b", "b.c", "d"}, "b": set(), "b.c": {"a"}, "d": {"b.c"}}
    assert arrows.cycle(drawn) == ["a", "b.c", "a"]


def test_a_cycle_is_found_and_named() -> None:
    """The cycle is given from one module back to itself; a tree has none."""
    assert arrows.cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert arrows.cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_what_the_service_constructs_is_read_from_it() -> None:
    """Only classes of the shell that are called count: neither values of the core nor functions nor mere names."""
    source = "from bot.inbox import Inbox, Seen, make\nfrom flows.values import Key\nInbox(Key(make()))\n"
    assert arrows.constructed(Module("bot.service", "bot/service.py", source)) == {"Inbox"}


def test_dependencies_and_imports_are_compared_both_ways() -> None:
    """What is imported and not declared is named with its place, and what is declared and not imported too."""
    used = arrows.packages([Module("bot.x", "bot/x.py", "import re\nimport yarl.parts\n")], ("re",))
    assert used == {"yarl": "bot/x.py:2"}
    assert arrows.undeclared(used, {"rich"}) == ["bot/x.py:2 imports from yarl: declare it in pyproject.toml"]
    assert arrows.unused(used, {"rich"}) == ["pyproject.toml:1 declares rich, which nothing imports: take it out"]
    assert arrows.undeclared(used, {"yarl"}) == arrows.unused(used, {"yarl"}) == []


@pytest.mark.parametrize(
    ("lengths", "found"),
    [([9, 9, 2], ["half"]), ([25, 25, 2, 2, 2], ["of 5"]), ([24, 8, 8], []), ([25, *[8] * 9], [])],
)
def test_most_functions_must_be_short(lengths: list[int], found: list[str]) -> None:
    """The median and the share of long functions are held, each on its own."""
    source = "".join(f"def f{place}():\n" + "    x = 1\n" * (lines - 1) for place, lines in enumerate(lengths))
    findings = list(shape.mostly_short([Module("made.up", "made/up.py", source)]))
    assert [word for word in found if any(word in one for one in findings)] == found
    assert len(findings) == len(found)


LINT = {"select": ["C90", "PL"], "mccabe": {"max-complexity": 10}, "pylint": {"max-args": 6}}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, 0),
        ({"per-file-ignores": {"tests/**": ["PLR0913"]}}, 0),
        ({"per-file-ignores": {"bot/**": ["PLR0913"]}}, 1),
        ({"mccabe": {"max-complexity": 12}}, 1),
        ({"pylint": {}}, 1),
        ({"select": ["PL"]}, 1),
        ({"ignore": ["C901", "PLR0913"]}, 2),
    ],
)
def test_limits_that_are_not_set_are_found(change: dict[str, object], found: int) -> None:
    """Both checks are selected with their numbers, and switched off for the tests alone."""
    assert len(list(shape.limits_are_set({"lint": LINT | change}))) == found


@pytest.mark.parametrize(
    ("name", "is_time", "is_whole", "found"),
    [
        ("messages.sent_at", True, False, 0),
        ("messages.sent", True, False, 1),
        ("messages.sent_at", False, False, 1),
        ("events.registered_count", False, True, 0),
        ("events.registered_count", False, False, 1),
        ("events.registered", False, True, 1),
        ("events.number", False, True, 0),
        ("registrations.reminded_minutes", False, True, 0),
    ],
)
def test_columns_that_are_named_otherwise_are_found(name: str, is_time: bool, is_whole: bool, found: int) -> None:
    """Times and counts are known by their ends, and nothing else has those."""
    assert len(list(words.well_named_column(name, is_time=is_time, is_whole=is_whole))) == found


@pytest.mark.parametrize(
    "source",
    [
        "{{ a + 1 }}",
        "{{ a | upper }}",
        "{{ a() }}",
        "{% set a = 1 %}",
        "{% if a | length %}{% endif %}",
        "{%- for a in range(3) -%}{% endfor %}",
        "{% include 'x' %}",
    ],
)
def test_logic_in_a_text_is_found(source: str) -> None:
    """What computes is named with its line."""
    assert [one.split(" ")[0] for one in words.plain_text("a.txt", f"Hi!\n{source}")] == ["a.txt:2"]


def test_a_plain_text_has_no_findings() -> None:
    """Values, questions about them and repetition are all that a text needs."""
    source = (
        "{% if a and not b %}{{ a }}{% elif kind == 'x' or n != 1 %}{% for one in some.list %}{{ one }}{%- endfor %}"
    )
    assert list(words.plain_text("a.txt", source + "{% else %}{% endif %}")) == []


def test_a_text_that_one_language_lacks_is_found() -> None:
    """Either folder may lack it; the finding names the file to write."""
    assert words.same_files("en", ["a"], "es", ["a", "b"]) == ["en/b:1 is missing: write the text in this language too"]
    assert words.same_files("en", ["a", "b"], "es", ["b"]) == ["es/a:1 is missing: write the text in this language too"]
    assert words.same_files("en", ["a"], "es", ["a"]) == []
