"""Where the audience ends and the text for it begins: BLAST #roofers zip=94110: See you at noon."""

from __future__ import annotations

import re

_SIGN = re.compile(
    r"""
    (?P<quoted> ["“”„«»] [^"“”„«»\n]* ["“”„«»] | (?<= [\s=~<>#(] ) ['‘] [^'’\n]+ ['’] (?= [\s:),] | $ ) )
    | (?P<end> \n \s*+ [:：]? | [:：] )
    """,
    re.VERBOSE,
)
"""A colon between quotes belongs to the audience; a quote that is never closed on its line is no quote."""


def split(rest: str) -> tuple[str, str]:
    """Split at the first colon or line break outside quotes: the audience, and the text as it was written.

    Without either the text is empty.
    """
    stripped = rest.strip()
    for found in _SIGN.finditer(stripped):
        if found["end"] is not None:
            return stripped[: found.start()].rstrip(), stripped[found.end() :].lstrip()
    return stripped, ""
