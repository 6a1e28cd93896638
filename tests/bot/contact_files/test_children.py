"""Odd files, each read by a process with bounds: what one costs is measured there, and nobody else pays."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bot.contact_files.bounds import BY_CHAT, BY_SHELL, Bounds
from bot.contact_files.children import Whole, read_in_child, read_whole
from bot.contact_files.entries import Entry, Refused
from bot.contact_files.reading import About, ReadOptions
from bot.contact_files.refusals import FileRefused
from tests.bot.contact_files.odd import SHEET, STRINGS, STYLES, book, card, row, shared, sheet, with_parts

US = ReadOptions("US")
PHONE = "+15550100102"
HEADER = row(1, A="name", B="phone")
BO = row(2, A="Bo", B=PHONE)


def table(count: int) -> bytes:
    """Write a table of so many people."""
    return ("name,phone\n" + "".join(f"Bo,+1555{number:07}\n" for number in range(count))).encode()


async def read(content: bytes, bounds: Bounds = BY_CHAT, options: ReadOptions = US) -> Whole:
    """Read a file as ADD does, and hold the process to its bounds."""
    whole = await read_whole(content, options, bounds)
    assert whole.ended.peak_mb < bounds.memory_mb
    assert whole.ended.cpu_seconds < (bounds.seconds or 60)
    return whole


FINE: dict[str, tuple[Callable[[], bytes], int]] = {
    "the plainest list": (lambda: book(("name", "phone"), ("Bo", PHONE)), 1),
    "as many rows as there may be": (lambda: table(20_000), 20_000),
    "a size that is a lie": (lambda: with_parts({SHEET: sheet(HEADER + BO, '<dimension ref="A1:XFD1048576"/>')}), 1),
    "100,000 empty rows": (lambda: b"name,phone\n" + b",\n" * 100_000 + b"Bo,+15550100102\n", 1),
    "formatted rows with nothing in them": (
        lambda: with_parts({SHEET: sheet(HEADER + '<row><c s="0"/></row>' * 20_000 + row(30_000, A="Bo", B=PHONE))}),
        1,
    ),
    "a formula that was never computed": (
        lambda: with_parts({SHEET: sheet(f"{HEADER}<row><c><f>1+1</f></c><c><f>2</f><v>15550100102</v></c></row>")}),
        1,
    ),
    "20,000 cards": (lambda: card("FN:Bo", f"TEL;TYPE=CELL:{PHONE}") * 20_000, 20_000),
    "a card with a fold after each letter": (lambda: card("FN:Bo", f"TEL:{PHONE}", "NOTE:" + "x\n " * 1_000_000), 1),
    "a table with the ending of a spreadsheet": (lambda: b"\xef\xbb\xbfname,phone\nBo,+15550100102\n", 1),
}


@pytest.mark.parametrize("name", FINE)
async def test_files_that_only_look_odd(name: str) -> None:
    """They are read, within the memory and the time that are measured in the process itself."""
    make, count = FINE[name]
    whole = await read(make())
    assert sum(isinstance(one, Entry) for one in whole.reads) == count


HARMFUL: dict[str, tuple[Callable[[], bytes], str]] = {
    "one row too many": (lambda: table(20_001), "more than 20,000 rows"),
    "one card too many": (lambda: card("FN:Bo", f"TEL:{PHONE}") * 20_001, "more than 20,000 rows"),
    "too many columns": (lambda: b"phone," + b",".join(b"c" * 9 for _ in range(200)), "more than 200 columns"),
    "a line of 5 MB": (lambda: b"a," * 2_500_000, "more than 200 columns"),
    "a word of 5 MB": (lambda: b"x" * 5_000_000, "field larger than field limit"),
    "a quotation mark that stays open": (lambda: b'name,phone\n"' + b"x,\n" * 1_500_000, "quotation mark"),
    "cells in the last column there is": (
        lambda: with_parts({SHEET: sheet(HEADER + row(2, A="Bo", XFD=PHONE))}),
        "more than 200 columns",
    ),
    "a bomb": (lambda: with_parts({SHEET: sheet(HEADER + "<row/>" * 9_000_000)}), "unpacks to more than 50 MB"),
    "a bomb beside the sheet": (lambda: with_parts({"xl/odd.xml": "0" * 51_000_000}), "unpacks to more than 50 MB"),
    "styles without end": (
        lambda: with_parts(
            {
                STYLES: '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts>'
                + "<font><b/></font>" * 2_000_000
                + "</fonts></styleSheet>"
            }
        ),
        "more than 256 MB of memory|longer than 20 seconds",
    ),
    "a long string in every row": (
        lambda: with_parts(
            {
                STRINGS: shared("name", "phone", "note", PHONE, "x" * 30_000),
                SHEET: sheet(
                    '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>'
                    + '<row><c t="s"><v>0</v></c><c t="s"><v>3</v></c><c t="s"><v>4</v></c></row>' * 2_000
                ),
            }
        ),
        "more than 20 MB of text",
    ),
    "a table that calls itself a spreadsheet": (lambda: b"PK\x03\x04name,phone\n", "damaged"),
    "a billion laughs": (
        lambda: with_parts(
            {
                SHEET: '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
                + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
                + f"]>{sheet(row(1, A='&j;'))}"
            }
        ),
        "damaged",
    ),
}


@pytest.mark.parametrize("name", HARMFUL)
async def test_files_that_do_harm(name: str) -> None:
    """2.3 MB became 2.5 GB, and one file kept everybody waiting for 100 s: now each is refused with its bound."""
    make, reason = HARMFUL[name]
    with pytest.raises(FileRefused, match=reason):
        await read(make())


async def test_deep_xml_ends_in_time() -> None:
    """A part with a million levels takes no longer than the bound, by the clock and by the processor."""
    content = with_parts({SHEET: "<a>" * 1_000_000 + "</a>" * 1_000_000})
    bounds, began_at = replace(BY_CHAT, seconds=2), time.monotonic()
    with pytest.raises(FileRefused, match=r"longer than 2 seconds|more than 256 MB|damaged"):
        await read(content, bounds)
    assert time.monotonic() - began_at < 10


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["FN:Bo", *[f"TEL:{PHONE}"] * 5_000], "The card has more than 100 entries."),
        (["FN:Bo", f"TEL:{PHONE}", "URL:" + "x\n " * 500_000], "Longer than 100000 characters."),
        (["FN;ENCODING=QUOTED-PRINTABLE:" + "=C3=\n" * 300_000, f"TEL:{PHONE}"], "Longer than 100000 characters."),
        (["FN:Bo", "TEL" + ";TYPE=a" * 300_000 + f":{PHONE}"], "Longer than 100000 characters."),
    ],
)
async def test_cards_that_do_harm(lines: list[str], reason: str) -> None:
    """A card of megabytes took a reader half a minute; now it is left out, and the next one is read."""
    whole = await read(card(*lines) + card("FN:Cy", "TEL:+15550100103"))
    first, second = whole.reads
    assert isinstance(first, Refused)
    assert first.reason == reason
    assert isinstance(second, Entry)


async def test_reasons_in_spanish() -> None:
    """A row's bound is named in the operator's language."""
    whole = await read(card(*["TEL:1"] * 200), options=ReadOptions("US", language="es"))
    (refused,) = whole.reads
    assert isinstance(refused, Refused)
    assert refused.reason == "La tarjeta tiene más de 100 entradas."


async def test_the_shell_has_no_bound_on_rows() -> None:
    """The owner's own list is read however long it is, row by row."""
    whole = await read(table(30_000), BY_SHELL)
    assert len(whole.reads) == 30_000


