"""How late the provider's log is, learned from what it accepted."""

from __future__ import annotations

import pytest

from bot.list_lag import ListLag, Sample
from bot.providers.base import Call, Listed, Listing
from flows.values import SECOND, MessageStatus, Transport

CALL = Call(b"m" * 16, 1, Transport.SMS, "+15550100000", "+15550100101", "Hi")
ACCEPTED_AT = 1_000 * SECOND


def listing(*provider_ids: str) -> Listing:
    """Make a list that shows these."""
    shown = [Listed(one, CALL.sender, CALL.recipient, "Hi", MessageStatus.SENT, ACCEPTED_AT) for one in provider_ids]
    return Listing(tuple(shown), ACCEPTED_AT)


async def seen_after(lag: ListLag, *answers: Listing | None) -> None:
    """Accept a message; every 5 s the provider lists what it says."""
    lag.take(Sample("twilio", CALL, "SM1", ACCEPTED_AT))
    for place, answer in enumerate(answers, 1):

        async def list_sent(_name: str, _call: Call, _at: int, answer: Listing | None = answer) -> Listing | None:
            return answer

        await lag.measure(list_sent, ACCEPTED_AT + place * 5 * SECOND)


async def test_two_minutes_at_least() -> None:
    """Nothing measured, or lists that are up to date: two minutes."""
    lag = ListLag()
    assert lag.absent_seconds == 120
    await seen_after(lag, listing("SM0", "SM1"))
    assert lag.absent_seconds == 120


@pytest.mark.parametrize(("late_count", "seconds"), [(2, 150), (5, 300), (59, 3_000)])
async def test_ten_times_the_lag(late_count: int, seconds: float) -> None:
    """The later the lists are, the longer a message that they do not show is waited for."""
    lag = ListLag()
    await seen_after(lag, *[listing("SM0")] * late_count, listing("SM1"))
    assert lag.absent_seconds == seconds


async def test_a_list_that_fails_teaches_nothing() -> None:
    """When the provider does not say, nothing is measured and the sample is dropped."""
    lag = ListLag()
    await seen_after(lag, None, *[listing()] * 30)
    assert lag.absent_seconds == 120
