"""The bound on automatic replies: two machines that answer each other fall silent, a person is never cut off."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from zlib import crc32

from flows.consent.scopes import ALL
from flows.effects import Effect, OptIn, OptOut, Outcome, Reply, SaveAnswer, Silence
from flows.silence import SilenceReason
from flows.values import MINUTE, RecentReplies

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
    """Drop the replies of a turn that would be one too many, store the reason then, and count the others."""
    counts = _Counts(recent, now_at)
    kind = _kind_of(outcome)
    kept: list[Effect] = []
    is_bounded = False
    for effect in outcome.effects:
        refused = counts.admit(effect, kind) if isinstance(effect, Reply) else None
        is_bounded = is_bounded or refused is not None
        kept.append(effect if refused is None else Silence(refused))
    return replace(outcome, effects=tuple(kept)) if is_bounded else outcome, counts.freeze()


def pack(recent: RecentReplies) -> str:
    """Write the counts as one short text for the conversation's row."""
    return (
        f"{recent.window_at},{recent.reply_count},{recent.progress_count},{recent.consent_count},"
        f"{recent.text_hash},{recent.same_count},{recent.same_at}"
    )


def unpack(text: str | None) -> RecentReplies:
    """Read what `pack` wrote; nothing known where there is no text, or a damaged one: a STOP must not fail on it."""
    try:
        window_at, reply, progress, consent, text_hash, same, same_at = map(int, (text or "").split(","))
    except ValueError:
        return RecentReplies()
    return RecentReplies(window_at, reply, progress, consent, text_hash, same, same_at)


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

    def admit(self, reply: Reply, kind: _Kind) -> SilenceReason | None:
        """Count a reply; return the reason where it is one too many."""
        text_hash = _hash(reply)
        same = self.same + 1 if text_hash == self.text_hash else 1
        if same > SAME_PER_TEN_MINUTES:
            return SilenceReason.REPEATS
        if not self._admit_kind(kind):
            return SilenceReason.CONSENT_PACE if kind is _Kind.CONSENT else SilenceReason.PACE
        self.text_hash, self.same = text_hash, same
        return None

    def freeze(self) -> RecentReplies:
        """Give the counts as a value."""
        return RecentReplies(
            self.window_at, self.reply, self.progress, self.consent, self.text_hash, self.same, self.same_at
        )

    def _admit_kind(self, kind: _Kind) -> bool:
        if kind is _Kind.CONSENT:
            admitted = self.consent < CONSENT_PER_TEN_MINUTES
            self.consent += admitted
        elif kind is _Kind.PROGRESS:
            admitted = self.progress < PROGRESS_PER_MINUTE
            self.progress += admitted
        else:
            admitted = self.reply < REPLIES_PER_MINUTE
            self.reply += admitted
        return admitted


def _kind_of(outcome: Outcome) -> _Kind:
    if any(isinstance(effect, SaveAnswer) for effect in outcome.effects):
        return _Kind.PROGRESS
    changes = any(isinstance(effect, OptOut | OptIn) and effect.scope == ALL for effect in outcome.effects)
    return _Kind.CONSENT if changes else _Kind.OTHER


def _hash(reply: Reply) -> int:
    """Give 32 bits of a reply's text that are the same in every process (Python's own hash is not)."""
    return crc32(repr(reply.says).encode("utf-8", "surrogatepass"))
