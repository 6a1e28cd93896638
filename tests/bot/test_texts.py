"""What the bot says: every text, in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

import templates_msg
from bot.actions.event_notices import Kind
from bot.texts import Texts
from flows.commands.specs import SPECS
from flows.commands.wording import say_silence
from flows.effects import Template
from flows.errors import ConfigError, FlowError
from flows.language.segments import measure
from flows.silence import SilenceReason

FOLDER = Path(templates_msg.__file__).parent
NAMES = sorted(path.stem for path in (FOLDER / "en").glob("*.txt"))
LANGUAGES = ("en", "es")

MARKS = ("opted_out", "inactive", "banned", "invalid", "unknown")
"""What a word of a status column may be taken for."""
FULL: dict[str, object] = {
    "column": "Status",
    "doubtful": True,
    "encoding": "Windows-1251",
    "heading": "Handy",
    "headings": "name, phone, part",
    "problem": "field larger than field limit",
    "row": 12,
    "samples": ["Iñigo Diaz"],
    "words": [{"text": mark, "count": 3, **{one: one == mark for one in MARKS}} for mark in (*MARKS, "")],
    "action": "move",
    "attended": True,
    "before": "Spring Ball",
    "events": [
        {"title": "Spring Gala", "when": "Friday 14 May 2027, 6:00 PM EDT", "waits": True, "off": False},
        {"title": "Picnic", "when": "", "waits": False, "off": True},
    ],
    "is_survey": True,
    "listed": "GALA, PICNIC",
    "kept": "BALL, FIESTA",
    "kind": "renamed",
    "moving_up": 2,
    "moves_up": True,
    "registered": 98,
    "seats": 100,
    "state": "open",
    "told": 101,
    "wait": ["Bo @12"],
    "come": ["Ada @4", "Cy @7"],
    "waiting": 3,
    "audience": "#choir",
    "banned": True,
    "inactive": True,
    "code": "123456",
    "cost": "24.50",
    "counts": ["delivered: 310", "failed: 2"],
    "currency": "USD",
    "deferred": 12,
    "channel": "+15550100000",
    "example": "BLAST community: Hello!",
    "group": "choir",
    "hold": 10,
    "left": 2,
    "lines": ["1 GALA: 40/100", "2 REHEARSE: 12"],
    "locked": True,
    "longest": 2,
    "more": "7",
    "names": [spec.name for spec in SPECS],
    "near": "BLAST",
    "number": 12,
    "odd": "^",
    "is_schedule": True,
    "file": "rollcall-1a2b3c4d-20261129-033000.copy",
    "reason": "errors",
    "numbers": "3, 12",
    "rights": [
        {"number": 1, "who": "Ada", "role": "admin", "source": "setting", "giver": ""},
        {"number": 2, "who": "+15550100102", "role": "manager", "source": "command", "giver": "Ada"},
    ],
    "new": 40,
    "known": 6,
    "opted_out": 2,
    "people": [{"who": "Ada @12", "several": 3, "when": "18 Nov 11:06", "text": "Is it on?", "stopped": True}],
    "people_count": 3,
    "earlier_count": 4,
    "pin": True,
    "recipients": 312,
    "refused": 1,
    "repeated": 3,
    "rows": ["row 4: Bo, 12 - '12' is no possible phone number"],
    "role": "viewer",
    "sample": "Hi Ada, rehearsal at six",
    "segments": 624,
    "shared": True,
    "skips": ["3 opted out", "1 blocked"],
    "status": "paused",
    "summary": "Sends a text to an audience.",
    "template": "ready",
    "template_count": 12,
    "variables": "1 = Ada, 2 = 42",
    "needs_sid": True,
    "picture": "JPEG",
    "mms_count": 12,
    "mms_segments": 3,
    "text": "Hi, rehearsal at six",
    "usage": "BLAST <audience>: <text>",
    "verb": "BLAST",
    "who": "Ada",
    "answer": "The music",
    "available": ["LANG en", "LANG es"],
    "community": True,
    "contact": "help@club.example",
    "count": 3,
    "earliest": "1 May 2027",
    "file_count": 2,
    "first": "1 May 2027",
    "high": "10",
    "keyword": "GALA",
    "keywords": ["GALA", "FEEDBACK", "PICNIC"],
    "kinds": ["image", "audio", "video", "document"],
    "language": "English",
    "latest": "31 May 2027",
    "length": 2001,
    "limit": 2001,
    "link": "https://club.example/events/12.ics",
    "low": "1",
    "max_count": 2,
    "min_count": 1,
    "min_length": 5,
    "name": "Ada Lovelace",
    "organisation": "Spring Club",
    "place": "Harbor Hall, 12 Pier Road",
    "second": "5 January 2027",
    "title": "Spring Gala",
    "topic": "YOGA",
    "word": "CANCEL",
    "verbs": ["BLAST"],
    "typed": True,
    "running": True,
    "withdrawn": True,
    "when": "Friday 14 May 2027, 6:00 PM EDT",
}
"""A value for everything that a text may show."""
EMPTY: dict[str, object] = {
    **dict.fromkeys(
        (
            "attended",
            "before",
            "events",
            "kept",
            "moves_up",
            "seats",
            "told",
            "waiting",
            "cost",
            "deferred",
            "opted_out",
            "refused",
            "repeated",
            "hold",
            "inactive",
            "doubtful",
            "left",
            "locked",
            "more",
            "near",
            "mms_count",
            "needs_sid",
            "picture",
            "template_count",
            "odd",
            "pin",
            "reason",
            "shared",
        )
    ),
    **dict.fromkeys(
        (
            "contact",
            "keyword",
            "link",
            "place",
            "title",
            "when",
            "earliest",
            "low",
            "typed",
            "community",
            "running",
            "withdrawn",
        )
    ),
    "keywords": [],
}
"""What may be missing, in the texts that ask whether it is there."""
ONE: dict[str, object] = {"moving_up": 1, "kinds": ["image"], "file_count": 1, "min_count": 2}
"""Counts that read differently."""
LISTS = {
    *("help", "leave_which", "leave_unknown", "fallback", "my_events"),
    *("operator_event_notice", "operator_event_shown", "operator_help_event"),
    *(
        "operator_add_many",
        "operator_add_status",
        "operator_add_encoding",
        "operator_digest",
        "operator_inbox",
        "operator_inbox_person",
        "operator_list",
        "operator_results",
        "operator_opt_outs",
        "operator_preview",
        "campaign_report",
    ),
}
"""Texts whose length grows with what is offered."""


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The texts that ship."""
    return Texts()


