"""Settings from the environment or a `.env` file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from sqlalchemy import make_url

from bot.runtime.environment import check_names, file_values
from bot.runtime.loopback import host_of, is_loopback
from flows.errors import ConfigError
from flows.language.countries import read_countries
from flows.language.phones import PhoneError, mask, parse_phone
from flows.values import Transport
from storage.url import read_url

ROLES = ("admin", "manager", "viewer")
PREFIXES = (Transport.WHATSAPP.value, Transport.RCS.value, Transport.MESSENGER.value)
"""Of Twilio's senders; without one it is SMS."""
SHORTEST_SECRET = 16
LONGEST_REMINDER = 525_600
"""Minutes before an event: a year."""
_HOURS = "^(none|([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])$"
"""From when to when, such as 21:00-08:00, or none."""


def _named(name: str, **more: Any) -> Any:
    return Field(validation_alias=name, **more)


class Settings(BaseModel):
    """Every setting of the service; the names are those of the environment, in capitals."""

    model_config = ConfigDict(frozen=True)

    database_url: str = _named("DATABASE_URL", default="")
    db_path: str = _named("DB_PATH", default="")
    host: str = _named("ROLLCALL_HOST", default="127.0.0.1")
    port: int = _named("ROLLCALL_PORT", default=8080, ge=0, le=65535)
    public_url: str = _named("ROLLCALL_PUBLIC_URL", default="")
    proxy_count: int = _named("ROLLCALL_PROXY_COUNT", default=0, ge=0, le=10)
    secret_key: SecretStr = _named("ROLLCALL_SECRET_KEY", default=SecretStr(""))
    metrics_token: SecretStr = _named("ROLLCALL_METRICS_TOKEN", default=SecretStr(""))
    admin_phones: dict[str, str] = _named("ROLLCALL_ADMIN_PHONES", default_factory=dict)
    time_zone: str = _named("ROLLCALL_TIMEZONE", default="UTC")
    locale: str = _named("ROLLCALL_LOCALE", default="en")
    simulator: bool | None = _named("ROLLCALL_SIMULATOR", default=None)
    demo: bool = _named("ROLLCALL_DEMO", default=False)
    organisation: str = _named("ROLLCALL_ORGANISATION", default="Rollcall", min_length=1, max_length=120)
    help_contact: str | None = _named("ROLLCALL_HELP_CONTACT", default=None, max_length=200)
    country: str | None = _named("ROLLCALL_COUNTRY", default="US", pattern="^[A-Z]{2}$")
    double_opt_in: bool = _named("ROLLCALL_DOUBLE_OPT_IN", default=False)
    ask_name: bool = _named("ROLLCALL_ASK_NAME", default=False)
    inbox_limit: int = _named("ROLLCALL_INBOX_LIMIT", default=5_000, ge=1)
    rate_per_second: float = _named("ROLLCALL_RATE_PER_SECOND", default=1.0, gt=0, allow_inf_nan=False)
    absent_seconds: float = _named("ROLLCALL_ABSENT_SECONDS", default=120.0, ge=1, allow_inf_nan=False)
    price_per_segment: Decimal | None = _named("ROLLCALL_PRICE_PER_SEGMENT", default=None, ge=0, examples=["0.0083"])
    currency: str = _named("ROLLCALL_CURRENCY", default="USD", pattern="^[A-Z]{3}$")
    quiet_hours: str = _named("ROLLCALL_QUIET_HOURS", default="21:00-08:00", pattern=_HOURS, examples=["21:00-08:00"])
    hold_seconds: int = _named("ROLLCALL_HOLD_SECONDS", default=10, ge=0, le=3_600)
    max_lag_minutes: int = _named("ROLLCALL_MAX_LAG_MINUTES", default=60, ge=1)
    second_admin_above: int = _named("ROLLCALL_SECOND_ADMIN_ABOVE", default=0, ge=0)
    daily_segments: int = _named("ROLLCALL_DAILY_SEGMENTS", default=0, ge=0)
    campaign_segments: int = _named("ROLLCALL_CAMPAIGN_SEGMENTS", default=0, ge=0)
    countries: tuple[str, ...] = _named("ROLLCALL_COUNTRIES", default=())
    error_budget_percent: int = _named("ROLLCALL_ERROR_BUDGET_PERCENT", default=20, ge=0, le=100)
    reminder_minutes: tuple[int, ...] = _named("ROLLCALL_REMINDER_MINUTES", default=(1_440, 60))
    forward_unclaimed: bool = _named("ROLLCALL_FORWARD_UNCLAIMED", default=True)
    keep_texts_days: int = _named("ROLLCALL_KEEP_TEXTS_DAYS", default=0, ge=0, le=36_500)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = _named("ROLLCALL_LOG_LEVEL", default="INFO")
    twilio_account_sid: str = _named("TWILIO_ACCOUNT_SID", default="")
    twilio_auth_token: SecretStr = _named("TWILIO_AUTH_TOKEN", default=SecretStr(""))
    twilio_auth_token_secondary: SecretStr = _named("TWILIO_AUTH_TOKEN_SECONDARY", default=SecretStr(""))
    twilio_from: tuple[str, ...] = _named("TWILIO_FROM", default=())
    twilio_messaging_service_sid: str = _named("TWILIO_MESSAGING_SERVICE_SID", default="")
    twilio_api_base_url: str = _named("TWILIO_API_BASE_URL", default="https://api.twilio.com")
    twilio_opt_out: Literal["provider", "rollcall"] = _named("TWILIO_OPT_OUT", default="provider")

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: str) -> str:
        if value:
            read_url(value)
        return value

    @field_validator("admin_phones", mode="before")
    @classmethod
    def _read_admins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return dict(_read_admin(part) for part in value.split(",") if part.strip())

    @field_validator("twilio_from", "reminder_minutes", "countries", mode="before")
    @classmethod
    def _read_list(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("twilio_from")
    @classmethod
    def _check_senders(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for sender in value:
            prefix, colon, _address = sender.rpartition(":")
            if colon and prefix not in PREFIXES:
                raise ValueError(f"'{prefix}:' is no channel of Twilio's that we speak; use {', '.join(PREFIXES)}")
        return value

    @field_validator("countries")
    @classmethod
    def _check_countries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            read_countries(value)
        except PhoneError as error:
            raise ValueError(error.message) from error
        return value

    @field_validator("reminder_minutes")
    @classmethod
    def _check_reminders(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 0 < minutes <= LONGEST_REMINDER for minutes in value):
            raise ValueError(f"a reminder goes out 1 to {LONGEST_REMINDER} minutes before, such as 1440,60")
        return value

    @field_validator("secret_key", "metrics_token")
    @classmethod
    def _check_secret(cls, value: SecretStr) -> SecretStr:
        given = [one.strip() for one in value.get_secret_value().split(",") if one.strip()]
        if any(len(one) < SHORTEST_SECRET for one in given):
            raise ValueError(f"a secret has at least {SHORTEST_SECRET} random characters; try `openssl rand -hex 32`")
        return value

    @field_validator("time_zone")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # a part of the world is a folder
            raise ValueError(f"'{value[:80]}' is no IANA time zone, such as America/New_York") from error
        return value

    @field_validator("public_url", "twilio_api_base_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError(f"'{value}' is no web address; it begins with https://")
        if value and not _has_host(value):
            raise ValueError(f"'{value}' names no host; write it like https://bot.example.org")
        return value.rstrip("/")

    @property
    def database(self) -> str:
        """The database's URL."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{self.db_path.strip() or 'data/rollcall.db'}"

    @property
    def database_place(self) -> str:
        """The database as a person may read it: an absolute path, or a URL without its password."""
        url = make_url(self.database)
        if url.get_backend_name() == "sqlite":
            return str(Path(url.database or "").absolute())
        return url.render_as_string(hide_password=True)

    @property
    def address(self) -> str:
        """Where people's links and providers' callbacks point."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def has_twilio(self) -> bool:
        """Whether Twilio is configured."""
        return bool(self.twilio_account_sid)

    @property
    def is_address_local(self) -> bool:
        """Whether ROLLCALL_PUBLIC_URL, if it is set, leads to this machine alone."""
        return not self.public_url or is_loopback(host_of(self.public_url))

    @property
    def simulator_on(self) -> bool:
        """Whether the simulator is served: by default on this machine alone, where no provider is configured.

        It stays off, too, where the database knows another provider's channels (`bot.simulator.entrance`).
        """
        if self.simulator is not None:
            return self.simulator
        return not self.has_twilio and is_loopback(self.host) and self.is_address_local


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def load_settings(environment: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings; raises `ConfigError` naming every setting that is wrong and every unknown one."""
    values = {**file_values(env_file), **(os.environ if environment is None else environment)}
    check_names(values, KNOWN)
    given = _given(values)
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        raise ConfigError(_explain(error)) from error
    _check_twilio(settings, given)
    if settings.simulator and not settings.is_address_local:
        raise ConfigError(
            "ROLLCALL_SIMULATOR=true does not go with this ROLLCALL_PUBLIC_URL, because the simulator has no login: "
            "unset one of the two, or let ROLLCALL_PUBLIC_URL begin with http://127.0.0.1."
        )
    return settings


def _check_twilio(settings: Settings, given: Mapping[str, str]) -> None:
    """Raise `ConfigError` for half an account: a slip in one name must not start a service without its provider."""
    named = sorted(name for name, value in given.items() if name.startswith("TWILIO_") and value != _default_of(name))
    if named and not settings.has_twilio:
        raise ConfigError(
            f"TWILIO_ACCOUNT_SID is missing, but {', '.join(named)} {'is' if len(named) == 1 else 'are'} set. "
            "Twilio needs TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM; without Twilio, unset every TWILIO_*."
        )
    if settings.has_twilio and not settings.twilio_auth_token.get_secret_value():
        raise ConfigError("TWILIO_AUTH_TOKEN is missing: it stands beside the account SID in Twilio's console.")
    if settings.has_twilio and not (settings.twilio_from or settings.twilio_messaging_service_sid):
        raise ConfigError("TWILIO_FROM is missing: name the number to send from, such as +15550100000.")


def _default_of(name: str) -> object:
    """Return a setting's default, which counts as not set: an `.env` copied from the example names every default."""
    return FIELDS[name].default


FIELDS: Mapping[str, FieldInfo] = {str(one.validation_alias): one for one in Settings.model_fields.values()}
"""Every setting by its name in the environment."""
KNOWN: tuple[str, ...] = tuple(FIELDS)
"""The names of all settings."""
_UNREADABLE = {
    "string_pattern_mismatch": "is not understood",
    "int_parsing": "is not a whole number",
    "float_parsing": "is not a number",
    "decimal_parsing": "is not a number",
    "bool_parsing": "is neither true nor false",
}
"""Pydantic's errors whose own words name a pattern or a type of Python."""


def _given(values: Mapping[str, str]) -> dict[str, str]:
    """Take the settings that are set; an empty one means its default, as in a file where every name stands."""
    return {name: value.strip() for name, value in values.items() if name in KNOWN and value.strip()}


def _read_admin(part: str) -> tuple[str, str]:
    phone, _, role = part.strip().partition(":")
    role = role.strip() or "admin"
    if role not in ROLES:
        raise ValueError(f"'{role}' is no role; use {', '.join(ROLES)}")
    try:
        return parse_phone(phone.strip()), role
    except PhoneError as error:
        raise ValueError(str(error)) from error


def _explain(error: ValidationError) -> str:
    """Return a line per setting that is wrong, with an example instead of a pattern."""
    return "\n".join(_explain_one(dict(problem)) for problem in error.errors())


def _explain_one(problem: Mapping[str, Any]) -> str:
    name = str(problem["loc"][0])
    field = FIELDS[name]
    said = problem["msg"].removeprefix("Value error, ")
    if problem["type"] in _UNREADABLE and field.annotation is not SecretStr:
        said = f"'{problem['input']}' {_UNREADABLE[problem['type']]}"
    said = f"{name}: {said.rstrip('.')}."
    example = next(iter(field.examples or ()), field.get_default(call_default_factory=True))
    shown = "" if isinstance(example, SecretStr | dict) else _shown(example)
    return f"{said} For example: {name}={shown}" if shown and problem["type"] != "value_error" else said


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting as `rollcall config` prints it."""

    name: str
    value: str
    """Of a secret only whether it is set; phones are masked."""
    is_changed: bool
    """Whether it differs from the default."""


def describe(settings: Settings) -> list[SettingLine]:
    """Return every setting in the order of the reference, without any secret."""
    defaults = Settings()
    return [
        SettingLine(str(field.validation_alias), _value_of(settings, name), _differs(settings, defaults, name))
        for name, field in Settings.model_fields.items()
    ]


def _differs(settings: Settings, defaults: Settings, name: str) -> bool:
    return bool(getattr(settings, name) != getattr(defaults, name))


def _value_of(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else "(not set)"
    if name == "database_url" and value:
        return make_url(value).render_as_string(hide_password=True)
    if name == "admin_phones":
        return ",".join(f"{mask(phone)}:{role}" for phone, role in value.items())
    return _shown(value)


def _shown(value: object) -> str:
    """Write a value as it stands in the environment."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
