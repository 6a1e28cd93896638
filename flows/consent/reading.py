"""Reads what a message says about consent: first as a word alone, then as a sentence in every language we know."""

from __future__ import annotations

from functools import lru_cache

from flows.consent.arabic import ARABIC
from flows.consent.chinese import CHINESE
from flows.consent.clauses import split_clauses, without_quotes
from flows.consent.english import ENGLISH
from flows.consent.french import FRENCH
from flows.consent.intents import Intent, Reading
from flows.consent.keywords import KEYWORD_WORDS, KEYWORDS, find_keyword
from flows.consent.phrasebook import Phrasebook
from flows.consent.phrases import Phrases, separate_signs
from flows.consent.portuguese import PORTUGUESE
from flows.consent.spanish import SPANISH
from flows.language.text import normalise

__all__ = ["Intent", "Reading", "read_consent"]

MAX_LENGTH = 1600
"""What comes after that many characters is not read."""

PHRASEBOOKS: tuple[Phrasebook, ...] = (ENGLISH, SPANISH, PORTUGUESE, FRENCH, ARABIC, CHINESE)
"""Tried in this order; of equally sure readings the first counts."""

_SIGHT = 100
"""How far before a match its guards look, in characters."""
_NOTHING = Reading(Intent.NONE)
_TRIGGERS = tuple((book, book.triggers) for book in PHRASEBOOKS)
_WORDS = KEYWORD_WORDS.union(*(triggers for _book, triggers in _TRIGGERS))
_SURENESS = (Intent.STOP_PHRASE, Intent.DOUBT, Intent.PERSON, Intent.NONE)


@lru_cache(maxsize=512)
def read_consent(text: str) -> Reading:
    """Read a text's consent intent: exact words of any language first, then phrases; pure and linear in the text."""
    text = text[:MAX_LENGTH]
    said = normalise(text)
    found = KEYWORDS.get(said)
    if found is not None:
        return found
    words = said.split() if said.isascii() else separate_signs(said).split()
    if _WORDS.isdisjoint(words):
        return _NOTHING
    return find_keyword(tuple(said.split())) or _read_phrases(text, words)


def _read_phrases(text: str, words: list[str]) -> Reading:
    books = [book for book, triggers in _TRIGGERS if not triggers.isdisjoint(words)]
    if not books:
        return _NOTHING
    whole, spoken = split_clauses(text), split_clauses(without_quotes(text))
    readings = [_read_book(book, spoken) for book in books]
    if whole != spoken and _surest(readings).intent is not Intent.STOP_PHRASE:
        readings += [_weaken(_read_book(book, whole)) for book in books]
    return _surest(readings)


def _read_book(book: Phrasebook, clauses: list[str]) -> Reading:
    readings = [_read_clause(book, clause) for clause in clauses]
    sure = _surest(readings)
    if sure.intent is not Intent.STOP_PHRASE:
        sure = _read_bare(book, list(zip(clauses, readings, strict=True)), sure)
    stays = any(book.guards.stays.search(clause) for clause in clauses)
    return _weaken(sure) if stays else sure


def _read_clause(book: Phrasebook, clause: str) -> Reading:
    readings = [_read_matches(book, clause, book.stop, Intent.STOP_PHRASE)]
    if readings[0].intent is not Intent.STOP_PHRASE:
        readings.append(_read_matches(book, clause, book.doubt, Intent.DOUBT))
        person = book.person.found.search(clause)
        if person:
            readings.append(Reading(Intent.PERSON, person[0].strip(), book.language))
    return _surest(readings)


def _read_matches(book: Phrasebook, clause: str, phrases: Phrases, intent: Intent) -> Reading:
    guards = book.guards
    readings = [_NOTHING]
    for match in phrases.found.finditer(clause):
        before = clause[max(0, match.start() - _SIGHT) : match.start()]
        if guards.denied.search(before) and not guards.insists.search(before):
            continue
        is_narrow = guards.narrow.match(clause, match.end()) is not None
        readings.append(Reading(Intent.DOUBT if is_narrow else intent, match[0].strip(), book.language))
    return _surest(readings)


def _read_bare(book: Phrasebook, clauses: list[tuple[str, Reading]], reading: Reading) -> Reading:
    """A clause that says only stop: sure when it is all that is said, or another clause is doubtful as well.

    The bare clause may itself be read as a doubt ("cancel"); that doubt must not make it sure.
    """
    rest = []
    bare = None
    for clause, read in clauses:
        match = book.bare.found.search(clause)
        if match:
            bare = bare or match
        else:
            rest.append((clause, read))
    if bare is None:
        return reading
    is_sure = not rest or any(_is_support(book, clause, read) for clause, read in rest)
    return Reading(Intent.STOP_PHRASE if is_sure else Intent.DOUBT, bare[0].strip(), book.language)


def _is_support(book: Phrasebook, clause: str, reading: Reading) -> bool:
    return reading.intent is Intent.DOUBT or book.guards.supports.search(clause) is not None


def _weaken(reading: Reading) -> Reading:
    if reading.intent is not Intent.STOP_PHRASE:
        return reading
    return Reading(Intent.DOUBT, reading.matched, reading.language)


def _surest(readings: list[Reading]) -> Reading:
    return min(readings, key=lambda reading: _SURENESS.index(reading.intent), default=_NOTHING)
