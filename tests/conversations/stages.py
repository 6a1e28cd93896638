"""Where a script is held: in the pure core, or on a database."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from bot.actions.base import Desk, Rules
from bot.actions.table import ACTIONS
from bot.alarms import Alarms
from bot.campaigns import CampaignRunner
from bot.commands import CommandWorker
from bot.definitions import read_definitions, save_definitions
from bot.digests import Digests
from bot.download import fetch_from
from bot.house import House
from bot.inbox import Inbox
from bot.providers.simulator import SimulatorProvider
from bot.providers.twilio.errors import LASTING_CODES, classify
from bot.texts import shipped_texts
from flows.effects import EventReminded, Outcome, Register, Reply
from flows.errors import ErrorClass
from flows.language.countries import read_countries
from flows.language.reactions import Sent, is_reaction
from flows.language.text import normalise
from flows.limits import Limits
from flows.policy import bound
from flows.registration.definition import EventDefinition
from flows.router import route
from flows.state import after, seats_after
from flows.surveys.definition import Survey
from flows.turn import Catalogue, LoadedSurvey, Target, Trigger, Turn
from flows.values import (
    MINUTE,
    Contact,
    Event,
    EventNear,
    ExpiryDue,
    InboundMessage,
    MessageStatus,
    Occurrence,
    Receipt,
    RecentReplies,
    RegistrationStatus,
    ReminderDue,
    SeatFree,
    Workspace,
)
from storage.audit.verify import verify
from storage.channels import Channel, all_channels, save_workspace
from storage.database import Database
from storage.operators import save_operator
from storage.outbox.claim import Claimed, claim
from storage.outbox.outcome import Outcome as SendOutcome
from storage.outbox.outcome import record
from storage.outbox.receipts import apply_receipts
from storage.outbox.spending import claim_within
from storage.timers import due_now
from tests.conversations.script import PHONES, Told

OFFERS = Path(__file__).parent / "offers.yaml"
BEGIN_AT = 1_795_000_000_000_000
"""Wednesday 18 November 2026, 11:06:40 UTC."""
WORKSPACE = Workspace(id=bytes(15) + b"\x01", name="Harbor Choir", help_contact="help@example.org")
AUDIT_KEY = b"fake key of the audit"
Heard = dict[str, list[str]]


class Stage(Protocol):
    """Holds a conversation; gives what each person heard, in order."""

    async def say(self, message: InboundMessage) -> Heard:
        """Let a person write."""

    async def later(self, duration: int) -> Heard:
        """Let time pass, in microseconds."""

    async def told(self, news: Told) -> Heard:
        """Let the provider report on the last message to a person."""


def workspace_for(settings: frozenset[str]) -> Workspace:
    """Apply a script's settings."""
    zone = next((setting.removeprefix("zone ") for setting in settings if setting.startswith("zone ")), "UTC")
    return replace(
        WORKSPACE,
        time_zone=zone,
        double_opt_in="double_opt_in" in settings,
        ask_name="ask_name" in settings,
        reminder_minutes=(1_440, 60) if "reminders" in settings else (),
    )


def rules_for(settings: frozenset[str]) -> Rules:
    """Apply a script's bounds on sending: `quiet 21:00-08:00`, `second_admin_above 1`, `price 0.01`."""
    given = dict(setting.split(" ", 1) for setting in settings if " " in setting)
    return Rules(
        quiet_hours=given.get("quiet", "none"),
        second_admin_above=int(given.get("second_admin_above", 0)),
        forward_unclaimed="forward" in settings,
        price_per_segment=Decimal(given["price"]) if "price" in given else None,
    )


def limits_for(settings: frozenset[str]) -> Limits:
    """Apply a script's bounds on spending: `daily_segments 10`, `campaign_segments 5`, `countries US 44`."""
    given = dict(setting.split(" ", 1) for setting in settings if " " in setting)
    return Limits(
        daily_segments=int(given.get("daily_segments", 0)),
        campaign_segments=int(given.get("campaign_segments", 0)),
        countries=read_countries(given.get("countries", "").split()),
        time_zone=workspace_for(settings).time_zone,
    )


