"""JOIN: into the community, after a YES and with a name where the workspace wants them."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import Effect, EndSession, JoinCommunity, OptIn, Outcome, RecordConsent, Reply, Template
from flows.machine import advance
from flows.registration.heard import heard
from flows.registration.machine import ASKING_CONSENT, ASKING_NAME, JOIN_TABLE
from flows.registration.naming import JOIN, MAX_TRIES, NAME, name_question, settle
from flows.surveys.yes_no import read_yes_no, yes_no_listing
from flows.turn import Turn
from flows.values import DAY, ContactStatus, Session


def join(turn: Turn) -> Outcome:
    """Add to the community, after a YES where the workspace wants one; that question ends another open dialogue."""
    session = turn.contact.session
    if turn.contact.in_community and turn.contact.status is not ContactStatus.INACTIVE:
        return Outcome(session, (Reply((_ours(turn, "join_already"),)),))
    if not turn.workspace.double_opt_in:
        return _welcome(turn, None)
    if session is not None and session.flow == JOIN:
        return Outcome(session, (consent_question(turn),))
    asking = _begin(turn, ASKING_CONSENT)
    record = RecordConsent("double_opt_in_asked", "join", heard(turn))
    return Outcome(asking, (*_end_open(turn), record, consent_question(turn)))


def consent_question(turn: Turn) -> Reply:
    """Ask whether to join, to be answered by yes or no."""
    return Reply((_ours(turn, "join_ask_consent"),), choices=yes_no_listing(turn.language).choices)


def step_consent(turn: Turn, session: Session) -> Outcome:
    """Take a message as yes or no; what is neither is asked again, and the third time taken for a no."""
    answer = read_yes_no(heard(turn))
    if answer:
        return _welcome(turn, session)
    if answer is None and session.tries + 1 < MAX_TRIES:
        state = advance(JOIN_TABLE, session.state, "retry")
        return Outcome(replace(session, state=state, tries=session.tries + 1), (consent_question(turn),))
    ended = advance(JOIN_TABLE, session.state, "give_up" if answer is None else "decline")
    record = RecordConsent("double_opt_in_declined", "join", heard(turn))
    return Outcome(None, (record, EndSession(session.id, ended), Reply((_ours(turn, "join_declined"),))))


def _welcome(turn: Turn, confirmed: Session | None) -> Outcome:
    """Add to the community at once; the name is asked for where no other dialogue is open."""
    contact = turn.contact
    joined: tuple[Effect, ...] = (OptIn("join", heard(turn)), JoinCommunity())
    welcome = _ours(turn, "join_welcome")
    is_free = confirmed is not None or contact.session is None
    if is_free and turn.workspace.ask_name and contact.name is None:
        asking = _begin(turn, ASKING_NAME) if confirmed is None else _to_name(turn, confirmed)
        return Outcome(asking, (*joined, Reply((welcome, name_question(turn, asking)))))
    if confirmed is None:
        return Outcome(contact.session, (*joined, Reply((welcome,))))
    ended = EndSession(confirmed.id, advance(JOIN_TABLE, confirmed.state, "confirm"))
    return Outcome(None, (*joined, ended, Reply((welcome,))))


def _begin(turn: Turn, state: str) -> Session:
    """Open a session that nobody is reminded of: who does not confirm is left in peace, and a name can wait."""
    return Session(turn.fresh_id, JOIN, state, started_at=turn.now_at, expires_at=turn.now_at + DAY)


def _to_name(turn: Turn, session: Session) -> Session:
    state = advance(JOIN_TABLE, session.state, "ask_name")
    return replace(session, state=state, tries=0, expires_at=turn.now_at + DAY)


def _end_open(turn: Turn) -> tuple[Effect, ...]:
    session = turn.contact.session
    if session is None:
        return ()
    return settle(turn, session) if session.flow == NAME else (EndSession(session.id, "cancelled"),)


def _ours(turn: Turn, template: str) -> Template:
    return Template(template, {"organisation": turn.workspace.name})
