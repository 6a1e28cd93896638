"""The documents name what is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.settings import KNOWN, load_settings
from flows.commands.help import reference

ROOT = Path(__file__).parent.parent
PLACES = re.findall(r"`([\w/]+\.py):(\w+)`", (ROOT / "docs" / "journey.md").read_text("utf-8"))


@pytest.mark.parametrize(("path", "name"), PLACES, ids=lambda one: one)
def test_the_journey_names_functions_that_exist(path: str, name: str) -> None:
    """Every `file:function` of the journey is defined in that file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in defined


def test_the_reference_of_commands_is_what_the_code_says() -> None:
    """`docs/reference/commands.md` is made of the commands themselves."""
    assert (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8") == reference()


def test_the_example_file_names_every_setting_with_its_default() -> None:
    """`.env.example` has all settings and no other, and loading it changes nothing."""
    path = ROOT / ".env.example"
    names = {line.partition("=")[0] for line in path.read_text("utf-8").splitlines() if line and line[0] != "#"}
    assert names == set(KNOWN)
    assert load_settings({}, path).model_copy(update={"db_path": ""}) == load_settings({}, None)
