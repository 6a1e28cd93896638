"""The table of Twilio's error codes."""

from __future__ import annotations

import pytest

from bot.providers.twilio.errors import CODES, classify, reason, retry_once
from flows.errors import ErrorClass
from tests.cases import load_case

ROWS = (
    ("20003 20005 20006 20008 20101 20102 20103 20104 20403 90010", ErrorClass.ACCT),
    ("20404", ErrorClass.ACCT),
    ("20429 14107", ErrorClass.RETRY),
    ("20500 20503", ErrorClass.UNK),
    ("21211 21217 21614 21635 21421", ErrorClass.HARD),
    ("21612", ErrorClass.HARD),
    ("21408", ErrorClass.ACCT),
    ("21606 21601 21212 21607 21608 21616 21621 21622 21701 21702 21703 21704 21705 21712 21715", ErrorClass.ACCT),
    ("21602 21603 21604 21609 21619", ErrorClass.ACCT),
    ("21617 21620 21623 21654 21655 21656 21910 92007 92008", ErrorClass.CONT),
    ("21610", ErrorClass.OPT),
    ("21611 30001", ErrorClass.RETRY),
    ("35115 35117 35118 35125", ErrorClass.CONT),
    ("30002", ErrorClass.ACCT),
    ("30003 30004", ErrorClass.STRIKE),
    ("30005 30006", ErrorClass.HARD),
    ("30007", ErrorClass.CONT),
    ("30008 30009 63023", ErrorClass.STRIKE),
    ("30010", ErrorClass.ACCT),
    ("30011 30019", ErrorClass.CONT),
    ("30017 30022", ErrorClass.RETRY),
    ("30018 30024 30032 30034", ErrorClass.ACCT),
    ("30023 30027 63038", ErrorClass.HOLD),
    ("30410", ErrorClass.UNK),
    ("30610", ErrorClass.QUIET),
    ("63001 63002 63007 63008 63015 63020 63022", ErrorClass.ACCT),
    ("63003 63024", ErrorClass.HARD),
    ("63005 63006 63021 63030 63034 63027 63028 63041", ErrorClass.CONT),
    ("63009 63010 63012 63017 63018 63119", ErrorClass.RETRY),
    ("63013 63026 63039", ErrorClass.ACCT),
    ("63014 63033", ErrorClass.OPT),
    ("63016", ErrorClass.WIN),
    ("63019 63029 63037", ErrorClass.RETRY),
    ("63032 63049", ErrorClass.STRIKE),
    ("11200 11205 11210 12300", ErrorClass.ACCT),
)


@pytest.mark.parametrize(("codes", "error_class"), ROWS)
def test_each_row_of_the_table(codes: str, error_class: ErrorClass) -> None:
    """A receipt's code has the class of its row."""
    assert {code: classify(code) for code in codes.split()} == dict.fromkeys(codes.split(), error_class)


def test_the_table_holds_just_these_codes() -> None:
    """Nothing is in the data that no row above names."""
    assert set(CODES) == {code for codes, _ in ROWS for code in codes.split()}


def test_every_published_code_has_a_class_and_words() -> None:
    """All codes that the provider lists; those without a row count as a strike."""
    codes = load_case("twilio_error_codes.json")["codes"]
    assert len(codes) == 354
    for code in codes:
        expected = CODES[code].error_class if code in CODES else ErrorClass.STRIKE
        assert classify(code) is expected
        assert classify(code, 400) is expected
        assert reason(code)


@pytest.mark.parametrize(
    ("code", "status", "error_class"),
    [
        ("1001", 400, ErrorClass.STRIKE),
        (None, 400, ErrorClass.STRIKE),
        ("20429", 429, ErrorClass.RETRY),
        (None, 429, ErrorClass.RETRY),
        ("20003", 401, ErrorClass.ACCT),
        (None, 401, ErrorClass.ACCT),
        ("1001", 403, ErrorClass.ACCT),
        (None, 404, ErrorClass.ACCT),
        ("21610", 400, ErrorClass.OPT),
        ("21610", 403, ErrorClass.OPT),
        ("21610", 500, ErrorClass.UNK),
        ("20500", 500, ErrorClass.UNK),
        (None, 503, ErrorClass.UNK),
        (None, 408, ErrorClass.UNK),
        (None, 307, ErrorClass.UNK),
        (None, 0, ErrorClass.STRIKE),
    ],
)
def test_status_and_code_together(code: str | None, status: int, error_class: ErrorClass) -> None:
    """The HTTP status decides where the request may have been accepted in spite of the code."""
    assert classify(code, status) is error_class


def test_some_codes_deserve_one_more_try() -> None:
    """An unexplained failure counts as a strike all the same; media that could not be fetched become content."""
    assert {code for code in CODES if retry_once(code)} == {"30008", "30009", "63023", "63019", "63029", "63037"}
    assert not retry_once(None)
    assert classify("63019", retried=True) is ErrorClass.CONT
    assert classify("30008", retried=True) is ErrorClass.STRIKE
    assert classify("30017", retried=True) is ErrorClass.RETRY


def test_reasons_are_sentences() -> None:
    """What happened and what follows; an unknown code says where to look it up."""
    assert reason("21610") == "The person opted out at Twilio. Nothing more is sent until they text START."
    assert reason("30005") == "Nobody has this number. The number is suppressed on this channel."
    assert reason("1001").endswith("/1001")
    assert reason(None) == "Twilio did not say why."
