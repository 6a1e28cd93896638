"""How operators write audiences, and what is understood."""

from __future__ import annotations

import pytest

from flows.audiences.canonical import text_of
from flows.audiences.parser import parse_audience
from flows.audiences.refusal import AudienceError
from flows.audiences.tree import And, Compare, Group, Operator, Record, children
from flows.errors import CommandError

UNDERSTOOD = [
    ("community", "community"),
    ("  COMMUNITY ", "community"),
    ("#community", "community"),
    ("comunidad", "community"),
    ("#all", '#"all"'),
    ("#and", '#"and"'),
    ("all", "all"),
    ("Todos", "all"),
    ("#roofers", "#roofers"),
    ("# roofers", "#roofers"),
    ("roofers", "#roofers"),
    ("Sunday Choir", '#"Sunday Choir"'),
    ("#sunday choir and zip=1", '#"sunday choir" and zip=1'),
    ("“sunday choir”", '#"sunday choir"'),
    ('"all"', '#"all"'),
    ("event GALA", "event GALA"),
    ("EVENTO gala", "event gala"),
    ("event 3 waiting", "event 3 waiting"),
    ("event summer gala registered", 'event "summer gala"'),
    ('event "waiting" waiting', 'event "waiting" waiting'),
    ("event GALA not waiting", "event GALA not waiting"),
    ("event GALA waiting=yes", "event GALA and waiting=yes"),
    ("event GALA no #vip", "event GALA and not #vip"),
    ("survey FEEDBACK", "survey FEEDBACK"),
    ("survey FEEDBACK answered", "survey FEEDBACK"),
    ("survey FEEDBACK completed", "survey FEEDBACK"),
    ("survey FEEDBACK not answered", "survey FEEDBACK not answered"),
    ("not survey FEEDBACK", "survey FEEDBACK not answered"),
    ("survey FEEDBACK started", "survey FEEDBACK started"),
    ("encuesta FEEDBACK unfinished", "survey FEEDBACK unfinished"),
    ("noreply 12", "noreply 12"),
    ("NoReply #12", "noreply 12"),
    ("answered FEEDBACK.2=yes", "answered FEEDBACK.2=yes"),
    ("answered FEEDBACK.rating >= 4", "answered FEEDBACK.rating>=4"),
    ("answered FEEDBACK.2", "answered FEEDBACK.2"),
    ("answered FEEDBACK", "survey FEEDBACK"),
    ('answered "our survey".2~soup', 'answered "our survey".2~soup'),
    ("new since 2026-11-01", "created>=2026-11-01"),
    ("nuevos desde 2026/11/1", "created>=2026-11-01"),
    ("new choir", '#"new choir"'),
    ("zip=94110", "zip=94110"),
    ("zip = 94110", "zip=94110"),
    ("ZIP == 94110", "zip=94110"),
    ("zip≥9 zip≤9 zip≠9", "zip>=9 and zip<=9 and zip!=9"),
    ("zip=>9 zip=<9 zip<>9 zip=~9", "zip>=9 and zip<=9 and zip!=9 and zip~9"),
    ("zip>9 zip<9", "zip>9 and zip<9"),
    ('"Zip code" = 9', "zip_code=9"),
    ("zip-code=9", "zip_code=9"),
    ("zip=", 'zip=""'),
    ('zip!=""', 'zip!=""'),
    ("trade= and zip=1", 'trade="" and zip=1'),
    ("trade= zip=1", 'trade="" and zip=1'),
    ("trade= #roofers", 'trade="" and #roofers'),
    ("vip = no", "vip=no"),
    ("state=or", "state=or"),
    ("or=1", "or=1"),
    ("name='Ann Lee'", 'name="Ann Lee"'),
    ("name=’Ann Lee’", 'name="Ann Lee"'),
    ("name=O’Brien", 'name="O\'Brien"'),
    ('name="say ""hi"""', 'name="say ""hi"""'),
    ("nombre~smith", "name~smith"),
    ("language=Spanish idioma!=english", "language=es and language!=en"),
    ("language~e", "language~e"),
    ("status=Active", "status=active"),
    ("last seen>=2026-01-05", "last_seen>=2026-01-05"),
    ("last message = ", 'last_message=""'),
    ("created!=2026-1-5", "created!=2026-01-05"),
    ("phone=555-010-0101", "phone=+15550100101"),
    ("phone~010-01", "phone~01001"),
    ("+15550100101", "+15550100101"),
    ("+1 555 010 0101, +15550100102 +15550100101", "+15550100101 +15550100102"),
    ("community except +15550100101", "community except +15550100101"),
    (
        "community except 5550100101, 555 010 0102 y +15550100103",
        "community except +15550100101 +15550100102 +15550100103",
    ),
    ("todos excepto #a salvo #b", "all except #a except #b"),
    ("all except (#a or #b)", "all except (#a or #b)"),
    ("(all except #a) and #b", "(all except #a) and #b"),
    ("#a #b", "#a and #b"),
    ("#a or #b and #c", "#a or #b and #c"),
    ("(#a or #b) #c", "(#a or #b) and #c"),
    ("#a and (#b and #c)", "#a and #b and #c"),
    ("((#a))", "#a"),
    ("not not #a", "#a"),
    ("not (#a or #b)", "not (#a or #b)"),
    ("#a y no #b o zip=1", "#a and not #b or zip=1"),
    ("no", '#"no"'),
    ("y=1 y o=2", "y=1 and o=2"),
    ("vehicle.make=Toyota year>=2018", "vehicle.make=Toyota and vehicle.year>=2018"),
    ("Vehicle.Make=Toyota and vehicle.year>=2018", "vehicle.make=Toyota and vehicle.year>=2018"),
    ("vehicle.make=Toyota and year>=2018", "vehicle.make=Toyota and year>=2018"),
    ("vehicle.make=Toyota language=es", "vehicle.make=Toyota and language=es"),
    ("vehicle.name=Kit", "vehicle.name=Kit"),
    ("#a\u200b\x00and\n#b", "#a and #b"),
]


