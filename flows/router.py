"""Hop 3: one turn in, one outcome out. The order of the rungs is the precedence of an inbound message."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flows.conversation import consent, doubt, general, operators, sent_by_phones, topics
from flows.conversation.keywords import by_keyword
from flows.conversation.open_session import continue_session, expire_session, remind_session, session_verb
from flows.effects import Flag, Forward, LeaveForPerson, Outcome, Silence
from flows.registration.dialogue import promote
from flows.registration.reminding import remind_of_event
from flows.silence import SilenceReason
from flows.turn import Turn
from flows.values import ContactStatus, EventNear, ExpiryDue, InboundMessage, ReminderDue, SeatFree

Rung = Callable[[Turn, InboundMessage], Outcome | None]
"""Takes a turn on, or passes it down (None)."""


_MUTED: Mapping[ContactStatus, SilenceReason] = {
    ContactStatus.BLOCKED: SilenceReason.BLOCKED,
    ContactStatus.INVALID: SilenceReason.INVALID,
}
"""The statuses of people who are not answered."""


def route(turn: Turn) -> Outcome:
    """Decide what a turn leads to."""
    occurrence = turn.occurrence
    if isinstance(occurrence, InboundMessage):
        for rung in RUNGS:
            outcome = rung(turn, occurrence)
            if outcome is not None:
                return outcome
        return general.fall_back(turn)
    return _on_time(turn, occurrence)


def _on_time(turn: Turn, occurrence: ReminderDue | ExpiryDue | SeatFree | EventNear) -> Outcome:
    if _is_mute(turn):
        return expire_session(turn, silent=True) if isinstance(occurrence, ExpiryDue) else Outcome(turn.contact.session)
    if isinstance(occurrence, SeatFree):
        return promote(turn, occurrence)
    if isinstance(occurrence, EventNear):
        return remind_of_event(turn, occurrence)
    return remind_session(turn) if isinstance(occurrence, ReminderDue) else expire_session(turn)


def _keep_silent(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Store only: the contact is blocked, has opted out, or a person has taken the conversation over and reads it."""
    reason = _why_mute(turn)
    if reason is None:
        return None
    if reason is SilenceReason.OPTED_OUT:
        explained = operators.stopped(turn, message) or consent.explain_stop(turn, message)
        if explained is not None:
            return explained
    is_read = _is_taken_over(turn) and turn.contact.status not in _MUTED and turn.operator is None
    stored = (Flag("silent"), Silence(reason))
    shown = (LeaveForPerson(is_news=False), Forward())
    return Outcome(turn.contact.session, (*stored, *shown) if is_read else stored)


def _is_mute(turn: Turn) -> bool:
    return _why_mute(turn) is not None


def _why_mute(turn: Turn) -> SilenceReason | None:
    contact = turn.contact
    muted = _MUTED.get(contact.status)
    if muted is not None:
        return muted
    if contact.opted_out:
        return SilenceReason.OPTED_OUT
    return SilenceReason.TAKEN_OVER if _is_taken_over(turn) else None


def _is_taken_over(turn: Turn) -> bool:
    return turn.contact.silent_until_at is not None and turn.contact.silent_until_at > turn.now_at


RUNGS: tuple[Rung, ...] = (
    consent.recorded_by_provider,
    operators.lone_cancel,
    consent.stop_word,
    sent_by_phones.reaction,
    operators.code,
    operators.drop_question,
    operators.command,
    consent.help_word,
    consent.start_word,
    doubt.answered,
    topics.stop_topic,
    consent.stop_phrase,
    sent_by_phones.auto_reply,
    _keep_silent,
    topics.ask_about_topic,
    general.language_wish,
    session_verb,
    by_keyword,
    continue_session,
    doubt.ask,
    general.wants_person,
    operators.hint,
)
"""COMPLIANCE's order; what no rung takes gets the fallback."""
