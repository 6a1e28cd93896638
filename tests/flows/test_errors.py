"""The tree of errors."""

from __future__ import annotations

import pytest

from flows.errors import (
    Conflict,
    ErrorClass,
    FlowDefinitionError,
    RollcallError,
    SendError,
    SignatureMismatch,
    StorageError,
)


def every(kind: type[RollcallError] = RollcallError) -> list[type[RollcallError]]:
    """List the errors of the core, the root first."""
    below = [one for child in kind.__subclasses__() if child.__module__ == "flows.errors" for one in every(child)]
    return [kind, *below]


@pytest.mark.parametrize("kind", every())
def test_every_error_says_something(kind: type[RollcallError]) -> None:
    """Its docstring is what it says, unless it is given something better, and it has a code and a status."""
    assert kind().message == (kind.__doc__ or "").strip() != ""
    assert kind("The file is missing.").message == str(kind("The file is missing.")) == "The file is missing."
    assert kind.code
    assert 400 <= kind.http_status < 600


def test_codes_are_unique() -> None:
    """A code names one error."""
    codes = [kind.code for kind in every()]
    assert len(set(codes)) == len(codes)


def test_what_may_be_tried_again() -> None:
    """The database and a lost race, not a forged request or a wrong definition."""
    assert StorageError().retryable
    assert Conflict().retryable
    assert not SignatureMismatch().retryable
    assert not FlowDefinitionError().retryable


@pytest.mark.parametrize("error_class", list(ErrorClass))
def test_what_a_refusal_means(error_class: ErrorClass) -> None:
    """Only a refusal that took nothing may be repeated; an opt-out and a dead number suppress."""
    error = SendError("no", provider_code="1", error_class=error_class, retry_after_seconds=2.0)
    assert error.retryable is (error_class is ErrorClass.RETRY)
    assert error.suppress == {"opt": "opt_out", "hard": "hard_fail"}.get(error_class.value)
    assert (error.provider_code, error.retry_after_seconds) == ("1", 2.0)
