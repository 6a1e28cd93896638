"""Stop, start and help: above every dialogue, in any state, in every language at once."""

from __future__ import annotations

from dataclasses import replace

from flows.consent.keywords import may_be_an_answer
from flows.consent.reading import Intent, Reading, read_consent
from flows.conversation.keywords import open_survey
from flows.effects import (
    Effect,
    EndSession,
    OptIn,
    OptOut,
    Outcome,
    RecordConsent,
    Reply,
    RunCommand,
    SetDoubt,
    Silence,
    Template,
)
from flows.language.text import normalise
from flows.registration.dialogue import join_words
from flows.silence import SilenceReason
from flows.surveys.dialogue import is_allowed_choice, is_open, open_question
from flows.turn import Catalogue, Turn
from flows.values import DAY, InboundMessage, Purpose

CANCELLED = "cancelled"
"""How a STOP ends an open session."""
OPERATOR_STOPPED = "STOPPED"
"""The verb of what no operator asks for: the other admins hear that one of them stopped at the provider."""
DOUBT_OPEN_FOR = DAY
"""How long an answer to the question whether to stop still counts, and how long it is not asked again."""
ANSWERED = Silence(SilenceReason.PROVIDER)
"""The provider has answered already."""


def read(message: InboundMessage) -> Reading:
    """Read what a message says about consent: the button that was tapped, else the text."""
    return read_consent(message.text or (message.button.text if message.button else ""))


def asks_to_stop(message: InboundMessage) -> bool:
    """Return whether a message surely asks to stop, whoever sent it and whatever is open."""
    is_providers = (message.opt_out_type or "").upper() == "STOP"
    return is_providers or read(message).intent in (Intent.STOP, Intent.STOP_PHRASE)


