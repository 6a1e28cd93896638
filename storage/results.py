"""The answers to a survey, counted where they are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.surveys.results import Given
from flows.values import Key
from storage.schema import answers, sessions


async def read_results(connection: AsyncConnection, flow_id: Key) -> Sequence[Given]:
    """Count every answer that stands, by question and value; the wording is that of the latest."""
    rows = await connection.execute(
        select(answers.c.question_id, func.max(answers.c.question), answers.c.value, func.count())
        .join(sessions, sessions.c.id == answers.c.session_id)
        .where(sessions.c.flow_id == flow_id, answers.c.replaced_at.is_(None))
        .group_by(answers.c.question_id, answers.c.value)
    )
    return [Given(*row) for row in rows]
