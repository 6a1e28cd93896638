"""The demo survey is one that Rollcall takes, and it shows what it promises."""

from pathlib import Path

import pytest
import yaml

from flows.surveys.definition import parse_survey, to_document
from flows.turn import LoadedSurvey
from tests.flows.surveys.scene import FLOW_ID, Phone
from tests.flows.surveys.test_dialogue import answer, begin
from tests.flows.surveys.test_steering import say

DEMO = Path(__file__).resolve().parents[3] / "bot" / "demo" / "feedback.yaml"


def _phone() -> Phone:
    return begin(Phone(LoadedSurvey(FLOW_ID, 1, parse_survey(yaml.safe_load(DEMO.read_text("utf-8"))))))


def test_it_is_read_and_written_back() -> None:
    """The document is a survey begun by either keyword; it no longer ends by registering people for the gala."""
    survey = _phone().loaded.survey
    assert (survey.keywords, survey.event) == (("FEEDBACK", "COMENTARIOS"), None)
    assert parse_survey(to_document(survey)) == survey


@pytest.mark.parametrize(
    ("texts", "asked"),
    [
        (("5", "the music", "yes"), "Anything else you want to tell us? Text SKIP if not."),
        (("1", "too loud", "yes"), "Anything else you want to tell us? Text SKIP if not."),
        (("5", "2", "no"), "Thank you, Ada! Your answers help us a lot."),
    ],
)
def test_its_branches(texts: tuple[str, ...], asked: str) -> None:
    """A poor rating asks what to do better; who will not come again is not kept."""
    assert answer(_phone(), *texts).said == [asked]


def test_it_ends_with_a_skip() -> None:
    """The last question is optional."""
    phone = say(answer(_phone(), "wonderful", "1", "yes"), "SKIP")
    assert phone.outcome.session is None