class PureStage:
    """The router alone: no database, no event loop needed."""

    def __init__(self, settings: frozenset[str]) -> None:
        self._workspace = workspace_for(settings)
        self._texts = shipped_texts()
        self._now_at = BEGIN_AT
        self._ids = itertools.count(1_000)
        self._contacts: dict[str, Contact] = {}
        self._recent: dict[str, RecentReplies] = {}
        self._waiting: list[tuple[str, bytes]] = []
        self._dead: set[str] = set()
        self._sent: dict[str, list[Sent]] = {}
        self._reminded: dict[tuple[str, bytes], tuple[int, int]] = {}
        self._catalogue = _catalogue(BEGIN_AT)

    async def say(self, message: InboundMessage) -> Heard:
        """Let a person write."""
        heard: Heard = {}
        self._turn(message.sender, message, heard)
        return self._timers(heard)

    async def later(self, duration: int) -> Heard:
        """Let time pass."""
        self._now_at += duration
        return self._timers({})

    async def told(self, news: Told) -> Heard:
        """Let the provider report; the core hears of it only that the person opted out or is out of reach."""
        address, error_class = PHONES[news.who], classify(news.code)
        if error_class is ErrorClass.OPT:
            self._contacts[address] = replace(self._contacts[address], opted_out=True)
        elif error_class is ErrorClass.HARD:
            self._dead.add(address)
        return self._timers({})

    def _timers(self, heard: Heard) -> Heard:
        for event in self._catalogue.events.values():
            for address, event_id in list(self._waiting):
                if event_id == event.id and event.capacity is not None:
                    self._turn(address, SeatFree(event.id), heard)
        for (address, event_id), (since_at, last) in list(self._reminded.items()):
            minutes = self._near(self._catalogue.events[event_id], since_at, last)
            if minutes is not None:
                self._turn(address, EventNear(event_id, minutes), heard)
        for address, contact in list(self._contacts.items()):
            session = contact.session
            if session is None:
                continue
            if session.expires_at is not None and session.expires_at <= self._now_at:
                self._turn(address, ExpiryDue(session.id), heard)
            elif session.remind_at is not None and session.remind_at <= self._now_at:
                self._turn(address, ReminderDue(session.id), heard)
        return heard

    def _near(self, event: Event, since_at: int, last: int) -> int | None:
        """Say which reminder of an event is due for who registered then and had that one last."""
        left = [minutes for minutes in self._workspace.reminder_minutes if self._is_before(event, minutes)]
        minutes = min(left, default=None)
        if minutes is None or minutes >= last or self._now_at >= (event.starts_at or 0):
            return None
        return minutes if since_at < (event.starts_at or 0) - minutes * MINUTE else None

    def _is_before(self, event: Event, minutes: int) -> bool:
        return event.starts_at is not None and self._now_at >= event.starts_at - minutes * MINUTE

    def _turn(self, address: str, occurrence: Occurrence, heard: Heard) -> None:
        contact = self._contacts.get(address) or Contact(self._key(), address)
        said = occurrence.text if isinstance(occurrence, InboundMessage) else ""
        reacts = is_reaction(said, self._sent.get(address, ()))
        turn = Turn(
            occurrence, contact, self._workspace, self._catalogue, self._now_at, self._key(), is_reaction=reacts
        )
        outcome, self._recent[address] = bound(route(turn), self._recent.get(address, RecentReplies()), self._now_at)
        contact = self._contacts[address] = after(contact, outcome)
        self._catalogue = seats_after(self._catalogue, outcome)
        self._note_waiting(contact)
        for effect in outcome.effects:
            if isinstance(effect, Register):
                self._reminded[(address, effect.event_id)] = (self._now_at, sys.maxsize)
            elif isinstance(effect, EventReminded):
                since_at, _last = self._reminded[(address, effect.event_id)]
                self._reminded[(address, effect.event_id)] = (since_at, effect.minutes)
        self._speak(address, contact, outcome, heard)

    def _note_waiting(self, contact: Contact) -> None:
        self._waiting = [pair for pair in self._waiting if pair[0] != contact.address] + [
            (contact.address, event_id)
            for event_id, status in contact.registrations.items()
            if status is RegistrationStatus.WAITING
        ]

    def _speak(self, address: str, contact: Contact, outcome: Outcome, heard: Heard) -> None:
        for effect in outcome.effects:
            if isinstance(effect, Reply) and address not in self._dead:
                language = effect.language or contact.language or self._workspace.language
                text = self._texts.render_reply(effect.says, language)
                heard.setdefault(address, []).append(text)
                self._sent.setdefault(address, []).append(Sent(text))

    def _key(self) -> bytes:
        return next(self._ids).to_bytes(16, "big")


