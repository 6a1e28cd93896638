"""What things are called, and what may stand in a text."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from tests.architecture.module import Function, Module, Rule

_VAGUE = frozenset(
    {
        *("manager", "managers", "helper", "helpers", "util", "utils", "handler", "handlers"),
        *("data", "info", "process", "misc"),
    }
)
_WORD_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_")


def named_well(allowed: Collection[str] = ()) -> Rule:
    """Forbid words that say nothing, in names of folders, files, classes and functions; a test's name is a sentence."""

    def rule(module: Module) -> Iterator[str]:
        names = [(1, part) for part in module.name.split(".")]
        for node in ast.walk(module.tree):
            if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("test_"):
                names.append((node.lineno, node.name))
        for line, name in names:
            vague = _VAGUE.intersection(_WORD_BREAK.sub("_", name).lower().split("_"))
            if vague and name not in allowed:
                yield f"{module.at(line)} {name}: '{min(vague)}' says nothing; name what it does"

    return rule


WHOLE_NUMBERS = frozenset({"number", "version", "position", "priority", "capacity", "page", "minutes", "seconds"})
"""Last words of columns that are whole numbers and count nothing, or carry their unit."""


def well_named_column(name: str, *, is_time: bool, is_whole: bool) -> Iterator[str]:
    """Want `_at` on every time and on nothing else, `_count` on every count; a name is table.column."""
    place = f"storage/schema: {name}"
    if is_time != name.endswith("_at"):
        yield f"{place}: times, and only times, end in _at (microseconds, BigInteger); rename or retype it"
    if name.endswith("_count") and not is_whole:
        yield f"{place}: a count is a whole number; make it an Integer"
    if is_whole and re.split("[._]", name)[-1] not in WHOLE_NUMBERS | {"count"}:
        yield f"{place}: a count ends in _count, a duration in its unit; rename it"


_STATEMENT = re.compile(r"{%[-+]?\s*(.*?)\s*[-+]?%}", re.DOTALL)
_VALUE = re.compile(r"{{[-+]?\s*(.*?)\s*[-+]?}}", re.DOTALL)
_NAME = r"[a-z_]+(?:\.[a-z_]+)*"
_ATOM = rf"(?:not )?(?:{_NAME}|'[^']*'|\d+)"
_PLAIN = re.compile(
    rf"else|endif|endfor|for {_NAME} in {_NAME}|(?:if|elif) {_ATOM}(?: (?:==|!=|and|or|in) {_ATOM})*",
)


def plain_text(path: str, source: str) -> Iterator[str]:
    """Allow a text to show values, to ask about them and to repeat over them; it computes nothing."""
    for pattern, allowed in ((_STATEMENT, _PLAIN), (_VALUE, re.compile(_NAME))):
        for found in pattern.finditer(source):
            if not allowed.fullmatch(found[1]):
                line = source.count("\n", 0, found.start()) + 1
                yield f"{path}:{line} {found[0]} computes: let the caller hand over the value"


def same_files(first: str, one: Collection[str], second: str, other: Collection[str]) -> list[str]:
    """Compare the names of the files in two folders."""
    missing = [(second, name) for name in set(one) - set(other)] + [(first, name) for name in set(other) - set(one)]
    return [f"{folder}/{name}:1 is missing: write the text in this language too" for folder, name in sorted(missing)]
