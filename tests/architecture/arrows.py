"""Who may import, call and construct what."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from tests.architecture.module import Module, Rule


def _is_below(name: str, tops: Sequence[str]) -> bool:
    return any(name == top or name.startswith(f"{top}.") for top in tops)


def imports_only(allowed: Sequence[str]) -> Rule:
    """Allow these modules and what is below them."""

    def rule(module: Module) -> Iterator[str]:
        for line, name in module.imports:
            if not _is_below(name, allowed):
                yield f"{module.at(line)} imports {name}: DESIGN's table does not let it; move the code or the need"

    return rule


def never_imports(forbidden: Sequence[str]) -> Rule:
    """Forbid these modules and what is below them."""

    def rule(module: Module) -> Iterator[str]:
        for line, name in module.imports:
            if _is_below(name, forbidden):
                yield f"{module.at(line)} imports {name}: the arrow points the other way; hand it in as a value"

    return rule


def called(node: ast.AST) -> str:
    """Name what is called, without what stands before the last dot; empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def imports_openly(module: Module) -> Iterator[str]:
    """Forbid imports that no rule can see."""
    for node in ast.walk(module.tree):
        if called(node) in {"import_module", "__import__", "exec", "eval"}:
            yield f"{module.at(node.lineno)} calls {called(node)}(): write an import statement"  # type: ignore[attr-defined]


PURE = (
    *("__future__", "abc", "bisect", "collections", "dataclasses", "datetime", "decimal", "difflib", "enum"),
    *("contextlib", "fractions", "functools", "hashlib", "heapq", "hmac", "itertools", "math", "operator", "re"),
    *("statistics", "string", "textwrap", "types", "typing", "unicodedata", "zlib", "zoneinfo"),
)
"""The part of the standard library that neither waits nor looks around (zoneinfo reads its own tables)."""
_OUTSIDE = frozenset({"open", "print", "input", "breakpoint"})
_CLOCKS = frozenset({"now", "utcnow", "today"})


def is_pure(module: Module) -> Iterator[str]:
    """Forbid waiting, clocks and I/O, called or handed on."""
    for node in ast.walk(module.tree):
        line = getattr(node, "lineno", 1)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield f"{module.at(line)} waits: flows decide, the shell waits; make it a plain function of values"
        elif isinstance(node, ast.comprehension) and node.is_async:
            yield f"{module.at(node.iter.lineno)} waits: flows decide, the shell waits; take a sequence"
        elif isinstance(node, ast.Name) and node.id in _OUTSIDE:
            yield f"{module.at(line)} uses {node.id}(): make what it reads an input, what it writes an effect"
        elif isinstance(node, ast.Attribute) and node.attr in _CLOCKS:
            yield f"{module.at(line)} asks for {node.attr}(): make the time an input of the turn"


def constructed(module: Module) -> set[str]:
    """Name the classes of the shell that a module imports and calls."""
    ours = {name.rpartition(".")[2] for _line, name in module.imports if name.startswith("bot.")}
    return {called(node) for node in ast.walk(module.tree) if called(node)[:1].isupper()} & ours


def constructs_none(parts: set[str]) -> Rule:
    """Forbid calling what another place constructs."""

    def rule(module: Module) -> Iterator[str]:
        for node in ast.walk(module.tree):
            if called(node) in parts:
                line = getattr(node, "lineno", 1)
                yield f"{module.at(line)} constructs {called(node)}: bot/service.py does; take it as an argument"

    return rule


def arrows(modules: Sequence[Module]) -> dict[str, set[str]]:
    """Draw which of these modules imports which; `from package import module` goes to the module."""
    known = {module.name for module in modules}
    drawn: dict[str, set[str]] = {}
    for module in modules:
        targets = set()
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                targets |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                origin = module.origin(node)
                below = {f"{origin}.{alias.name}" for alias in node.names}
                targets |= (below & known) | ({origin} if below - known else set())
        drawn[module.name] = (targets & known) - {module.name}
    return drawn


def cycle(drawn: Mapping[str, set[str]]) -> list[str]:
    """Find a cycle among modules (name -> what it imports), empty where there is none."""
    done: set[str] = set()
    for start in sorted(drawn):
        found = _walk(start, drawn, [], done)
        if found:
            return found
    return []


def _walk(name: str, drawn: Mapping[str, set[str]], way: list[str], done: set[str]) -> list[str]:
    if name in way:
        return [*way[way.index(name) :], name]
    if name in done:
        return []
    for target in sorted(drawn.get(name, ())):
        found = _walk(target, drawn, [*way, name], done)
        if found:
            return found
    done.add(name)
    return []


def packages(modules: Sequence[Module], ours: Sequence[str]) -> dict[str, str]:
    """Give the top name of every import that is not one of ours, with the first place that has it."""
    found: dict[str, str] = {}
    for module in modules:
        for line, name in module.imports:
            top = name.partition(".")[0]
            if top not in ours:
                found.setdefault(top, module.at(line))
    return found


def undeclared(used: Mapping[str, str], declared: set[str]) -> list[str]:
    """Compare distributions (name -> where it is imported) with those that are declared."""
    return [
        f"{place} imports from {name}: declare it in pyproject.toml"
        for name, place in used.items()
        if name not in declared
    ]


def unused(used: Mapping[str, str], declared: set[str]) -> list[str]:
    """Name the declared distributions that nothing imports."""
    return [f"pyproject.toml:1 declares {name}, which nothing imports: take it out" for name in declared - set(used)]
