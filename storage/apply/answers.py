"""Answers, kept for good; one that is given anew marks the old one as replaced."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from flows.effects import ReplaceAnswers, SaveAnswer
from storage.apply.handled import Effects, Handled, write_all
from storage.documents import dump
from storage.keys import new_key
from storage.plan import Plan, Statement, Values, insertion
from storage.schema import answers

_SAVE = insertion(
    answers,
    (
        "id",
        "workspace_id",
        "session_id",
        "contact_id",
        "question_id",
        "question",
        "text",
        "value",
        "message_id",
        "answered_at",
        "replaced_at",
    ),
)
_REPLACE = Statement(
    ("replaced_at", "session_id", "question_id"),
    update(answers)
    .where(
        answers.c.session_id == bindparam("session_id"),
        answers.c.question_id == bindparam("question_id"),
        answers.c.replaced_at.is_(None),
    )
    .values(replaced_at=bindparam("replaced_at")),
)

_Place = tuple[bytes, str]
"""Session and question."""


def apply_answers(effects: Effects) -> Plan[None]:
    """Write the answers of a batch and mark those they replace, in the order of the batch."""
    rows: list[list[object]] = []
    newest: dict[_Place, list[object]] = {}
    replaced: list[Values] = []
    found = effects.of(SaveAnswer) + effects.of(ReplaceAnswers)
    for handled, effect in sorted(found, key=lambda pair: pair[0].id):
        for place in _replaced(handled, effect):
            if place in newest:
                newest.pop(place)[-1] = handled.now_at
            else:
                replaced.append((handled.now_at, *place))
        if isinstance(effect, SaveAnswer):
            row = _row(handled, effect)
            rows.append(row)
            newest[(effect.session_id, effect.question_id)] = row
    yield from write_all(((_REPLACE, replaced), (_SAVE, rows)))


def _replaced(handled: Handled, effect: SaveAnswer | ReplaceAnswers) -> list[_Place]:
    if isinstance(effect, ReplaceAnswers):
        return [(effect.session_id, question_id) for question_id in effect.question_ids]
    session = handled.contact.session
    if session is not None and effect.question_id in session.answers:
        return [(effect.session_id, effect.question_id)]
    return []


def _row(handled: Handled, effect: SaveAnswer) -> list[object]:
    return [
        new_key(),
        handled.channel.workspace_id,
        effect.session_id,
        handled.contact.id,
        effect.question_id,
        effect.question,
        effect.text,
        dump(effect.value),
        handled.id,
        handled.now_at,
        None,
    ]
