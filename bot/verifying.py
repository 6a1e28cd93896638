"""A campaign beside the provider's own log: what only one of the two knows, and who got it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.clock import wall_clock
from bot.offline import opened
from bot.providers.base import LOG_MARGIN, Listed, plain
from bot.service import make_providers
from bot.settings import Settings
from flows.errors import CommandError, ConfigError
from flows.values import MessageStatus
from storage.campaigns.rows import find_campaign
from storage.channels import all_channels
from storage.outbox.unknowns import settle
from storage.schema import messages

LEFT = frozenset(("sent", "delivered", "read", "undelivered", "failed"))
_OURS = (messages.c.address, messages.c.body, messages.c.status, messages.c.provider_id)


@dataclass(frozen=True, slots=True)
class Ours:
    """A message of the campaign, as we have it."""

    address: str
    body: str
    status: str
    provider_id: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found; addresses are as the provider writes them."""

    both_count: int
    missing: tuple[str, ...] = ()
    """We say that it left, the log does not have it."""
    extra: tuple[str, ...] = ()
    """The log has it, we do not say that it left."""
    twice: tuple[str, ...] = ()
    """The log has it more than once."""
    doubtful: tuple[str, ...] = ()
    """We do not know yet."""

    @property
    def is_clean(self) -> bool:
        """Whether both say the same."""
        return not (self.missing or self.extra or self.twice or self.doubtful)


def compare(ours: Sequence[Ours], theirs: Iterable[Listed]) -> Compared:
    """Compare a campaign's messages with a log: by the provider's id, else by address and text."""
    texts = {(one.address, plain(one.body)) for one in ours}
    ids = {one.provider_id for one in ours if one.provider_id}
    logged = [one for one in theirs if one.provider_id in ids or (one.recipient, plain(one.body)) in texts]
    counts = Counter(one.recipient for one in logged)
    left = {one.address for one in ours if one.provider_id and one.status in LEFT}
    return Compared(
        both_count=len(left & counts.keys()),
        missing=tuple(sorted(left - counts.keys())),
        extra=tuple(sorted(counts.keys() - left)),
        twice=tuple(sorted(address for address, count in counts.items() if count > 1)),
        doubtful=tuple(sorted(one.address for one in ours if one.status in ("sending", "unknown"))),
    )


async def verify(settings: Settings, number: int) -> Compared:
    """Compare a campaign with the log of its channel; raises `CommandError`, `SendError`, `StorageError`."""
    async with opened(settings) as (database, workspace):
        campaign = await database.run(find_campaign(workspace.id, number))
        if campaign is None or campaign.started_at is None:
            raise CommandError(f"There is no campaign {number} that has begun.")
        async with database.read() as connection:
            rows = await connection.execute(
                select(
                    messages.c.address,
                    messages.c.body,
                    messages.c.status,
                    messages.c.provider_id,
                    messages.c.channel_id,
                ).where(messages.c.campaign_id == campaign.id)
            )
            found = rows.all()
        ours = [Ours(row[0], row[1], row[2], row[3]) for row in found]
        used = {row[4] for row in found}
        channels = [one for one in await database.run(all_channels()) if one.id in used]
    theirs: list[Listed] = []
    providers = make_providers(settings)
    try:
        for channel in channels:
            provider = providers.get(channel.provider)
            if provider is None:
                raise ConfigError(f"The provider {channel.provider} of campaign {number} is not set up here.")
            theirs += await provider.list_all(channel.address, channel.transport, campaign.started_at - LOG_MARGIN)
    finally:
        for provider in providers.values():
            await provider.close()
    return compare(ours, theirs)


async def settle_campaign(settings: Settings, number: int, *, left: bool) -> int:
    """Decide that unknown messages of a campaign left, or go out again; gives how many. Raises `CommandError`."""
    async with opened(settings) as (database, workspace):
        campaign = await database.run(find_campaign(workspace.id, number))
        if campaign is None:
            raise CommandError(f"There is no campaign {number}.")
        status = MessageStatus.SENT if left else MessageStatus.QUEUED
        return await database.run(settle(campaign.id, status, wall_clock()))
