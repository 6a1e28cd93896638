"""Sessions: one open at most, and every one that ended says how."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import EndSession, SurveyCompleted, SurveyStarted
from flows.surveys.definition import parse_survey
from flows.values import HOUR, MINUTE, Session
from storage.catalogue import save_survey
from storage.schema import flows, sessions
from tests.storage.scene import BO, NOW, WORKSPACE, Scene

FIRST = Session(
    id=b"s" * 16,
    flow="survey",
    state="asking",
    flow_version=3,
    question_id="age",
    tries=1,
    path=("town",),
    answers={"town": "Riga"},
    started_at=NOW,
    remind_at=NOW + MINUTE,
    expires_at=NOW + HOUR,
)
SECOND = Session(id=b"t" * 16, flow="join", state="asking_name", started_at=NOW)


async def test_a_session_comes_back_as_it_was(scene: Scene) -> None:
    """What the next batch loads is the very session that this one left open."""
    await scene.apply(scene.turn(await scene.contact(), session=FIRST))
    assert (await scene.contact()).session == FIRST
    row = await scene.row(sessions)
    assert (row["workspace_id"], row["channel_id"], row["ended_at"]) == (WORKSPACE.id, scene.channel.id, None)


async def test_a_step_moves_it_on(scene: Scene) -> None:
    """A later turn changes the row, and only what a step can change."""
    await scene.apply(scene.turn(await scene.contact(), session=FIRST))
    moved = replace(FIRST, state="paused", question_id="name", tries=0, path=("town", "age"), remind_at=None)
    await scene.apply(scene.turn(await scene.contact(), session=moved))
    assert (await scene.contact()).session == moved
    assert len(await scene.rows(sessions)) == 1


async def test_two_steps_in_one_batch(scene: Scene) -> None:
    """The session begins and moves on in one batch; the last step is what is stored."""
    first = scene.turn(await scene.contact(), session=FIRST)
    assert first.after is not None
    moved = replace(FIRST, question_id="name")
    await scene.apply(first, scene.turn(first.after, session=moved))
    assert (await scene.contact()).session == moved


async def test_a_session_ends_in_a_state(scene: Scene) -> None:
    """The end has its time and its state, and the contact has no session any more."""
    await scene.apply(scene.turn(await scene.contact(), session=FIRST))
    await scene.apply(scene.turn(await scene.contact(), EndSession(FIRST.id, "completed"), now_at=NOW + MINUTE))
    row = await scene.row(sessions)
    assert (row["state"], row["ended_at"]) == ("completed", NOW + MINUTE)
    assert (await scene.contact()).session is None


async def test_a_session_that_is_dropped_without_a_word(scene: Scene) -> None:
    """Where no effect says how it ended, it just ended."""
    await scene.apply(scene.turn(await scene.contact(), session=FIRST))
    await scene.apply(scene.turn(await scene.contact()))
    assert (await scene.row(sessions))["state"] == "ended"


async def test_one_ends_and_another_begins(scene: Scene) -> None:
    """In one turn the old session makes room for the new one."""
    await scene.apply(scene.turn(await scene.contact(), session=FIRST))
    await scene.apply(scene.turn(await scene.contact(), EndSession(FIRST.id, "abandoned"), session=SECOND))
    assert (await scene.contact()).session == SECOND
    assert [row["state"] for row in await scene.rows(sessions)] == ["abandoned", "asking_name"]


async def test_a_session_that_lives_and_dies_in_one_batch(scene: Scene) -> None:
    """It is on record all the same, beside the one that followed in the same batch."""
    first = scene.turn(await scene.contact(), session=FIRST)
    assert first.after is not None
    second = scene.turn(first.after, EndSession(FIRST.id, "cancelled"), session=SECOND, now_at=NOW + 1)
    await scene.apply(first, second)
    assert [(row["state"], row["ended_at"]) for row in await scene.rows(sessions)] == [
        ("cancelled", NOW + 1),
        ("asking_name", None),
    ]


async def test_the_end_of_a_session_that_nobody_has(scene: Scene) -> None:
    """An end that fits no open session changes nothing."""
    await scene.apply(scene.turn(await scene.contact(), session=FIRST))
    ada = await scene.contact()
    await scene.apply(scene.turn(ada, EndSession(SECOND.id, "completed"), session=ada.session))
    assert (await scene.contact()).session == FIRST


async def test_surveys_count_their_starts_and_completions(scene: Scene) -> None:
    """All starts and completions of a batch are added to the survey's counters, batch after batch."""
    survey = parse_survey({"name": "Pets", "keywords": ["PETS"], "questions": [{"text": "Which?", "type": "text"}]})
    await scene.database.run(save_survey(WORKSPACE.id, survey, NOW))
    flow_id = (await scene.row(flows))["id"]
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(
        scene.turn(ada, SurveyStarted(flow_id)), scene.turn(bo, SurveyStarted(flow_id), SurveyCompleted(flow_id))
    )
    await scene.apply(scene.turn(ada, SurveyCompleted(flow_id)), scene.turn(ada, SurveyStarted(flow_id)))
    row = await scene.row(flows)
    assert (row["start_count"], row["completion_count"]) == (3, 2)
