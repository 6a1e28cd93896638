"""The rules of the house as functions: a module's source in, findings out."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

Rule = Callable[["Module"], Iterator[str]]


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, its path from the root, its text."""

    name: str
    path: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed text."""
        return ast.parse(self.source)

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        return [one for one in ast.walk(self.tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """Every module that is imported, with the line; of `from a import b` both a and a.b."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                found += [(node.lineno, node.module)]
                found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
        return found

    def at(self, line: int) -> str:
        """Name a place."""
        return f"{self.path}:{line}"


def imports_only(allowed: Sequence[str]) -> Rule:
    """Allow these modules and what is below them."""

    def rule(module: Module) -> Iterator[str]:
        for line, name in module.imports:
            top_allowed = any(name == one or name.startswith(f"{one}.") for one in allowed)
            if not top_allowed:
                yield f"{module.at(line)} imports {name}: DESIGN's table does not let it; move the code or the need"

    return rule


def never_imports(forbidden: Sequence[str]) -> Rule:
    """Forbid these modules and what is below them."""

    def rule(module: Module) -> Iterator[str]:
        for line, name in module.imports:
            if any(name == one or name.startswith(f"{one}.") for one in forbidden):
                yield f"{module.at(line)} imports {name}: the arrow points the other way; hand it in as a value"

    return rule


_IMPURE_CALLS = frozenset({"open", "print", "input", "now", "utcnow", "today", "urandom", "getenv", "sleep"})
_IMPURE_MODULES = ("time", "random", "secrets", "os", "sys", "logging", "socket", "asyncio", "threading", "pathlib")


def is_pure(module: Module) -> Iterator[str]:
    """Forbid waiting, clocks, randomness and I/O."""
    yield from never_imports((*_IMPURE_MODULES, "io", "subprocess", "urllib.request", "sqlite3", "structlog"))(module)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            yield f"{module.at(node.lineno)} waits: flows decide, the shell waits"
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _IMPURE_CALLS:
                yield f"{module.at(node.lineno)} calls {name}(): make it an input of the turn"


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
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
            yield f"{module.at(function.lineno)} {function.name} has {length(function)} lines: cut it"


def short_file(module: Module, most: int = 400) -> Iterator[str]:
    """Forbid files over 400 lines."""
    count = module.source.count("\n")
    if count > most:
        yield f"{module.path} has {count} lines, at most {most}: split it by what it does"


def documented(module: Module) -> Iterator[str]:
    """Want a docstring on the module and on everything public at its top and in its classes."""
    if module.source.strip() and ast.get_docstring(module.tree) is None:
        yield f"{module.path} has no docstring"
    for node in _public(module.tree.body):
        if ast.get_docstring(node) is None:
            yield f"{module.at(node.lineno)} {node.name} has no docstring"


def _public(body: Sequence[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body)


_VAGUE = frozenset({"manager", "helper", "helpers", "util", "utils", "handler", "data", "info", "process", "misc"})


def named_well(module: Module) -> Iterator[str]:
    """Forbid words that say nothing, in names of files, classes and functions."""
    names = [(1, module.name.rpartition(".")[2])]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append((node.lineno, node.name))
    for line, name in names:
        vague = _VAGUE.intersection(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))
        if vague:
            yield f"{module.at(line)} {name}: '{min(vague)}' says nothing; name what it does"


def catches_narrowly(allowed: Mapping[str, int]) -> Rule:
    """Forbid `except Exception` outside the worker loops and the web edge; gives how many each file may have."""

    def rule(module: Module) -> Iterator[str]:
        broad = [node.lineno for node in ast.walk(module.tree) if isinstance(node, ast.ExceptHandler) and _broad(node)]
        if len(broad) > allowed.get(module.path, 0):
            yield f"{module.at(broad[-1])} catches everything: name the errors that are expected here"

    return rule


def _broad(node: ast.ExceptHandler) -> bool:
    if node.type is None:
        return True
    names = {getattr(one, "id", "") for one in ast.walk(node.type)}
    catches_all = bool(names & {"Exception", "BaseException"})
    raises_again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
    return catches_all and not raises_again


def honest_tests(module: Module) -> Iterator[str]:
    """Want a sentence on every test, and nothing patched."""
    yield from never_imports(("unittest.mock", "mock", "pytest_mock", "aioresponses", "freezegun"))(module)
    for function in module.functions:
        names = {argument.arg for argument in function.args.args}
        if names & {"monkeypatch", "mocker"}:
            yield f"{module.at(function.lineno)} {function.name} patches: hand values in instead"
        if function.name.startswith("test_") and not (ast.get_docstring(function) or "").endswith("."):
            yield f"{module.at(function.lineno)} {function.name} has no sentence that says what it shows"


def cycle(arrows: Mapping[str, set[str]]) -> list[str]:
    """Find a cycle among modules (name -> what it imports), empty where there is none."""
    done: set[str] = set()
    for start in sorted(arrows):
        found = _walk(start, arrows, [], done)
        if found:
            return found
    return []


def _walk(name: str, arrows: Mapping[str, set[str]], way: list[str], done: set[str]) -> list[str]:
    if name in way:
        return [*way[way.index(name) :], name]
    if name in done:
        return []
    for target in sorted(arrows.get(name, ())):
        found = _walk(target, arrows, [*way, name], done)
        if found:
            return found
    done.add(name)
    return []