class DatabaseStage:
    """The inbox on a real database, with a clock that the script moves."""

    def __init__(
        self, database: Database, workspace: Workspace, rules: Rules, limits: Limits, codes: Iterator[str] | None = None
    ) -> None:
        self._database = database
        self._rules = rules
        self._limits = limits
        self._codes = codes or (f"{100_000 + number}" for number in itertools.count(1))
        self._now_at = BEGIN_AT
        self._workspace = workspace
        house = House(workspace, shipped_texts(), AUDIT_KEY, provider_answers=False, limits=limits)
        self._alarms = Alarms(database, house, lambda: self._now_at)
        self._inbox = Inbox(database, house, lambda: self._now_at)
        simulator = SimulatorProvider(lambda: self._now_at)
        desk = Desk(database, house, rules, LASTING_CODES, lambda url: fetch_from([simulator], url))
        self._commands = CommandWorker(desk, ACTIONS, lambda: self._now_at, draw=lambda: next(self._codes), secret=b"s")
        self._campaigns = CampaignRunner(desk, lambda: self._now_at)
        self._digests = Digests(database, house, rules, lambda: self._now_at)
        self._last: dict[str, str] = {}

    @classmethod
    async def open(cls, database: Database, settings: frozenset[str]) -> DatabaseStage:
        """Set the workspace up and begin."""
        workspace = workspace_for(settings)
        await database.run(save_workspace(workspace, BEGIN_AT))
        await database.run(save_definitions(workspace.id, read_definitions(OFFERS, BEGIN_AT), BEGIN_AT))
        for setting in settings:
            word, _, rest = setting.partition(" ")
            if word == "operator":
                who, role = rest.split()
                await database.run(save_operator(workspace.id, PHONES[who], who, role, BEGIN_AT))
        stage = cls(database, workspace, rules_for(settings), limits_for(settings))
        stage._inbox.start(lambda _received: None)
        return stage

    async def again(self) -> DatabaseStage:
        """Begin anew on the same database, knowing nothing: as after a crash."""
        await self._inbox.stop()
        stage = DatabaseStage(self._database, self._workspace, self._rules, self._limits, self._codes)
        stage._now_at, stage._last = self._now_at, self._last
        stage._inbox.start(lambda _received: None)
        return stage

    async def close(self) -> None:
        """Finish; whatever was commanded, the audit's chain is sound."""
        await self._inbox.stop()
        async with self._database.read() as connection:
            verdict = await verify(connection, AUDIT_KEY, self._workspace.id)
        assert verdict.fault is None, verdict

    async def say(self, message: InboundMessage) -> Heard:
        """Let a person write."""
        await self._inbox.put(message)
        while await self._commands.run_once():
            await self._commands.settle()
        await self._timers()
        return await self._heard()

    async def later(self, duration: int) -> Heard:
        """Let time pass."""
        self._now_at += duration
        await self._timers()
        heard = await self._heard()
        await self._timers()  # a campaign whose last message has left is over
        for address, said in (await self._heard()).items():
            heard.setdefault(address, []).extend(said)
        return heard

    async def _timers(self) -> None:
        await self._digests.run_once()
        while await self._campaigns.run_once():
            pass
        for due in await self._database.run(due_now(self._now_at, self._workspace.reminder_minutes)):
            await self._inbox.put_due(due)

    async def told(self, news: Told) -> Heard:
        """Let the provider report on what it took last for a person."""
        receipt = Receipt("simulator", self._last[PHONES[news.who]], news.status, news.code)
        await self._database.run(apply_receipts([receipt], self._now_at, lambda one: classify(one.error_code)))
        return await self._heard()

    async def told_if(self, who: str, code: str) -> Heard:
        """Let the provider report, by a status or an error code, where it took something for that person."""
        if PHONES[who] not in self._last:
            return {}
        status = MessageStatus.UNDELIVERED if code.isdigit() else MessageStatus(code)
        return await self.told(Told(0, who, status, code if code.isdigit() else None))

    async def _heard(self) -> Heard:
        """Let everything leave that may leave, one message per person at a time; gives what each one got."""
        heard: Heard = {}
        channels = await self._database.run(all_channels())
        while claimed := [one for channel in channels for one in await self._claimed(channel)]:
            for one in claimed:
                heard.setdefault(one.recipient, []).append(one.body)
                self._last[one.recipient] = one.id.hex()
            outcomes = [SendOutcome(one, "simulator", one.id.hex()) for one in claimed]
            await self._database.run(record(outcomes, self._now_at, lambda receipt: classify(receipt.error_code)))
        return heard

    async def _claimed(self, channel: Channel) -> tuple[Claimed, ...]:
        """Claim what may leave, as the sender does."""
        ceiling = self._limits.ceiling(self._now_at)
        if ceiling is None:
            return await self._database.run(claim(channel, b"n" * 16, self._now_at, 100))
        taken = await self._database.run(claim_within(channel, b"n" * 16, self._now_at, 100, ceiling))
        if not taken.is_news:
            return taken.messages
        await self._alarms.ceiling_reached(channel, ceiling)
        return await self._claimed(channel)


