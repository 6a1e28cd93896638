"""The bound on automatic replies: two machines that answer each other fall silent, a person is never cut off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from zlib import crc32

from flows.consent.scopes import ALL
from flows.effects import Effect, OptIn, OptOut, Outcome, Reply, SaveAnswer, SetDoubt, Silence, Template
from flows.silence import SilenceReason
from flows.values import MINUTE, Purpose, RecentReplies

REPLIES_PER_MINUTE = 10
"""Replies that lead nowhere: fallbacks, retries, starts."""
PROGRESS_PER_MINUTE = 60
"""Replies to accepted answers: a fast typist stays far under it."""
SAME_PER_TEN_MINUTES = 5
CONSENT_PER_TEN_MINUTES = 3
"""Confirmations of an opt-out or opt-in; HELP counts among the replies, so that it never costs a STOP its answer."""


class _Kind(Enum):
    """What a turn's replies count as."""

    CONSENT = auto()
    PROGRESS = auto()
    OTHER = auto()


def bound(outcome: Outcome, recent: RecentReplies, now_at: int) -> tuple[Outcome, RecentReplies]:
    """Drop the replies of a turn that would be one too many, with the reason, and count the others.

    The first that is dropped within a bound's time gives way to one text that says so.
    """
    counts = _Counts(recent, now_at)
    kind = _kind_of(outcome)
    kept: list[Effect] = []
    is_bounded = False
    for effect in outcome.effects:
        refused = counts.admit(effect, kind) if isinstance(effect, Reply) else None
        if not isinstance(effect, Reply) or refused is None:
            kept.append(effect)
            continue
        is_bounded = True
        kept.append(Silence(refused.reason))
        if refused.is_first and _may_explain(effect, outcome):
            kept.append(Reply((Template(f"quiet_{refused.reason}"),), effect.purpose, language=effect.language))
    asked_at = now_at if any(isinstance(effect, Reply) and effect.is_question for effect in kept) else 0
    return replace(outcome, effects=without_questions(kept)) if is_bounded else outcome, counts.freeze(asked_at)


def without_questions(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """Forget that a person was asked about consent, for the question did not go out: a later yes answers nothing."""
    return tuple(one for one in effects if not isinstance(one, SetDoubt) or one.doubt_at is None)


def pack(recent: RecentReplies) -> str:
    """Write the counts as one short text for the conversation's row."""
    counts = (
        f"{recent.window_at},{recent.reply_count},{recent.progress_count},{recent.consent_count},"
        f"{recent.text_hash},{recent.same_count},{recent.same_at}"
    )
    # Versions that do not know of questions read seven numbers: the eighth stands there only while it says something.
    return f"{counts},{recent.asked_at}" if recent.asked_at else counts


def unpack(text: str | None) -> RecentReplies:
    """Read what `pack` wrote; nothing known where there is no text, or a damaged one: a STOP must not fail on it."""
    try:
        numbers = [int(number) for number in (text or "").split(",")]
    except ValueError:
        return RecentReplies()
    return RecentReplies(*numbers) if len(numbers) in (7, 8) else RecentReplies()


@dataclass(frozen=True, slots=True)
class _Refused:
    """A reply that is one too many."""

    reason: SilenceReason
    is_first: bool
    """The bound was just reached: the person has not heard of it yet."""


class _Counts:
    """The counts while a turn's replies are looked at; mutable, for this runs for every message."""

    __slots__ = ("consent", "progress", "reply", "same", "same_at", "text_hash", "window_at")

    def __init__(self, recent: RecentReplies, now_at: int) -> None:
        self.window_at, self.reply, self.progress = recent.window_at, recent.reply_count, recent.progress_count
        self.same_at, self.same, self.text_hash = recent.same_at, recent.same_count, recent.text_hash
        self.consent = recent.consent_count
        if now_at - self.window_at >= MINUTE:
            self.window_at, self.reply, self.progress = now_at, 0, 0
        if now_at - self.same_at >= 10 * MINUTE:
            self.same_at, self.same, self.text_hash, self.consent = now_at, 0, 0, 0

    def admit(self, reply: Reply, kind: _Kind) -> _Refused | None:
        """Count a reply; return why not where it is one too many.

        Each count goes one above its bound with the first reply that is refused, and no further.
        """
        text_hash = _hash(reply)
        same = self.same + 1 if text_hash == self.text_hash else 1
        if same > SAME_PER_TEN_MINUTES:
            is_first, self.same = same == SAME_PER_TEN_MINUTES + 1, SAME_PER_TEN_MINUTES + 1
            return _Refused(SilenceReason.REPEATS, is_first)
        count, bound_of_kind = self._count(kind)
        if count > bound_of_kind:
            reason = SilenceReason.CONSENT_PACE if kind is _Kind.CONSENT else SilenceReason.PACE
            return _Refused(reason, is_first=count == bound_of_kind + 1)
        self.text_hash, self.same = text_hash, same
        return None

    def freeze(self, asked_at: int) -> RecentReplies:
        """Give the counts as a value."""
        return RecentReplies(
            self.window_at, self.reply, self.progress, self.consent, self.text_hash, self.same, self.same_at, asked_at
        )

    def _count(self, kind: _Kind) -> tuple[int, int]:
        """Count one more of a kind; return how many that makes, and how many may be."""
        if kind is _Kind.CONSENT:
            count, self.consent = _one_more(self.consent, CONSENT_PER_TEN_MINUTES)
            return count, CONSENT_PER_TEN_MINUTES
        if kind is _Kind.PROGRESS:
            count, self.progress = _one_more(self.progress, PROGRESS_PER_MINUTE)
            return count, PROGRESS_PER_MINUTE
        count, self.reply = _one_more(self.reply, REPLIES_PER_MINUTE)
        return count, REPLIES_PER_MINUTE


def _one_more(count: int, most: int) -> tuple[int, int]:
    return count + 1, min(count + 1, most + 1)


def _may_explain(reply: Reply, outcome: Outcome) -> bool:
    """A person who stopped hears no more than the law allows; a START that is not confirmed may be explained."""
    starts = any(isinstance(effect, OptIn) for effect in outcome.effects)
    return starts or reply.purpose is not Purpose.CONFIRMATION


def _kind_of(outcome: Outcome) -> _Kind:
    if any(isinstance(effect, SaveAnswer) for effect in outcome.effects):
        return _Kind.PROGRESS
    changes = any(isinstance(effect, OptOut | OptIn) and effect.scope == ALL for effect in outcome.effects)
    return _Kind.CONSENT if changes else _Kind.OTHER


def _hash(reply: Reply) -> int:
    """Give 32 bits of a reply's text that are the same in every process (Python's own hash is not)."""
    return crc32(repr(reply.says).encode("utf-8", "surrogatepass"))
