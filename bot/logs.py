"""Logs: one JSON object a line, no message texts, phones masked by whoever logs them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog
from aiohttp.http import HttpProcessingError
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

from bot.runtime.terminal import one_line, visible

_OURS = frozenset({"StorageError", "Conflict", "Overloaded", "ConfigError"})
"""Errors whose words are about machines; any other may quote what a person wrote."""


def set_up_logs(level: str) -> None:
    """Send every log line of the process to standard error: as JSON, or in plain words where a person looks on."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),  # locals hold texts
        _without_quotes,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _as_words if sys.stderr.isatty() else structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("alembic", "apscheduler", "aiosqlite", "aiohttp.access", "twilio", "twilio.http_client"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("aiohttp.server").addFilter(_is_ours)


def _as_words(_logger: object, _method: str, event: EventDict) -> str:
    """Return a line for a terminal: the time of day, the level unless all is well, what happened, and its values."""
    at, level, what = (str(event.pop(name, "")) for name in ("timestamp", "level", "event"))
    event.pop("logger", None)
    errors = event.pop("exception", ())
    values = [f"{name}={value}" for name, value in event.items()]
    values += [f"{error['exc_type']}: {error['exc_value']}".rstrip(": ") for error in errors]
    parts = [at[11:19], *([] if level == "info" else [level.upper()]), what.replace("_", " "), *values]
    return visible(one_line(" ".join(parts)))


def _is_ours(record: logging.LogRecord) -> bool:
    """Leave out bytes that are no HTTP: they are answered 400, and anybody could fill the disk with them."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


def _without_quotes(_logger: object, _method: str, event: EventDict) -> EventDict:
    _hush(event.get("exception", ()))
    return event


def _hush(errors: Iterable[MutableMapping[str, Any]]) -> None:
    """Take the words out of rendered errors: kind and place are left, and a failed message keeps its error with it."""
    for error in errors:
        error["exc_notes"] = []
        if error["exc_type"] not in _OURS:
            error["exc_value"] = ""
        for group in error["exceptions"]:
            _hush(group)
