"""Files of contacts as people have them: tables, spreadsheets, vCards."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from bot.contact_files.entries import Entry, Read, Refused
from bot.contact_files.reading import read_contacts
from flows.errors import CommandError

BO, CY = "+15550100102", "+15550100103"


def read(content: bytes | str, mapping: dict[str, str] | None = None, encoding: str | None = None) -> list[Read]:
    """Read a file of an organisation in the United States."""
    data = content.encode() if isinstance(content, str) else content
    return list(read_contacts(io.BytesIO(data), country="US", mapping=mapping, encoding=encoding))


def one(content: bytes | str) -> Entry:
    """Read a file with one person in it."""
    (found,) = read(content)
    assert isinstance(found, Entry)
    return found


def sheet(*rows: tuple[Any, ...], empty_first: bool = False) -> bytes:
    """Make a spreadsheet."""
    book = Workbook()
    if empty_first:
        book.create_sheet("data")
    for row in rows:
        book.worksheets[-1].append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_whatever_stands_between_the_cells(sign: str) -> None:
    """Commas, semicolons, tabs and bars, also where another of them stands within the cells."""
    rows = [["name", "phone", "note"], ["Diaz, Bo; tenor", "555-010-0102", "a, b, c"]]
    text = "\n".join(sign.join(f'"{cell}"' if sign in cell else cell for cell in row) for row in rows)
    assert read(text) == [Entry("row 2", BO, "Diaz, Bo; tenor", fields={"note": "a, b, c"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(encoding: str) -> None:
    """Each way in which programs write a text is found out."""
    assert one("nombre,teléfono\nBego Núñez,+15550100102\n".encode(encoding)).name == "Bego Núñez"


def test_an_encoding_that_is_named() -> None:
    """A named encoding is used; a wrong one is refused, and so is one that does not exist."""
    content = "name,phone\nBeňo,+15550100102\n".encode("cp1250")
    (found,) = read(content, encoding="cp1250")
    assert isinstance(found, Entry)
    assert found.name == "Beňo"
    with pytest.raises(CommandError, match="not written in utf-8"):
        read(content, encoding="utf-8")
    with pytest.raises(CommandError, match="no encoding"):
        read(content, encoding="klingon")


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("Name,Mobile", "Bo Diaz,555-010-0102", ("Bo Diaz", {})),
        ("First Name,Last Name,Mobile Phone,Home Phone", "Bo,Diaz,555-010-0102,555-010-0199", ("Bo Diaz", {})),
        ("Home Phone,Mobile Phone,Business Phone", "555-010-0199,555-010-0102,555-010-0198", (None, {})),
        ("Nombre,Apellidos,Móvil", "Bo,Diaz,555-010-0102", ("Bo Diaz", {})),
        ("nombre completo;celular;código postal", "Bo Diaz;555-010-0102;94110", ("Bo Diaz", {"zip": "94110"})),
        ("PHONE_NUMBER,E-mail Address", "555-010-0102,bo@example.org", (None, {"email": "bo@example.org"})),
        ("Phone,Favourite Part", "555-010-0102,tenor", (None, {"favourite_part": "tenor"})),
        ("Phone,2nd choice", "555-010-0102,bass", (None, {"field_2nd_choice": "bass"})),
        (
            "Given Name,Family Name,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value,Notes",
            "Bo,Diaz,Home,555-010-0199,Mobile,555-010-0102,x",
            ("Bo Diaz", {}),
        ),
        (
            "First Name,Last Name,Phone 1 - Label,Phone 1 - Value,E-mail 1 - Value",
            "Bo,Diaz,,555-010-0102 ::: 555-010-0199,bo@example.org",
            ("Bo Diaz", {"email": "bo@example.org"}),
        ),
    ],
)
def test_headings(header: str, row: str, expected: tuple[str | None, dict[str, str]]) -> None:
    """The columns of Google, Outlook, phones and plain lists are known, in English and Spanish; a mobile goes first."""
    found = one(f"{header}\n{row}\n")
    assert (found.phone, found.name, found.fields) == (BO, *expected)


@pytest.mark.parametrize(
    "text",
    ["Bo Diaz,555-010-0102\n", "555-010-0102,Bo Diaz\n", "Bo,Diaz,(555) 010-0102\n", "sep=;\nBo Diaz;555-010-0102\n"],
)
def test_lists_without_headings(text: str) -> None:
    """A plain list needs none: the phone is what is a phone, the rest is the name."""
    found = one(text)
    assert (found.phone, found.name) == (BO, "Bo Diaz")


def test_phones_alone() -> None:
    """A column of phones is a list."""
    assert read("555-010-0102\n\n+1 555 010 0103\n") == [Entry("row 1", BO), Entry("row 3", CY)]


def test_everything_else_about_a_person() -> None:
    """Language, time zone, groups and opt-outs have their own columns; nonsense in them is left out."""
    header = "phone,language,time zone,groups,opted out\n"
    first = f"{BO},Spanish,America/New_York,#choir; board,YES\n"
    bo, cy = read(f"{header}{first}{CY},Klingonese,Moon/Base,* myContacts ::: Choir,no\n")
    assert bo == Entry(
        "row 2", BO, language="es", time_zone="America/New_York", groups=("choir", "board"), opted_out=True
    )
    assert cy == Entry("row 3", CY, groups=("Choir",))


def test_a_mapping_of_ones_own() -> None:
    """Headings may be given their meaning, be renamed, or be left out; one that is not there is named."""
    content = "Handy,Wer,Stimme,Notiz\n555-010-0102,Bo,Tenor,x\n"
    mapping = {"Handy": "phone", "wer": "name", "Stimme": "part", "Notiz": ""}
    assert read(content, mapping) == [Entry("row 2", BO, "Bo", fields={"part": "Tenor"})]
    with pytest.raises(CommandError, match="no column 'Name': the file has Handy, Wer, Stimme, Notiz"):
        read(content, {"Name": "name"})


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("7.86E+11", "rounded by a spreadsheet"),
        ("12", "no possible phone number"),
        ("555-010-0102 x12", "extension"),
        ("", "no phone number"),
        ("bo@example.org", "no phone number"),
    ],
)
def test_refused_rows(cell: str, reason: str) -> None:
    """A row without a usable phone is refused with its place and a reason; the others are taken."""
    refused, taken = read(f"name,phone\nBo,{cell}\nCy,{CY}\n")
    assert isinstance(refused, Refused)
    assert refused.place == "row 2"
    assert refused.text.startswith("Bo")
    assert reason in refused.reason
    assert taken == Entry("row 3", CY, "Cy")


def test_spreadsheets() -> None:
    """Numbers stay whole, days are written as days, an empty first sheet is passed over."""
    content = sheet(
        ("Name", "Phone", "Joined", "Seen"),
        ("Bo", 15550100102.0, date(2026, 5, 14), datetime(2026, 5, 14, 9, 30)),  # noqa: DTZ001 - as Excel has them
        (None, None, None, None),
        ("Cy", "+1 555 010 0103", None, 7.5),
        empty_first=True,
    )
    assert read(content) == [
        Entry("row 2", BO, "Bo", fields={"joined": "2026-05-14", "seen": "2026-05-14 09:30:00"}),
        Entry("row 4", CY, "Cy", fields={"seen": "7.5"}),
    ]


def test_cells_that_were_guarded() -> None:
    """The apostrophe that keeps a spreadsheet from computing a cell is taken off again; another one stays."""
    found = one(f"name,phone,note\n'Auntie',{BO},'=1+1\n")
    assert (found.name, found.fields) == ("'Auntie'", {"note": "=1+1"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "before 2007"),
        (b"PK\x03\x04nonsense", "damaged"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text"),
        (b"a,b\n1,2\n", "No column is known to hold phones: the file has a, b"),
        (b'name,phone\n"Bo,' + b"x" * 140_000, "quotation mark"),
    ],
)
def test_files_that_are_no_list(content: bytes, message: str) -> None:
    """What cannot be read is refused as a whole, with what to do."""
    with pytest.raises(CommandError, match=message):
        read(content)


CARDS = """BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:N=C3=BA=C3=B1ez;=42=65=67=6F;;;\r
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=42=65=67=6F=20=\r
N=C3=BA=C3=B1ez\r
TEL;HOME:555-010-0199\r
TEL;CELL:(555) 010-0102\r
PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQEAYABgAAD\r
 2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0a\r
