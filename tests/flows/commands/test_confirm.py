"""One-time codes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.commands.confirm import (
    CODE_LASTS,
    LOCK_LASTS,
    MAX_DEAD,
    MAX_TRIES,
    CodeOutcome,
    Pending,
    Reach,
    Request,
    Verdict,
    check_code,
    count_dead,
    fingerprint_of,
    forgive,
    is_locked,
    needs_second,
    open_pending,
    read_code,
    read_pin,
    replaces,
    still_stands,
    takes_code_of,
    without_pin,
)
from flows.values import HOUR, MINUTE, Operator

NOW = 1_790_000_000_000_000
SECRET = b"not-a-real-secret"
THREE = Reach(3, b"3" * 32)
PRINT = fingerprint_of("BLAST", {"audience": "community", "text": "hi"}, THREE)
REQUEST = Request(b"c" * 16, "+15550100101", PRINT)
ADA = Operator(b"a" * 16, 1, "+15550100101", "Ada", "admin")
BO = Operator(b"b" * 16, 2, "+15550100102", "Bo", "admin")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def pending(code: str = "123456", *, is_shared: bool = False) -> Pending:
    """A command that waits for this code."""
    return open_pending(replace(REQUEST, is_shared=is_shared), code, NOW, SECRET)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "123456",
            " 123 456 ",
            "123-456.",
            "code 123456",
            "CODE: 123 456",
            "Código 123456",
            "12 34 56",
            "1 2 3 4 5 6",
        ),
        *("“123456”", "123 – 456", "１２３４５６", "١٢٣٤٥٦", "123\u00a0456", "code #123456!"),
    ],
)
def test_a_code_alone(text: str) -> None:
    """Six digits alone are a code, however they are spaced and in whichever digits."""
    assert read_code(text) == "123456"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345",
        "1234567",
        "123456 please",
        "my code is 123456",
        "12-34-56",
        "12/34/56",
        "12:34:56",
        "code",
        "1" * 99,
    ],
)
def test_no_code(text: str) -> None:
    """More or fewer digits, dates, clocks and digits in a sentence are none."""
    assert read_code(text) is None


@pytest.mark.parametrize(
    ("text", "pin"),
    [("123456 7391", "7391"), ("code 123-456, PIN: 739100", "739100"), ("123456", None), ("123456 739", None)],
)
def test_a_pin_behind_the_code(text: str, pin: str | None) -> None:
    """Four to twelve digits after the code are a PIN, which is never kept; fewer make it no code at all."""
    assert read_pin(text) == pin
    assert without_pin(text) == (text if pin is None else "123456 ****")


@given(st.text(max_size=80))
def test_any_text_may_be_looked_at(text: str) -> None:
    """What is found is six plain digits."""
    found = read_code(text)
    assert found is None or (len(found) == 6 and found.isascii() and found.isdigit())


def test_the_right_code() -> None:
    """It is taken to the last microsecond of five minutes, with its spelling gone."""
    first = pending()
    assert first.expires_at == NOW + 5 * MINUTE == NOW + CODE_LASTS
    assert check_code(first, "123456", first.expires_at - 1, SECRET) == CodeOutcome(Verdict.RIGHT, first)
    assert check_code(first, "123456", first.expires_at, SECRET).verdict is Verdict.LATE
    assert b"123456" not in first.code_hash
    assert len(first.code_hash) == 32


def test_three_wrong_codes_and_the_command_is_dead() -> None:
    """Each try is counted; after the third not even the right code helps."""
    one = check_code(pending(), "000000", NOW, SECRET)
    two = check_code(one.pending, "000001", NOW, SECRET)
    three = check_code(two.pending, "12345", NOW, SECRET)
    assert [step.verdict for step in (one, two, three)] == [Verdict.WRONG, Verdict.WRONG, Verdict.DEAD]
    assert [step.left_count for step in (one, two, three)] == [2, 1, 0]
    after = check_code(three.pending, "123456", NOW, SECRET)
    assert after == CodeOutcome(Verdict.DEAD, three.pending)
    assert after.pending.tries == MAX_TRIES
    assert check_code(two.pending, "123456", NOW, SECRET).verdict is Verdict.RIGHT


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_only_the_same_six_digits_are_right(drawn: int, typed: int) -> None:
    """No other code sets a command off."""
    outcome = check_code(pending(f"{drawn:06d}"), f"{typed:06d}", NOW, SECRET)
    assert (outcome.verdict is Verdict.RIGHT) == (drawn == typed)


def test_a_code_is_bound_to_command_fingerprint_and_secret() -> None:
    """With any of the three changed the same digits are wrong."""
    first = pending()
    others = [replace(first, command_id=b"d" * 16), replace(first, fingerprint=b"x" * 32)]
    assert {check_code(one, "123456", NOW, SECRET).verdict for one in others} == {Verdict.WRONG}
    assert check_code(first, "123456", NOW, b"another-secret").verdict is Verdict.WRONG
    moved = replace(first, command_id=first.command_id + first.fingerprint[:1], fingerprint=first.fingerprint[1:])
    assert check_code(moved, "123456", NOW, SECRET).verdict is Verdict.WRONG


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６"])
def test_a_code_that_is_drawn_is_six_digits(code: str) -> None:
    """Anything else is a fault of the caller."""
    with pytest.raises(ValueError, match="six digits"):
        open_pending(REQUEST, code, NOW, SECRET)


def test_a_changed_audience_is_seen() -> None:
    """One person more, fewer or another, another text, verb or argument: the code stands for something else."""
    first = pending()
    same = fingerprint_of("BLAST", {"text": "hi", "audience": "community"}, Reach(3, b"3" * 32))
    assert still_stands(first, same)
    said: dict[str, object] = {"audience": "community", "text": "hi"}
    changed = [
        fingerprint_of("BLAST", said, Reach(2, b"3" * 32)),
        fingerprint_of("BLAST", said, Reach(4, b"3" * 32)),
        fingerprint_of("BLAST", said, Reach(3, b"4" * 32)),
        fingerprint_of("BLAST", said),
        fingerprint_of("BLAST", {**said, "text": "hi "}, THREE),
        fingerprint_of("BLAST", {**said, "number": None}, THREE),
        fingerprint_of("SCHEDULE", said, THREE),
    ]
    assert not any(still_stands(first, one) for one in changed)


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=3), st.dictionaries(st.text(max_size=3), JSON, max_size=3))
def test_fingerprints_differ_where_arguments_do(one: dict[str, object], other: dict[str, object]) -> None:
    """The order of the arguments does not matter, everything else does."""
    assert fingerprint_of("X", one) == fingerprint_of("X", dict(reversed(one.items())))
    assert (fingerprint_of("X", one) == fingerprint_of("X", other)) == (repr_sorted(one) == repr_sorted(other))


def repr_sorted(value: object) -> object:
    """Tell True from 1, and give the same for any order of keys."""
    if isinstance(value, dict):
        return sorted((key, repr_sorted(inner)) for key, inner in value.items()).__repr__()
    return [repr_sorted(inner) for inner in value] if isinstance(value, list) else repr(value)


@pytest.mark.parametrize(("count", "above", "expected"), [(3, 0, False), (3, 3, False), (4, 3, True), (0, 3, False)])
def test_above_so_many_recipients_a_second_admin_is_needed(count: int, above: int, expected: bool) -> None:
    """The bound itself still needs one alone; 0 switches the rule off."""
    assert needs_second(count, above) is expected


def test_whose_code_is_taken() -> None:
    """A command's own phone gives the code, unless it is shared: then any other admin's phone alone."""
    own, shared = pending(), pending(is_shared=True)
    assert (own.is_shared, shared.is_shared) == (False, True)
    assert (takes_code_of(own, ADA), takes_code_of(own, BO)) == (True, False)
    assert (takes_code_of(shared, ADA), takes_code_of(shared, BO)) == (False, True)
    assert not takes_code_of(shared, replace(BO, role="manager"))
    assert not takes_code_of(shared, replace(BO, is_active=False))
    assert not takes_code_of(own, replace(ADA, is_active=False))


def test_a_new_command_takes_the_place_of_the_old_one() -> None:
    """Of the same phone only; a command does not replace itself when it is previewed again."""
    old = pending()
    new = replace(old, command_id=b"n" * 16)
    assert replaces(new, old)
    assert not replaces(old, old)
    assert not replaces(replace(new, address=BO.address), old)


def test_five_dead_commands_lock_the_phone_for_an_hour() -> None:
    """The fifth locks, the count begins anew, and the hour ends."""
    operator = ADA
    for dead in range(1, MAX_DEAD):
        operator = count_dead(operator, NOW)
        assert (operator.dead_count, is_locked(operator, NOW)) == (dead, False)
    operator = count_dead(operator, NOW)
    assert (operator.dead_count, operator.locked_until_at) == (0, NOW + HOUR)
    assert LOCK_LASTS == HOUR
    assert is_locked(operator, NOW + HOUR - 1)
    assert not is_locked(operator, NOW + HOUR)


def test_a_right_code_forgives() -> None:
    """The dead commands before it are forgotten."""
    assert forgive(count_dead(ADA, NOW)) == ADA
