"""The worker that carries out operators' commands: each in one transaction with its answer."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog

from bot.actions.base import Action, Call, Desk, Done, Preview, Result, refused
from bot.actions.refusals import Refused
from bot.clock import Clock
from bot.codes import on_side_of, open_to, pending_of, waiting
from bot.contact_files.reader import Interrupted
from bot.contact_files.refusals import FileRefused
from bot.forwarding import UNASKED
from bot.house import know_all
from bot.letters import Letter, post
from bot.runtime.answer_pace import paced, refused_as_locked
from bot.runtime.beside import BesideOthers
from bot.runtime.case import Case as _Case
from bot.runtime.case import lapsed, not_allowed
from bot.runtime.failed_commands import set_aside
from bot.runtime.loop import Loop
from flows.commands.confirm import (
    MAX_ASKED,
    MAX_DECLINED,
    CodeOutcome,
    Pending,
    Request,
    Verdict,
    check_code,
    forgive,
    is_locked,
    lock,
    open_pending,
    replaces,
)
from flows.commands.confirm import count_dead as counted_dead
from flows.commands.roles import may
from flows.commands.wording import say_outcome
from flows.conversation.operators import CODE
from flows.effects import Template
from flows.errors import Conflict, RollcallError, StorageError
from flows.values import HOUR, Key, Operator
from storage.attempts import begin_attempt, queued_commands
from storage.audit.chain import Marks
from storage.audit.entries import append
from storage.commands import (
    UNREADABLE,
    CommandRow,
    change_command,
    dropped_at,
    expire_commands,
    pending_commands,
    recent_commands,
)
from storage.keys import new_key
from storage.messages import note_silence
from storage.operators import all_operators, count_dead
from storage.people import languages
from storage.plan import Plan

log = structlog.get_logger(__name__)
POLL_SECONDS = 1.0
MOST_ATTEMPTS = 2
"""A command that ended the process so often, or that the database failed so often, is not begun again."""
MOST_FILES = 3
"""Files of one operator that wait to be read or are."""


class CommandWorker:
    """Takes queued commands in the order they came; on many nodes each is carried out once."""

    def __init__(
        self,
        desk: Desk,
        actions: Mapping[str, Action],
        clock: Clock,
        *,
        draw: Callable[[], str],
        secret: bytes,
        node_id: Key | None = None,
    ) -> None:
        self._desk = desk
        self._actions = actions
        self._clock = clock
        self._draw = draw
        self._secret = secret
        self._node_id = node_id or new_key()
        self._beside = BesideOthers(desk.database, self._node_id)
        self.loop = Loop("commands", self.run_once, POLL_SECONDS)
        self._on_written: Callable[[], None] = lambda: None

    def start(self, on_written: Callable[[], None]) -> None:
        """Begin to work; `on_written` hears when messages were queued."""
        self._on_written = on_written
        self.loop.start()

    async def stop(self) -> None:
        """Finish the command that is under way, give back those whose file is being read, and end."""
        await self._desk.files.stop()
        await self.loop.stop()
        await self.settle()

    def wake(self) -> None:
        """A command was queued."""
        self.loop.wake.set()

    async def settle(self) -> None:
        """Wait for the commands whose file is being read."""
        await self._beside.settle()

    async def run_once(self) -> int:
        """Carry out what waits; gives how many commands there were. Raises `StorageError`."""
        database = self._desk.database
        await database.run(self._expire(self._clock()))
        found = await database.run(queued_commands(database.engine_name, self._node_id, len(self._beside)))
        rows = [row for row in found if row.id not in self._beside]
        count = 0
        if rows:
            await database.run(know_all(self._desk.house))
        for row in rows:
            if self.loop.is_stopping:
                break
            self.loop.beat()
            count += await self._begin(row)
        if count:
            self._on_written()
        return count

    async def _begin(self, row: CommandRow) -> bool:
        """Carry a command out, or begin to read its file; False: another process is at it."""
        attempt = await self._desk.database.run(begin_attempt(row.id, self._node_id))
        if attempt is None:
            return False
        with suppress(Conflict):  # another node was first
            if attempt > MOST_ATTEMPTS:
                log.error("command_given_up", verb=row.verb, attempts=attempt - 1)
                given_up = Done((Template("operator_failed_twice", {"verb": row.verb}),), status="failed")
                await self._carry_out(row, self._end(row, given_up))
            elif not row.arguments.get("file_url"):
                await self._carry_out(row, self._try(row))
            elif self._beside.count_of(row.address) >= MOST_FILES:
                waits = refused(Template("operator_files_waiting", {"count": MOST_FILES}))
                await self._carry_out(row, self._end(row, waits))
            else:
                self._carry_out_beside(row, self._try(row))
        return True

    def _carry_out_beside(self, row: CommandRow, work: Coroutine[Any, Any, None]) -> None:
        """Carry a command out while the next ones come: nobody else waits until its file is read."""
        self._beside.begin(row, self._carry_out(row, work), self._ended_beside)

    def _ended_beside(self) -> None:
        self._on_written()
        self.wake()

    async def _carry_out(self, row: CommandRow, work: Coroutine[Any, Any, None]) -> None:
        """Do the work of a command; whatever goes wrong with it, it is answered and the next one comes."""
        try:
            await self._answer(row, work)
        except (StorageError, Interrupted):
            raise
        except Exception as error:  # one command must not stop the worker
            await set_aside(self._desk, row, error, self._clock())

    async def _answer(self, row: CommandRow, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (StorageError, Interrupted):
            raise
        except (FileRefused, Refused) as error:
            await self._end(row, refused(error.says))
        except RollcallError as error:
            await self._end(row, refused(error.message))

    async def _try(self, row: CommandRow) -> None:
        if row.error == UNREADABLE:
            raise ValueError(UNREADABLE)
        known = await self._desk.database.run(all_operators(row.workspace_id))
        operators = tuple(one for one in known if one.is_active)
        if row.verb in UNASKED:
            await self._desk.database.run(UNASKED[row.verb](self._desk.house, row, operators, self._clock()))
            return
        operator = next((one for one in operators if one.id == row.operator_id), None)
        if operator is None:
            await self._end(row, refused(Template("operator_gone")))
        elif is_locked(operator, self._clock()):
            await self._end(row, await refused_as_locked(self._desk.database, row, self._clock()))
        elif row.verb == CODE:
            await self._take_code(_Case(row, operator, operators))
        elif not may(operator.role, row.verb):  # it has changed since the command came
            await self._end(row, refused(not_allowed(operator, row)))
        else:
            case = _Case(row, operator, operators)
            await self._settle(case, await self._perform(case, row, operator))

    async def _perform(self, case: _Case, row: CommandRow, asker: Operator) -> Result:
        action = self._actions[row.verb]
        spoken = await self._desk.database.run(languages([row.contact_id])) if row.contact_id else {}
        return await action(
            Call(
                desk=self._desk,
                row=row,
                operator=asker,
                now_at=self._clock(),
                language=next(iter(spoken.values()), self._desk.house.workspace.language),
                is_confirmed=case.confirmed is not None,
                operators=case.operators,
            )
        )

    async def _settle(self, case: _Case, result: Result) -> None:
        if isinstance(result, Preview):
            await self._ask_for_code(case, result)
        else:
            await self._close(case, result)

    # --- codes --------------------------------------------------------------------------------------------------

    async def _ask_for_code(self, case: _Case, preview: Preview) -> None:
        """Let a command wait for its code; what this phone had waiting before is dropped."""
        if case.confirmed is None and not await self._may_ask(case):
            return
        row, code, now_at = case.confirmed or case.row, self._draw(), self._clock()
        request = Request(row.id, row.address, preview.fingerprint, preview.is_shared)
        opened = open_pending(request, code, now_at, self._secret)
        key = row.message_id or row.id

        def plan() -> Plan[None]:
            marks: Marks = ()
            if case.confirmed is not None:
                marks = yield from self._finish(case.row, now_at)
            dropped = yield from self._replaced(opened, row, now_at)
            for one in dropped:
                marks += yield from change_command(dropped_at(one, now_at), "pending")
            says = (*(Template("operator_replaced", {"verb": one.verb}) for one in dropped), *case.says, *preview.says)

            def reply(one: Operator) -> Template:
                return Template(
                    "operator_code", {"code": code, "shared": preview.is_shared, "pin": one.pin_hash is not None}
                )

            letters = [Letter(row.address, (*says, reply(case.operator)), key)]
            if preview.is_shared:
                asks = Template("operator_asks", {"name": case.name_of(row)})
                letters = [Letter(row.address, (*says, Template("operator_code_elsewhere")), key)]
                says = (asks, *preview.says)
                letters += [Letter(one.address, (*says, reply(one)), key) for one in case.admins(row.address)]
            yield from self._write(waiting(row, opened), row.status, letters, marks)

        await self._desk.database.run(plan())

    async def _may_ask(self, case: _Case) -> bool:
        since_at = self._clock() - HOUR
        recent = await self._desk.database.run(recent_commands(case.row.workspace_id, case.row.address, since_at))
        if recent.unused_count >= MAX_ASKED:
            await self._lock(case)
        elif recent.declined_count >= MAX_DECLINED:
            await self._end(case.row, refused(Template("operator_declined", {"count": MAX_DECLINED})))
        else:
            return True
        return False

    async def _lock(self, case: _Case) -> None:
        """Take no more commands from a phone that makes code after code go out, and tell the others."""
        now_at, row = self._clock(), case.row
        locked = lock(case.operator, now_at)
        letters = [Letter(row.address, (Template("operator_locked"),), row.message_id or row.id)]
        letters += self._lock_news(case)

        def plan() -> Plan[None]:
            yield from count_dead(locked.id, locked.dead_count, locked.locked_until_at, now_at)
            yield from self._write(replace(row, status="refused", finished_at=now_at), row.status, letters)

        await self._desk.database.run(plan())

    @staticmethod
    def _lock_news(case: _Case) -> list[Letter]:
        news = Template("operator_lock_news", {"name": case.operator.shown})
        return [Letter(one.address, (news,)) for one in case.admins(case.row.address)]

    async def _take_code(self, case: _Case) -> None:
        row, now_at = case.row, self._clock()
        waits = await self._desk.database.run(pending_commands(row.workspace_id, now_at))
        rows = open_to(on_side_of(self._desk.house, row, waits), case.operator)
        typed, pin, wanted = str(row.arguments.get("code", "")), row.arguments.get("pin"), case.operator.pin_hash
        if rows and wanted is not None and pin is None:
            await self._end(row, refused(Template("operator_pin_missing")))
            return
        if wanted is not None and not hmac.compare_digest(str(pin), wanted.hex()):
            typed = ""  # a wrong PIN counts as a wrong code, and does not say which of the two it was
        outcomes = [(one, check_code(pending_of(one), typed, now_at, self._secret)) for one in rows]
        right = next((one for one, outcome in outcomes if outcome.verdict is Verdict.RIGHT), None)
        if right is not None:
            asker = next((one for one in case.operators if one.id == right.operator_id), None)
            confirmed = replace(case, confirmed=right, says=(Template("operator_changed"),))
            if asker is None or not may(asker.role, right.verb):
                await self._close(confirmed, lapsed(confirmed, right, asker))
            elif right.arguments.get("file_url"):
                self._carry_out_beside(row, self._confirm(confirmed, right, asker))
            else:
                await self._confirm(confirmed, right, asker)
        elif outcomes:
            await self._count_wrong(case, *outcomes[0])
        else:
            await self._end(row, refused(Template("operator_code_late")))

    async def _confirm(self, case: _Case, right: CommandRow, asker: Operator) -> None:
        await self._settle(case, await self._perform(case, right, asker))

    async def _count_wrong(self, case: _Case, tried: CommandRow, outcome: CodeOutcome) -> None:
        now_at, row, operator = self._clock(), case.row, case.operator
        is_dead = outcome.verdict is Verdict.DEAD
        after = replace(tried, tries=outcome.pending.tries)
        if is_dead:
            after = replace(after, status="refused", finished_at=now_at)
        counted = counted_dead(operator, now_at) if is_dead else operator
        locked = is_dead and is_locked(counted, now_at)
        said = say_outcome(outcome, is_locked=locked)
        letters = [Letter(row.address, (said,) if said else (), row.message_id)]
        if locked:
            letters += self._lock_news(case)

        def plan() -> Plan[None]:
            marks = yield from change_command(after, "pending")
            if is_dead:
                yield from count_dead(operator.id, counted.dead_count, counted.locked_until_at, now_at)
            yield from self._write(replace(row, status="refused", finished_at=now_at), row.status, letters, marks)

        await self._desk.database.run(plan())

    async def _close(self, case: _Case, result: Done) -> None:
        """Write the result, the answer and the news in one transaction, with the code that set it off."""
        now_at, asked, row = self._clock(), case.row, case.confirmed or case.row
        closed = replace(row, status=result.status, code_hash=None, finished_at=now_at)
        if case.confirmed is not None:
            closed = replace(closed, confirmed_by=asked.address, confirmed_at=now_at)
        key = asked.message_id or asked.id
        answer = await paced(self._desk.database, asked, result)
        letters = [Letter(asked.address, answer.says, key, answer.media_url, is_paged=True)]
        is_known = any(one.address == row.address for one in case.operators)
        if is_known and row.address != asked.address:  # who asked hears what the second admin set off
            letters.append(Letter(row.address, result.says, row.message_id or row.id))
        letters += [Letter(one.address, result.news) for one in case.admins(asked.address, row.address) if result.news]

        def plan() -> Plan[None]:
            marks: Marks = ()
            if case.confirmed is not None:
                marks = yield from self._finish(asked, now_at)
                if case.operator.dead_count:
                    calm = forgive(case.operator)
                    yield from count_dead(calm.id, calm.dead_count, calm.locked_until_at, now_at)
            if result.writes is not None:
                marks += (yield from result.writes()) or ()
            yield from _note(asked, answer)
            yield from self._write(closed, row.status, letters, marks)

        await self._desk.database.run(plan())

    async def _end(self, row: CommandRow, result: Done) -> None:
        """Answer a command that did nothing; who wrote what was to be forwarded asked for no command."""
        closed = replace(row, status=result.status, code_hash=None, finished_at=self._clock())
        answer = await paced(self._desk.database, row, result)
        letters = [] if row.verb in UNASKED else [Letter(row.address, answer.says, row.message_id or row.id)]

        def plan() -> Plan[None]:
            yield from _note(row, answer)
            yield from self._write(closed, row.status, letters)

        await self._desk.database.run(plan())

    def _finish(self, row: CommandRow, now_at: int) -> Plan[Marks]:
        return (yield from change_command(replace(row, status="done", finished_at=now_at), row.status))

    def _replaced(self, opened: Pending, row: CommandRow, now_at: int) -> Plan[list[CommandRow]]:
        waits = yield from pending_commands(row.workspace_id, now_at)
        waits = on_side_of(self._desk.house, row, waits)
        return [one for one in waits if replaces(opened, pending_of(one))]

    def _expire(self, now_at: int) -> Plan[None]:
        marks = yield from expire_commands(now_at)
        yield from append(self._desk.house.audit_key, marks, now_at)

    def _write(self, row: CommandRow, was: str, letters: list[Letter], marks: Marks = ()) -> Plan[None]:
        """Write what became of a command, its letters and last of all the audit's entries, of `marks` too."""
        channel_id = row.channel_id or self._desk.house.main_channel_id
        texts = yield from post(self._desk.house, channel_id, letters, self._clock())
        marks += yield from change_command(row, was, texts.get(row.address) if was == "queued" else None)
        yield from append(self._desk.house.audit_key, marks, self._clock())


def _note(row: CommandRow, answer: Done) -> Plan[None]:
    """Store with a command's message why it gets no answer."""
    if answer.silence is not None and row.message_id is not None:
        yield from note_silence(row.message_id, answer.silence)
