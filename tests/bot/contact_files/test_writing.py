"""Contacts as files, and what programs make of them."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.cells import guarded
from bot.contact_files import writing as module
from bot.contact_files.entries import Entry
from bot.contact_files.reading import read_contacts
from bot.contact_files.writing import format_of, writing
from flows.errors import CommandError
from flows.values import ContactStatus


def person(**changes: Any) -> dict[str, Any]:
    """Describe somebody."""
    bo = {"phone": "+15550100102", "name": "Bo", "language": "es", "time_zone": "America/New_York"}
    kept = {"status": "active", "opted_out": False, "groups": ["choir", "board"], "fields": {"part": "tenor"}}
    return {**bo, **kept, "records": [], **changes}


def write(path: Path, *people: dict[str, Any], names: tuple[str, ...] = ("part",)) -> Path:
    """Write a file in the format of its name."""
    with writing(path, format_of(path, None), names) as add:
        for one in people:
            add(one)
    return path


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.xlsx", "out.vcf"])
def test_what_is_written_can_be_read(tmp_path: Path, name: str) -> None:
    """A file of ours is read as the same people, by their phones, names, groups and fields."""
    quiet = person(phone="+15550100103", name=None, opted_out=True, groups=[], fields={}, language=None, time_zone=None)
    path = write(tmp_path / name, person(), quiet)
    with path.open("rb") as file:
        bo, cy = read_contacts(file)
    assert isinstance(bo, Entry)
    assert isinstance(cy, Entry)
    assert (bo.phone, bo.name, bo.groups) == ("+15550100102", "Bo", ("choir", "board"))
    assert cy.phone == "+15550100103"
    if name != "out.vcf":
        assert (bo.language, bo.time_zone, bo.fields) == ("es", "America/New_York", {"part": "tenor"})
        assert (cy.opted_out, cy.fields) == (True, {})


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "out.vcf"])
@pytest.mark.parametrize("status", list(ContactStatus))
def test_how_somebody_stands_comes_back(tmp_path: Path, name: str, status: ContactStatus) -> None:
    """Who is inactive, blocked, invalid or opted out is so in our own export, whatever its format."""
    path = write(tmp_path / name, person(status=status), person(status=status, opted_out=True))
    with path.open("rb") as file:
        first, second = read_contacts(file)
    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    assert (first.status, first.opted_out, second.opted_out) == (status, False, True)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_computed(tmp_path: Path, cell: str) -> None:
    """A text that a spreadsheet would compute is kept from it, in every kind of table, headings included."""
    assert guarded(cell) == guarded(cell, numbers_stay=True) == f"'{cell}"
    evil = person(name=cell, fields={cell: cell})
    rows = list(
        csv.reader(io.StringIO(write(tmp_path / "a.csv", evil, names=(cell,)).read_bytes().decode("utf-8-sig"), ""))
    )
    assert [row[1] for row in rows[1:]] == [f"'{cell}"]
    assert rows[0][-1] == f"'{cell}"
    book = load_workbook(write(tmp_path / "a.xlsx", evil, names=(cell,)))
    assert {one.data_type for row in book.worksheets[0].iter_rows() for one in row if one.value} == {"s"}


@pytest.mark.parametrize("cell", ["+15550100102", "-12.5", "plain", ""])
def test_numbers_and_words_stay(cell: str) -> None:
    """A phone or a number computes nothing and stays as it is, where that is asked for."""
    assert guarded(cell, numbers_stay=True) == cell
    assert guarded(cell) == (f"'{cell}" if cell.startswith(("+", "-")) else cell)


def test_every_field_in_json_lines(tmp_path: Path) -> None:
    """A line holds everything about a person."""
    records = [{"kind": "vehicle", "make": "Toyota"}]
    lines = write(tmp_path / "out.jsonl", person(records=records)).read_text().splitlines()
    assert [json.loads(line) for line in lines] == [person(records=records)]


def test_odd_values(tmp_path: Path) -> None:
    """Lists, numbers and characters that a spreadsheet cannot hold are written all the same."""
    odd = person(
        name="Bo\x07; Diaz, the\nthird",
        fields={"part": ["tenor", "bass"], "seats": 3, "paid": True, "email": "b@example.org"},
    )
    path = write(tmp_path / "out.xlsx", odd, names=("part", "seats", "paid"))
    (_head, row) = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    assert row[1] == "Bo; Diaz, the\nthird"
    assert row[-3:] == ("tenor; bass", "3", "yes")
    card = write(tmp_path / "out.vcf", odd).read_text()
    assert "FN:Bo\x07\\; Diaz\\, the\\nthird\n" in card
    assert "EMAIL:b@example.org" in card


def test_whole_or_not_at_all(tmp_path: Path) -> None:
    """A file that breaks off leaves the old one; one that cannot be written is named."""
    path = write(tmp_path / "out.csv", person())
    before = path.read_bytes()
    with suppress(KeyError), writing(path, "csv", ("part",)) as add:
        add(person(name="Somebody else"))
        add({})
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]
    with pytest.raises(CommandError, match=r"nowhere.out\.csv cannot be written: No such file"):
        write(tmp_path / "nowhere" / "out.csv", person())


def test_formats() -> None:
    """The end of the name says the format unless it is given; another one is refused."""
    assert format_of(Path("A.CSV"), None) == "csv"
    assert format_of(Path("a.txt"), "jsonl") == "jsonl"
    with pytest.raises(CommandError, match="say the format"):
        format_of(Path("a.txt"), None)
    assert set(module.FORMATS.values()) == {"csv", "tsv", "xlsx", "vcard", "jsonl"}
