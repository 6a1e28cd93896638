"""A Python file as the rules see it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

Function = ast.FunctionDef | ast.AsyncFunctionDef


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
    def functions(self) -> list[Function]:
        """Every function and method."""
        return [one for one in ast.walk(self.tree) if isinstance(one, Function)]

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """Every module that is imported, with the line; of `from a import b` both a and a.b."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                origin = self.origin(node)
                found += [(node.lineno, origin), *((node.lineno, f"{origin}.{alias.name}") for alias in node.names)]
        return found

    def origin(self, node: ast.ImportFrom) -> str:
        """Name the module after `from`, also where it is written relative to this one."""
        parts = self.name.split(".")
        up = node.level - self.path.endswith("__init__.py")
        above = parts[: len(parts) - up] if node.level else []
        return ".".join([*above, *([node.module] if node.module else [])])

    def at(self, line: int) -> str:
        """Name a place."""
        return f"{self.path}:{line}"


Rule = Callable[[Module], Iterator[str]]
"""A module in, findings out: the place, what is wrong, what to do."""
