"""The real cases that lie beside the repository; tests that use them skip where the folder is absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases"


def load_case(name: str) -> Any:
    """Load a JSON file of the cases, or skip the test."""
    path = CASES / name
    if not path.is_file():
        pytest.skip(f"the real cases are not here: {name}")
    return json.loads(path.read_text("utf-8"))
