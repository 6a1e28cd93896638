"""What operators text, read as commands."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.commands.parse import Command, Hint, Question, read_command
from flows.commands.parts import Part
from flows.commands.specs import BY_NAME, BY_WORD, SIGNS

ADA = "+15550100101"
ADA_PHONE: dict[str, object] = {"phone": ADA, "id": None}
TWELVE: dict[str, object] = {"phone": None, "id": 12}
NOBODY: dict[str, object] = {"phone": None, "id": None}


def arguments(text: str, verb: str, **given_: Any) -> dict[str, object]:
    """Read a text that must be a command of this verb."""
    read = read_command(text, country="US", **given_)
    assert isinstance(read, Command), read
    assert (read.verb, read.text) == (verb, text)
    assert json.loads(json.dumps(dict(read.arguments))) == read.arguments
    return dict(read.arguments)


@pytest.mark.parametrize(
    "text",
    [
        "BLAST community: Hi: you",
        "blast   community :Hi: you",
        "  Blast\ncommunity\nHi: you",
        "/blast community: Hi: you",
        "! BLAST community: Hi: you",
        "BLAST: community: Hi: you",
        "blast : community: Hi: you",
        "“Blast community: Hi: you”",
        '"BLAST community: Hi: you"',
        "ＢＬＡＳＴ community: Hi: you",
        "broadcast community: Hi: you",
        "Enviar community: Hi: you",
    ],
)
def test_a_blast_however_it_is_typed(text: str) -> None:
    """Case, blanks, breaks, a sign before the verb, quotes around all and other words for it do not matter."""
    assert arguments(text, "BLAST") == {"audience": "community", "text": "Hi: you"}


@pytest.mark.parametrize(
    ("text", "head", "said"),
    [
        ("SCHEDULE fri 17:30 community: See you at 18:00", "fri 17:30 community", "See you at 18:00"),
        ("schedule 2026-12-24 18:00:00 #choir\nNote: shoes", "2026-12-24 18:00:00 #choir", "Note: shoes"),
        ("SCHEDULE every monday 9am event 12 :Hi", "every monday 9am event 12", "Hi"),
        ("programar mañana 9:30 #coro: Hola", "mañana 9:30 #coro", "Hola"),
    ],
)
def test_a_schedule(text: str, head: str, said: str) -> None:
    """The colon of a clock does not end the audience."""
    assert arguments(text, "SCHEDULE") == {"when_and_audience": head, "text": said}


@pytest.mark.parametrize(
    ("text", "verb", "expected"),
    [
        ("TEST :)", "TEST", {"text": ":)"}),
        ("test: Hi {name|friend}\nBye", "TEST", {"text": "Hi {name|friend}\nBye"}),
        ("STATUS", "STATUS", {"number": None}),
        ("status please?", "STATUS", {"number": None}),
        ("STATUS #12", "STATUS", {"number": 12}),
        ("estado 12", "STATUS", {"number": 12}),
        ("PAUSE:12", "PAUSE", {"number": 12}),
        ("PAUSE#12", "PAUSE", {"number": 12}),
        ("pause campaign 12 now!", "PAUSE", {"number": 12}),
        ("Resume no. 12", "RESUME", {"number": 12}),
        ("CANCEL 12", "CANCEL", {"number": 12}),
        ("cancelar 12", "CANCEL", {"number": 12}),
        ("RETRY 12.", "RETRY", {"number": 12}),
        ("MOVE 12 tomorrow 9am", "MOVE", {"number": 12, "when": "tomorrow 9am"}),
        ("move 12 to fri 17:30", "MOVE", {"number": 12, "when": "fri 17:30"}),
        ("RESULTS “Feedback”", "RESULTS", {"survey": "Feedback"}),
        ('SEARCH  "lost keys"  today', "SEARCH", {"words": '"lost keys" today'}),
        ("~ I take the calls", "~", {"text": "I take the calls"}),
        ("~I take the calls", "~", {"text": "I take the calls"}),
        ("HELP", "HELP", {"verb": None}),
        ("ayuda por favor", "HELP", {"verb": None}),
        ("HELP blast", "HELP", {"verb": "BLAST"}),
        ("help event new", "HELP", {"verb": "EVENT", "action": "new"}),
        ("ayuda evento mover", "HELP", {"verb": "EVENT", "action": "move"}),
        ("help event please", "HELP", {"verb": "EVENT"}),
        ("HELP blsat", "HELP", {"verb": "BLAST"}),
        ("HELP @id", "HELP", {"verb": "@"}),
    ],
)
def test_texts_numbers_and_words(text: str, verb: str, expected: dict[str, object]) -> None:
    """Commands about a campaign, a text or a topic."""
    assert arguments(text, verb) == expected


@pytest.mark.parametrize(
    "text",
    ["LIST", "lista", "list please", "UNDO!", "GROUPS", "events", "SURVEYS", "optouts.", "más", "WHOAMI?", "Abort"],
)
def test_verbs_that_stand_alone(text: str) -> None:
    """Courtesy and signs may follow them."""
    assert arguments(text, BY_WORD[text.lower().strip(".?!").split()[0].replace("á", "a")].name) == {}


@pytest.mark.parametrize(
    "number",
    [
        *(ADA, "+1 555 010 0101", "+1 (555) 010-0101", "(+1) 555 010 0101", "555 010 0101", "(555) 010-0101"),
        *("555.010.0101", f"{ADA}:", f"{ADA},", f"{ADA} :", f"{ADA}\n", "+1–555–010–0101", "٥٥٥٠١٠٠١٠١"),
    ],
)
def test_phones_however_they_are_written(number: str) -> None:
    """Blanks, signs, a missing country code and what parts the number from the text do not matter."""
    assert arguments(f"REPLY {number} See you", "REPLY") == {**ADA_PHONE, "text": "See you"}


@pytest.mark.parametrize("number", [ADA, "+1 555 010 0101", "555 010 0101:", "(555) 010-0101\n"])
def test_a_text_may_begin_with_a_number(number: str) -> None:
    """Where the phone ends is known from its country, or from what parts it from the text."""
    assert arguments(f"REPLY {number} 10 am works", "REPLY") == {**ADA_PHONE, "text": "10 am works"}


@pytest.mark.parametrize(
    ("text", "verb", "expected"),
    [
        (f"ADD {ADA}", "ADD", {**ADA_PHONE, "name": None, "group": None, "has_file": False}),
        (f"ADD{ADA} Ada", "ADD", {**ADA_PHONE, "name": "Ada", "group": None, "has_file": False}),
        (f"añadir {ADA} Ada al coro", "ADD", {**ADA_PHONE, "name": "Ada", "group": "coro", "has_file": False}),
        (
            f"ADD {ADA} Ada King to #choir",
            "ADD",
            {**ADA_PHONE, "name": "Ada King", "group": "choir", "has_file": False},
        ),
        (
            f"ADD #choir {ADA}, “Ada King”",
            "ADD",
            {**ADA_PHONE, "name": "Ada King", "group": "choir", "has_file": False},
        ),
        (
            f"ADD Ada King {ADA} group choir",
            "ADD",
            {**ADA_PHONE, "name": "Ada King", "group": "choir", "has_file": False},
        ),
        ("ADD @12 to the choir", "ADD", {**TWELVE, "name": None, "group": "choir", "has_file": False}),
        (f"ADD {ADA} Ty", "ADD", {**ADA_PHONE, "name": "Ty", "group": None, "has_file": False}),
        (f"REMOVE {ADA} please", "REMOVE", {**ADA_PHONE, "group": None}),
        (f"remove {ADA} from #choir", "REMOVE", {**ADA_PHONE, "group": "choir"}),
        (f"REMOVE {ADA} from the group choir", "REMOVE", {**ADA_PHONE, "group": "choir"}),
        (f"quitar {ADA} choir", "REMOVE", {**ADA_PHONE, "group": "choir"}),
        ("REPLY @12: See you", "REPLY", {**TWELVE, "text": "See you"}),
        ("@12 :)", "@", {**TWELVE, "text": ":)"}),
        (" @ 12: See you", "@", {**TWELVE, "text": "See you"}),
        ("@12 : See you", "@", {**TWELVE, "text": "See you"}),
        ("BAN 12", "BAN", TWELVE),
        ("unban @12 please", "UNBAN", TWELVE),
        (f"BAN {ADA}", "BAN", ADA_PHONE),
        ("HISTORY @12", "HISTORY", TWELVE),
        (f"historial {ADA}", "HISTORY", ADA_PHONE),
        (f"OPTOUT {ADA}", "OPTOUT", {**ADA_PHONE, "note": None}),
        (f"optout {ADA} by e-mail, 3 May", "OPTOUT", {**ADA_PHONE, "note": "by e-mail, 3 May"}),
        ("inbox", "INBOX", {"action": "list"}),
        ("Inbox please", "INBOX", {"action": "list"}),
        ("INBOX 12", "INBOX", {"action": "show", **TWELVE}),
        ("bandeja @12", "INBOX", {"action": "show", **TWELVE}),
        ("INBOX DONE 12", "INBOX", {"action": "done", **TWELVE}),
        ("inbox listo: @12.", "INBOX", {"action": "done", **TWELVE}),
        ("INBOX DONE ALL", "INBOX", {"action": "done_all"}),
        ("BOT OFF 12", "BOT", {"action": "off", **TWELVE, "time": None}),
        ("bot off @12 for 2h", "BOT", {"action": "off", **TWELVE, "time": "2h"}),
        ("BOT on 12", "BOT", {"action": "on", **TWELVE, "time": None}),
        ("OPERATOR LIST", "OPERATOR", {"action": "list"}),
        ("operator: list please", "OPERATOR", {"action": "list"}),
        (f"OPERATOR REMOVE {ADA}", "OPERATOR", {"action": "remove", "phone": ADA}),
        (f"OPERATOR ADD {ADA} Viewer", "OPERATOR", {"action": "add", "phone": ADA, "role": "viewer", "name": None}),
        (
            f"operador add {ADA}: admin, Bo Li",
            "OPERATOR",
            {"action": "add", "phone": ADA, "role": "admin", "name": "Bo Li"},
        ),
    ],
)
def test_people(text: str, verb: str, expected: dict[str, object]) -> None:
    """Commands about one person: by phone or short number, with name, group, note or time."""
    assert arguments(text, verb) == expected


def test_a_file_adds_many() -> None:
    """With a vCard or CSV file ADD needs no phone."""
    many = {**NOBODY, "name": None, "has_file": True}
    assert arguments("ADD", "ADD", has_file=True) == {**many, "group": None}
    assert arguments("add to #choir", "ADD", has_file=True) == {**many, "group": "choir"}
    assert arguments(f"ADD {ADA}", "ADD", has_file=True) == {**many, **ADA_PHONE, "group": None}
    assert isinstance(read_command("ADD #choir"), Question)


@pytest.mark.parametrize(
    ("text", "verb", "part", "typed"),
    [
        ("BLAST", "BLAST", Part.AUDIENCE, ""),
        ("BLAST : : hi", "BLAST", Part.AUDIENCE, "hi"),
        ("BLAST community", "BLAST", Part.TEXT, "community"),
        ("BLAST community:", "BLAST", Part.TEXT, "community"),
        ("SCHEDULE", "SCHEDULE", Part.WHEN, ""),
        ("SCHEDULE tomorrow 9:30", "SCHEDULE", Part.TEXT, "tomorrow 9:30"),
        ("TEST", "TEST", Part.TEXT, ""),
        ("~", "~", Part.TEXT, ""),
        ("PAUSE", "PAUSE", Part.NUMBER, ""),
        ("STATUS 12 or 13", "STATUS", Part.NUMBER, "12 or 13"),
        ("CANCEL 12 of my messages", "CANCEL", Part.NUMBER, "12 of my messages"),
        ("MOVE", "MOVE", Part.NUMBER, ""),
        ("MOVE 12", "MOVE", Part.WHEN, "12"),
        ("ADD", "ADD", Part.PERSON, ""),
        ("ADD +1 555 Ada", "ADD", Part.PERSON, "+1 555"),
        ("ADD Ada +1555", "ADD", Part.PERSON, "+1555"),
        (f"ADD {ADA} #choir #band", "ADD", Part.GROUP, "#choir #band"),
        ("REMOVE #choir", "REMOVE", Part.PERSON, ""),
        (f"REMOVE {ADA} Ada #choir", "REMOVE", Part.GROUP, "choir Ada"),
        ("REMOVE +1555", "REMOVE", Part.PERSON, "+1555"),
        ("EVENT", "EVENT", Part.EVENT_ACTION, ""),
        ("EVENT CLOSE", "EVENT", Part.EVENT, "CLOSE"),
        ("EVENT NEW", "EVENT", Part.TITLE, ""),
        ("RESULTS", "RESULTS", Part.WORDS, ""),
        ("SEARCH …", "SEARCH", Part.WORDS, ""),
        ("REPLY", "REPLY", Part.PERSON, ""),
        ("REPLY 12 See you", "REPLY", Part.PERSON, "12"),
        (f"REPLY {ADA}", "REPLY", Part.TEXT, ADA),
        ("@12", "@", Part.TEXT, "@12"),
        ("BOT", "BOT", Part.ACTION, ""),
        ("INBOX DONE", "INBOX", Part.PERSON, ""),
        ("INBOX DONE with Bo", "INBOX", Part.PERSON, "with Bo"),
        ("INBOX 12 and 13", "INBOX", Part.PERSON, "12 and 13"),
        ("BOT OFF", "BOT", Part.PERSON, ""),
        ("BOT OFF him", "BOT", Part.PERSON, "him"),
        ("BOT ON 12 2h", "BOT", Part.TIME, "2h"),
        ("BAN 12 13", "BAN", Part.PERSON, "12 13"),
        ("HISTORY", "HISTORY", Part.PERSON, ""),
        ("HISTORY @12 and @13", "HISTORY", Part.PERSON, "@12 and @13"),
        ("OPTOUT +1555 by phone", "OPTOUT", Part.PERSON, "+1555"),
        ("OPERATOR", "OPERATOR", Part.ACTION, ""),
        ("OPERATOR ADD", "OPERATOR", Part.PERSON, ""),
        ("OPERATOR ADD @12 viewer", "OPERATOR", Part.PERSON, "@12 viewer"),
        (f"OPERATOR ADD {ADA}", "OPERATOR", Part.ROLE, ""),
        (f"OPERATOR ADD {ADA} boss", "OPERATOR", Part.ROLE, "boss"),
        (f"OPERATOR REMOVE {ADA} +15550100102", "OPERATOR", Part.PERSON, f"{ADA} +15550100102"),
    ],
)
def test_what_is_missing_is_asked_back(text: str, verb: str, part: Part, typed: str) -> None:
    """The question names the part, what stands in its place, and an example."""
    assert read_command(text, country="US") == Question(verb, part, BY_NAME[verb].example, typed)


@pytest.mark.parametrize("number", ["+436601234567 10", "+43 660 123 4567 10", "555 010 0101 10"])
def test_a_phone_that_may_end_in_two_places_is_not_guessed(number: str) -> None:
    """Where longer digits are some country's number as well, a colon says where this one ends."""
    read = read_command(f"REPLY {number} Uhr", country="US")
    assert isinstance(read, Question)
    assert read.part is Part.PERSON
    assert arguments("REPLY +436601234567: 10 Uhr", "REPLY")["text"] == "10 Uhr"


