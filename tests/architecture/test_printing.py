"""Whatever the program prints goes one way, which writes out what a terminal would obey."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATHS = [path for path in sorted((ROOT / "bot").rglob("*.py")) if path.name != "terminal.py"]
OTHER_WAYS = ("print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_prints_by_one_way(path: Path) -> None:
    """Use `bot.runtime.terminal.echo`, and `Text(visible(...))` where rich prints, for new commands as well."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in OTHER_WAYS, f"{path}:{node.lineno} calls {name}: use bot.runtime.terminal.echo"
            is_plain = name.endswith("console.print") and not ast.unparse(node.args[0]).startswith("Text(visible(")
            assert not is_plain, f"{path}:{node.lineno} prints a text as it is: use Text(visible(...))"