\r
END:VCARD\r
BEGIN:VCARD
VERSION:3.0
item1.TEL;type=WORK;type=pref:(555) 010-0198
item1.X-ABLabel:_$!<Work>!$_
TEL;type=CELL;type=VOICE:555 010 0103
FN:Cy\\, the Lee
EMAIL;type=INTERNET:cy@example.org
CATEGORIES:choir,board
ADR;type=HOME:;;1 Main St;Springfield;IL;62701;USA
URL:https://example.org
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Dee
TEL;VALUE=uri;PREF=1;TYPE="voice,cell":tel:+1-555-010-0104
LANG:es
END:VCARD
"""


def test_cards() -> None:
    """All three versions, with their escapes, categories and pictures; the mobile goes before the preferred phone."""
    assert read(CARDS) == [
        Entry("card 1", BO, "Bego Núñez"),
        Entry(
            "card 2",
            CY,
            "Cy, the Lee",
            fields={"email": "cy@example.org", "website": "https://example.org", "zip": "62701"},
            groups=("choir", "board"),
        ),
        Entry("card 3", "+15550100104", "Dee", "es"),
    ]


def test_broken_cards_cost_only_themselves() -> None:
    """A card that is cut off, empty, or without a phone is refused; what stands after it is read."""
    content = (
        "BEGIN:VCARD\nVERSION:3.0\nno colon in this line\nFN:Bo\nTEL:+15550100102\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Nobody\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Wrong\nTEL:12\nEND:VCARD\n"
        "BEGIN:VCARD\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Cut off\nTEL:+15550100104"
    )
    first, *rest, last = read(content)
    assert first == Entry("card 1", BO, "Bo")
    assert [one.place for one in rest if isinstance(one, Refused)] == ["card 2", "card 3", "card 4"]
    assert isinstance(rest[0], Refused)
    assert (rest[0].text, rest[0].reason) == ("Nobody", "There is no phone number.")
    assert last == Refused("card 5", "BEGIN:VCARD VERSION:3.0 FN:Cut off TEL:+15550100104", "The card is damaged.")
