"""The language, the wish for a person, and what nobody understood."""

from __future__ import annotations

import pytest

from flows.effects import Flag, LeaveForPerson, Reply, SetLanguage, Template
from tests.flows.conversation.people import ASKING, deeds, said, take


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("LANG es", "es"),
        ("language English", "en"),
        ("IDIOMA español", "es"),
        ("idioma inglés", "en"),
        ("lang castellano", "es"),
        ("Español", "es"),
        ("english!", "en"),
    ],
)
def test_a_language_is_chosen(wish: str, code: str) -> None:
    """By verb and name, or the name alone; the answer is in that language."""
    outcome = take(wish)
    assert deeds(outcome) == [SetLanguage(code)]
    assert [effect.language for effect in outcome.effects if isinstance(effect, Reply)] == [code]
    assert said(outcome) == ["language_set"]


@pytest.mark.parametrize("wish", ["LANG", "idioma", "LANG klingon"])
def test_a_language_that_we_do_not_speak(wish: str) -> None:
    """We say which ones there are, inside a session too, and change nothing."""
    for session in (None, ASKING):
        outcome = take(wish, session=session)
        assert deeds(outcome) == []
        assert outcome.session is session
        (reply,) = [effect for effect in outcome.effects if isinstance(effect, Reply)]
        assert reply.says == (Template("language_unknown", {"available": ["LANG en", "LANG es"]}),)


def test_a_language_as_an_answer() -> None:
    """Inside a session the name alone may be the answer to what was asked."""
    assert SetLanguage("es") not in take("español", session=ASKING).effects
    assert SetLanguage("es") in take("LANG es", session=ASKING).effects


@pytest.mark.parametrize("other", ["lang es please", "my language is english", "spanish", ""])
def test_not_a_wish(other: str) -> None:
    """Longer sentences and other words are none."""
    assert said(take(other)) == ["fallback"]


def test_a_person_is_asked_for() -> None:
    """The message waits for one."""
    outcome = take("can I talk to a human please")
    assert deeds(outcome) == [Flag("asks for a person"), LeaveForPerson()]
    assert said(outcome) == ["person"]


def test_what_nobody_understood() -> None:
    """We say what there is, and leave it for a person."""
    outcome = take("qwertz")
    assert deeds(outcome) == [Flag("unclaimed"), LeaveForPerson()]
    assert said(outcome) == ["fallback"]
