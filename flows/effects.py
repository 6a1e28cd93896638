"""What a turn wants done: frozen values, applied in bulk by the storage after routing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.silence import SilenceReason
from flows.values import Key, Purpose, RegistrationStatus, Session


@dataclass(frozen=True, slots=True)
class Template:
    """A text of ours: a file of templates_msg by its name, and the values it shows."""

    name: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A value of a text that is written in the language of whoever reads it, such as a date."""

    by_language: Mapping[str, str]

    def written(self, language: str) -> str:
        """Return it in a language, or in English."""
        base = language.partition("-")[0]
        return self.by_language.get(base) or self.by_language["en"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a person can tap, or type by number or word."""

    label: str
    value: str


Say = str | Template
"""A piece of a message: an operator's own words, or a text of ours."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the contact of the turn; its pieces are joined by a line break, empty ones left out."""

    says: tuple[Say, ...]
    purpose: Purpose = Purpose.REPLY
    choices: tuple[Choice, ...] = ()
    """Offered as buttons where the channel has them; the text already lists them."""
    language: str | None = None
    """Of the texts of ours; None: the contact's."""
    is_question: bool = False
    """It asks an operator for a part of a command."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """The contact's own choice: no more messages."""

    source: str
    """keyword, phrase, button, provider, import, manual or message_failure."""
    text: str
    scope: str = "all"
    names: tuple[str, ...] = field(default=(), compare=False)
    """What an event is called in audiences, normalised: campaigns to it that wait for this contact are withdrawn."""


@dataclass(frozen=True, slots=True)
class OptIn:
    """The contact's own choice: messages are welcome (again)."""

    source: str
    text: str
    scope: str = "all"


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """A line of the consent ledger that changes no state: HELP answered, a doubt asked, a double opt-in asked."""

    action: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class SetDoubt:
    """Remember (or forget, None) that we asked whether a message meant STOP."""

    doubt_at: int | None


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Talk with the contact in this language from now on."""

    language: str


@dataclass(frozen=True, slots=True)
class SetName:
    """The contact told us their name."""

    name: str


@dataclass(frozen=True, slots=True)
class JoinCommunity:
    """Add the contact to the group `community`."""


@dataclass(frozen=True, slots=True)
class LeaveCommunity:
    """Take the contact out of the group `community`."""


@dataclass(frozen=True, slots=True)
class Register:
    """Put the contact on an event's list, or its waiting list."""

    event_id: Key
    status: RegistrationStatus
    name: str | None = None
    was_waiting: bool = False
    """True when the contact moves up from the waiting list."""
    seen_at: int | None = field(default=None, compare=False)
    """The event's `changed_at` as the turn saw it: of an event that has changed since, the contact was told wrongly."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take the contact off an event's list."""

    event_id: Key
    held_seat: bool
    """True when a seat becomes free by it."""


@dataclass(frozen=True, slots=True)
class EventReminded:
    """The contact was reminded of an event, so many minutes before."""

    event_id: Key
    minutes: int


@dataclass(frozen=True, slots=True)
class SaveAnswer:
    """Keep one answer; it replaces an earlier answer to the same question of the session."""

    session_id: Key
    question_id: str
    question: str
    """The question's text as it was asked."""
    text: str
    """What the person wrote, as it came."""
    value: object
    """What was understood: str, int, float, bool, list of str, dict, or None when skipped."""


@dataclass(frozen=True, slots=True)
class ReplaceAnswers:
    """Mark the answers to these questions as taken back (BACK, RESTART); they are kept, not deleted."""

    session_id: Key
    question_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndSession:
    """A session came to its end in this state of its machine (completed, expired, cancelled ...)."""

    session_id: Key
    state: str


@dataclass(frozen=True, slots=True)
class SurveyStarted:
    """One more start of the survey."""

    flow_id: Key


@dataclass(frozen=True, slots=True)
class SurveyCompleted:
    """One more completion of the survey."""

    flow_id: Key


OPERATOR = "operator"
"""The reason of a flag on what an operator wrote about commands: it is nobody's inbox."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Leave the message for a person to look at, with the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Store with the message why it gets no answer: HISTORY and the simulator show it."""

    reason: SilenceReason


@dataclass(frozen=True, slots=True)
class RunCommand:
    """An operator's command: stored with the batch, run by a worker in a transaction of its own."""

    operator_id: Key
    verb: str
    arguments: Mapping[str, object]
    """Plain JSON values."""
    text: str
    """As it was typed; of a code only that it was one."""
    is_typed: bool = True
    """False: the message itself is talk, and we do this because of it."""


@dataclass(frozen=True, slots=True)
class LeaveForPerson:
    """Keep the message until a person has answered it: INBOX lists who waits."""

    is_news: bool = True
    """The operators are told of it in their next digest; not of what they are shown at once."""


@dataclass(frozen=True, slots=True)
class Forward:
    """Show the message to the operators at once: one of them talks with the person."""


Effect = (
    Reply
    | OptOut
    | OptIn
    | RecordConsent
    | SetDoubt
    | SetLanguage
    | SetName
    | JoinCommunity
    | LeaveCommunity
    | Register
    | Withdraw
    | EventReminded
    | SaveAnswer
    | ReplaceAnswers
    | EndSession
    | SurveyStarted
    | SurveyCompleted
    | Flag
    | Silence
    | RunCommand
    | LeaveForPerson
    | Forward
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn leads to: the contact's session afterwards (None: no open session) and the effects, in order."""

    session: Session | None
    effects: tuple[Effect, ...] = ()
