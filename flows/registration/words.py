"""The words of joining and leaving, and a name as people type it."""

from __future__ import annotations

import re

from flows.language.text import normalise
from flows.surveys.verbs import verb_of
from flows.surveys.yes_no import read_yes_no

MAX_NAME = 100
"""In characters."""

_INTRODUCTION = re.compile(
    r"^(?:hi|hello|hola)?[\s,!.]*"
    r"(?:my name is|my name['’]s|i am|i['’]m|this is|it['’]s|me llamo|mi nombre es|soy)(?:\s+|$)",
    re.IGNORECASE,
)


def _all(listed: str) -> frozenset[str]:
    return frozenset(normalise(said) for said in listed.split(","))


_JOIN = _all("join, join us, join in, sign up, signup, enroll, subscribe, unirme, inscribirme, apuntarme, suscribirme")
_LEAVE = _all("leave, unregister, dejar, salirme, retirarme")
_COMMUNITY = _all("community, group, comunidad, grupo")
_MINE = _all(
    "my events, my event, my registrations, my bookings, what am i registered for, what did i sign up for,"
    "mis eventos, mi evento, mis inscripciones, mis reservas, a que estoy apuntado, a que estoy apuntada"
)
_FILLERS = _all("the, from, event, my, our, de, del, la, el, los, las, mi, evento, please, por, favor")
_NOT_NAMES = _all("hi, hello, hey, hola, yes, yeah, yep, ok, okay, sure, y, si, claro, vale, what, why, que")


def join_words() -> frozenset[str]:
    """Give the normalised texts that mean JOIN."""
    return _JOIN


def leave_words() -> frozenset[str]:
    """Give the normalised first words that mean LEAVE."""
    return _LEAVE


def community_words() -> frozenset[str]:
    """Give the normalised words for the community, as in LEAVE COMMUNITY."""
    return _COMMUNITY


def mine_words() -> frozenset[str]:
    """Return the normalised texts that ask for the events one is down for."""
    return _MINE


def is_taken(text: str) -> bool:
    """Say whether a text is one of these words, so that no event can have it as its keyword."""
    return normalise(text) in _JOIN | _LEAVE | _COMMUNITY | _MINE


def without_fillers(rest: str) -> str:
    """Normalise what follows LEAVE and drop the small words: "from the gala, please" is "gala"."""
    return " ".join(word for word in normalise(rest).split() if word not in _FILLERS)


def read_name(text: str) -> str | None:
    """Read a text as a person's name without "my name is"; None when it is none."""
    name = _INTRODUCTION.sub("", " ".join(text[: 4 * MAX_NAME].split())).strip(" .,!")
    if not 1 <= len(name) <= MAX_NAME or not any(sign.isalpha() for sign in name):
        return None
    said = normalise(name)
    return None if said in _NOT_NAMES or is_taken(said) or verb_of(said) else name


def refuses(text: str) -> bool:
    """Say whether a text is a plain no, as in "no thanks"."""
    return read_yes_no(text) is False
