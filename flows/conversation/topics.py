"""STOP <event or survey>: the end of one topic, while everything else goes on."""

from __future__ import annotations

from dataclasses import dataclass

from flows.commands.specs import BY_WORD
from flows.consent.intents import Intent
from flows.consent.keywords import KEYWORDS
from flows.consent.scopes import event_scope, survey_scope
from flows.conversation.consent import is_doubt_open, read
from flows.conversation.keywords import open_survey
from flows.effects import (
    Effect,
    EndSession,
    Flag,
    LeaveCommunity,
    OptOut,
    Outcome,
    RecordConsent,
    Reply,
    SetDoubt,
    Silence,
    Template,
    Withdraw,
)
from flows.language.text import normalise, without_courtesy, words
from flows.machine import advance
from flows.registration.leaving import is_about, is_on_list, memberships
from flows.registration.machine import JOIN_TABLE, NAME_TABLE
from flows.registration.seats import place_of
from flows.registration.wording import short_name
from flows.registration.words import community_words
from flows.silence import SilenceReason
from flows.surveys.answers import Misunderstood, read_answer
from flows.surveys.dialogue import is_allowed_choice, is_open, open_question
from flows.turn import LoadedSurvey, Turn
from flows.values import Event, InboundMessage, Purpose, RegistrationStatus, Session


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


LONGEST = 8
"""Words of such a text."""
_LEADS = frozenset(said for said, reading in KEYWORDS.items() if reading.intent is Intent.STOP and " " not in said)
_EVERYTHING = frozenset({"stopall"})
"""Stop words that ask for the opposite of one topic."""
_ASKING_LEADS = frozenset({"stop", "unsubscribe", "unsub", "optout"})
"""The words after which an unknown topic is asked about; END or CANCEL begin too many other sentences."""
_FILLERS = _words(
    "the a from of for about on with me my us our all any more these those getting receiving sending texting "
    "text texts message messages msg msgs reminder reminders notification notifications update updates news event "
    "survey list alerts alert now already "
    "el la los las lo un una de del al a en para por sobre con mi mis me nos mas todos todas recibir enviar mandar "
    "mensaje mensajes aviso avisos recordatorio recordatorios notificaciones noticias evento encuesta lista ya ahora"
)
"""Small words around a topic: STOP the GALA reminders."""
_PHRASES = frozenset(
    {"by", "in", "over", "at", "it", "this", "that", "light", "lights", "sign", "signs", "watch", "here", "there"}
)
"""What follows STOP in everyday phrases: stop by, stop it, stop sign."""
_CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class _Said:
    """A text that begins with a stop word and goes on."""

    lead: str
    rest: str
    """Without courtesy and small words at its ends."""


