"""What may be spent: segments of a channel and day, segments of a campaign, and in which countries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flows.effects import Effect, LeaveForPerson, Outcome, Reply, Silence
from flows.language.countries import Countries
from flows.policy import without_questions
from flows.silence import SilenceReason
from flows.state import after
from flows.values import SECOND, Contact, Purpose

CEILING = "ceiling"
"""Why a campaign pauses whose channel has sent what it may send on a day."""
ABROAD = "country"
"""Why a message is not sent: its phone is of a country that was not named."""
UNHELD = frozenset((Purpose.CONFIRMATION, Purpose.COMMAND))
"""What always leaves: texts that the law asks for, and what operators were told to expect on their own phones."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How many SMS segments may leave a channel on one day."""

    day: str
    """The organisation's own: 2026-11-18."""
    segments: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The organisation's bounds on what it spends; 0: none."""

    daily_segments: int = 0
    """Of each channel."""
    campaign_segments: int = 0
    """Of each campaign."""
    countries: Countries = Countries()
    time_zone: str = "UTC"
    """Whose midnight begins a day."""

    def ceiling(self, now_at: int) -> Ceiling | None:
        """Give the ceiling of the day; None where there is none."""
        if not self.daily_segments:
            return None
        day = datetime.fromtimestamp(now_at // SECOND, ZoneInfo(self.time_zone)).date()
        return Ceiling(day.isoformat(), self.daily_segments)


def hush(outcome: Outcome, contact: Contact) -> Outcome:
    """Take the automatic replies out of a turn whose person is not to be written to.

    What confirms a change of consent stays, and what an operator is answered.
    """
    is_changed = after(contact, outcome).opted_out != contact.opted_out
    kept: list[Effect] = []
    for effect in outcome.effects:
        if isinstance(effect, LeaveForPerson):
            continue  # nobody could answer it
        stays = not isinstance(effect, Reply) or _is_owed(effect, is_changed=is_changed)
        kept.append(effect if stays else Silence(SilenceReason.COUNTRY))
    is_hushed = any(isinstance(effect, Silence) for effect in kept)
    return Outcome(outcome.session, without_questions(kept) if is_hushed else tuple(kept))


def _is_owed(reply: Reply, *, is_changed: bool) -> bool:
    return reply.purpose is Purpose.COMMAND or (reply.purpose is Purpose.CONFIRMATION and is_changed)
