"""Our texts of surveys: every one exists in English and Spanish and renders with the values it is given."""

from pathlib import Path

import jinja2
import pytest

TEXTS = Path(__file__).resolve().parents[3] / "templates_msg"
SOURCES = Path(__file__).resolve().parents[3] / "flows" / "surveys"
GSM_7 = frozenset("@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                  "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€")  # fmt: skip
"""The characters of an SMS of 160, 3GPP TS 23.038."""

VALUES: dict[str, list[dict[str, object]]] = {
    "back_at_start": [{}],
    "completed": [{}],
    "expired": [{"keyword": "FEEDBACK"}, {"keyword": ""}],
    "gave_up": [{"attended": True}, {"attended": False}],
    "moved_on": [{}],
    "old_answer": [{"answer": "Red"}],
    "old_files": [{"file_count": 1}, {"file_count": 2}],
    "paused": [{}],
    "reminder": [{}],
    "restarted": [{}],
    "resumed": [{}],
    "skip_required": [{}],
    "retry_choice": [{}],
    "retry_date": [{}],
    "retry_date_range": [
        {"earliest": "3 April 2026", "latest": "4 April 2026"},
        {"earliest": "3 April 2026", "latest": ""},
        {"earliest": "", "latest": "3 April 2026"},
    ],
    "retry_date_unclear": [{"first": "3 April 2026", "second": "4 March 2026"}],
    "retry_date_year": [{}],
    "retry_email": [{}],
    "retry_location": [{"typed": True}, {"typed": False}],
    "retry_media": [{"kinds": ["image"]}, {"kinds": ["image", "audio", "video", "document"]}],
    "retry_multi_choice": [{}],
    "retry_multi_count": [{"min_count": 1, "max_count": 3, "count": 4}, {"min_count": 2, "max_count": 2, "count": 1}],
    "retry_number": [{}],
    "retry_number_range": [{"low": "1", "high": "9"}, {"low": "1", "high": ""}, {"low": "", "high": "9"}],
    "retry_number_unclear": [{"first": "1500", "second": "1.5"}],
    "retry_number_whole": [{}],
    "retry_phone": [{}],
    "retry_rating": [{"low": 1, "high": 5}],
    "retry_text": [{}],
    "retry_text_long": [{"limit": 6, "length": 6}],
    "retry_text_short": [{"min_length": 3}],
    "retry_yes_no": [{}],
}


def _render(language: str, name: str, values: dict[str, object]) -> str:
    source = (TEXTS / language / f"survey_{name}.txt").read_text("utf-8")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 plain text
    return environment.from_string(source).render(values)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_text_is_there_and_no_other(language: str) -> None:
    """One file per text that a survey can say."""
    names = {path.stem.removeprefix("survey_") for path in (TEXTS / language).glob("survey_*.txt")}
    assert names == set(VALUES)


def test_every_text_that_the_code_names_is_listed() -> None:
    """The names in the source and the reasons of retries are the files' names."""
    source = "".join(path.read_text("utf-8") for path in SOURCES.rglob("*.py"))
    for name in VALUES:
        quoted = f'Misunderstood("{name.removeprefix("retry_")}"' if name.startswith("retry_") else f'"survey_{name}"'
        assert quoted in source, name
    assert source.count('Template("survey_') == sum(not name.startswith("retry_") for name in VALUES)


@pytest.mark.parametrize("name", list(VALUES))
def test_texts_render(name: str) -> None:
    """With exactly the values they are given; English ones fit one SMS."""
    for values in VALUES[name]:
        english, spanish = _render("en", name, values), _render("es", name, values)
        assert english
        assert spanish
        assert set(english) <= GSM_7
        assert len(english) <= 160
        assert not (set(english + spanish) & set("{}"))