def stop_topic(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Stop one event, survey or the community, say so, and say that STOP ends everything."""
    said = _read(message)
    if said is None or said.lead in _EVERYTHING or _is_command(turn, said) or _is_choice(turn, message):
        return None
    if said.rest in community_words():
        return _stop_community(turn, message) if turn.contact.in_community else None
    event = _find_event(turn, said.rest)
    if event is not None:
        return _stop_event(turn, message, event)
    survey = _find_survey(turn, said.rest)
    return None if survey is None else _stop_survey(turn, message, survey)


def ask_about_topic(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Ask once what STOP and an unknown word mean, unless the open question takes the text as its answer."""
    is_known = read(message).intent is Intent.DOUBT  # it has a question of its own
    if is_known or not is_unknown_topic(message) or is_doubt_open(turn) or _is_answer(turn, message):
        return None
    said = _read(message)
    values = {
        "organisation": turn.workspace.name,
        "topic": said.rest.upper() if said else "",
        "keywords": [short_name(event) for event in memberships(turn) if event is not None][:3],
    }
    return Outcome(
        turn.contact.session,
        (
            RecordConsent("doubt_asked", "phrase", message.text),
            SetDoubt(turn.now_at),
            Flag("doubtful opt-out"),
            Reply((Template("doubt_topic", values),)),
        ),
    )


def is_unknown_topic(message: InboundMessage) -> bool:
    """Return whether a text is STOP and a word or two that may name something."""
    said = _read(message)
    if said is None or said.lead not in _ASKING_LEADS:
        return False
    rest = said.rest.split()
    return 0 < len(rest) <= 2 and _PHRASES.isdisjoint(rest)


def _read(message: InboundMessage) -> _Said | None:
    said = without_courtesy(words(message.text)) if len(message.text) <= 200 else ()
    if said[:2] == ("opt", "out"):
        said = ("optout", *said[2:])
    if not 1 < len(said) <= LONGEST or said[0] not in _LEADS:
        return None
    start, end = 1, len(said)
    while start < end and said[start] in _FILLERS:
        start += 1
    while end > start and said[end - 1] in _FILLERS:
        end -= 1
    rest = " ".join(said[start:end])
    return _Said(said[0], rest) if rest else None


def _is_answer(turn: Turn, message: InboundMessage) -> bool:
    found = open_survey(turn)
    if found is None or not is_open(found[1]):
        return False
    return not isinstance(read_answer(open_question(*found), message, turn), Misunderstood)


def _is_choice(turn: Turn, message: InboundMessage) -> bool:
    found = open_survey(turn)
    return found is not None and is_open(found[1]) and is_allowed_choice(open_question(*found), message.text)


def _is_command(turn: Turn, said: _Said) -> bool:
    """Return whether an operator meant a command: REMOVE GALA is no wish to hear less of the gala."""
    return turn.operator is not None and said.lead in BY_WORD


def _find_event(turn: Turn, said: str) -> Event | None:
    named = [event for event in turn.catalogue.events.values() if said in _names((*event.keywords, event.title))]
    return next((event for event in named if is_on_list(turn.contact, event)), named[0] if named else None)


def _find_survey(turn: Turn, said: str) -> LoadedSurvey | None:
    surveys = turn.catalogue.surveys.values()
    return next((one for one in surveys if said in _names((*one.survey.keywords, one.survey.name))), None)


def _names(names: tuple[str, ...]) -> set[str]:
    return {normalise(name) for name in names} - {""}


def _stop_event(turn: Turn, message: InboundMessage, event: Event) -> Outcome:
    contact, session = turn.contact, turn.contact.session
    names = tuple(sorted(_names((*event.keywords, event.title, str(event.number)))))
    effects: list[Effect] = [OptOut("keyword", message.text, event_scope(event.number), names), SetDoubt(None)]
    was_on_list = is_on_list(contact, event)
    if was_on_list:
        effects.append(Withdraw(event.id, place_of(contact, event) is RegistrationStatus.REGISTERED))
    if session is not None and is_about(session, event):
        effects.append(EndSession(session.id, advance(NAME_TABLE, session.state, "cancel")))
        session = None
    values = {"title": event.title, "withdrawn": was_on_list, "keyword": short_name(event)}
    return _confirm(turn, session, effects, "topic_stopped_event", values)


def _stop_survey(turn: Turn, message: InboundMessage, loaded: LoadedSurvey) -> Outcome:
    session = turn.contact.session
    effects: list[Effect] = [OptOut("keyword", message.text, survey_scope(loaded.flow_id)), SetDoubt(None)]
    is_running = session is not None and session.flow == "survey" and session.flow_id == loaded.flow_id
    if session is not None and is_running:
        effects.append(EndSession(session.id, _CANCELLED))
        session = None
    values = {"keyword": loaded.survey.keywords[0], "running": is_running}
    return _confirm(turn, session, effects, "topic_stopped_survey", values)


def _stop_community(turn: Turn, message: InboundMessage) -> Outcome:
    session = turn.contact.session
    effects: list[Effect] = [LeaveCommunity(), RecordConsent("left_community", "keyword", message.text), SetDoubt(None)]
    if session is not None and is_about(session, None):
        effects.append(EndSession(session.id, advance(JOIN_TABLE, session.state, "cancel")))
        session = None
    return _confirm(turn, session, effects, "left_community", {})


def _confirm(
    turn: Turn, session: Session | None, effects: list[Effect], template: str, values: dict[str, object]
) -> Outcome:
    if turn.contact.opted_out:
        return Outcome(session, (*effects, Silence(SilenceReason.OPTED_OUT)))
    shown = Template(template, {**values, "organisation": turn.workspace.name})
    return Outcome(session, (*effects, Reply((shown,), Purpose.CONFIRMATION)))
