"""What a process knows of its organisation: read again where it changed, before it is used.

A transaction that also writes learns into a copy (`for_transaction`): what it read may be what it wrote itself, and
that is gone when it fails. The copy is kept once the transaction is committed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.texts import Texts
from flows.commands.roles import may
from flows.limits import Limits
from flows.turn import Catalogue
from flows.values import Key, Operator, Transport, Workspace
from storage.catalogue import catalogue_version, load_catalogue
from storage.channels import Channel, all_channels
from storage.operators import all_operators
from storage.plan import Plan


@dataclass(slots=True)
class House:
    """What every turn, command and campaign of this process shares; filled by the plans below, never by hand."""

    workspace: Workspace
    texts: Texts
    audit_key: bytes = field(repr=False)
    """Of the audit's chain (`bot.keyring`)."""
    provider_answers: bool = True
    rate_per_second: float = 1.0
    limits: Limits = Limits()
    is_public: bool = True
    """Whether providers can fetch what lies at our address."""
    catalogue: Catalogue = field(default_factory=Catalogue)
    catalogue_version: int = -1
    operators: dict[str, Operator] = field(default_factory=dict)
    """Those who may command now, by address."""
    channels: dict[tuple[str, Transport, str], Channel] = field(default_factory=dict)
    channels_by_id: dict[Key, Channel] = field(default_factory=dict)

    def is_simulated(self, channel_id: Key | None) -> bool:
        """Say whether a channel is the simulator's: what comes from there never leaves it, and nothing else gets in."""
        channel = self.channels_by_id.get(channel_id or b"")
        return channel is not None and channel.is_simulated

    @property
    def main_channel_id(self) -> Key:
        """The channel for news that no channel caused: a real one before the simulator's; empty where there is none."""
        found = sorted(self.channels_by_id.values(), key=lambda channel: (channel.is_simulated, channel.id))
        return found[0].id if found else b""

    @property
    def is_attended(self) -> bool:
        """Whether somebody may read what nobody claims."""
        return any(may(one.role, "INBOX") for one in self.operators.values())


def for_transaction(house: House, *, afresh: bool = False) -> House:
    """Return a copy for one transaction to learn into; `afresh`: with nothing in it that could be out of date."""
    return replace(house, channels={}, channels_by_id={}, catalogue_version=-1) if afresh else replace(house)


def keep_learned(house: House, learned: House) -> None:
    """Take over what a transaction learned, now that it is committed."""
    if learned.catalogue_version > house.catalogue_version:
        house.catalogue, house.operators = learned.catalogue, learned.operators
        house.catalogue_version = learned.catalogue_version
    if learned.channels is not house.channels:
        house.channels = {**house.channels, **learned.channels}
        house.channels_by_id = {**house.channels_by_id, **learned.channels_by_id}


def know_offers(house: House) -> Plan[None]:
    """Read surveys, events, keywords and operators, where another node or the command line changed them."""
    version = yield from catalogue_version(house.workspace.id)
    if version != house.catalogue_version:
        house.catalogue = yield from load_catalogue(house.workspace.id)
        known = yield from all_operators(house.workspace.id)
        house.operators = {one.address: one for one in known if one.is_active}
        house.catalogue_version = version


def know_channels(house: House) -> Plan[None]:
    """Read the channels."""
    channels = yield from all_channels()
    house.channels = {(c.provider, c.transport, c.address): c for c in channels}
    house.channels_by_id = {c.id: c for c in channels}


def know_all(house: House) -> Plan[None]:
    """Read everything, for work that no inbound message begins: a campaign, a command, a forwarded text."""
    yield from know_offers(house)
    yield from know_channels(house)
