"""The reasons for which a message gets no answer: stored with it, so that an operator can see why."""

from __future__ import annotations

from enum import StrEnum


class SilenceReason(StrEnum):
    """Why the bot does not answer a message; the words for each are the text `silence_` and its name."""

    PACE = "pace"
    """The bound on replies in one minute was reached."""
    REPEATS = "repeats"
    """The same reply would have gone out too often."""
    CONSENT_PACE = "consent_pace"
    """Consent changed too often within ten minutes: the change counts, but it is not confirmed."""
    OPTED_OUT = "opted_out"
    BLOCKED = "blocked"
    INVALID = "invalid"
    """The contact's number is known to be wrong."""
    TAKEN_OVER = "taken_over"
    """A person talks with the contact (BOT OFF)."""
    COUNTRY = "country"
    """The phone belongs to a country that is not written to (`ROLLCALL_COUNTRIES`)."""
    LOCKED = "locked"
    """An operator's phone is locked, and was told so often enough."""
    COMMAND_PACE = "command_pace"
    """So many commands came from an operator's phone that answers pause; the command was carried out."""
    PROVIDER = "provider"
    """The provider answers its own stop, start and help words."""
    ASKED = "asked"
    """The person was asked within the last day whether they meant to stop."""
    REACTION = "reaction"
    """A phone sent it: a reaction to a message of ours."""
    AUTO_REPLY = "auto_reply"
    """A phone or a mailbox answered by itself."""
    FAILED = "failed"
    """The step failed; the message waits for a person."""
