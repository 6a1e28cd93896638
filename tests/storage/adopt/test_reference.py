"""The table of docs/reference/seeds.md beside the old databases and our own schema."""

from __future__ import annotations

import re
from pathlib import Path

from storage.adopt.source import open_source
from storage.schema import metadata
from tests.storage.adopt.conftest import Build
from tests.storage.adopt.test_sums import SYSTEMS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "seeds.md"
ROW = re.compile(r"\| (\w+) \| (\w+) \| (.+) \|")


def sections() -> list[dict[tuple[str, str], str]]:
    """Read where each column lives, seed by seed."""
    parts = PAGE.read_text("utf-8").split("\n## ")[1:]
    return [{(row[1], row[2]): row[3] for row in ROW.finditer(part) if row[1] != "table"} for part in parts]


async def test_every_column_is_named(build: Build) -> None:
    """No column of an old database is left out, and none is made up."""
    for name, named in zip(SYSTEMS, sections(), strict=True):
        async with open_source(await build(name)) as source:
            there = {(table, column) for table, columns in source.tables.items() for column in columns}
        assert {pair for pair in there if pair[0] != "sqlite_sequence"} == named.keys()


def test_every_place_exists() -> None:
    """Each place that the page names is a column (or table) of ours."""
    for named in sections():
        for (table, column), place in named.items():
            found = re.findall(r"`(\w+)(?:\.(\w+))?(?:\.\w+)*`", place)
            assert found or place.startswith(("not kept", "the key", "the owner")), (table, column)
            for ours, part in found:
                if ours in metadata.tables:
                    assert not part or part in metadata.tables[ours].c, place
                else:
                    assert ours in ("community", "content_sid", "recipients", "trade"), place