def recorded_by_provider(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Record what the provider has settled with the person already, and stay silent."""
    kind = (message.opt_out_type or "").upper()
    if kind == "STOP":
        return opt_out(turn, OptOut("provider", message.text), None)
    if kind == "START":
        return Outcome(turn.contact.session, (OptIn("provider", message.text), SetDoubt(None), ANSWERED))
    if kind == "HELP":
        return Outcome(turn.contact.session, (RecordConsent("help", "provider", message.text), ANSWERED))
    return None


def stop_word(turn: Turn, message: InboundMessage) -> Outcome | None:
    """A stop word alone: opt out, no question asked.

    A word of a language that nobody here speaks is left to the open question where that offers it as an answer: "alto"
    in an English choir.
    """
    reading = read(message)
    if reading.intent is not Intent.STOP or _is_answer(turn, message, reading):
        return None
    source = "button" if message.button is not None else "keyword"
    template = _stopped(turn)
    return opt_out(turn, OptOut(source, message.text), None if turn.provider_answered else template, reading.language)


def stop_phrase(turn: Turn, message: InboundMessage) -> Outcome | None:
    """A sentence that surely revokes consent: opt out, and say how to undo it."""
    reading = read(message)
    if reading.intent is not Intent.STOP_PHRASE:
        return None
    return opt_out(turn, OptOut("phrase", message.text), "stopped_by_phrase", reading.language)


def opt_out(turn: Turn, effect: OptOut, template: str | None, language: str = "") -> Outcome:
    """Opt the contact out: the session ends, one confirmation (none the second time), then silence."""
    contact = turn.contact
    effects: list[Effect] = [effect, SetDoubt(None)]
    if contact.session is not None:
        effects.append(EndSession(contact.session.id, CANCELLED))
    if template is None:
        effects += [ANSWERED, *_news_of_operator(turn, effect)]
    elif contact.opted_out:
        effects.append(Silence(SilenceReason.OPTED_OUT))
    else:
        effects.append(_confirm(turn, template, language))
    return Outcome(None, tuple(effects))


def _news_of_operator(turn: Turn, effect: OptOut) -> tuple[Effect, ...]:
    """Tell the other admins of an operator whom the provider blocks: no code reaches that phone any more."""
    if turn.operator is None or turn.contact.opted_out:
        return ()
    return (RunCommand(turn.operator.id, OPERATOR_STOPPED, {"word": effect.text}, effect.text, is_typed=False),)


def stop_at_least(turn: Turn) -> Outcome | None:
    """Return the opt-out that a message surely asks for, where its turn cannot be taken; None for any other message.

    It looks neither at the session nor at what is offered: one of them may be what the turn failed on.
    """
    if not isinstance(turn.occurrence, InboundMessage):
        return None
    bare = replace(turn, contact=replace(turn.contact, session=None), catalogue=Catalogue())
    for rung in (recorded_by_provider, stop_word, stop_phrase):
        outcome = rung(bare, turn.occurrence)
        if outcome is not None and any(isinstance(effect, OptOut) for effect in outcome.effects):
            session = turn.contact.session
            ended = () if session is None else (EndSession(session.id, CANCELLED),)
            return Outcome(None, (*outcome.effects, *ended))
    return None


def explain_stop(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Say once a day to a person who asks to join after a STOP that START comes first."""
    if normalise(message.text) not in join_words() or is_doubt_open(turn):
        return None
    record = RecordConsent("join_while_stopped", "join", message.text)
    says = Template("stopped_before_joining", {"organisation": turn.workspace.name})
    explained = Reply((says,), Purpose.CONFIRMATION)
    return Outcome(turn.contact.session, (record, SetDoubt(turn.now_at), explained))


def is_doubt_open(turn: Turn) -> bool:
    """Return whether a person was asked about stopping or starting, and the question still waits for its answer."""
    return turn.contact.doubt_at is not None and turn.now_at - turn.contact.doubt_at < DOUBT_OPEN_FOR


def help_word(turn: Turn, message: InboundMessage) -> Outcome | None:
    """HELP: who we are and how to stop, also for people who opted out."""
    reading = read(message)
    if reading.intent is not Intent.HELP:
        return None
    record = RecordConsent("help", "keyword", message.text)
    if turn.provider_answered:
        return Outcome(turn.contact.session, (record, ANSWERED))
    workspace = turn.workspace
    values = {
        "organisation": workspace.name,
        "contact": workspace.help_contact,
        "attended": turn.is_attended,
        "keywords": keywords_to_try(turn),
    }
    language = spoken(turn, reading.language)
    return Outcome(
        turn.contact.session,
        (record, Reply((Template("help", values),), Purpose.CONFIRMATION, language=language)),
    )


def start_word(turn: Turn, message: InboundMessage) -> Outcome | None:
    """START opts in again; so does YES from a person who opted out and has nothing pending.

    One that was sent before the person's last STOP, and is only read now, changes nothing.
    """
    reading = read(message)
    opted_out = turn.contact.opted_out
    if reading.intent is Intent.YES and not opted_out:
        return None
    if reading.intent not in (Intent.START, Intent.YES):
        return None
    if opted_out and turn.is_overtaken:
        return Outcome(turn.contact.session, (Silence(SilenceReason.OPTED_OUT),))
    effects: list[Effect] = [OptIn("keyword", message.text), SetDoubt(None)]
    if turn.provider_answered and opted_out:
        effects.append(ANSWERED)
    else:
        effects.append(_confirm(turn, "started" if opted_out else "started_already", reading.language))
    return Outcome(turn.contact.session, tuple(effects))


def spoken(turn: Turn, language: str) -> str:
    """Choose the language to answer in: the contact's own, else that of the word, else the workspace's."""
    return turn.contact.language or language or turn.workspace.language


def keywords_to_try(turn: Turn, most: int = 5) -> list[str]:
    """Name the first keyword of each thing that can be started, at most `most`."""
    return first_keywords(turn.catalogue)[:most]


def first_keywords(catalogue: Catalogue) -> list[str]:
    """Name the first keyword of each survey and event that can be started."""
    started = {trigger.id for trigger in catalogue.triggers.values()}
    words = [loaded.survey.keywords[0] for key, loaded in catalogue.surveys.items() if key in started]
    return words + [event.keywords[0] for key, event in catalogue.events.items() if key in started]


def _confirm(turn: Turn, template: str, language: str) -> Reply:
    values = {"organisation": turn.workspace.name}
    return Reply((Template(template, values),), Purpose.CONFIRMATION, language=spoken(turn, language))


def _is_answer(turn: Turn, message: InboundMessage, reading: Reading) -> bool:
    spoken = {_base(turn.workspace.language), _base(turn.language)}
    if turn.provider_answered or not may_be_an_answer(reading, spoken):
        return False
    found = open_survey(turn)
    if found is None or not is_open(found[1]):
        return False
    said = message.text or (message.button.text if message.button else "")
    return is_allowed_choice(open_question(*found), said)


def _base(language: str) -> str:
    return language.partition("-")[0]


def _stopped(turn: Turn) -> str:
    """Name the confirmation of a stop word; the commands of operators are answered all the same."""
    if turn.operator is not None:
        return "operator_stopped"
    return "stopped_in_survey" if _in_survey(turn) else "stopped"


def _in_survey(turn: Turn) -> bool:
    session = turn.contact.session
    return session is not None and session.flow == "survey"
