"""Which encoding of one byte a letter a file is written in, where nothing in it says so.

Bytes above 127 are other letters in each of these encodings. So every word is read in each, and the one in which the
most words look like words is taken: one alphabet, no signs within, small letters after a capital, and in Latin words
only some letters with accents. A guess is sure only where it is Western European and every word looks right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import BinaryIO

USUAL = "cp1252"
_OTHERS = ("cp1251", "koi8-r", "cp1253", "cp1250", "cp850", "mac_roman", "cp866", "cp1255", "cp1256")
_MOST_BYTES, _MOST_WORDS, _SHOWN = 4_000_000, 400, 3
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_CELL = re.compile(rb"[^\r\n,;:\t|\"]*[\x80-\xff][^\r\n,;:\t|\"]*")
_COMMON = {
    "LATIN": frozenset("áéíóúüñçàèìòùâêîôûäëïöãõåøæß"),
    "CYRILLIC": frozenset("оеаинтсрвлкмдпуя"),
    "GREEK": frozenset("αοιετσνηυρπκλςάόίέή"),
}
_LAST_ONLY = "ς"
_AROUND = "‘’“”–—…€°ºª¿¡«»·"
"""Signs that stand around words."""
_GOOD = 0.9


@dataclass(frozen=True, slots=True)
class Guess:
    """The encoding of a text."""

    name: str
    is_sure: bool = True
    sample: tuple[str, ...] = ()
    """Of a guess: some cells as they are read by it."""


def title_of(name: str) -> str:
    """Name an encoding as programs show it to people: Windows-1252, KOI8-R."""
    return name.upper().replace("CP125", "Windows-125").replace("CP", "DOS ").replace("MAC_ROMAN", "Mac Roman")


def guess_of(file: BinaryIO) -> Guess:
    """Guess the encoding of a text that is not Unicode; the file is read from its beginning, and rewound."""
    content = file.read(_MOST_BYTES)
    file.seek(0)
    words = [found[0] for found in islice(_WORD.finditer(content), _MOST_WORDS)]
    usual = _fitness(words, USUAL)
    best = max(_OTHERS, key=lambda name: _fitness(words, name))
    name = best if _fitness(words, best) > usual + 0.2 else USUAL
    is_sure = name == USUAL and usual >= _GOOD
    return Guess(name, is_sure, tuple(islice(_cells(content, name), _SHOWN)))


def _cells(content: bytes, name: str) -> Iterator[str]:
    for found in _CELL.finditer(content):
        yield " ".join(found[0].decode(name, "replace").split())[:40]


def _fitness(words: Sequence[bytes], name: str) -> float:
    """Return how much the words look like words in an encoding, from -1 to about 1."""
    return sum(_look(word, name) for word in words) / max(1, len(words))


def _look(word: bytes, name: str) -> float:
    try:
        text = word.decode(name)
    except UnicodeDecodeError:
        return -1.0
    text = text.strip(_AROUND).replace("’", "")
    if text.isascii():
        return _GOOD
    alphabets = {_alphabet(sign) for sign in text if not (sign.isascii() and len(text) > 1)} or {""}
    alphabet = alphabets.pop()
    if alphabets or not alphabet or not _is_cased_as_a_word(text) or _LAST_ONLY in text[:-1]:
        return -1.0
    strange = [sign for sign in text if not sign.isascii()]
    if alphabet == "LATIN":
        if len(strange) * 2 > len(text) or re.search(r"[^\x00-\x7f]{3}", text):
            return -1.0 if len(text) > 2 else 0.5 + 0.4 * all(sign.lower() in _COMMON["LATIN"] for sign in strange)
    elif len(strange) < len(text):
        return -1.0
    common = _COMMON.get(alphabet, frozenset())
    return 0.6 + 0.4 * sum(sign.lower() in common for sign in strange) / len(strange)


def _alphabet(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0] if sign.isalpha() else ""


def _is_cased_as_a_word(text: str) -> bool:
    return not any(before.islower() and sign.isupper() and not sign.isascii() for before, sign in pairwise(text))