def test_a_long_row_of_numbers_is_no_phone() -> None:
    """Many words of digits are asked back, whatever they could mean."""
    assert isinstance(read_command(f"REPLY {'1 ' * 500}"), Question)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Hello everybody, rehearsal is at six", ""),
        ("12", ""),
        ("@everyone hi", "@"),
        ("BLSAT community: hi", "BLAST"),
        ("lsit", "LIST"),
        ("ADDRESS unknown", ""),
        ("ADD-on is nice", ""),
        ("PAUSE12", ""),
        ("STATUSES", "STATUS"),
        ("No", ""),
        ("list price is fine", "LIST"),
        ("More pizza", "MORE"),
        ("remove me from your list", "REMOVE"),
        ("cancel my seat", "CANCEL"),
        ("cancel 12th of May", "CANCEL"),
        ("move it to friday", "MOVE"),
        ("status update: all fine", "STATUS"),
        ("add me please", "ADD"),
        ("reply soon", "REPLY"),
        ("optout of everything", "OPTOUT"),
        ("history was my subject", "HISTORY"),
        ("event was great", "EVENT"),
        ("bot is silly", "BOT"),
        ("operator, are you there", "OPERATOR"),
        ("operator list price", "OPERATOR"),
        ("help me carry this", "HELP"),
    ],
)
def test_a_sentence_is_no_command(text: str, near: str) -> None:
    """Plain text is never a blast, and a sentence that begins like a command is none: both only get a hint."""
    found = read_command(text)
    assert isinstance(found, Hint)
    assert replace(found, is_typed=False) == Hint(near, BY_NAME[near].example if near else "")


