"""A message that may mean STOP is answered with one question, and the answer to it counts."""

from __future__ import annotations

from flows.attention import for_person
from flows.consent.reading import Intent
from flows.conversation.consent import is_doubt_open, opt_out, read, spoken
from flows.conversation.topics import is_unknown_topic
from flows.effects import Flag, OptOut, Outcome, RecordConsent, Reply, SetDoubt, Silence, Template
from flows.silence import SilenceReason
from flows.surveys.yes_no import read_yes_no
from flows.turn import Turn
from flows.values import InboundMessage


def answered(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Take a yes or a no to the open question; anything else leaves the doubt and goes its own way."""
    if not is_doubt_open(turn) or turn.contact.opted_out:
        return None
    answer = read_yes_no(message.text)
    if answer is None:
        return None
    if answer:
        return opt_out(turn, OptOut("confirmed", message.text), "stopped")
    stays = Template("doubt_stays", {"organisation": turn.workspace.name})
    record = RecordConsent("doubt_denied", "keyword", message.text)
    return Outcome(turn.contact.session, (record, SetDoubt(None), Reply((stays,))))


def ask(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Ask once whether all messages should stop; a second doubtful message is left for a person."""
    reading = read(message)
    if reading.intent is not Intent.DOUBT and not is_unknown_topic(message):
        return None
    if is_doubt_open(turn):
        silence = (Flag("doubtful opt-out"), Silence(SilenceReason.ASKED))
        return Outcome(turn.contact.session, (*silence, *for_person(turn)))
    question = Template("doubt", {"organisation": turn.workspace.name})
    return Outcome(
        turn.contact.session,
        (
            RecordConsent("doubt_asked", "phrase", message.text),
            SetDoubt(turn.now_at),
            Flag("doubtful opt-out"),
            Reply((question,), language=spoken(turn, reading.language)),
        ),
    )
