"""Text as people type it, brought to one plain form, so that words can be compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

COMPARED = 8_192
"""So many characters of a text are compared with words and answers of ours; no message of a phone is longer."""
_SENTENCES = {0xFDFA: " ", 0xFDFB: " "}
"""Single signs that Unicode takes apart into a whole sentence: 18 and 8 characters."""
_SHORT = 64
"""Longer texts are not kept in the cache: they rarely come twice, and the cache must stay small."""

_ASCII_WORDS = "".join(sign if (sign := chr(code)).isalnum() else " " for code in range(128)).lower()

_CONTRACTION = re.compile(r"(?<=\w)['’‘ʼ´`＇](?=(?:t|s|m|d|re|ve|ll)\b)", re.IGNORECASE)
"""The apostrophe of don't and I'm, which people leave out as often; that of m'envoyer stands between two words."""

_UNDECOMPOSED = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ħ": "h",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ـ": "",
    "ʼ": " ",
}
"""Letters that people replace by plain ones but Unicode does not take apart; then the Arabic stretch, an apostrophe."""

_COURTESIES = (
    "please, pls, plz, pleas, plss, kindly, thanks, thank you, thank u, thank you so much, thank you very much, "
    "many thanks, thanks so much, thx, ty, tks, sorry, "
    "por favor, porfavor, porfa, porfis, xfa, gracias, muchas gracias, mil gracias, "
    "merci, merci beaucoup, merci bien, merci d avance, s il vous plait, s il te plait, svp, "
    "obrigado, obrigada, muito obrigado, muito obrigada, danke, vielen dank, danke schon, bitte, "
    "grazie, grazie mille, per favore, per piacere, 请, 請, 谢谢, 謝謝, من فضلك, لو سمحت, شكرا, رجاء"
)
_COURTESY = frozenset(tuple(said.split()) for said in _COURTESIES.split(", "))
_LONGEST_COURTESY = max(map(len, _COURTESY))


def comparable(text: str) -> str:
    """Return what of a text is worth comparing: its beginning, without signs that would become sentences.

    Bringing a text to a plain form costs as much as the form is long: 60,000 of one such sign took half a second.
    """
    return text[:COMPARED] if text.isascii() else text[:COMPARED].translate(_SENTENCES)


def normalise(text: str) -> str:
    """Bring text to small letters and digits of any script, without accents, one blank between words.

    Punctuation, emoji and control signs become blanks; invisible signs inside a word vanish, and so does the
    apostrophe of English contractions. Never raises.
    """
    return _normalise_once(text) if len(text) <= _SHORT else _normalise(text)


def words(text: str) -> tuple[str, ...]:
    """Give the words of the normalised text."""
    return tuple(normalise(text).split())


def without_courtesy(said: tuple[str, ...]) -> tuple[str, ...]:
    """Drop please, thanks and their like at both ends of normalised words; () when nothing else was said."""
    start, end = 0, len(said)
    while start < end and (length := _courtesy_length(said, start, end, at_end=False)):
        start += length
    while start < end and (length := _courtesy_length(said, start, end, at_end=True)):
        end -= length
    return said[start:end]


def _courtesy_length(said: tuple[str, ...], start: int, end: int, *, at_end: bool) -> int:
    for length in range(min(_LONGEST_COURTESY, end - start), 0, -1):
        piece = said[end - length : end] if at_end else said[start : start + length]
        if piece in _COURTESY:
            return length
    return 0


def _normalise(text: str) -> str:
    text = comparable(text)
    if text.isascii():
        if text.isalnum():
            return text.lower()
        plain = _CONTRACTION.sub("", text) if "'" in text or "`" in text else text
        return " ".join(plain.translate(_ASCII_WORDS).split())
    # Taken apart twice: folding the case of a few letters brings new accents.
    text = unicodedata.normalize("NFKD", _CONTRACTION.sub("", text)).casefold()
    apart = unicodedata.normalize("NFKD", text)
    plain = "".join(map(_plain, apart))
    return " ".join(unicodedata.normalize("NFC", plain).split())


_normalise_once = lru_cache(maxsize=4096)(_normalise)


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    """Give what remains of one decomposed sign: itself, a plain digit or letter, a blank or nothing."""
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if category[0] in "LN":
        return _UNDECOMPOSED.get(sign, sign)
    if category in ("Cf", "Me") or _is_accent(sign):
        return ""
    return sign if category[0] == "M" else " "


def _is_accent(sign: str) -> bool:
    # Classes 200 and up are accents, 10 to 36 the vowel points of Hebrew and Arabic; the marks of Indic, Thai and
    # Japanese writing have other classes and tell words apart. Variation selectors have none.
    combining = unicodedata.combining(sign)
    return combining >= 200 or 10 <= combining <= 36 or "VARIATION SELECTOR" in unicodedata.name(sign, "")
