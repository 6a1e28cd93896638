"""The values that travel through Rollcall: what came in, what goes out, what is known about a person.

Times are UTC, `int` microseconds since the epoch (`..._at`); keys are 16 bytes, time-ordered (UUID version 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Key = bytes
"""A 16-byte, time-ordered identifier made by us (UUID version 7)."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Transport(StrEnum):
    """How a message travels."""

    SMS = "sms"
    WHATSAPP = "whatsapp"
    RCS = "rcs"
    MESSENGER = "messenger"
    SIMULATOR = "simulator"


class MessageStatus(StrEnum):
    """Where a message stands; the same words in the database, the API and the console."""

    RECEIVED = "received"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Purpose(StrEnum):
    """Why a message is sent; the claim's policy and order depend on it."""

    CONFIRMATION = "confirmation"
    """The one answer to a change of consent: goes out first, also to a person who has just opted out."""
    REPLY = "reply"
    COMMAND = "command"
    """The answer to an operator's command: also to one who opted out of what is sent to all."""
    CAMPAIGN = "campaign"


PRIORITY: Mapping[Purpose, int] = {Purpose.CONFIRMATION: 0, Purpose.REPLY: 1, Purpose.COMMAND: 1, Purpose.CAMPAIGN: 2}
"""Lower leaves first."""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, sound, video or document that came with a message."""

    url: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A place that a person shared, in degrees."""

    latitude: float
    longitude: float
    label: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A button or list row that a person tapped."""

    text: str
    payload: str | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What a provider's webhook said, in our words; addresses carry no transport prefix."""

    provider: str
    provider_id: str
    transport: Transport
    sender: str
    recipient: str
    text: str = ""
    media: tuple[Media, ...] = ()
    button: Button | None = None
    location: Location | None = None
    profile_name: str | None = None
    opt_out_type: str | None = None
    """STOP, START or HELP when the provider has answered the person already."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    sent_at: int | None = None
    """When it was sent, as the provider's log says from which it was read; None: it has just come, by itself."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Delivery news from a provider about a message of ours."""

    provider: str
    provider_id: str
    status: MessageStatus
    error_code: str | None = None
    error_text: str | None = None
    message_id: Key | None = None
    """Our own id, from the callback's URL."""
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class ReminderDue:
    """A session has waited for its answer long enough to be reminded once."""

    session_id: Key


@dataclass(frozen=True, slots=True)
class ExpiryDue:
    """A session has waited too long."""

    session_id: Key


@dataclass(frozen=True, slots=True)
class SeatFree:
    """A seat of an event became free and this contact is the first on its waiting list."""

    event_id: Key


@dataclass(frozen=True, slots=True)
class EventNear:
    """An event for which this contact is registered begins in so many minutes."""

    event_id: Key
    minutes: int


Occurrence = InboundMessage | ReminderDue | ExpiryDue | SeatFree | EventNear
"""What a turn is about."""