@pytest.mark.parametrize(("text", "written"), UNDERSTOOD)
def test_understood(text: str, written: str) -> None:
    """Case, blanks, smart quotes, a missing # and both languages are understood, and written in one way."""
    assert text_of(parse_audience(text, "US")) == written


def test_one_record() -> None:
    """All that is said about a kind of record side by side, also in a parenthesis, is about one record."""
    make, year = Compare("make", Operator.IS, "Kia"), Compare("year", Operator.FROM, "2018")
    both = Record("vehicle", And((make, year)))
    assert parse_audience("vehicle.make=Kia year>=2018") == both
    assert parse_audience("vehicle.make=Kia and vehicle.year>=2018") == both
    assert parse_audience("vehicle.make=Kia #a vehicle.year>=2018") == And((both, Group("a")))
    (either,) = children(parse_audience("vehicle.make=Kia and (vehicle.year=1 or vehicle.year=2)"))
    assert isinstance(either, And)
    assert len(either.nodes) == 2
    apart = parse_audience("vehicle.make=Kia and not vehicle.year>=2018")
    assert [type(one).__name__ for one in children(apart)] == ["Record", "Not"]


REFUSED = [
    ("", "^", "the end", "a group, an event, a survey or a filter such as zip=94110"),
    ("zip=94110 and )", "zip=94110 and ^)", "')'", "a group"),
    ("#a or", "#a or^", "the end", "a group"),
    ("#a and", "#a and^", "the end", "a group"),
    ("and #a", "^and #a", "'and'", "the name of a group"),
    ("#", "#^", "the end", "the name of a group"),
    ('#""', '#^""', "''", "the name of a group"),
    ("#a)", "#a^)", "')'", "and, or, except, or the end"),
    ("#a, #b", "#a^, #b", "','", "and, or, except, or the end"),
    ("(#a", "(#a^", "the end", "and, or, except, or )"),
    ("zip=94110 =5", "zip=94110 ^=5", "'='", "the end"),
    ("zip>", "zip>^", "the end", "a value"),
    ("zip~ and #a", "zip~ ^and #a", "'and'", "a value"),
    ('zip~"\u0301"', 'zip~^"\u0301"', "'\u0301'", "a value"),
    ("name=Ann Lee", "name=Ann ^Lee", "'Lee'", 'name="Ann Lee"'),
    ('name="Ann"Lee', 'name="Ann"^Lee', "'Lee'", "quotes"),
    ('name="Ann', 'name=^"Ann', "a quote without its end", "quotes"),
    ("94110=zip", "^94110=zip", "'94110'", "the name of a field"),
    ("a.b.c=1", "^a.b.c=1", "'a.b.c'", "the name of a field"),
    (".b=1", "^.b=1", "'.b'", "the name of a field"),
    ("created=soon", "created=^soon", "'soon'", "2026-11-01"),
    ("created=2026-02-30", "created=^2026-02-30", "'2026-02-30'", "2026-11-01"),
    ("created~2026-01-01", "created~^2026-01-01", "'2026-01-01'", "=, !=, >, >=, < or <="),
    ("status=happy", "status=^happy", "'happy'", "active, inactive, blocked, invalid"),
    ("status~active", "status~^active", "'active'", "active, inactive, blocked, invalid"),
    ("phone=ann", "phone=^ann", "'ann'", "+15550100101"),
    ("phone>+15550100101", "phone>^+15550100101", "'+15550100101'", "="),
    ("phone~ann", "phone~^ann", "'ann'", "+15550100101"),
    ("event", "event^", "the end", "the keyword or number of an event"),
    ("survey and #a", "survey ^and #a", "'and'", "the keyword of a survey"),
    ("noreply", "noreply^", "the end", "noreply 12"),
    ("noreply x", "noreply ^x", "'x'", "noreply 12"),
    ("answered", "answered^", "the end", "answered FEEDBACK.2=yes"),
    ("answered FEEDBACK=yes", "answered ^FEEDBACK=yes", "'FEEDBACK'", "answered FEEDBACK.2=yes"),
    ("answered FEEDBACK.=1", "answered ^FEEDBACK.=1", "'FEEDBACK.'", "answered FEEDBACK.2=yes"),
    ("answered FEEDBACK.2=", "answered FEEDBACK.2=^", "the end", "a value, such as yes"),
    ('answered FEEDBACK.2=""', 'answered FEEDBACK.2=^""', "''", "a value, such as yes"),
    ("new since", "new since^", "the end", "a date: since 2026-11-01"),
    ("new since monday", "new since ^monday", "'monday'", "2026-11-01"),
    ("all except", "all except^", "the end", "a group"),
    ("all except #a or #b", "all except #a ^or #b", "'or'", "parentheses"),
    ("all except #a #b", "all except #a ^#b", "'#'", "parentheses"),
    ("all except 123", "all except ^123", "'123'", "a phone"),
    ("+1", "^+1", "'+1'", "a phone"),
]


