"""The one place that constructs things: from settings to a running service, and back."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import structlog
from aiohttp import web

from bot import simulator
from bot.actions.base import Desk
from bot.actions.table import ACTIONS
from bot.alarms import Alarms
from bot.app import front_page, make_app
from bot.calendar import Calendar
from bot.campaigns import CampaignRunner
from bot.catching_up import CatchingUp
from bot.charts.web import Charts
from bot.clock import Clock, wall_clock
from bot.codes import draw_code
from bot.commands import CommandWorker
from bot.departures import Departures
from bot.digests import Digests
from bot.download import fetch_from
from bot.health import Health
from bot.house import House, know_all
from bot.inbox import Inbox
from bot.keyring import audit_key, derive, unlock
from bot.list_lag import ListLag
from bot.media.web import Pictures
from bot.providers.base import Provider
from bot.providers.simulator import SimulatorProvider
from bot.providers.twilio.errors import LASTING_CODES
from bot.receipts import Receipts
from bot.reconciler import Reconciler
from bot.runtime.backups import Backups
from bot.runtime.bounds import rules_of
from bot.runtime.loop import Loop, every
from bot.runtime.metrics_access import MetricsAccess
from bot.runtime.ticker import Ticker
from bot.runtime.watch import LoopWatch
from bot.sender import Sender
from bot.settings import Settings
from bot.simulator.entrance import check_way_in, settle_simulator
from bot.sources import Sources
from bot.sweep import Sweep
from bot.texts import shipped_texts
from bot.turns import Received
from bot.wakes import OUTBOX, STOP, Wakes
from bot.webhooks.twilio import TwilioWebhooks
from bot.workspace.demo import settle_demo
from bot.workspace.opening import SIMULATOR_ADDRESS, limits_of, open_workspace
from flows.conversation.consent import first_keywords
from flows.errors import StorageError
from flows.values import DAY, InboundMessage, Key, Workspace
from storage.audit.entries import begin
from storage.database import Database, open_database
from storage.keys import new_key
from storage.migrate import upgrade
from storage.pictures import drop_pictures
from storage.retention import FIRST, empty_page
from storage.search import catch_up
from storage.timers import due_now

log = structlog.get_logger(__name__)
TICK_SECONDS = 1.0
RECONCILE_SECONDS = 5.0
SWEEP_SECONDS = 300.0
FORGET_SECONDS = 3_600.0
DIGEST_SECONDS = 10.0
INDEX_SECONDS = 10.0
"""How often the words of new messages are made ready for SEARCH, which does the rest itself."""
STOP_WAITS_SECONDS = 5.0
"""How long the acknowledgement of a STOP waits for a call in flight to that person."""


class Service:
    """Rollcall, running: started once, stopped once."""

    def __init__(
        self, settings: Settings, database: Database, workspace: Workspace, root_key: bytes, clock: Clock
    ) -> None:
        self.settings = settings
        self.database = database
        workspace = replace(workspace, link_key=derive(root_key, "calendar links"))
        self.workspace = workspace
        self.clock = clock
        self.node_id: Key = new_key()
        self.channel_address = SIMULATOR_ADDRESS
        self.house = _house(settings, workspace, database)
        self.inbox = Inbox(database, self.house, clock, limit=settings.inbox_limit)
        self.providers = make_providers(settings, clock)
        lag = ListLag(settings.absent_seconds)
        self.sender = Sender(database, self.providers, clock, node_id=self.node_id, jitter=random.random, lag=lag)
        self.departures = Departures(database, self.providers, clock)
        self.receipts = Receipts(database, clock)
        self.reconciler = Reconciler(database, self.providers, clock, lag)
        self.charts = Charts(database, self.house, clock, settings.address, derive(root_key, "charts"))
        self.pictures = Pictures(database, clock, settings.address, derive(root_key, "pictures"))
        rules = rules_of(settings)
        desk = Desk(
            database,
            self.house,
            rules,
            LASTING_CODES,
            self._fetch,
            chart_url=self.charts.url,
            picture_url=self.pictures.url,
        )
        secret = derive(root_key, "codes")
        self.commands = CommandWorker(desk, ACTIONS, clock, draw=draw_code, secret=secret, node_id=self.node_id)
        self.campaigns = CampaignRunner(desk, clock)
        self.digests = Digests(database, self.house, rules, clock)
        self.alarms = Alarms(database, self.house, clock)
        sweep = Sweep(database, self.providers, self.inbox.put, clock)
        self.catching_up = CatchingUp(sweep, self.departures, self.sender, self.alarms, clock)
        self.wakes = Wakes(database, self.node_id)
        self._forgotten_up_to: Key = FIRST
        self._sends = False
        self._stopping = False
        self._retention = every(FORGET_SECONDS, "retention", self.forget_texts)
        self._timers = every(TICK_SECONDS, "timers", self.fire_timers)
        self.backups = Backups(database, settings.database, workspace, clock, self.alarms.backup_failed)
        self._ticks = self._make_ticks()
        self._ticker = Ticker()
        self._late: asyncio.Task[None] | None = None
        self.watch = LoopWatch(lambda: self.loops, self.alarms.loops_in_trouble)

    async def start(self) -> None:
        """Begin to work and return at once: no provider keeps the port closed.

        What people sent while we were down is read beside it. Until that is tried once no command, campaign or timer
        begins, and until it is done nothing leaves but answers to what comes in.
        """
        self.inbox.start(self._on_received)
        self.receipts.start()
        self.catching_up.begin()
        self.wakes.start(self._hear)
        for loop in (*self._ticks, self.watch.loop):
            loop.start()
        self._ticker.start((*self._ticks, self._timers))
        self._late = asyncio.create_task(self._start_late(), name="late start")

    async def _start_late(self) -> None:
        await self.catching_up.first_round()
        self.commands.start(self._written)
        self.campaigns.start(self._written)
        self._timers.start()

    @property
    def loops(self) -> tuple[Loop, ...]:
        """Every loop of the service but the watch over them, which looks at this list."""
        always = (self.inbox.loop, self.receipts.loop, self.wakes.loop, self.commands.loop, self.campaigns.loop)
        return (*always, self._timers, *self._ticks, *self.sender.loops)

    def _make_ticks(self) -> tuple[Loop, ...]:
        return (
            every(RECONCILE_SECONDS, "reconciler", self.reconciler.run_once, waits=True),
            every(TICK_SECONDS, "list lag", self.reconciler.measure_lag, waits=True),
            every(RECONCILE_SECONDS, "begin sending", self._begin_sending, at_once=True, waits=True),
            every(RECONCILE_SECONDS, "sweep again", self.catching_up.sweep_again, at_once=True, waits=True),
            every(SWEEP_SECONDS, "sweep", self.catching_up.sweep, waits=True),
            every(INDEX_SECONDS, "search index", self._index),
            every(DIGEST_SECONDS, "digests", self._tell_who_waits),
            self._retention,
            every(FORGET_SECONDS, "pictures", self._drop_pictures),
            every(FORGET_SECONDS, "departures", self.departures.drop),
            self.backups.loop,
        )

    async def drain(self) -> None:
        """Take no message more, finish what is under way; delivery news is still taken, and `ready` says 503."""
        self._stopping = True
        self._ticker.stop()
        if self._late is not None:
            self._late.cancel()
        await asyncio.gather(
            self.inbox.stop(), *(loop.stop() for loop in (self.watch.loop, self._timers, *self._ticks))
        )
        await self.commands.stop()
        await self.campaigns.stop()
        await self.sender.stop()

    async def stop(self) -> None:
        """Drain, if that is not done yet, and let go."""
        if not self._stopping:
            await self.drain()
        await self.wakes.stop()
        await self.receipts.stop()
        for provider in self.providers.values():
            await provider.close()
        await self.database.close()

    def app(self, seconds: Callable[[], float] = time.monotonic) -> web.Application:
        """Give the web application with the addresses of this service; `seconds` is a monotonic clock."""
        health = Health(
            self.database,
            self.clock,
            lambda: self.inbox.waiting_count,
            self._not_ready_because,
            self.watch,
            self._access(),
        )
        routes: list[web.AbstractRouteDef] = [
            web.get("/", front_page(has_simulator=self.settings.simulator_on)),
            *health.routes(),
            *self.charts.routes(),
            *self.pictures.routes(),
            *Calendar(self.database, self.house, self.clock).routes(),
        ]
        if self.settings.has_twilio:
            routes += self._twilio().routes()
        app = make_app(routes, Sources(seconds, self.settings.proxy_count))
        if self.settings.simulator_on:
            simulator.install(app, self)
        return app

    def _access(self) -> MetricsAccess:
        token = self.settings.metrics_token.get_secret_value()
        access = MetricsAccess(token, is_public=not self.settings.is_address_local)
        if access.is_closed:
            log.warning(
                "metrics_closed", advice="set ROLLCALL_METRICS_TOKEN and let Prometheus send it as bearer token"
            )
        return access

    async def receive(self, message: InboundMessage) -> Received:
        """Put a message in the inbox; gives what became of it after the commit."""
        received = await self._take(message)
        if received.opted_out:
            await self._settle(received)
        return received

    async def _take(self, message: InboundMessage) -> Received:
        await self.catching_up.wait_turn(message)
        return await self.inbox.put(message)

    def _not_ready_because(self) -> str | None:
        if self._stopping:
            return "stopping"
        return None if self.catching_up.has_tried else "catching up"

    def keywords(self) -> list[str]:
        """Name what people can text."""
        return first_keywords(self.house.catalogue)

    def operators(self) -> frozenset[str]:
        """Return the addresses of those who may command."""
        return frozenset(self.house.operators)

    async def fire_timers(self) -> int:
        """Take the turns of everything that is due now; gives how many there were."""
        dues = await self.database.run(due_now(self.clock(), self.workspace.reminder_minutes))
        results = await asyncio.gather(*(self._await(self.inbox.put_due(due)) for due in dues), return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                log.error("timer_failed", kind=type(result).__name__)
        return len(dues)

    async def _tell_who_waits(self) -> None:
        if await self.digests.run_once():
            self._written()

    async def _drop_pictures(self) -> None:
        await self.database.run(drop_pictures(self.clock()))

    async def _index(self) -> None:
        await self.database.run(catch_up(self.workspace.id))

    async def forget_texts(self) -> int:
        """Delete the texts that are older than the organisation keeps them; gives how many there were.

        What was erased since the last time, by FORGET too, is wiped from the file. Raises `StorageError`.
        """
        with suppress(StorageError):
            await self.database.scrub()
        if not self.settings.keep_texts_days:
            return 0
        before_at, total, came_to = self.clock() - self.settings.keep_texts_days * DAY, 0, None
        while came_to != self._forgotten_up_to:
            came_to = self._forgotten_up_to
            plan = empty_page(self.workspace.id, came_to, before_at)
            self._forgotten_up_to, count = await self.database.run(plan)
            self._retention.beat()
            total += count
        return total

    async def _begin_sending(self) -> None:
        """Send, once it is known what left before the database was put back from a copy; raises `StorageError`."""
        if not self._sends and await self.departures.read():
            await self.sender.start(self.alarms, self.house.limits, self.departures.of)
            self._sends = True

    async def _settle(self, received: Received) -> None:
        if received.contact_id is not None:
            await self.sender.wait_for_calls([received.contact_id], STOP_WAITS_SECONDS)

    async def _fetch(self, url: str) -> bytes:
        return await fetch_from(self.providers.values(), url)

    def _on_received(self, batch: Sequence[Received]) -> None:
        stopped = [one.contact_id for one in batch if one.opted_out and one.contact_id is not None]
        if stopped:
            self.sender.opted_out(stopped)
            self.wakes.tell(STOP, stopped)
        if any(one.reply_count for one in batch):
            self._written()
        if any(one.command_count for one in batch):
            self.commands.wake()

    def _written(self) -> None:
        self.sender.wake()
        self.wakes.tell(OUTBOX)

    def _hear(self, word: str, contact_ids: tuple[Key, ...]) -> None:
        """Learn from another node what it did."""
        if word == STOP:
            self.sender.opted_out(contact_ids)
        self.sender.wake()

    def _twilio(self) -> TwilioWebhooks:
        tokens = (self.settings.twilio_auth_token, self.settings.twilio_auth_token_secondary)
        return TwilioWebhooks(
            account_sid=self.settings.twilio_account_sid,
            tokens=tuple(one.get_secret_value() for one in tokens),
            public_url=self.settings.address,
            receive=self._take,
            record=self.receipts.put,
            settle=self._settle,
        )

    @staticmethod
    async def _await(result: Awaitable[Received]) -> Received:
        return await result


async def open_service(settings: Settings, clock: Clock = wall_clock) -> Service:
    """Open the database (bringing its schema up to date) and build the service; raises `RollcallError`."""
    check_way_in(settings)  # before a database is made for nothing
    before, revision = await upgrade(settings.database, say=lambda line: log.warning("schema_changes", note=line))
    log.info("database", place=settings.database_place, revision=revision, is_new=before is None)
    database = await open_database(settings.database)
    try:
        settings = await settle_simulator(settings, database, clock())
        workspace = await open_workspace(settings, database, clock())
        await settle_demo(settings, database, workspace, clock())
        secret = settings.secret_key.get_secret_value()
        if settings.has_twilio and not secret:
            log.warning(
                "secret_key_missing", advice="set ROLLCALL_SECRET_KEY: the database holds its own key until then"
            )
        root_key = await unlock(database, workspace.id, secret)
        service = Service(settings, database, workspace, root_key, clock)
        await database.run(know_all(service.house))
        if count := await database.run(begin(service.house.audit_key, workspace.id, clock())):
            log.warning("audit_began", commands=count)  # after an upgrade; at any other time somebody emptied the chain
    except BaseException:
        await database.close()
        raise
    return service


def make_providers(settings: Settings, clock: Clock = wall_clock) -> dict[str, Provider]:
    """Make the providers that the settings name."""
    providers: dict[str, Provider] = {"simulator": SimulatorProvider(clock)}
    if settings.has_twilio:
        from bot.providers.twilio.client import TwilioAccount, TwilioProvider  # 0.15 s that others need not wait

        account = TwilioAccount(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            api_base_url=settings.twilio_api_base_url,
            messaging_service_sid=settings.twilio_messaging_service_sid or None,
            public_url=settings.public_url or None,
            allow_http_callbacks=settings.public_url.startswith("http://127.0.0.1"),
        )
        providers["twilio"] = TwilioProvider(account)
    return providers


def _house(settings: Settings, workspace: Workspace, database: Database) -> House:
    return House(
        workspace,
        shipped_texts(),
        audit_key(database),
        provider_answers=settings.twilio_opt_out == "provider",
        rate_per_second=settings.rate_per_second,
        limits=limits_of(settings),
        is_public=bool(settings.public_url),
    )
