"""How long things are, and that they say what they are."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from tests.architecture.arrows import called, never_imports
from tests.architecture.module import Function, Module, Rule


def length(function: Function) -> int:
    """Count a function's lines, from `def` to its end without the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def short_functions(module: Module, most: int = 50) -> Iterator[str]:
    """Forbid functions over 50 lines."""
    for function in module.functions:
        if length(function) > most:
            yield f"{module.at(function.lineno)} {function.name} has {length(function)} lines, at most {most}: cut it"


def mostly_short(modules: Sequence[Module]) -> Iterator[str]:
    """Want half of all functions within 8 lines and nine in ten under 25; names the longest where it is not so."""
    sized = sorted(
        ((length(function), module.at(function.lineno)) for module in modules for function in module.functions),
        reverse=True,
    )
    lengths = [lines for lines, _place in sized]
    long = sum(lines >= 25 for lines in lengths)
    if statistics.median(lengths) > 8:
        yield f"{sized[0][1]} half of all functions have more than 8 lines: cut the long ones, this one first"
    if long * 10 > len(lengths):
        yield f"{sized[0][1]} {long} of {len(lengths)} functions have 25 lines or more: cut them, this one first"


def short_file(module: Module, most: int = 400) -> Iterator[str]:
    """Forbid files over 400 lines."""
    count = len(module.source.splitlines())
    if count > most:
        yield f"{module.at(most + 1)} is one of {count} lines, at most {most}: split the file by what it does"


LIMITS = {"C901": "complexity", "PLR0913": "arguments"}


def limits_are_set(ruff: Mapping[str, Any]) -> Iterator[str]:
    """Want ruff's own checks of complexity (10) and arguments (6) on, for all but the tests."""
    lint = ruff["lint"]
    numbers = (lint.get("mccabe", {}).get("max-complexity"), lint.get("pylint", {}).get("max-args"))
    if numbers != (10, 6):
        yield f"pyproject.toml:1 complexity and arguments are limited to {numbers}: set 10 and 6"
    for code, what in LIMITS.items():
        off = [where for where, codes in lint.get("per-file-ignores", {}).items() if _covers(codes, code)]
        if not _covers(lint["select"], code) or _covers(lint.get("ignore", ()), code) or set(off) - {"tests/**"}:
            yield f"pyproject.toml:1 ruff does not check {what} everywhere: select {code}, ignore it nowhere"


def _covers(codes: Collection[str], code: str) -> bool:
    return any(code.startswith(one) for one in codes)


def keeps_limits(allowed: Collection[str]) -> Rule:
    """Forbid comments that lift a limit on size, outside these files."""

    def rule(module: Module) -> Iterator[str]:
        for number, line in enumerate(module.source.splitlines(), 1):
            comment = re.search(r"#\s*(?:ruff:\s*)?noqa(.*)", line)
            lifted = comment and (not comment[1].startswith(":") or re.search("|".join(LIMITS), comment[1]))
            if lifted and module.path not in allowed:
                yield f"{module.at(number)} lifts a limit by a comment: cut the function, or name the one rule"

    return rule


def documented(module: Module) -> Iterator[str]:
    """Want a docstring on the module and on everything public at its top and in its classes."""
    if module.source.strip() and ast.get_docstring(module.tree) is None:
        yield f"{module.at(1)} has no docstring: say in a sentence what the file is"
    for node in _public(module.tree.body):
        if ast.get_docstring(node) is None:
            yield f"{module.at(node.lineno)} {node.name} has no docstring: say in a sentence what it is"


def _public(body: Sequence[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body)


_PATCHING = frozenset({"monkeypatch", "mocker", "MonkeyPatch"})
_SECOND_SENTENCE = re.compile(r"[.!?][\"'`)]?\s+[A-Z]")


def honest_tests(module: Module) -> Iterator[str]:
    """Want one sentence on every test, and nothing patched."""
    yield from never_imports(("unittest.mock", "mock", "pytest_mock", "aioresponses", "freezegun"))(module)
    for node in ast.walk(module.tree):
        name = getattr(node, "arg", getattr(node, "attr", getattr(node, "id", None)))
        if name in _PATCHING or called(node) in {"setattr", "patch"}:
            yield f"{module.at(getattr(node, 'lineno', 1))} patches: hand values in instead"
    for function in module.functions:
        sentence = (ast.get_docstring(function) or "").strip()
        if function.name.startswith("test_") and (sentence[-1:] != "." or _SECOND_SENTENCE.search(sentence)):
            yield f"{module.at(function.lineno)} {function.name}: say in one sentence what it shows"


def catches_narrowly(allowed: Mapping[str, int]) -> Rule:
    """Forbid catching everything, but for the worker loops and the web edge; gives how often each file does it."""

    def rule(module: Module) -> Iterator[str]:
        broad = [getattr(node, "lineno", 1) for node in ast.walk(module.tree) if _is_broad(node)]
        most = allowed.get(module.path, 0)
        if len(broad) > most:
            yield f"{module.at(broad[-1])} catches everything: name the errors that are expected here"
        elif len(broad) < most:
            yield f"{module.at(1)} catches everything {len(broad)} times, {most} are allowed: lower the allowance"

    return rule


def _is_broad(node: ast.AST) -> bool:
    if called(node) == "suppress":
        return any(_is_everything(argument) for argument in node.args)  # type: ignore[attr-defined]
    if not isinstance(node, ast.ExceptHandler):
        return False
    return (node.type is None or _is_everything(node.type)) and not _raises_again(node)


def _is_everything(caught: ast.expr) -> bool:
    names = {getattr(one, "attr", getattr(one, "id", "")) for one in ast.walk(caught)}
    return bool(names & {"Exception", "BaseException"})


def _raises_again(node: ast.ExceptHandler) -> bool:
    last = node.body[-1]
    leaves = any(isinstance(one, ast.Return | ast.Continue | ast.Break) for one in ast.walk(node))
    return isinstance(last, ast.Raise) and last.exc is None and not leaves
