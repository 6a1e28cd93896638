"""BLAST and TEST: a text to many, after a preview and a code; a text to oneself."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from bot.actions.audiences import Audience, find_audience
from bot.actions.base import Call, Done, Preview, Result, refused
from bot.audience import Considered, consider
from flows.campaigns.personal import OWN, check_names, words_of, write_for
from flows.campaigns.quiet import read_quiet_hours
from flows.commands.reading import split_audience
from flows.effects import Template
from flows.language.fill import placeholders
from flows.language.segments import measure
from flows.values import MINUTE, SECOND
from storage.campaigns.facts import Facts, facts_of, facts_page
from storage.campaigns.rows import Campaign, add_campaign
from storage.keys import new_key
from storage.numbers import next_number

PAGE = 1_000
MAX_CHARACTERS = 1_600
"""One message is one provider call."""


@dataclass(slots=True)
class Count:
    """What a preview says, counted page by page in flat memory."""

    recipient_count: int = 0
    segment_count: int = 0
    deferred_count: int = 0
    skips: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    encodings: set[str] = field(default_factory=set)
    longest: int = 0
    sample: str = ""
    digest: int = 0
    """Of who gets what; the order does not matter."""

    @property
    def skipped(self) -> list[str]:
        """Say how many are skipped for each reason."""
        return [f"{count} {reason}" for reason, count in self.skips.most_common()]

    def add(self, one: Considered, now_at: int) -> None:
        """Count one contact."""
        if one.measured is None:
            self.skips[one.reason or ""] += 1
            return
        self.recipient_count += 1
        self.segment_count += one.measured.segments
        self.longest = max(self.longest, one.measured.segments)
        self.encodings.add(one.measured.encoding)
        self.deferred_count += one.due_at > now_at
        self.sample = self.sample or one.body
        told = hashlib.sha256(f"{one.facts.address}\0{one.body}".encode()).digest()
        self.digest ^= int.from_bytes(told, "big")


async def blast(call: Call) -> Result:
    """Send a text to an audience, after its preview and code."""
    words, text = split_audience(call.argument("rest"))
    checked = await check(call, words, text)
    if isinstance(checked, Done):
        return checked
    audience, count = checked
    fingerprint = fingerprint_of("BLAST", audience, text, count)
    if not call.is_confirmed or fingerprint != call.row.fingerprint:
        return ask(call, audience, text, count, fingerprint)
    return await _begin(call, audience, text, count)


async def check(call: Call, words: str, text: str) -> tuple[Audience, Count] | Done:
    """Find the audience and count it; or say why nothing can be sent."""
    if not text:
        return refused(Template("operator_blast_how"))
    if len(text) > MAX_CHARACTERS:
        return refused(Template("operator_too_long", {"length": len(text), "limit": MAX_CHARACTERS}))
    audience = await find_audience(call.desk, words)
    count = await count_audience(call, audience, text)
    if not count.recipient_count:
        return refused(Template("operator_nobody", {"audience": audience.words, "skips": count.skipped}))
    return audience, count


def ask(call: Call, audience: Audience, text: str, count: Count, fingerprint: bytes, *lines: str) -> Preview:
    """Show what would happen, first the lines, and ask for the code."""
    above = call.desk.rules.second_admin_above
    says = Template("operator_preview", _preview(call, audience, text, count))
    return Preview((*lines, says), fingerprint, is_shared=0 < above < count.recipient_count)


def fingerprint_of(verb: str, audience: Audience, text: str, count: Count, when: str = "") -> bytes:
    """Hash everything that a code stands for."""
    return hashlib.sha256(f"{verb}\0{when}\0{audience.words}\0{text}\0{count.digest:064x}".encode()).digest()


async def test(call: Call) -> Result:
    """Send a text to the operator alone, as it would read for them."""
    text = call.argument("rest")
    if not text:
        return refused(Template("operator_test_how"))
    async with call.desk.database.read() as connection:
        facts = await facts_of(connection, call.row.workspace_id, [call.row.contact_id or b""])
    check_names(text, frozenset(_names(facts[0])) if facts else frozenset())
    one = facts[0]
    return Done((write_for(text, words_of(one.name, one.language, one.fields, one.records)),))


async def count_audience(call: Call, audience: Audience, text: str) -> Count:
    """Go through an audience page by page; raises `CommandError` for a placeholder that nobody has."""
    count, after = Count(), None
    quiet = read_quiet_hours(call.desk.rules.quiet_hours)
    while True:
        async with call.desk.database.read() as connection:
            page = await facts_page(connection, call.row.workspace_id, audience.query, after, PAGE)
        for facts in page:
            if placeholders(text) - OWN:
                count.known |= _names(facts)
            channel_id = call.row.channel_id or b""
            count.add(consider(call.desk.house, text, channel_id, quiet, facts, call.now_at), call.now_at)
        if len(page) < PAGE:
            break
        after = page[-1].id
    check_names(text, frozenset(count.known))
    return count


def _names(facts: Facts) -> set[str]:
    return set(words_of(facts.name, facts.language, facts.fields, facts.records))


def _preview(call: Call, audience: Audience, text: str, count: Count) -> dict[str, object]:
    price = call.desk.rules.price_per_segment
    odd = sorted({letter for letter in text if "UCS-2" in count.encodings and measure(letter).encoding == "UCS-2"})
    return {
        "audience": audience.words,
        "recipients": count.recipient_count,
        "skips": count.skipped,
        "deferred": count.deferred_count,
        "segments": count.segment_count,
        "longest": count.longest,
        "odd": " ".join(odd[:5]),
        "cost": "" if price is None else f"{(price * count.segment_count).quantize(Decimal('0.01'))}",
        "currency": call.desk.rules.currency,
        "sample": count.sample,
    }


async def _begin(call: Call, audience: Audience, text: str, count: Count) -> Done:
    rules, workspace = call.desk.rules, call.desk.house.workspace
    hold_until_at = call.now_at + rules.hold_seconds * SECOND
    number = await call.desk.database.run(next_number(workspace.id, "campaign"))
    campaign = Campaign(
        id=new_key(),
        workspace_id=workspace.id,
        number=number,
        text=text,
        audience=audience.words,
        channel_id=call.row.channel_id or b"",
        status="scheduled",
        time_zone=workspace.time_zone,
        operator_id=call.operator.id,
        command_id=call.row.id,
        due_at=call.now_at,
        hold_until_at=hold_until_at,
        not_after_at=hold_until_at + rules.max_lag_minutes * MINUTE,
        created_at=call.now_at,
    )
    values = {
        "number": number,
        "recipients": count.recipient_count,
        "audience": audience.words,
        "hold": rules.hold_seconds,
    }
    news = {"name": called(call), "audience": audience.words, "recipients": count.recipient_count, "text": text}
    return Done(
        (Template("operator_blast_begun", values),),
        lambda: add_campaign(campaign),
        news=(Template("operator_blast_news", news),),
    )


def called(call: Call) -> str:
    """Name the operator as the others know them; never by the phone number."""
    return call.operator.name or f"{call.operator.role} {call.operator.number}"
