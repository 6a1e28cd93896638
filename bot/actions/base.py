"""What an action is given and what it gives back.

An action reads what it needs, computes, and says what is to be written; the worker writes that together with the
answer and the command's own row in one transaction. Reading and computing never hold the writer up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal

from bot.codes import pending_of
from bot.contact_files.reader import FileReader
from bot.house import House
from flows.commands.confirm import still_stands
from flows.effects import Say, Spoken
from flows.errors import CommandError
from flows.silence import SilenceReason
from flows.values import Key, Operator
from storage.audit.chain import Marks
from storage.commands import CommandRow
from storage.database import Database
from storage.plan import Plan


@dataclass(frozen=True, slots=True)
class Rules:
    """The organisation's bounds on sending."""

    quiet_hours: str = "21:00-08:00"
    """At the recipient's place; `none`: at no time."""
    hold_seconds: int = 10
    max_lag_minutes: int = 60
    second_admin_above: int = 0
    """Recipients; 0: never."""
    error_budget_percent: int = 20
    price_per_segment: Decimal | None = None
    currency: str = "USD"
    forward_unclaimed: bool = True
    """Tell operators, now and then, who waits for an answer."""


async def fetch_nothing(url: str) -> bytes:
    """Fetch no file: where there is no provider."""
    raise CommandError(f"The file at {url[:60]} cannot be fetched here.")


def no_chart(_flow_id: Key, _language: str, _now_at: int) -> str | None:
    """Draw nothing."""
    return None


def local_picture(picture: str, _now_at: int) -> str:
    """Name a picture where nobody serves it."""
    return f"pictures/{picture}"


@dataclass(frozen=True, slots=True)
class Desk:
    """What every action shares."""

    database: Database
    house: House
    rules: Rules
    lasting_codes: frozenset[str] = frozenset()
    """The providers' error codes for which sending again is of no use."""
    fetch: Callable[[str], Awaitable[bytes]] = fetch_nothing
    """Gets a file that came with a message; raises `CommandError`."""
    files: FileReader = field(default_factory=FileReader)
    """Reads files beside the other commands."""
    chart_url: Callable[[Key, str, int], str | None] = no_chart
    """Links to the picture of a survey's answers, in a language, from a moment on; None: there are no pictures."""
    picture_url: Callable[[str, int], str] = local_picture
    """Links to a stored picture, by its name, from a moment on."""


@dataclass(frozen=True, slots=True)
class Call:
    """One command to carry out."""

    desk: Desk
    row: CommandRow
    operator: Operator
    now_at: int
    language: str = "en"
    is_confirmed: bool = False
    """The code was right: do it, provided that what it was given for is still what would happen."""
    operators: tuple[Operator, ...] = ()
    """Everybody who may command now."""

    @property
    def operator_name(self) -> str:
        """Name the operator as the others know them; never by the phone number."""
        return self.operator.shown

    @property
    def is_simulated(self) -> bool:
        """True for a command from the simulator, which may reach the simulator's phones only."""
        return self.desk.house.is_simulated(self.row.channel_id)

    def argument(self, name: str) -> str:
        """Give one argument as text, empty where it is missing."""
        value = self.row.arguments.get(name)
        return "" if value is None else str(value)

    def number(self, name: str = "number") -> int | None:
        """Give one argument as a number, None where it is missing."""
        value = self.row.arguments.get(name)
        return value if isinstance(value, int) else None

    def stands(self, fingerprint: bytes) -> bool:
        """Say whether the right code was given for exactly this."""
        return self.is_confirmed and still_stands(pending_of(self.row), fingerprint)


@dataclass(frozen=True, slots=True)
class Done:
    """A command that is carried out, or refused with a reason."""

    says: tuple[Say, ...]
    writes: Callable[[], Plan[Marks | None]] | None = None
    """Gives what the audit's chain is to hold of other commands that it changed."""
    news: tuple[Say, ...] = ()
    """What the other admins are told."""
    media_url: str | None = None
    status: str = "done"
    silence: SilenceReason | None = None
    """Why the command's message gets no answer, where `says` is empty."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a command would do: it waits for its code."""

    says: tuple[Say, ...]
    fingerprint: bytes
    """Of everything that the code stands for."""
    is_shared: bool = False
    """The code has to come from another admin's phone."""


def in_each_language(call: Call, write: Callable[[str], str]) -> Spoken:
    """Write a value for operators who may not share the caller's language."""
    return Spoken({code: write(code) for code in call.desk.house.texts.languages()})


Result = Done | Preview
Action = Callable[[Call], Awaitable[Result]]


def refused(*says: Say) -> Done:
    """Refuse with a reason."""
    return Done(says, status="refused")
