"""The documents name what is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

import bot.metrics
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


@pytest.mark.parametrize("name", ["alerts.yml", "dashboard.json"])
def test_monitoring_names_metrics_that_exist(name: str) -> None:
    """Every metric of the alerts and the dashboard is one that the service gives."""
    text = (ROOT / "docs" / "monitoring" / name).read_text("utf-8")
    document = yaml.safe_load(text)  # JSON is YAML, too
    assert document.keys() >= ({"groups"} if name == "alerts.yml" else {"panels", "templating"})
    assert bot.metrics  # what it defines is registered
    known = {sample for family in REGISTRY.collect() for sample in _samples(family.name, family.type)}
    asked = set(re.findall(r"\brollcall_\w+", text))
    assert asked
    assert asked <= known


def _samples(name: str, kind: str) -> set[str]:
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(kind, ("",))
    return {name + ending for ending in endings}


@pytest.mark.parametrize("page", ["docs/reliability.md", "SECURITY.md"])
def test_pages_name_tests_that_exist(page: str) -> None:
    """Every `file::test` of the page is there."""
    places = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / page).read_text("utf-8"))
    assert len(places) > 5
    for path, name in places:
        assert not name or f"def {name}(" in (ROOT / path).read_text("utf-8"), f"{path}::{name}"
        assert (ROOT / path).is_file(), path
