"""EVENTS, SURVEYS and RESULTS: what people are offered, and what came of it."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.actions.base import Call, Done
from bot.house import know_offers
from flows.effects import Template
from flows.errors import CommandError
from flows.language.text import normalise
from flows.registration.seats import state_of
from flows.registration.wording import short_name, show_when
from flows.surveys.results import add_up, line_of
from flows.turn import LoadedSurvey, Target
from flows.values import RegistrationStatus
from storage.results import read_results
from storage.schema import flows, registrations


async def list_events(call: Call) -> Done:
    """List the events, when they are, who comes, and which are closed, cancelled or over."""
    await call.desk.database.run(know_offers(call.desk.house))  # the command before this one may have changed them
    async with call.desk.database.read() as connection:
        rows = await connection.execute(
            select(registrations.c.event_id, registrations.c.status, func.count()).group_by(
                registrations.c.event_id, registrations.c.status
            )
        )
        counts = {(row[0], row[1]): row[2] for row in rows}
    lines = []
    for event in call.desk.house.catalogue.events.values():
        values = {
            "number": event.number,
            "name": short_name(event),
            "when": show_when(event, call.language),
            "registered": counts.get((event.id, RegistrationStatus.REGISTERED.value), 0),
            "seats": event.capacity or 0,
            "waiting": counts.get((event.id, RegistrationStatus.WAITING.value), 0),
            "state": state_of(event, call.now_at),
        }
        lines.append(call.desk.house.texts.render(Template("operator_event_line", values), call.language))
    return Done((Template("operator_list", {"lines": lines}),))


async def list_surveys(call: Call) -> Done:
    """List the surveys, how often each was begun and completed."""
    async with call.desk.database.read() as connection:
        rows = await connection.execute(
            select(flows.c.name, flows.c.start_count, flows.c.completion_count)
            .where(flows.c.workspace_id == call.row.workspace_id)
            .order_by(flows.c.name)
        )
        lines = [f"{row[0]}: {row[1]} > {row[2]}" for row in rows]
    return Done((Template("operator_list", {"lines": lines}),))


async def results(call: Call) -> Done:
    """Count the answers to each question of a survey."""
    survey = _survey(call)
    async with call.desk.database.read() as connection:
        given = await read_results(connection, survey.flow_id)
    found = add_up(survey.survey, given, call.language, call.desk.house.workspace.language)
    lines = [line_of(one, call.language) for one in found]
    has_chart = any(one.is_countable and one.answered_count for one in found)
    link = call.desk.chart_url(survey.flow_id, call.language, call.now_at) if has_chart else None
    return Done((Template("operator_results", {"name": survey.survey.name, "lines": lines}),), media_url=link)


def _survey(call: Call) -> LoadedSurvey:
    catalogue = call.desk.house.catalogue
    typed = call.argument("survey")
    trigger = catalogue.triggers.get(normalise(typed))
    if trigger is None or trigger.target is not Target.SURVEY:
        known = [one.survey.keywords[0] for one in catalogue.surveys.values() if one.survey.keywords]
        example = f"RESULTS {known[0]}" if known else "rollcall flows import survey.yaml"
        raise CommandError(f"Results of which survey? Known: {', '.join(known) or 'none yet'}. For example: {example}")
    return catalogue.surveys[trigger.id]
