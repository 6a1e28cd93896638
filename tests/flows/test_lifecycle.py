"""What may become of an outbound message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import ErrorClass
from flows.lifecycle import RANK, TABLE, Refusal, Verdict, judge, moved, next_check_seconds
from flows.values import MessageStatus

QUEUED, FAILED, UNKNOWN = MessageStatus.QUEUED, MessageStatus.FAILED, MessageStatus.UNKNOWN
OUTBOUND = sorted(set(MessageStatus) - {MessageStatus.RECEIVED})


def test_every_state_is_a_status_with_a_rank() -> None:
    """The machine, the ranks and the words of the database are the same."""
    states = {state for state, _event in TABLE} | set(TABLE.values())
    assert states == {status.value for status in RANK} == {status.value for status in OUTBOUND}


@given(st.sampled_from(OUTBOUND), st.lists(st.sampled_from(OUTBOUND)))
def test_receipts_only_move_forward(status: MessageStatus, told: list[MessageStatus]) -> None:
    """Whatever is told in whatever order, the rank only grows, and telling it twice changes nothing."""
    for each in told:
        after = moved(status, each)
        if after is not None:
            assert RANK[after] > RANK[status]
            assert moved(after, each) is None
            status = after


@pytest.mark.parametrize(
    ("refusal", "attempt", "verdict"),
    [
        (Refusal(ErrorClass.RETRY, "20429"), 1, Verdict(QUEUED, 5.0)),
        (Refusal(ErrorClass.RETRY, "20429"), 3, Verdict(QUEUED, 20.0)),
        (Refusal(ErrorClass.RETRY, "20429", retry_after_seconds=7), 1, Verdict(QUEUED, 7.0)),
        (Refusal(ErrorClass.RETRY, "20429"), 4, Verdict(FAILED)),
        (Refusal(ErrorClass.RETRY, "20429", is_pace=True), 9, Verdict(QUEUED, 5.0, is_counted=False)),
        (Refusal(ErrorClass.RETRY), 9, Verdict(QUEUED, 5.0, is_counted=False)),
        (Refusal(ErrorClass.QUIET, "1"), 1, Verdict(QUEUED, 3600.0, is_counted=False)),
        (Refusal(ErrorClass.ACCT, "1"), 1, Verdict(QUEUED, is_counted=False)),
        (Refusal(ErrorClass.HOLD, "1"), 1, Verdict(QUEUED, is_counted=False)),
        (Refusal(ErrorClass.UNK), 1, Verdict(UNKNOWN, 10.0)),
        (Refusal(ErrorClass.OPT, "1"), 1, Verdict(FAILED)),
        (Refusal(ErrorClass.HARD, "1"), 1, Verdict(FAILED)),
        (Refusal(ErrorClass.STRIKE, "1"), 1, Verdict(FAILED)),
    ],
)
def test_verdicts(refusal: Refusal, attempt: int, verdict: Verdict) -> None:
    """Each class of refusal has its consequence."""
    assert judge(refusal, attempt, 0.0) == verdict


def test_checks_become_rarer() -> None:
    """Unknown outcomes are looked up after 10, 30, 60 and then every 120 s."""
    assert [next_check_seconds(age) for age in (0, 10, 40, 100, 5000)] == [10.0, 30.0, 60.0, 120.0, 120.0]