async def test_the_shell_is_told_as_well() -> None:
    """What the owner's file asks for has a bound, too, and a file that stalls is named with the row."""
    with pytest.raises(FileRefused, match="more than 2000 columns"):
        await read(b"a," * 3_000, BY_SHELL)
    with pytest.raises(FileRefused, match="after 0 rows nothing came for 0 seconds"):
        await read(table(10), replace(BY_SHELL, stall_seconds=0))


def readers(parent: int) -> list[str]:
    """Name the processes that read files for a process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if f'"parent":{parent}' in path.read_text(errors="replace"):
                found.append(path.parent.name)
    return found


async def test_no_process_is_left() -> None:
    """Whoever stops listening ends the process that reads, at once."""
    with tempfile.TemporaryFile() as file:
        file.write(with_parts({SHEET: "<a>" * 1_000_000}))
        task = asyncio.create_task(anext(read_in_child(file, US, BY_CHAT)))
        while not readers(os.getpid()):  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert readers(os.getpid()) == []


async def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    """After a kill of the service nothing goes on reading its file."""
    odd = tmp_path / "odd.xlsx"
    odd.write_bytes(with_parts({SHEET: "<a>" * 3_000_000}))
    program = (
        "import asyncio, sys\n"
        "from bot.contact_files.bounds import BY_CHAT\n"
        "from bot.contact_files.children import read_whole\n"
        "from bot.contact_files.reading import ReadOptions\n"
        f"asyncio.run(read_whole(open({str(odd)!r}, 'rb').read(), ReadOptions(), BY_CHAT))\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stderr=asyncio.subprocess.DEVNULL)

    async with asyncio.timeout(30):
        while not readers(parent.pid):  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.05)
        parent.send_signal(signal.SIGKILL)
        await parent.wait()
        while readers(parent.pid):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_rows_come_while_the_file_is_read() -> None:
    """A long list is told row by row, not at the end."""
    with tempfile.TemporaryFile() as file:
        file.write(table(20_000))
        async with aclosing(read_in_child(file, US, BY_SHELL)) as lines:
            about, first = await anext(lines), await anext(lines)
    assert isinstance(about, About)
    assert isinstance(first, Entry)
