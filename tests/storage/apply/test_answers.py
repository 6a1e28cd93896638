"""Answers: kept for good, the one that counts is the one that is not replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flows.effects import ReplaceAnswers, SaveAnswer
from flows.values import MINUTE, Session
from storage.schema import answers
from tests.storage.scene import NOW, WORKSPACE, Scene

SESSION = Session(id=b"s" * 16, flow="survey", state="asking", question_id="age")


def save(question_id: str, value: object, text: str = "said") -> SaveAnswer:
    """Make the effect of an answer."""
    return SaveAnswer(SESSION.id, question_id, f"Your {question_id}?", text, value)


async def current(scene: Scene) -> dict[str, Any]:
    """Give the values that count, by question."""
    return {row["question_id"]: row["value"] for row in await scene.rows(answers, replaced_at=None)}


async def test_an_answer_is_kept_with_what_was_asked(scene: Scene) -> None:
    """The row has the question as it was asked, the words as they came, what was understood, and from which message."""
    ada = await scene.contact()
    turn = scene.turn(ada, save("age", 42, "forty-two"), session=SESSION)
    await scene.apply(turn)
    assert (
        dict(await scene.row(answers)).items()
        >= {
            "workspace_id": WORKSPACE.id,
            "session_id": SESSION.id,
            "contact_id": ada.id,
            "question_id": "age",
            "question": "Your age?",
            "text": "forty-two",
            "value": 42,
            "message_id": turn.id,
            "answered_at": NOW,
            "replaced_at": None,
        }.items()
    )


async def test_values_of_every_kind(scene: Scene) -> None:
    """Texts, numbers, yes and no, lists, places and nothing come back as they went in."""
    values = {"a": "Zoë\n", "b": 1.5, "c": True, "d": ["x", "y"], "e": {"latitude": 1.25}, "f": None}
    await scene.apply(scene.turn(await scene.contact(), *(save(key, value) for key, value in values.items())))
    assert await current(scene) == values


async def test_an_answer_given_again_replaces_the_old_one(scene: Scene) -> None:
    """Where the session has an answer already, another one marks it with the time, in one batch too."""
    known = replace(SESSION, answers={"age": 1})
    await scene.apply(scene.turn(await scene.contact(), save("age", 1), session=known))
    ada = await scene.contact()
    await scene.apply(
        scene.turn(ada, save("age", 2), session=known, now_at=NOW + MINUTE),
        scene.turn(ada, save("age", 3), session=known, now_at=NOW + 2 * MINUTE),
    )
    assert [(row["value"], row["replaced_at"]) for row in await scene.rows(answers, "answered_at")] == [
        (1, NOW + MINUTE),
        (2, NOW + 2 * MINUTE),
        (3, None),
    ]


async def test_back_and_again_in_one_batch(scene: Scene) -> None:
    """An answer, BACK and another answer in one batch leave the last one."""
    ada = await scene.contact()
    back = ReplaceAnswers(SESSION.id, ("age",))
    await scene.apply(scene.turn(ada, save("age", 1)), scene.turn(ada, back), scene.turn(ada, save("age", 2)))
    assert await current(scene) == {"age": 2}
    assert len(await scene.rows(answers)) == 2


async def test_answers_that_are_taken_back(scene: Scene) -> None:
    """BACK marks the answers it names and no others; what it names without an answer does no harm."""
    ada = await scene.contact()
    await scene.apply(scene.turn(ada, save("age", 1), save("town", "Riga"), session=SESSION))
    back = ReplaceAnswers(SESSION.id, ("age", "never asked"))
    await scene.apply(scene.turn(await scene.contact(), back, session=SESSION, now_at=NOW + MINUTE))
    assert await current(scene) == {"town": "Riga"}


async def test_another_session_keeps_its_answers(scene: Scene) -> None:
    """The same question in another session is another answer."""
    ada = await scene.contact()
    other = SaveAnswer(b"t" * 16, "age", "Your age?", "7", 7)
    await scene.apply(scene.turn(ada, save("age", 1), other))
    await scene.apply(scene.turn(ada, ReplaceAnswers(SESSION.id, ("age",))))
    assert await current(scene) == {"age": 7}
