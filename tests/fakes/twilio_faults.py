"""What can go wrong between us and the fake Twilio, as plain values; nothing here is random unless seeded."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How a POST of a message goes wrong; every way from ACCEPT_ on goes wrong after the message was accepted."""

    REFUSE = "refuse"
    RESET = "reset"
    HANG = "hang"
    REDIRECT = "redirect"
    ACCEPT_ERROR = "accept_error"
    ACCEPT_HANG = "accept_hang"
    ACCEPT_RESET = "accept_reset"
    ACCEPT_GARBAGE = "accept_garbage"
    ACCEPT_REDIRECT = "accept_redirect"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of going wrong, with what the answer says."""

    way: Way
    status: int = 500
    code: int | None = None
    retry_after: str | None = None
    body: str | None = None
    """The whole answer, instead of Twilio's JSON."""

    @property
    def accepts(self) -> bool:
        """Whether the message is accepted all the same."""
        return self.way.startswith("accept_")


def too_many(retry_after: str | None = "1") -> Fault:
    """Answer 429: nothing is accepted."""
    return Fault(Way.REFUSE, 429, 20429, retry_after)


def refuse(code: int | None, status: int = 400) -> Fault:
    """Refuse with one of Twilio's codes: nothing is accepted."""
    return Fault(Way.REFUSE, status, code)


ERROR_BEFORE = Fault(Way.REFUSE, 500, 20500)
RESET_BEFORE = Fault(Way.RESET)
HANG_BEFORE = Fault(Way.HANG)
ACCEPT_ERROR = Fault(Way.ACCEPT_ERROR, 500, 20500)
ACCEPT_HANG = Fault(Way.ACCEPT_HANG)
ACCEPT_RESET = Fault(Way.ACCEPT_RESET)
ACCEPT_GARBAGE = Fault(Way.ACCEPT_GARBAGE, 201, body="<html>all is well</html>")

Chooser = Callable[[int, Mapping[str, tuple[str, ...]]], Fault | None]
"""Picks the fault for a POST by its number (from 1) and its parameters; None: all goes well."""


def in_order(*faults: Fault | None) -> Chooser:
    """Give the first POSTs these faults, in order; all later ones go well."""
    return lambda number, _form: faults[number - 1] if number <= len(faults) else None


def always(fault: Fault) -> Chooser:
    """Give every POST this fault."""
    return lambda _number, _form: fault


def seeded(seed: int, shares: Mapping[Fault, float]) -> Chooser:
    """Give each POST a fault with these probabilities; the same seed and number give the same fault."""

    def choose(number: int, _form: Mapping[str, tuple[str, ...]]) -> Fault | None:
        drawn = random.Random(f"{seed}:{number}").random()  # noqa: S311 - a dice, no secret
        for fault, share in shares.items():
            if drawn < share:
                return fault
            drawn -= share
        return None

    return choose


@dataclass(slots=True)
class Callbacks:
    """Which status callbacks follow an accepted message, and how well they arrive."""

    statuses: tuple[str, ...] = ("sent", "delivered")
    """Empty: none."""
    copies: int = 1
    """How often each is posted."""
    before_answer: bool = False
    """Post them before the POST of the message is answered."""
    delay_seconds: float = 0.0
    """Before the first one."""
    lost_share: float = 0.0
    """0.3 loses about three in ten."""
    shuffled: bool = False
    seed: int = 0

    def plan(self, number: int, statuses: tuple[str, ...]) -> list[str]:
        """Say which of these statuses are posted for the message with this number, and in which order."""
        chance = random.Random(f"{self.seed}:{number}")  # noqa: S311 - a dice, no secret
        posts = [status for status in statuses for _ in range(self.copies) if chance.random() >= self.lost_share]
        if self.shuffled:
            chance.shuffle(posts)
        return posts