def variables(language: str, name: str) -> set[str]:
    """Name what a text shows."""
    source = (FOLDER / language / f"{name}.txt").read_text("utf-8")
    return meta.find_undeclared_variables(Environment(autoescape=True).parse(source))


def test_both_languages_have_the_same_texts() -> None:
    """A text that is written in one language is written in the other."""
    assert len(NAMES) >= 40
    assert sorted(path.stem for path in (FOLDER / "es").glob("*.txt")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_show_the_same_values(name: str) -> None:
    """A translation shows what the original shows."""
    assert variables("es", name) == variables("en", name)


def least(language: str, name: str) -> dict[str, object]:
    """Give a text's values with everything empty that it asks about."""
    source = (FOLDER / language / f"{name}.txt").read_text("utf-8")
    asked = {word for test in re.findall(r"{% (?:el)?if ([^%]*)%}", source) for word in re.findall(r"\w+", test)}
    return {**FULL, **ONE, **{key: value for key, value in EMPTY.items() if key in asked}}


@pytest.mark.parametrize("is_full", [True, False], ids=["full", "least"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_text_can_be_written(texts: Texts, name: str, language: str, is_full: bool) -> None:
    """With its values every text is written, without empty lines and spaces left over."""
    values = FULL if is_full else least(language, name)
    text = texts.render(Template(name, {key: values[key] for key in variables(language, name)}), language)
    assert text
    assert "None" not in text
    for leftover in ("\n\n", "  ", " .", " ,", "{", "}", "\r"):
        assert leftover not in text
    assert text == "\n".join(line.strip() for line in text.splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_change_of_an_event_has_its_words(texts: Texts, kind: Kind, language: str) -> None:
    """The preview, the answer and the news say what happens, for each kind of change."""
    for name in ("operator_event_will", "operator_event_did", "operator_event_did_news"):
        if name != "operator_event_will" or kind not in (Kind.CLOSED, Kind.OPENED):  # those wait for no code
            for values in (FULL, least(language, name)):
                text = texts.render(Template(name, {**values, "kind": kind.value}), language)
                assert text
                assert not any(leftover in text for leftover in ("\n\n", "  ", " .", " ,", "None"))
                assert "Spring" in text


@pytest.mark.parametrize("name", NAMES)
def test_lengths(texts: Texts, name: str) -> None:
    """English stays in the cheap alphabet; no text but a list takes more than two SMS segments."""
    measured = {language: measure(texts.render(Template(name, FULL), language)) for language in LANGUAGES}
    print(name, {language: f"{one.segments} {one.encoding}" for language, one in measured.items()})
    assert str(measured["en"].encoding).upper().startswith("GSM")
    assert name in LISTS or max(one.segments for one in measured.values()) <= 2


def test_stop_and_start_are_named_where_they_must_be(texts: Texts) -> None:
    """The confirmations of consent say how to come back, and how to stop, in words that carriers know."""
    for language in LANGUAGES:
        for name in ("stopped", "stopped_by_phrase", "stopped_in_survey"):
            assert "START" in texts.render(Template(name, FULL), language)
        for name in ("started", "started_already", "help", "join_welcome", "doubt"):
            assert "STOP" in texts.render(Template(name, FULL), language)


def test_operators_words_stay_as_they_are(texts: Texts) -> None:
    """A literal text is the very same value, even if it looks like a template."""
    words = "{{ 7 * 7 }} {% for %} <b>"
    assert texts.render(words, "en") is words


def test_values_are_never_templates(texts: Texts) -> None:
    """A name that looks like a template, or like markup, is shown as it is."""
    name = "{{ 7 * 7 }} <b> & {% x"
    assert texts.render(Template("name_kept", {"name": name}), "en") == f"Thank you, {name}!"


def test_a_reply_is_its_pieces_below_each_other(texts: Texts) -> None:
    """Empty pieces leave no empty line; nothing at all is an empty text."""
    assert texts.render_reply(("One", "", Template("name_skipped"), "two"), "en") == (
        "One\nNo problem, we'll do without a name.\ntwo"
    )
    assert texts.render_reply(("One",), "en") == "One"
    assert texts.render_reply((), "en") == ""
    assert texts.render_reply(("", ""), "en") == ""


@pytest.mark.parametrize(("language", "start"), [("es", "Lo sentimos"), ("es-MX", "Lo sentimos"), ("fr", "Sorry")])
def test_a_language_that_is_not_there(texts: Texts, language: str, start: str) -> None:
    """A region falls back to its language, an unknown language to English."""
    assert texts.render(Template("error"), language).startswith(start)
    assert texts.languages() == LANGUAGES


def test_a_missing_text_or_value_is_an_error(texts: Texts) -> None:
    """Nothing is sent with a hole in it: the error names the text and the value."""
    with pytest.raises(FlowError, match="no text 'nonsense'"):
        texts.render(Template("nonsense"), "en")
    with pytest.raises(FlowError, match="'name_kept' cannot be written: 'name' is undefined"):
        texts.render(Template("name_kept"), "en")
    with pytest.raises(FlowError, match="'language_unknown' cannot be written"):
        texts.render(Template("language_unknown", {"available": 1}), "en")


def test_a_text_that_is_no_template_is_found_at_the_start(tmp_path: Path) -> None:
    """A slip in a file shows when the service starts, not when somebody should get the text."""
    (tmp_path / "en").mkdir()
    with pytest.raises(ConfigError, match="no texts"):
        Texts(tmp_path)
    (tmp_path / "en" / "bad.txt").write_text("{% if x %}", "utf-8")
    with pytest.raises(ConfigError, match=r"en/bad\.txt cannot be used"):
        Texts(tmp_path)


def test_own_texts(tmp_path: Path) -> None:
    """A folder of one's own is used as it stands, and a language may lack a text."""
    for language, name, text in (("en", "a", "A {{ x }}"), ("en", "b", "B"), ("pt", "a", "Á {{ x }}")):
        (tmp_path / language).mkdir(exist_ok=True)
        (tmp_path / language / f"{name}.txt").write_text(f"{text}\n", "utf-8")
    own = Texts(tmp_path)
    assert own.languages() == ("en", "pt")
    assert own.render(Template("a", {"x": 1}), "pt") == "Á 1"
    assert own.render(Template("b"), "pt") == "B"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", SilenceReason)
def test_every_silence_has_words(texts: Texts, reason: SilenceReason, language: str) -> None:
    """HISTORY and the simulator say of each reason what it means, on one line."""
    assert "\n" not in texts.render(say_silence(reason), language)
