"""Files that were made to do harm, and files that only look as if they were."""

from __future__ import annotations

import io
import zipfile

from openpyxl import Workbook

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET, STRINGS, STYLES, TYPES = (
    *("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"),
    "[Content_Types].xml",
)
_STRINGS_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def book(*rows: tuple[str, ...]) -> bytes:
    """Make a spreadsheet."""
    made = Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def with_parts(parts: dict[str, str]) -> bytes:
    """Make a spreadsheet with other parts than a program would write."""
    source = zipfile.ZipFile(io.BytesIO(book(("name", "phone"), ("Bo", "+15550100102"))))
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        for name in {**dict.fromkeys(source.namelist()), **parts}:
            content = parts.get(name) or source.read(name).decode()
            if name == TYPES and STRINGS in parts and STRINGS not in content:
                content = content.replace("</Types>", _STRINGS_TYPE)
            made.writestr(name, content)
    return kept.getvalue()


def sheet(body: str, before: str = "") -> str:
    """Write a sheet's part."""
    return f'<worksheet xmlns="{NAMESPACE}">{before}<sheetData>{body}</sheetData></worksheet>'


def row(number: int, **cells: str) -> str:
    """Write a row with its texts by column."""
    said = "".join(
        f'<c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for column, text in cells.items()
    )
    return f'<row r="{number}">{said}</row>'


def shared(*texts: str) -> str:
    """Write the part with the strings that cells share."""
    return f'<sst xmlns="{NAMESPACE}">{"".join(f"<si><t>{text}</t></si>" for text in texts)}</sst>'


def card(*lines: str) -> bytes:
    """Write a vCard."""
    return "\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", "")).encode()
