"""What a preview says about an audience, counted page by page in flat memory."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from bot.actions.audiences import Audience
from bot.actions.base import Call, Desk
from bot.audience import Considered, Sending, consider
from flows.campaigns.personal import OWN, words_of
from flows.campaigns.pictures import MMS_SEGMENTS
from flows.campaigns.skips import Skip, say_skip
from flows.campaigns.templates import Content
from flows.effects import Template
from flows.language.fill import placeholders
from flows.language.segments import measure
from storage.campaigns.facts import Facts, facts_page

PAGE = 1_000
_KINDS = {"jpg": "JPEG", "png": "PNG", "gif": "GIF"}


@dataclass(slots=True)
class Count:
    """Who would get a text, who not and why, and what it takes."""

    recipient_count: int = 0
    segment_count: int = 0
    mms_count: int = 0
    """Those who get a picture by MMS."""
    template_count: int = 0
    """Those who get it as the provider's template."""
    deferred_count: int = 0
    """Those whom it reaches later: in their quiet hours now."""
    skips: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    encodings: set[str] = field(default_factory=set)
    longest: int = 0
    sample: str = ""
    digest: int = 0
    """Of who gets what; the order does not matter."""

    @property
    def total(self) -> int:
        """All who were looked at."""
        return self.recipient_count + self.skips.total()

    def skipped(self, language: str) -> list[str]:
        """Return how many are skipped for each reason, in the operator's language."""
        return [f"{count} {say_skip(reason, language)}" for reason, count in self.skips.most_common()]

    def add(self, one: Considered, now_at: int, *, is_local: bool = False) -> None:
        """Count one contact."""
        if one.measured is None:
            self.skips[one.reason or ""] += 1
            return
        self.recipient_count += 1
        self.segment_count += one.measured.segments
        self.longest = max(self.longest, one.measured.segments)
        self.encodings.add(one.measured.encoding)
        self.mms_count += one.is_mms
        self.template_count += one.content_sid is not None
        self.deferred_count += one.due_at > now_at and not is_local
        self.sample = self.sample or one.body
        told = hashlib.sha256(f"{one.facts.address}\0{one.body}\0{one.content_variables}".encode()).digest()
        self.digest ^= int.from_bytes(told, "big")


async def count_audience(desk: Desk, audience: Audience, sending: Sending, at: int) -> Count:
    """Go through an audience as it would be written to at a moment."""
    is_simulated = desk.house.is_simulated(sending.channel_id)
    count, after, is_personal = Count(), None, bool(placeholders(sending.content.text) - OWN)
    while True:
        async with desk.database.read() as connection:
            page = await facts_page(
                connection, desk.house.workspace.id, audience.condition, after, PAGE, simulated=is_simulated
            )
        for facts in page:
            if is_personal:
                count.known |= names_of(facts)
            one = consider(desk.house, sending, facts, at)
            count.add(one, at, is_local=sending.local_due_at is not None)
        if len(page) < PAGE:
            break
        after = page[-1].id
    return count


def names_of(facts: Facts) -> set[str]:
    """Name what a text may show about a contact."""
    return set(words_of(facts.name, facts.language, facts.fields, facts.records))


def preview_of(call: Call, audience: str, content: Content, count: Count) -> Template:
    """Say what would happen."""
    return Template(
        "operator_preview",
        {
            "verb": call.row.verb,
            "audience": audience,
            "recipients": count.recipient_count,
            "skips": count.skipped(call.language),
            "template": content.template or content.content_sid or "",
            "template_count": count.template_count,
            "needs_sid": bool(content.template and not content.content_sid and count.skips[Skip.WINDOW]),
            "variables": ", ".join(f"{gap} = {value}" for gap, value in (content.variables or {}).items()),
            "picture": "" if content.picture is None else _KINDS[content.picture.rpartition(".")[2]],
            "mms_count": count.mms_count,
            "mms_segments": MMS_SEGMENTS,
            "deferred": count.deferred_count,
            "odd": " ".join(_odd_letters(content.text, count)[:5]),
            "sample": count.sample,
            **costs_of(call, count),
        },
    )


def costs_of(call: Call, count: Count) -> dict[str, object]:
    """Return what it takes, for a preview."""
    price = call.desk.rules.price_per_segment
    return {
        "segments": count.segment_count,
        "longest": count.longest,
        "cost": "" if price is None else f"{(price * count.segment_count).quantize(Decimal('0.01'))}",
        "currency": call.desk.rules.currency,
    }


def _odd_letters(text: str, count: Count) -> list[str]:
    if "UCS-2" not in count.encodings:
        return []
    return sorted({letter for letter in text if measure(letter).encoding == "UCS-2"})
