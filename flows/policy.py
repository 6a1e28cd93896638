"""The bound on automatic replies: two machines that answer each other fall silent, a person is never cut off."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

from flows.effects import Effect, Flag, Outcome, Reply, SaveAnswer
from flows.values import MINUTE, Purpose, RecentReplies

REPLIES_PER_MINUTE = 10
"""Replies that lead nowhere: fallbacks, retries, starts."""
PROGRESS_PER_MINUTE = 60
"""Replies to accepted answers: a fast typist stays far under it."""
SAME_PER_TEN_MINUTES = 5
CONSENT_PER_TEN_MINUTES = 3


def bound(outcome: Outcome, recent: RecentReplies, now_at: int) -> tuple[Outcome, RecentReplies]:
    """Drop the replies of a turn that would be one too many, flag the message then, and count the others."""
    progress = any(isinstance(effect, SaveAnswer) for effect in outcome.effects)
    kept: list[Effect] = []
    recent = _current(recent, now_at)
    for effect in outcome.effects:
        if isinstance(effect, Reply):
            counted = _count(recent, effect, progress=progress)
            if _too_many(counted):
                kept.append(Flag("loop"))
                continue
            recent = counted
        kept.append(effect)
    return (
        outcome
        if len(kept) == len(outcome.effects) and kept == list(outcome.effects)
        else replace(outcome, effects=tuple(kept))
    ), recent


def pack(recent: RecentReplies) -> str:
    """Write the counts as one short text for the conversation's row."""
    return (
        f"{recent.window_at},{recent.reply_count},{recent.progress_count},{recent.consent_count},"
        f"{recent.text_hash},{recent.same_count},{recent.same_at}"
    )


def unpack(text: str | None) -> RecentReplies:
    """Read what `pack` wrote; nothing known where there is no text."""
    if not text:
        return RecentReplies()
    window_at, reply, progress, consent, text_hash, same, same_at = map(int, text.split(","))
    return RecentReplies(window_at, reply, progress, consent, text_hash, same, same_at)


def _current(recent: RecentReplies, now_at: int) -> RecentReplies:
    if now_at - recent.window_at >= MINUTE:
        recent = replace(recent, window_at=now_at, reply_count=0, progress_count=0)
    if now_at - recent.same_at >= 10 * MINUTE:
        recent = replace(recent, same_at=now_at, same_count=0, text_hash=0, consent_count=0)
    return recent


def _count(recent: RecentReplies, reply: Reply, *, progress: bool) -> RecentReplies:
    text_hash = _hash(reply)
    same_count = recent.same_count + 1 if text_hash == recent.text_hash else 1
    recent = replace(recent, text_hash=text_hash, same_count=same_count)
    if reply.purpose is Purpose.CONFIRMATION:
        return replace(recent, consent_count=recent.consent_count + 1)
    if progress:
        return replace(recent, progress_count=recent.progress_count + 1)
    return replace(recent, reply_count=recent.reply_count + 1)


def _too_many(recent: RecentReplies) -> bool:
    return (
        recent.reply_count > REPLIES_PER_MINUTE
        or recent.progress_count > PROGRESS_PER_MINUTE
        or recent.same_count > SAME_PER_TEN_MINUTES
        or recent.consent_count > CONSENT_PER_TEN_MINUTES
    )


def _hash(reply: Reply) -> int:
    return hash_text(repr(reply.says))


def hash_text(text: str) -> int:
    """Give 32 bits of a text that are the same in every process (Python's own hash is not)."""
    return crc32(text.encode("utf-8", "surrogatepass"))
