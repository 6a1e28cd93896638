"""What answers add up to."""

from __future__ import annotations

from typing import Any

from flows.surveys.definition import parse_survey
from flows.surveys.results import Given, QuestionResult, add_up, line_of

SURVEY = parse_survey(
    {
        "name": "Feedback",
        "keywords": ["FEEDBACK"],
        "questions": [
            {"id": "like", "text": "How was it?", "type": "rating"},
            {
                "id": "sing",
                "text": "What shall we sing?",
                "type": "multi_choice",
                "choices": [{"value": "bach", "label": {"en": "Bach", "es": "De Bach"}}, "Verdi", "Elgar"],
            },
            {"id": "again", "text": "Will you come again?", "type": "yes_no"},
            {"id": "age", "text": "How old are you?", "type": "number"},
            {"id": "why", "text": "Why?", "type": "text"},
            {"id": "never", "text": "Never asked", "type": "text"},
        ],
    }
)


def of(*answers: tuple[Any, int], question: str = "like", language: str = "en") -> QuestionResult:
    """Add up the answers to one question."""
    found = [Given(question, f"{question}?", value, count) for value, count in answers]
    (result,) = add_up(SURVEY, found, language, "en")
    return result


def test_a_scale() -> None:
    """Every step is there in its order, with the average; who skipped is counted apart."""
    result = of((5, 3), (4, 1), (None, 2))
    assert result.counts == (("1", 0), ("2", 0), ("3", 0), ("4", 1), ("5", 3))
    assert (result.answered_count, result.skipped_count, result.average) == (4, 2, 4.75)
    assert line_of(result, "en") == "like? 5 (3), 4 (1), skipped (2), average 4.8"


def test_several_options() -> None:
    """Each option counts by itself, by its label in the operator's language; people count once."""
    answers = ((["bach", "Verdi"], 2), (["bach"], 1))
    assert of(*answers, question="sing").counts == (("Bach", 3), ("Verdi", 2), ("Elgar", 0))
    result = of(*answers, question="sing", language="es")
    assert (result.counts[0], result.answered_count) == (("De Bach", 3), 3)


def test_yes_and_no() -> None:
    """They are words in the operator's language."""
    assert line_of(of((True, 2), (False, 1), question="again"), "en") == "again? Yes (2), No (1)"
    assert line_of(of((True, 2), (None, 1), question="again", language="es"), "es") == "again? Sí (2), omitida (1)"


def test_numbers_and_own_words() -> None:
    """They are named with the most frequent first, up to six; only numbers have an average, and no chart."""
    result = of((30, 1), (40, 3), question="age")
    assert (result.counts, result.average, result.is_countable) == ((("40", 3), ("30", 1)), 37.5, False)
    words = of(*((f"word {n}", 10 - n) for n in range(9)), question="why")
    assert line_of(words, "en").endswith("word 5 (5), others (9)")
    assert words.average is None


def test_options_that_are_gone() -> None:
    """Answers that the survey no longer offers, and questions that it no longer asks, are still counted."""
    assert of((["bach"], 1), (["brahms"], 2), question="sing").counts[-1] == ("brahms", 2)
    old = [Given("old", "An old question?", {"latitude": 1.0}, 1), Given("like", "like?", 5, 1)]
    found = add_up(SURVEY, old, "en", "en")
    assert [one.text for one in found] == ["like?", "An old question?"]
    assert found[1].counts == (("{'latitude': 1.0}", 1),)
    assert add_up(SURVEY, [], "en", "en") == ()


def test_all_skipped() -> None:
    """Nothing is divided by nobody."""
    result = of((None, 2))
    assert (result.answered_count, result.average) == (0, None)
    assert line_of(result, "en") == "like? skipped (2)"