@pytest.mark.parametrize("text", ["", "  ", "👍", "…", "!!"])
def test_no_word_is_nothing(text: str) -> None:
    """Signs and pictures alone are not even a hint's occasion."""
    assert read_command(text) is None


def test_no_drops_a_command_only_while_one_waits() -> None:
    """NO is the commonest of answers: it means ABORT while a command of this operator waits for its code."""
    assert read_command("No!", is_pending=True) == Command("ABORT", {}, "No!")
    assert read_command("No!") == Hint()
    assert read_command("no thanks to you", is_pending=True) == Hint()


def test_quotes_that_do_not_belong_together_stay() -> None:
    """Only a pair around the whole text is taken off."""
    assert arguments('BLAST community: "Hi"', "BLAST")["text"] == '"Hi"'
    assert isinstance(read_command("“BLAST community: Hi'"), Hint)


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """Nothing that people type raises."""
    read_command(text, country="US")


@given(
    st.sampled_from([*BY_WORD, *SIGNS]),
    st.lists(
        st.sampled_from(["#", ":", "\n", " ", "@", "+1", "555", "0100101", "12", "to", "on", "new", "x", "“", "Ñ"])
    ),
)
def test_any_row_of_pieces_after_a_verb_is_read(verb: str, pieces: list[str]) -> None:
    """Whatever follows a verb leads to that command, a question about it or a hint, with plain values."""
    read = read_command(f"{verb} {' '.join(pieces)}", country="US", has_file=len(pieces) % 2 == 0)
    if isinstance(read, Command):
        assert BY_NAME[read.verb]
        assert json.loads(json.dumps(dict(read.arguments))) == read.arguments


@given(st.text(max_size=200).filter(str.strip))
def test_a_text_to_send_stays_as_it_was_written(text: str) -> None:
    """Between the audience and the end nothing is changed but blanks at the ends."""
    assert arguments(f"BLAST community: {text}", "BLAST")["text"] == text.strip()


@pytest.mark.parametrize("junk", [" ", "\n", "#", "to ", "a", "1 ", "+", "@", ",", "on 1 ", "x:", "“"])
def test_long_junk_is_read_quickly(junk: str) -> None:
    """Ten thousand signs of one kind take no time worth naming."""
    for verb in ("ADD", "EVENT NEW x", "SCHEDULE", "REPLY", "CANCEL", "~", "@", "SEARCH", ""):
        read_command(f"{verb} {junk * (10_000 // len(junk))}")