def _catalogue(now_at: int) -> Catalogue:
    triggers: dict[str, Trigger] = {}
    surveys: dict[bytes, LoadedSurvey] = {}
    events: dict[bytes, Event] = {}
    definitions = read_definitions(OFFERS, now_at)
    for number, one in enumerate((one for one in definitions if isinstance(one, EventDefinition)), 1):
        event = _event(number, one)
        events[event.id] = event
        triggers |= {normalise(word): Trigger(Target.EVENT, event.id) for word in one.keywords}
    for number, survey in enumerate((one for one in definitions if isinstance(one, Survey)), 1):
        key = b"survey" + number.to_bytes(10, "big")
        linked = triggers[normalise(survey.event)].id if survey.event else None
        surveys[key] = LoadedSurvey(key, 1, survey, survey.is_active, linked)
        if survey.is_active:
            whole = survey.keyword_match == "whole"
            triggers |= {normalise(word): Trigger(Target.SURVEY, key, whole) for word in survey.keywords}
    return Catalogue(triggers, surveys, {}, events)


def _event(number: int, one: EventDefinition) -> Event:
    known: Mapping[str, object] = {
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "place": one.place,
        "capacity": one.capacity,
        "ask_name": one.ask_name,
        "is_active": one.active,
        "time_zone": one.time_zone,
    }
    return Event(b"event" + number.to_bytes(11, "big"), number, one.title, one.keywords, **known)  # type: ignore[arg-type]


def name_of(address: str) -> str:
    """Give the person of a phone."""
    return next(name for name, phone in PHONES.items() if phone == address)
