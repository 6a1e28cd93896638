"""News of those who wait for an answer: now and then one text to each operator, whatever the number of nodes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions.base import Rules
from bot.actions.inbox import excerpt_of
from bot.clock import Clock
from bot.house import House, know_all
from bot.letters import Letter, post
from flows.campaigns.quiet import earliest_at, read_quiet_hours
from flows.campaigns.skips import outside_window
from flows.commands.roles import may
from flows.effects import Template
from flows.values import MINUTE, SECOND, Key, Transport
from storage.consent import opted_out_among
from storage.database import Database
from storage.digests import Reader, claim_digest, digest_readers, newest_news, news_for
from storage.people import ensure_contacts, ways
from storage.plan import Plan
from storage.unanswered import Waiting

EVERY = 10 * MINUTE
"""At most one digest per operator within this time."""
SETTLES = 20 * SECOND
"""What came so lately waits for the next round: people write on, and what is being written now would be missed."""
LASTS = 60 * MINUTE
"""A digest that a paused channel holds up for longer is not sent: they would pile up."""
SHOWN = 5
MOST_COUNTED = 50
_FREE = (Transport.SMS, Transport.RCS, Transport.SIMULATOR)
"""Channels on which an operator may be written to first."""


class Digests:
    """Tells operators who waits; what they are not told stays in INBOX."""

    def __init__(self, database: Database, house: House, rules: Rules, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._is_on = rules.forward_unclaimed
        self._quiet = read_quiet_hours(rules.quiet_hours)
        self._clock = clock

    async def run_once(self) -> int:
        """Send the digests that are due; gives how many. Raises `StorageError`."""
        now_at, workspace_id = self._clock(), self._house.workspace.id
        until_at = now_at - SETTLES
        newest_at = await self._database.run(newest_news(workspace_id, until_at)) if self._is_on else None
        if newest_at is None:
            return 0
        readers = await self._database.run(digest_readers(workspace_id))
        due = [one for one in readers if one.told_until_at < newest_at and self._may_be_told(one, now_at)]
        if due:
            await self._database.run(know_all(self._house))
        return sum([await self._database.run(self._tell(one, until_at, now_at)) for one in due])

    def _may_be_told(self, reader: Reader, now_at: int) -> bool:
        if not may(reader.role, "INBOX") or reader.sent_at > now_at - EVERY:
            return False
        zone = reader.time_zone or self._house.workspace.time_zone
        return earliest_at(now_at, (zone,), self._quiet) == now_at

    def _tell(self, reader: Reader, until_at: int, now_at: int) -> Plan[bool]:
        workspace_id = self._house.workspace.id
        news = self._of_one_side((yield from news_for(workspace_id, reader, until_at, MOST_COUNTED + 1)))
        channel_id = (yield from self._channel(reader, news, now_at)) if news else None
        if channel_id is None or not (yield from claim_digest(reader, until_at, now_at)):
            return False
        people = []
        for one in news[:SHOWN]:
            people.append((yield from excerpt_of(workspace_id, one)))
        values = {"people": people, "number": people[0]["number"], "more": _more(len(news))}
        says = (Template("operator_digest", values),)
        letter = Letter(reader.address, says, not_after_at=now_at + LASTS, is_urgent=True)
        yield from post(self._house, channel_id, [letter], now_at)
        return True

    def _of_one_side(self, news: Sequence[Waiting]) -> Sequence[Waiting]:
        """Leave out what was written in the simulator, unless it is all there is: that is told in the simulator."""
        real = [one for one in news if not self._house.is_simulated(one.channel_id)]
        return real or news

    def _channel(self, reader: Reader, news: Sequence[Waiting], now_at: int) -> Plan[Key | None]:
        """Find the channel to an operator; None where nothing may be sent now: they opted out, or WhatsApp's window."""
        if (yield from opted_out_among(self._house.workspace.id, [reader.address])):
            return None
        contacts = yield from ensure_contacts(self._house.workspace.id, {reader.address: None}, now_at)
        is_simulated = self._house.is_simulated(news[0].channel_id)
        known_ways = yield from ways(list(contacts.values()), simulated=is_simulated)
        way = known_ways.get(contacts[reader.address])
        known = self._house.channels_by_id
        if way is not None:
            channel = known.get(way.channel_id)
            is_shut = channel is None or outside_window(channel.transport, way.last_inbound_at, now_at)
            return None if is_shut else way.channel_id
        where_they_wrote = known.get(news[0].channel_id)
        provider = where_they_wrote.provider if where_they_wrote is not None else ""
        free = [key for key, one in known.items() if one.provider == provider and one.transport in _FREE]
        return news[0].channel_id if news[0].channel_id in free else next(iter(free), None)


def _more(count: int) -> str:
    """Return how many people beyond those shown have written, empty for none."""
    if count > MOST_COUNTED:
        return f"{MOST_COUNTED - SHOWN}+"
    return str(count - SHOWN) if count > SHOWN else ""
