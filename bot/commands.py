"""The worker that carries out operators' commands: each in one transaction with its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

import structlog

from bot.actions.base import Action, Call, Desk, Done, Preview, Result, refused
from bot.clock import Clock
from bot.codes import CODE_LASTS, LOCK_LASTS, MAX_DEAD, MAX_TRIES, hash_code, is_right
from bot.letters import Letter, post
from flows.effects import Template
from flows.errors import Conflict, RollcallError, StorageError
from flows.values import Operator
from storage.commands import CommandRow, change_command, expire_commands, pending_commands, queued_commands
from storage.operators import all_operators, count_dead
from storage.plan import Plan

log = structlog.get_logger(__name__)
POLL_SECONDS = 1.0
CODE = "CODE"
"""The verb of a message that is nothing but a code."""


class CommandWorker:
    """Takes queued commands in the order they came; on many nodes each is carried out once."""

    def __init__(
        self, desk: Desk, actions: Mapping[str, Action], clock: Clock, *, draw: Callable[[], str], secret: bytes
    ) -> None:
        self._desk = desk
        self._actions = actions
        self._clock = clock
        self._draw = draw
        self._secret = secret
        self._operators: tuple[Operator, ...] = ()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._on_written: Callable[[], None] = lambda: None

    def start(self, on_written: Callable[[], None]) -> None:
        """Begin to work; `on_written` hears when messages were queued."""
        self._on_written = on_written
        self._task = asyncio.create_task(self._run(), name="commands")

    async def stop(self) -> None:
        """Finish the command that is under way, and end."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def wake(self) -> None:
        """A command was queued."""
        self._wake.set()

    async def run_once(self) -> int:
        """Carry out what waits; gives how many commands there were. Raises `StorageError`."""
        database = self._desk.database
        await database.run(expire_commands(self._clock()))
        rows = await database.run(queued_commands())
        for row in rows:
            with suppress(Conflict):  # another node was first
                await asyncio.shield(self._carry_out(row))
        if rows:
            self._on_written()
        return len(rows)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                if await self.run_once():
                    continue
            except StorageError as error:
                log.warning("commands_wait", problem=error.message)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()

    async def _carry_out(self, row: CommandRow) -> None:
        known = await self._desk.database.run(all_operators(row.workspace_id))
        self._operators = tuple(one for one in known if one.is_active)
        operator = self._operator(row)
        if operator is None:
            await self._close(row, refused(Template("operator_gone")))
        elif operator.locked_until_at is not None and operator.locked_until_at > self._clock():
            await self._close(row, refused(Template("operator_locked")))
        elif row.verb == CODE:
            await self._take_code(row, operator)
        else:
            call = Call(self._desk, row, operator, self._clock(), self._desk.house.workspace.language)
            result = await self._perform(call)
            if isinstance(result, Preview):
                await self._ask_for_code(row, result)
            else:
                await self._close(row, result)

    async def _perform(self, call: Call) -> Result:
        action = self._actions.get(call.row.verb)
        if action is None:
            return refused(Template("operator_unknown"))
        try:
            return await action(call)
        except StorageError:
            raise
        except RollcallError as error:
            return refused(error.message)
        except Exception as error:  # one command must not stop the worker
            log.exception("command_failed", verb=call.row.verb, kind=type(error).__name__)
            return Done((Template("operator_failed"),), status="failed")

    # --- codes --------------------------------------------------------------------------------------------------

    async def _ask_for_code(self, row: CommandRow, preview: Preview) -> None:
        code = self._draw()
        now_at = self._clock()
        waiting = replace(
            row,
            status="pending",
            fingerprint=preview.fingerprint,
            code_hash=hash_code(self._secret, row.id, preview.fingerprint, code),
            is_shared=preview.is_shared,
            tries=0,
            expires_at=now_at + CODE_LASTS,
        )
        says = (*preview.says, Template("operator_code", {"code": code, "shared": preview.is_shared}))
        readers = [one.address for one in self._admins(row.address)] if preview.is_shared else [row.address]
        letters = [Letter(address, says, row.message_id or row.id) for address in readers]
        if preview.is_shared:
            letters.append(Letter(row.address, (*preview.says, Template("operator_code_elsewhere")), row.message_id))
        await self._desk.database.run(self._write(waiting, row.status, letters, dropping=row.address))

    async def _take_code(self, row: CommandRow, operator: Operator) -> None:
        typed, now_at = str(row.arguments.get("code", "")), self._clock()
        pending = [
            one
            for one in await self._desk.database.run(pending_commands(row.workspace_id, now_at))
            if (
                one.address != row.address and operator.role == "admin" if one.is_shared else one.address == row.address
            )
        ]
        if not pending:
            await self._close(row, refused(Template("operator_code_late")))
            return
        right = next((one for one in pending if is_right(self._secret, one, typed)), None)
        if right is None:
            await self._count_wrong(row, operator, pending[0])
            return
        asker = self._operator(right) or operator
        call = Call(self._desk, right, asker, now_at, self._desk.house.workspace.language, is_confirmed=True)
        result = await self._perform(call)
        if isinstance(result, Preview):
            await self._desk.database.run(change_command(replace(row, status="done", finished_at=now_at), row.status))
            await self._ask_for_code(right, result)
            return
        confirmed = replace(right, confirmed_by=row.address, confirmed_at=now_at)
        await self._close(confirmed, result, code=row, operator=operator)

    async def _count_wrong(self, row: CommandRow, operator: Operator, pending: CommandRow) -> None:
        now_at = self._clock()
        tries = pending.tries + 1
        is_dead = tries >= MAX_TRIES
        after = replace(pending, tries=tries, status="refused" if is_dead else "pending")
        dead_count = operator.dead_count + is_dead
        locked_until_at = now_at + LOCK_LASTS if is_dead and dead_count >= MAX_DEAD else None
        said = Template("operator_code_wrong", {"left": MAX_TRIES - tries, "locked": locked_until_at is not None})
        letters = [Letter(row.address, (said,), row.message_id)]
        if locked_until_at is not None:
            news = Template("operator_lock_news", {"name": operator.name or f"admin {operator.number}"})
            letters += [Letter(one.address, (news,)) for one in self._admins(row.address)]

        def plan() -> Plan[None]:
            if not (yield from change_command(after, "pending")):
                raise Conflict
            if is_dead:
                yield from count_dead(operator.id, 0 if locked_until_at else dead_count, locked_until_at, now_at)
            yield from self._write(replace(row, status="refused", finished_at=now_at), row.status, letters)

        await self._desk.database.run(plan())

    # --- writing ------------------------------------------------------------------------------------------------

    async def _close(
        self, row: CommandRow, result: Done, *, code: CommandRow | None = None, operator: Operator | None = None
    ) -> None:
        """Write the result, the answer and the news in one transaction, with the code that set it off."""
        now_at = self._clock()
        asked = code or row
        closed = replace(row, status=result.status, code_hash=None, finished_at=now_at)
        key = asked.message_id or asked.id
        letters = [Letter(asked.address, result.says, key, result.media_url, is_paged=True)]
        letters += [Letter(one.address, result.news) for one in self._admins(row.address) if result.news]

        def plan() -> Plan[None]:
            if code is not None and not (yield from change_command(replace(code, status="done"), code.status)):
                raise Conflict
            if result.writes is not None:
                yield from result.writes()
            if operator is not None and operator.dead_count:
                yield from count_dead(operator.id, 0, None, now_at)
            yield from self._write(closed, row.status, letters)

        await self._desk.database.run(plan())

    def _write(self, row: CommandRow, was: str, letters: list[Letter], dropping: str | None = None) -> Plan[None]:
        now_at = self._clock()
        if dropping is not None:
            for old in (yield from pending_commands(row.workspace_id, now_at)):
                if old.address == dropping and old.id != row.id:
                    yield from change_command(replace(old, status="dropped", code_hash=None), "pending")
        channel_id = row.channel_id or next(iter(self._desk.house.channels_by_id), b"")
        texts = yield from post(self._desk.house, channel_id, letters, now_at)
        answer = texts.get(row.address) if was == "queued" else row.answer
        if not (yield from change_command(replace(row, answer=answer), was)):
            raise Conflict

    def _operator(self, row: CommandRow) -> Operator | None:
        return next((one for one in self._operators if one.id == row.operator_id), None)

    def _admins(self, but: str) -> list[Operator]:
        return [one for one in self._operators if one.role == "admin" and one.address != but]
