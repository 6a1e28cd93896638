"""What commands print: names and texts of people must not command the terminal that shows them."""

from __future__ import annotations

import re

import click

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, of ISO 6429's second set too; line ends and tabs stay
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"  # what turns the direction of writing, or is not seen
    "\u2028\u2029\ufeff\ufff9-\ufffb\ud800-\udfff]"  # other line ends, marks without a sign, halves of characters
)


def visible(text: str) -> str:
    r"""Return a text with every character that a terminal would obey written out, such as \u001b for ESC.

    The form is that of JSON, so that a JSON document stays one and means the same.
    """
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """Return a text as a cell of a list: in one line, for a name with a line end in it must not make up another row."""
    return " ".join(text.split())


def echo(text: str = "", *, err: bool = False, end: str = "\n") -> None:
    """Print a text on standard output, or on standard error, as `visible` shows it."""
    click.echo(visible(text) + end, err=err, nl=False)
