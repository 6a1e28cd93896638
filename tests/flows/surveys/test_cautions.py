"""Choices that people cannot answer with."""

from __future__ import annotations

from flows.surveys.cautions import cautions
from flows.surveys.definition import Survey, parse_survey


def survey(*choices: object) -> Survey:
    """Make a survey with one choice."""
    question = {"id": "voice", "type": "choice", "text": "Which?", "choices": list(choices)}
    return parse_survey({"name": "Choir", "keywords": ["CHOIR"], "questions": ["Your name?", question]})


def test_sound_choices() -> None:
    """Most words are no stop, start or help words, and questions without choices have nothing to look at."""
    assert cautions(survey("soprano", "tenor", "bass")) == []


def test_a_stop_word_of_one_language() -> None:
    """A choir's "alto" unsubscribes those who speak Spanish; the author hears it, with the question."""
    (line,) = cautions(survey({"value": "a", "label": "Alto"}, "tenor"))
    assert line.startswith("questions[1] (voice): the choice 'Alto' is a stop word in Spanish: it unsubscribes people")
    (line,) = cautions(survey({"value": "a", "label": {"en": "Stay", "es": "Parar"}}, "tenor"))
    assert "'Parar' is a stop word in Portuguese and Spanish" in line


def test_a_binding_stop_word() -> None:
    """CANCEL and its like are never an answer, nor is a sentence that revokes consent."""
    lines = cautions(survey({"value": "c", "label": "Cancel"}, {"value": "n", "label": "Stop texting me"}, "b"))
    assert ["is a stop word: whoever answers with it is unsubscribed" in line for line in lines] == [True, True]


def test_help_and_start_words() -> None:
    """They are answered before any question, too."""
    lines = cautions(survey({"value": "i", "label": "Info"}, {"value": "s", "label": "Start"}))
    assert ["is a help word" in lines[0], "is a start word" in lines[1]] == [True, True]
