"""Every error Rollcall raises on purpose, as one tree.

RollcallError
├── ConfigError                 a setting is wrong
├── FlowError
│   ├── FlowDefinitionError     a flow's definition is wrong
│   └── CommandError            an operator's command is wrong
├── WebhookError
│   ├── SignatureMismatch       403
│   ├── MalformedPayload        400
│   ├── BodyTooLarge            413
│   └── BodyTooSlow             408
├── SendError                   a provider did not take a message
├── StorageError                the database did not do what was asked
│   └── Conflict                another node changed the same rows first: run the transaction again
└── ApiError
    └── NotFound                404

A class's docstring is its default message.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class ErrorClass(StrEnum):
    """What a provider's error code means for us (the table per provider is data)."""

    OPT = "opt"
    """The person opted out at the provider: record it, never send again."""
    HARD = "hard"
    """The number cannot be reached on this channel: suppress it at once."""
    STRIKE = "strike"
    """This message failed; the number may be fine."""
    RETRY = "retry"
    """Nothing was accepted: safe to send again after a while."""
    HOLD = "hold"
    """The channel's allowance for today is used up."""
    ACCT = "acct"
    """The account or its settings: pause the channel, tell the operators."""
    CONT = "cont"
    """The content is refused: not the contact's fault."""
    WIN = "win"
    """Outside the channel's reply window: only a template may go."""
    QUIET = "quiet"
    """Refused for the hour at the recipient's place: send later."""
    UNK = "unk"
    """Whether the message was accepted is not known: reconcile, never send again unasked."""


class RollcallError(Exception):
    """Something went wrong."""

    code: str = "rollcall"
    retryable: bool = False
    http_status: ClassVar[int] = 500

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def message(self) -> str:
        """The sentence for a person."""
        return str(self.args[0])


class ConfigError(RollcallError):
    """A setting is wrong."""

    code = "config"


class FlowError(RollcallError):
    """A conversation cannot go on."""

    code = "flow"


class FlowDefinitionError(FlowError):
    """The definition of a flow is wrong."""

    code = "flow_definition"
    http_status = 422


class CommandError(FlowError):
    """The command cannot be understood."""

    code = "command"
    http_status = 422


class WebhookError(RollcallError):
    """The webhook request is not acceptable."""

    code = "webhook"
    http_status = 400


class SignatureMismatch(WebhookError):
    """The signature of the request does not match: check the auth token and ROLLCALL_PUBLIC_URL."""

    code = "signature_mismatch"
    http_status = 403


class MalformedPayload(WebhookError):
    """The body of the request is not what the provider documents."""

    code = "malformed_payload"


class BodyTooLarge(WebhookError):
    """The body of the request is larger than any webhook of a provider."""

    code = "body_too_large"
    http_status = 413


class BodyTooSlow(WebhookError):
    """The body of the request did not arrive in time."""

    code = "body_too_slow"
    http_status = 408


class StorageError(RollcallError):
    """The database is not available: nothing was stored, try again."""

    code = "storage"
    retryable = True
    http_status = 503


class Conflict(StorageError):
    """Another node changed the same rows first: the transaction must run again."""

    code = "conflict"


class ApiError(RollcallError):
    """The request cannot be served."""

    code = "api"
    http_status = 400


class Unauthorised(ApiError):
    """This needs a login."""

    code = "unauthorised"
    http_status = 401


class Forbidden(ApiError):
    """This is not for everybody."""

    code = "forbidden"
    http_status = 403


class NotFound(ApiError):
    """There is nothing here."""

    code = "not_found"
    http_status = 404


class SendError(RollcallError):
    """The provider did not take the message."""

    code = "send"
    http_status = 502

    def __init__(
        self,
        message: str | None = None,
        *,
        provider_code: str = "",
        error_class: ErrorClass = ErrorClass.STRIKE,
        retry_after_seconds: float | None = None,
        is_pace: bool = False,
    ) -> None:
        super().__init__(message)
        self.is_pace = is_pace
        self.provider_code = provider_code
        self.error_class = error_class
        self.retry_after_seconds = retry_after_seconds
        self.retryable = error_class is ErrorClass.RETRY

    @property
    def suppress(self) -> str | None:
        """`opt_out` or `hard_fail` when nothing more may be sent to the contact, else None."""
        return {ErrorClass.OPT: "opt_out", ErrorClass.HARD: "hard_fail"}.get(self.error_class)
