"""Sessions that began, moved on and ended, and the counters of their surveys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, update

from flows.effects import EndSession, SurveyCompleted, SurveyStarted
from flows.values import Key, Session
from storage.apply.handled import Effects, Handled, write_all
from storage.documents import dump
from storage.plan import Plan, Statement, Values, insertion
from storage.schema import flows, sessions

_STATE = ("state", "question_id", "tries", "path", "answers", "remind_at", "expires_at", "ended_at")
_BEGIN = insertion(
    sessions,
    ("id", "workspace_id", "contact_id", "channel_id", "flow", "flow_id", "flow_version", "started_at", *_STATE),
)
_STEP = Statement(
    (*_STATE, "session_id"),
    update(sessions).where(sessions.c.id == bindparam("session_id")).values({name: bindparam(name) for name in _STATE}),
)
_COUNT = Statement(
    ("started", "completed", "flow_id"),
    update(flows)
    .where(flows.c.id == bindparam("flow_id"))
    .values(
        start_count=flows.c.start_count + bindparam("started"),
        completion_count=flows.c.completion_count + bindparam("completed"),
    ),
)


@dataclass(slots=True)
class _Track:
    """A session's way through the batch."""

    session: Session
    handled: Handled
    is_new: bool
    ended_at: int | None = None
    state: str | None = None


def apply_sessions(batch: Sequence[Handled], effects: Effects) -> Plan[None]:
    """Write where every touched session stands now; ended ones first, for a contact has one open session at most."""
    tracks = _tracks(batch)
    for _handled, effect in effects.of(EndSession):
        if effect.session_id in tracks:
            tracks[effect.session_id].state = effect.state
    known = [track for track in tracks.values() if not track.is_new]
    yield from write_all(
        (
            (_STEP, [_step_row(track) for track in known if track.ended_at is not None]),
            (_BEGIN, [_begin_row(track) for track in tracks.values() if track.is_new]),
            (_STEP, [_step_row(track) for track in known if track.ended_at is None]),
            (_COUNT, _counts(effects)),
        )
    )


def _tracks(batch: Sequence[Handled]) -> dict[Key, _Track]:
    tracks: dict[Key, _Track] = {}
    for handled in batch:
        old = handled.before.session if handled.before else None
        new = handled.outcome.session
        if old is new:
            continue
        if old is not None:
            track = tracks.setdefault(old.id, _Track(old, handled, is_new=False))
            if new is None or new.id != old.id:
                track.ended_at = handled.now_at
        if new is not None:
            tracks.setdefault(new.id, _Track(new, handled, is_new=True)).session = new
    return tracks


def _state_values(track: _Track) -> Values:
    session = track.session
    state = session.state if track.ended_at is None else track.state or "ended"
    return (
        state,
        session.question_id,
        session.tries,
        dump(session.path),
        dump(session.answers),
        session.remind_at,
        session.expires_at,
        track.ended_at,
    )


def _begin_row(track: _Track) -> Values:
    session, handled = track.session, track.handled
    return (
        session.id,
        handled.channel.workspace_id,
        handled.contact.id,
        handled.channel.id,
        session.flow,
        session.flow_id,
        session.flow_version,
        session.started_at,
        *_state_values(track),
    )


def _step_row(track: _Track) -> Values:
    return (*_state_values(track), track.session.id)


def _counts(effects: Effects) -> list[Values]:
    counts: dict[Key, list[int]] = {}
    for place, found in enumerate((effects.of(SurveyStarted), effects.of(SurveyCompleted))):
        for _handled, effect in found:
            counts.setdefault(effect.flow_id, [0, 0])[place] += 1
    return [(*counted, flow_id) for flow_id, counted in sorted(counts.items())]