@pytest.mark.parametrize(("text", "shown", "found", "expected"), REFUSED)
def test_refused(text: str, shown: str, found: str, expected: str) -> None:
    """What cannot be understood is shown with a caret before it, and what was expected there."""
    with pytest.raises(AudienceError) as caught:
        parse_audience(text, "US")
    error = caught.value
    assert isinstance(error, CommandError)
    assert error.message.split("\n")[0] == shown
    assert (error.found, expected in error.expected) == (found, True)
    assert error.message.split("\n")[1] == f"At ^ I found {error.found}, I expected {error.expected}."


def test_long_texts_are_shown_in_part() -> None:
    """Of a long text the surroundings of the place are shown."""
    with pytest.raises(AudienceError, match=r"^\.\.94110 and zip=94110 and \^\) and zip=9411\.\.\n"):
        parse_audience(" and ".join(["zip=94110"] * 5) + " and ) and zip=94110 and zip=94110")


def test_bounds() -> None:
    """1,000 characters, 50 conditions and 20 levels are taken, and not one more."""
    assert parse_audience("#" + "a" * 999)
    assert parse_audience(" ".join(["a=1"] * 50))
    assert parse_audience("(" * 20 + "#a" + ")" * 20)
    for text, expected in (
        ("a" * 1_001, "at most 1000"),
        (" ".join(["a=1"] * 51), "at most 50 conditions"),
        ("not (" * 10 + "(#a" + ")" * 11, "at most 20"),
    ):
        with pytest.raises(AudienceError) as caught:
            parse_audience(text)
        assert expected in caught.value.expected


def test_what_is_written_is_within_the_bounds_too() -> None:
    """A short form that would be too long when it is written out is refused, for it could not be read again."""
    with pytest.raises(AudienceError, match="characters"):
        parse_audience(f"{'v' * 300}.a=1 b=2 c=3 d=4")
