"""Channels and the workspace they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select, update

from flows.values import HOUR, Key, Transport, Workspace
from storage.keys import new_key
from storage.plan import Plan, Query, Row, Statement, Write, insertion
from storage.schema import channels, groups, workspaces

SIMULATOR = "simulator"
"""The provider whose phones are ours."""
COMMUNITY = "community"
NEWS_AFTER = 6 * HOUR
"""A channel that stays paused is news once in so long."""
"""The group that always exists."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One sending identity at a provider."""

    id: Key
    workspace_id: Key
    provider: str
    transport: Transport
    address: str
    rate_per_second: float = 1.0
    """SMS segments."""
    paused_until_at: int | None = None
    swept_at: int | None = None

    @property
    def is_simulated(self) -> bool:
        """Whether its phones are those of the simulator, which reach no others and are reached by none."""
        return self.provider == SIMULATOR


_COLUMNS = (
    channels.c.id,
    channels.c.workspace_id,
    channels.c.provider,
    channels.c.transport,
    channels.c.address,
    channels.c.rate_per_second,
    channels.c.paused_until_at,
    channels.c.swept_at,
)
_ALL = Statement((), select(*_COLUMNS).order_by(channels.c.id))
_WORKSPACE = Statement(
    (),
    select(
        workspaces.c.id,
        workspaces.c.name,
        workspaces.c.language,
        workspaces.c.time_zone,
        workspaces.c.country,
        workspaces.c.help_contact,
        workspaces.c.double_opt_in,
        workspaces.c.ask_name,
        workspaces.c.catalogue_version,
    ).order_by(workspaces.c.id),
)
_SAVE_CHANNEL = insertion(
    channels,
    ("id", "workspace_id", "provider", "transport", "address", "rate_per_second"),
    stamps=("created_at", "updated_at"),
    ignore=True,
)
_SET_RATE = Statement(
    ("rate_per_second", "now_at", "provider", "transport", "address"),
    update(channels)
    .where(
        channels.c.provider == bindparam("provider"),
        channels.c.transport == bindparam("transport"),
        channels.c.address == bindparam("address"),
    )
    .values(rate_per_second=bindparam("rate_per_second"), updated_at=bindparam("now_at")),
)
_SET_SWEPT = Statement(
    ("swept_at", "channel_id"),
    update(channels).where(channels.c.id == bindparam("channel_id")).values(swept_at=bindparam("swept_at")),
)
_PAUSING = (
    update(channels)
    .where(channels.c.id == bindparam("channel_id"))
    .values(
        paused_until_at=bindparam("paused_until_at"),
        paused_reason=bindparam("reason"),
        updated_at=bindparam("now_at"),
    )
)
_PAUSE = Statement(("paused_until_at", "reason", "now_at", "channel_id"), _PAUSING)
_PAUSE_ANEW = Statement(
    ("paused_until_at", "reason", "now_at", "channel_id", "quiet_since_at"),
    _PAUSING.where(
        or_(channels.c.paused_until_at.is_(None), channels.c.paused_until_at < bindparam("quiet_since_at"))
    ).returning(channels.c.id),
)
_COMMUNITY = insertion(groups, ("id", "workspace_id", "name"), stamps=("created_at",), ignore=True)
_WORKSPACE_COLUMNS = ("name", "language", "time_zone", "country", "help_contact", "double_opt_in", "ask_name")
_SAVE_WORKSPACE = insertion(
    workspaces,
    ("id", *_WORKSPACE_COLUMNS),
    stamps=("created_at", "updated_at"),
    keys=("id",),
    update=(*_WORKSPACE_COLUMNS, "updated_at"),
)


def all_channels() -> Plan[tuple[Channel, ...]]:
    """Read every channel."""
    rows = yield Query(_ALL)
    return tuple(_channel(row) for row in rows)


def save_channels(wanted: Sequence[tuple[str, Transport, str, float]], workspace_id: Key, now_at: int) -> Plan[None]:
    """Make sure that these channels (provider, transport, address, segments per second) exist."""
    yield Write(
        _SAVE_CHANNEL,
        [
            (new_key(), workspace_id, provider, transport, address, rate, now_at)
            for provider, transport, address, rate in wanted
        ],
    )
    yield Write(
        _SET_RATE,
        [(rate, now_at, provider, transport, address) for provider, transport, address, rate in wanted],
    )


def set_swept(channel_id: Key, swept_at: int) -> Plan[None]:
    """Remember up to when the provider's inbound list has been read."""
    yield Write(_SET_SWEPT, [(swept_at, channel_id)])


def pause_channel(channel_id: Key, until_at: int, reason: str, now_at: int) -> Plan[bool]:
    """Stop claiming for a channel until then; says whether that is news: it was not paused for some hours.

    Of several processes that pause it at once it is news to one.
    """
    if (yield Query(_PAUSE_ANEW, (until_at, reason, now_at, channel_id, now_at - NEWS_AFTER))):
        return True
    yield Write(_PAUSE, [(until_at, reason, now_at, channel_id)])
    return False


def resume_channel(channel_id: Key, now_at: int) -> Plan[None]:
    """Let a channel go on at once."""
    yield Write(_PAUSE, [(None, None, now_at, channel_id)])


def first_workspace() -> Plan[tuple[Workspace, int] | None]:
    """Read the installation's workspace and the version of its catalogue; None in a new database."""
    rows = yield Query(_WORKSPACE)
    if not rows:
        return None
    row = rows[0]
    workspace = Workspace(
        id=row[0],
        name=row[1],
        language=row[2],
        time_zone=row[3],
        country=row[4],
        help_contact=row[5],
        double_opt_in=bool(row[6]),
        ask_name=bool(row[7]),
    )
    return workspace, row[8]


def save_workspace(workspace: Workspace, now_at: int) -> Plan[None]:
    """Write a workspace's settings, making it (and its community) where it is new."""
    yield Write(
        _SAVE_WORKSPACE,
        [
            (
                workspace.id,
                workspace.name,
                workspace.language,
                workspace.time_zone,
                workspace.country,
                workspace.help_contact,
                workspace.double_opt_in,
                workspace.ask_name,
                now_at,
            )
        ],
    )
    yield Write(_COMMUNITY, [(new_key(), workspace.id, COMMUNITY, now_at)])


def _channel(row: Row) -> Channel:
    return Channel(row[0], row[1], row[2], Transport(row[3]), row[4], row[5], row[6], row[7])
