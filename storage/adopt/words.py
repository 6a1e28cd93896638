"""Words of state as people keep them: any case, any hyphen; one that is not known is held back and reported."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flows.values import ContactStatus
from storage.adopt.report import Held
from storage.adopt.values import Refused

T = TypeVar("T")
_BETWEEN = re.compile(r"[^\w]+|_+")


def folded(word: Any) -> str:
    """Bring a word to small letters with `_` for whatever stands between: 'Opted-Out ' is opted_out."""
    text = unicodedata.normalize("NFKC", "" if word is None else str(word)).casefold()
    return _BETWEEN.sub("_", text).strip("_")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A word as it is understood."""

    value: T
    held: tuple[Held, ...] = ()
    """Says that the word was not known."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a word stands: the row and column, and the key of what is made of the row."""

    row: str
    column: str
    key: bytes | None = None

    def hold(self, word: Any, outcome: str) -> Held:
        """Note that the word is taken over with care."""
        return Held(self.row, self.column, "" if word is None else str(word)[:60], outcome, self.key)


@dataclass(frozen=True, slots=True)
class Unknown(Generic[T]):
    """The careful choice for a word that is not known, and how the report calls it."""

    value: T
    outcome: str


def read_word(words: Mapping[str, T], word: Any, unknown: Unknown[T], place: Place) -> Reading[T]:
    """Read a word by a table of folded words."""
    known = words.get(folded(word))
    if known is not None:
        return Reading(known)
    return Reading(unknown.value, (place.hold(word, unknown.outcome),))


_INBOUND = frozenset({"inbound", "incoming", "in", "received"})
_OUTBOUND = frozenset({"outbound", "outgoing", "out", "sent", "outbound_api", "outbound_reply", "outbound_call"})


def read_direction(word: Any) -> bool:
    """Return whether a message came in; raises `Refused` where the word says neither."""
    if folded(word) in _INBOUND:
        return True
    if folded(word) in _OUTBOUND:
        return False
    raise Refused(f"its direction '{word}' is not known, so nobody can say who wrote it")


def undated(at: int | None, place: Place) -> tuple[Held, ...]:
    """Note a message of which nobody knows when it was."""
    if at is not None:
        return ()
    return (place.hold("(none)", "its time is not known: it stands at the beginning of its conversation"),)


_SAID: Mapping[ContactStatus, str] = {
    ContactStatus.ACTIVE: "active enabled subscribed opted_in",
    ContactStatus.INACTIVE: "inactive disabled paused suspended archived dormant deactivated on_hold",
    ContactStatus.BLOCKED: "blocked banned blacklisted blocklisted spam",
    ContactStatus.INVALID: "invalid bounced undeliverable unreachable disconnected wrong_number landline dead",
}
CONTACT_WORDS: Mapping[str, ContactStatus] = {word: status for status, said in _SAID.items() for word in said.split()}
"""What the old systems, and people who wrote into their tables, call the state of a person."""
_REFUSED = (
    "opted_out optedout opt_out optout unsubscribed unsubscribe stopped stop revoked declined "
    "do_not_contact do_not_text do_not_message dnc no_contact dado_de_baja"
)
OPT_OUT_WORDS = frozenset(_REFUSED.split())
"""Words that are a person's own refusal."""
_HELD_CONTACT = Unknown(
    ContactStatus.INACTIVE,
    "not known, so campaigns leave this person out (inactive); they are answered when they write, JOIN ends it",
)


@dataclass(frozen=True, slots=True)
class ContactState:
    """What the word of a contact's state means here."""

    status: ContactStatus
    has_opted_out: bool = False
    fields: Mapping[str, Any] | None = None
    """The word, where it says more than the status."""
    held: tuple[Held, ...] = ()
    decision: str = ""
    """The word of a state that is not active: taken over once, and once more when it changes."""


def contact_state(word: Any, place: Place) -> ContactState:
    """Read the state of a contact; nothing at all means active, as the documents' default says."""
    if word is None or not str(word).strip():
        return ContactState(ContactStatus.ACTIVE)
    if folded(word) in OPT_OUT_WORDS:
        return ContactState(ContactStatus.ACTIVE, has_opted_out=True)
    found = read_word(CONTACT_WORDS, word, _HELD_CONTACT, place)
    said = "" if found.value is ContactStatus.ACTIVE else folded(word)
    keep = found.held or said not in ("", found.value.value)
    return ContactState(found.value, False, {"status_before": str(word).strip()} if keep else None, found.held, said)
