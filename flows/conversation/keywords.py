"""Keywords: the words that start a survey, register for an event, join or leave."""

from __future__ import annotations

from flows.effects import Outcome
from flows.language.text import normalise
from flows.registration.company import is_for_several
from flows.registration.dialogue import enrol, join, join_words, leave, leave_words
from flows.registration.finding import find_event
from flows.registration.mine import mine
from flows.surveys.dialogue import is_allowed_choice, is_open, open_question, start
from flows.turn import LoadedSurvey, Target, Trigger, Turn
from flows.values import InboundMessage, Session

LONGEST = 4
"""Words in a keyword, at most."""


def by_keyword(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Start what the keyword names, unless the open question takes the text as its answer."""
    text = normalise(message.text)
    if not text or not _may_interrupt(turn, message):
        return None
    trigger = find_trigger(turn, text)
    if trigger is not None:
        return _start(turn, trigger, message.text)
    if text in join_words():
        return join(turn)
    first, _, rest = text.partition(" ")
    about_own = mine(turn, text)
    if about_own is not None:
        return about_own
    return leave(turn, rest) if first in leave_words() and len(rest) <= 60 else None


def find_trigger(turn: Turn, text: str) -> Trigger | None:
    """Find what a normalised text starts: the whole text, else its first words (the longest keyword wins)."""
    triggers = turn.catalogue.triggers
    whole = triggers.get(text)
    if whole is not None:
        return whole
    said = text.split(" ", LONGEST)
    for count in range(min(len(said) - 1, LONGEST), 0, -1):
        trigger = triggers.get(" ".join(said[:count]))
        if trigger is not None and not trigger.whole:
            return trigger
    return None


def open_survey(turn: Turn) -> tuple[LoadedSurvey, Session] | None:
    """Give the contact's survey session with its survey; None where there is none, or the survey is gone."""
    session = turn.contact.session
    if session is None or session.flow != "survey":
        return None
    loaded = turn.catalogue.survey(session.flow_id, session.flow_version)
    return None if loaded is None else (loaded, session)


def _may_interrupt(turn: Turn, message: InboundMessage) -> bool:
    found = open_survey(turn)
    if found is None or not is_open(found[1]):
        return True
    loaded, session = found
    if loaded.survey.ignores_keywords or message.button is not None:
        return False
    return not is_allowed_choice(open_question(loaded, session), message.text)


def _start(turn: Turn, trigger: Trigger, text: str) -> Outcome | None:
    if trigger.target is Target.SURVEY:
        return start(turn, turn.catalogue.surveys[trigger.id])
    event = turn.catalogue.events[trigger.id]
    found = find_event((event,), text)
    return enrol(turn, event, for_several=found is not None and is_for_several(found[1]))
