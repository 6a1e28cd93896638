"""The documents name what is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLACES = re.findall(r"`([\w/]+\.py):(\w+)`", (ROOT / "docs" / "journey.md").read_text("utf-8"))


@pytest.mark.parametrize(("path", "name"), PLACES, ids=lambda one: one)
def test_the_journey_names_functions_that_exist(path: str, name: str) -> None:
    """Every `file:function` of the journey is defined in that file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in defined
