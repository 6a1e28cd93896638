"""What names in audiences stand for, and what is said about those that stand for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.audiences.canonical import text_of
from flows.audiences.names import Known, resolve
from flows.audiences.parser import parse_audience
from flows.audiences.tree import Answered, Event, Except, Group, Node, NoReply, Not, Survey, walk
from flows.errors import CommandError
from flows.surveys.definition import parse_survey
from flows.turn import Catalogue, LoadedSurvey
from flows.values import Event as KnownEvent

FEEDBACK: dict[str, Any] = {
    "name": "Your feedback",
    "keywords": ["FEEDBACK", "OPINIÓN"],
    "questions": [
        {"id": "stars", "text": "How?", "type": "rating"},
        {"id": "again", "text": "Again?", "type": "yes_no"},
        {"id": "dish", "text": "Dish?", "choices": ["Soup", "Cake"]},
        {"id": "why", "text": "Why?"},
    ],
}
SURVEY = LoadedSurvey(b"f" * 16, 1, parse_survey(FEEDBACK))
EMPTY = LoadedSurvey(b"m" * 16, 1, parse_survey({"name": "Menu", "keyword": "MENU", "questions": []}))
GALA = KnownEvent(b"g" * 16, 3, "Summer gala", ("GALA",))
QUIET = KnownEvent(b"q" * 16, 4, "Quiet night", ())
KNOWN = Known(
    catalogue=Catalogue(
        surveys={SURVEY.flow_id: SURVEY, EMPTY.flow_id: EMPTY}, events={GALA.id: GALA, QUIET.id: QUIET}
    ),
    groups={
        "community": b"c" * 16,
        "Roofers": b"r" * 16,
        "sunday choir": b"s" * 16,
        "Sunday-Choir": b"t" * 16,
        "🎉": b"p" * 16,
    },
    campaigns={11: b"0" * 16, 12: b"1" * 16},
)


def found(text: str, known: Known = KNOWN) -> Node:
    """Read an audience and resolve it."""
    return resolve(parse_audience(text), known)


@pytest.mark.parametrize(
    ("text", "written", "key"),
    [
        ("roofers", "#Roofers", b"r"),
        ("#Sunday-choir", "#Sunday-Choir", b"t"),
        ("sunday choir", '#"sunday choir"', b"s"),
        ("#sunday_choir", "#Sunday-Choir", b"t"),
        ("#🎉", '#"🎉"', b"p"),
        ("COMMUNITY", "community", b"c"),
        ("event gala", "event GALA", b"g"),
        ("event 3 waiting", "event GALA waiting", b"g"),
        ("event summer gala", "event GALA", b"g"),
        ("event quiet night", "event 4", b"q"),
        ("survey opinion", "survey FEEDBACK", b"f"),
        ("survey your feedback started", "survey FEEDBACK started", b"f"),
        ("noreply 12", "noreply 12", b"1"),
        ("answered feedback.2=Sí", "answered FEEDBACK.again=yes", b"f"),
        ("answered feedback.again!=nope", "answered FEEDBACK.again!=no", b"f"),
        ("answered feedback.again=perhaps", "answered FEEDBACK.again=perhaps", b"f"),
        ("answered feedback.DISH=2", "answered FEEDBACK.dish=Cake", b"f"),
        ("answered feedback.dish~so", "answered FEEDBACK.dish~so", b"f"),
        ("answered feedback.3=tea", "answered FEEDBACK.dish=tea", b"f"),
        ("answered feedback.why=tea", "answered FEEDBACK.why=tea", b"f"),
        ("answered feedback.1>=4", "answered FEEDBACK.stars>=4", b"f"),
        ("answered feedback.1", "answered FEEDBACK.stars", b"f"),
    ],
)
def test_names_that_stand_for_something(text: str, written: str, key: bytes) -> None:
    """Names are found in any case, with or without accents, and are written as their author did."""
    node = found(text)
    assert isinstance(node, Group | Event | Survey | NoReply | Answered)
    assert (text_of(node), node.key) == (written, key * 16)
    assert resolve(parse_audience(written), KNOWN) == node


def test_every_part_is_resolved() -> None:
    """Names are found wherever they stand in a tree."""
    node = found("(roofers or not event gala) and zip=1 except survey menu")
    assert isinstance(node, Except)
    keys = [one.key for one in walk(node) if isinstance(one, Group | Event | Survey)]
    assert keys == [b"r" * 16, b"g" * 16, b"m" * 16]
    assert any(isinstance(one, Not) for one in walk(node))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#rofers", "There is no group 'rofers'. Did you mean #Roofers?"),
        ("gala", "There is no group 'gala'. Did you mean event GALA?"),
        ("feedbak", "There is no group 'feedbak'. Did you mean survey FEEDBACK?"),
        (
            "#xyz",
            "There is no group 'xyz'. There is community, #Roofers, #Sunday-Choir, #\"🎉\", event GALA and more.",
        ),
        ("event galla", "There is no event 'galla'. Did you mean event GALA?"),
        ("event zzz", "There is no event 'zzz'. There is event GALA, event 4."),
        ("survey menus", "There is no survey 'menus'. Did you mean survey MENU?"),
        ("answered menus.1", "There is no survey 'menus'. Did you mean survey MENU?"),
        ("answered feedback.5", "FEEDBACK has no question '5'. It has: 1 (stars), 2 (again), 3 (dish), 4 (why)."),
        ("answered menu.1", "MENU has no question '1'. It has: none."),
        ("noreply 9", "There is no campaign 9. The latest: 12, 11."),
    ],
)
def test_names_that_stand_for_nothing(text: str, said: str) -> None:
    """What is near is named, else what there is."""
    with pytest.raises(CommandError) as caught:
        found(text)
    assert caught.value.message == said


def test_nothing_is_there_yet() -> None:
    """In an empty workspace nothing is suggested."""
    for text, said in (
        ("event gala", "There is no event 'gala'. There is none yet."),
        ("noreply 1", "There is no campaign 1."),
    ):
        with pytest.raises(CommandError) as caught:
            found(text, replace(KNOWN, catalogue=Catalogue(), campaigns={}))
        assert caught.value.message == said