class ContactStatus(StrEnum):
    """Whether we write to a contact and answer them; an opt-out is the contact's own choice and stands beside it."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    """Campaigns leave the contact out; who writes is answered, and JOIN or START makes them active."""
    BLOCKED = "blocked"
    """By BAN: what they write is stored, and nothing else."""
    INVALID = "invalid"
    """The address cannot be written to."""


MUTE_STATUSES = frozenset((ContactStatus.BLOCKED, ContactStatus.INVALID))
"""Those whose messages are stored and not answered."""


class RegistrationStatus(StrEnum):
    """Where a contact stands with an event."""

    REGISTERED = "registered"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Session:
    """One contact's place in one flow."""

    id: Key
    flow: str
    """Which dialogue steps it: "survey", "join" or "name"."""
    state: str
    """A state of the dialogue's machine."""
    flow_id: Key | None = None
    flow_version: int = 0
    question_id: str = ""
    tries: int = 0
    """Answers to the open question that could not be understood."""
    path: tuple[str, ...] = ()
    """The ids of the questions answered or skipped so far, in order: the way BACK."""
    answers: Mapping[str, object] = field(default_factory=dict)
    """Value per answered question id."""
    started_at: int = 0
    remind_at: int | None = None
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class RecentReplies:
    """What the bound on automatic replies needs to know about a conversation."""

    window_at: int = 0
    """When the current minute began."""
    reply_count: int = 0
    """Automatic replies in the current minute that led nowhere: not an accepted answer's next question."""
    progress_count: int = 0
    """Automatic replies in the current minute that moved a dialogue on."""
    consent_count: int = 0
    """Confirmations of consent in the current ten minutes."""
    text_hash: int = 0
    """A hash of the last automatic reply."""
    same_count: int = 0
    """How often that same reply went out in the current ten minutes."""
    same_at: int = 0
    """When the current ten minutes began."""
    asked_at: int = 0
    """When the last message, an operator's, was answered with a question about a command; 0: it was not."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Everything a turn may know about the person."""

    id: Key
    address: str
    """The person's identity: E.164, or a WhatsApp user id where there is no phone."""
    name: str | None = None
    language: str | None = None
    """Chosen by the person or learned from a stop word; None: the workspace's."""
    status: ContactStatus = ContactStatus.ACTIVE
    opted_out: bool = False
    doubt_at: int | None = None
    """When we asked whether a doubtful message meant STOP, or a JOIN after a STOP meant START, while unanswered."""
    silent_until_at: int | None = None
    """A person has taken over the conversation until then."""
    in_community: bool = False
    registrations: Mapping[Key, RegistrationStatus] = field(default_factory=dict)
    session: Session | None = None
    stopped_topics: frozenset[str] = frozenset()
    """The scopes of single events and surveys that the person wants to hear no more of (`flows.consent.scopes`)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something to register for."""

    id: Key
    number: int
    title: str
    keywords: tuple[str, ...]
    """As their author wrote them; people are shown the first."""
    starts_at: int | None = None
    """UTC; shown in `time_zone`."""
    place: str | None = None
    capacity: int | None = None
    """None: no bound."""
    registered_count: int = 0
    waiting_count: int = 0
    """People on the waiting list: nobody new takes a seat before them."""
    is_active: bool = True
    ask_name: bool = False
    ends_at: int | None = None
    time_zone: str = "UTC"
    all_day: bool = False
    """`starts_at` is the midnight at which the day begins; nobody is reminded at an hour that was never given."""
    is_closed: bool = False
    """Nobody new registers; who is on the list still comes."""
    is_cancelled: bool = False
    """It was called off; `is_active` is False then."""
    changed_at: int | None = field(default=None, compare=False)
    """When what is said of it changed last: who registers for an older state has to look again."""

    @property
    def takes_people(self) -> bool:
        """Whether somebody may register for it now, as far as it is not over."""
        return self.is_active and not self.is_closed


class OperatorSource(StrEnum):
    """Where the right to command comes from."""

    SETTING = "setting"
    """ROLLCALL_ADMIN_PHONES, read at a start."""
    COMMAND = "command"
    """OPERATOR ADD, from another operator's phone."""
    SHELL = "shell"
    """`rollcall operator add`."""
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who runs the bot from a phone."""

    id: Key
    number: int
    address: str
    name: str | None
    role: str
    """admin, manager or viewer."""
    is_active: bool = True
    dead_count: int = 0
    """Commands that died of wrong codes since the last right one."""
    locked_until_at: int | None = None
    """No command is taken until then: too many wrong codes."""
    pin_hash: bytes | None = field(default=None, repr=False)
    """Of the PIN that this operator's codes need besides; None: they need none."""
    source: str | None = None
    """An `OperatorSource`; None: an earlier version did not write it down."""
    granted_by: Key | None = None
    """The operator who gave the right, where one did."""
    granted_at: int | None = None
    removed_at: int | None = None
    """When the right was taken away, by whatever way; None while it holds."""

    @property
    def shown(self) -> str:
        """How others know the operator; never by the phone number."""
        return self.name or f"{self.role} {self.number}"


@dataclass(frozen=True, slots=True)
class Workspace:
    """One organisation's own choices."""

    id: Key
    name: str = "Rollcall"
    """Who we are, as HELP says it."""
    language: str = "en"
    time_zone: str = "UTC"
    help_contact: str | None = None
    """How to reach a person: a phone, an e-mail or a web page."""
    country: str | None = "US"
    """The country of phone numbers that are typed without one, ISO 3166 alpha-2."""
    double_opt_in: bool = False
    """JOIN asks for a YES before it adds."""
    ask_name: bool = False
    """JOIN asks for the name."""
    reminder_minutes: tuple[int, ...] = ()
    """Before an event, when those who are registered are reminded of it."""
    public_url: str = "http://127.0.0.1:8080"
    """Where links in messages point."""
    link_key: bytes = field(default=b"", repr=False)
    """What the links to calendar files are signed with."""
