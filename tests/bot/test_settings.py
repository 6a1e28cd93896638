"""Settings are read, checked and printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import KNOWN, describe, load_settings
from bot.workspace.opening import limits_of
from flows.errors import ConfigError
from flows.language.countries import Countries
from flows.limits import Limits

TWILIO = {"TWILIO_ACCOUNT_SID": "AC0", "TWILIO_AUTH_TOKEN": "not-a-secret", "TWILIO_FROM": "+15550100000"}


def test_nothing_set_is_a_service_with_the_simulator() -> None:
    """An empty environment gives SQLite, loopback and the simulator."""
    settings = load_settings({}, None)
    assert settings.database == "sqlite:///data/rollcall.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.simulator_on


def test_a_provider_switches_the_simulator_off() -> None:
    """Where Twilio is configured the simulator must be asked for."""
    assert not load_settings(TWILIO, None).simulator_on
    assert load_settings({**TWILIO, "ROLLCALL_SIMULATOR": "true"}, None).simulator_on


def test_db_path_names_a_sqlite_file() -> None:
    """DB_PATH, with blanks around it, is accepted for a SQLite file; DATABASE_URL wins."""
    assert load_settings({"DB_PATH": " /srv/a.db "}, None).database == "sqlite:////srv/a.db"
    both = {"DB_PATH": "/srv/a.db", "DATABASE_URL": "sqlite:///b.db"}
    assert load_settings(both, None).database == "sqlite:///b.db"


def test_a_file_fills_in_and_the_environment_wins(tmp_path: Path) -> None:
    """`.env` is read, with comments passed over; a variable of the environment wins over it."""
    file = tmp_path / ".env"
    file.write_text("# ours\nROLLCALL_PORT=9000\nROLLCALL_LOCALE=es\n", "utf-8")
    settings = load_settings({"ROLLCALL_PORT": "9001"}, file)
    assert (settings.port, settings.locale) == (9001, "es")


def test_admins_and_senders_are_lists() -> None:
    """Phones with roles and several sending numbers are read from one line each."""
    names = {
        **TWILIO,
        "ROLLCALL_ADMIN_PHONES": "+1 555 010 1111:admin, +15550102222:manager",
        "TWILIO_FROM": "+15550100000, whatsapp:+15550100009,rcs:choir",
    }
    settings = load_settings(names, None)
    assert settings.admin_phones == {"+15550101111": "admin", "+15550102222": "manager"}
    assert settings.twilio_from == ("+15550100000", "whatsapp:+15550100009", "rcs:choir")


def test_countries_are_a_list() -> None:
    """ISO codes and calling codes from one line; none set is no bound."""
    settings = load_settings({"ROLLCALL_COUNTRIES": "US, ca,+44"}, None)
    assert limits_of(settings).countries == Countries(frozenset({"US", "CA"}), frozenset({44}))
    assert limits_of(load_settings({}, None)) == Limits()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"ROLLCALL_PROT": "80"}, "ROLLCALL_PROT"),
        ({"ROLLCALL_PORT": "many"}, "ROLLCALL_PORT"),
        ({"ROLLCALL_PROXY_COUNT": "-1"}, "ROLLCALL_PROXY_COUNT"),
        ({"ROLLCALL_SECRET_KEY": f"{'x' * 16},short"}, r"ROLLCALL_SECRET_KEY.*16 random characters; try `openssl"),
        ({"ROLLCALL_TIMEZONE": "Mars/Olympus"}, "Mars/Olympus"),
        ({"ROLLCALL_PUBLIC_URL": "bot.example.org"}, "https://"),
        ({"ROLLCALL_ADMIN_PHONES": "+15550101111:boss"}, "boss"),
        ({"ROLLCALL_COUNTRIES": "US,UK"}, "ROLLCALL_COUNTRIES.*'UK' is no country"),
        ({"ROLLCALL_DAILY_SEGMENTS": "-1"}, "ROLLCALL_DAILY_SEGMENTS"),
        ({"ROLLCALL_CAMPAIGN_SEGMENTS": "lots"}, "ROLLCALL_CAMPAIGN_SEGMENTS"),
        ({"ROLLCALL_ADMIN_PHONES": "call me:admin"}, "ROLLCALL_ADMIN_PHONES"),
        ({**TWILIO, "TWILIO_FROM": "+15550100000,viber:choir"}, "viber"),
        ({"TWILIO_OPT_OUT": "nobody"}, "TWILIO_OPT_OUT"),
        ({"TWILIO_ACCOUNT_SID": "AC0"}, "TWILIO_AUTH_TOKEN"),
        ({"TWILIO_ACCOUNT_SID": "AC0", "TWILIO_AUTH_TOKEN": "x"}, "TWILIO_FROM"),
    ],
)
def test_what_is_wrong_is_named(names: dict[str, str], said: str) -> None:
    """A wrong or unknown setting is refused with its name or value."""
    with pytest.raises(ConfigError, match=said):
        load_settings(names, None)


def test_secrets_are_not_printed() -> None:
    """The list of settings names all of them and shows no secret, password or whole phone of an operator."""
    names = {
        **TWILIO,
        "TWILIO_AUTH_TOKEN_SECONDARY": "not-a-secret-either",
        "DATABASE_URL": "postgresql://rollcall:hidden@db/rollcall",
        "ROLLCALL_ADMIN_PHONES": "+15550101111:admin",
    }
    settings = load_settings(names, None)
    lines = {line.name: line.value for line in describe(settings)}
    assert tuple(lines) == KNOWN
    shown = " ".join((*lines.values(), repr(settings)))
    assert "not-a-secret" not in shown
    assert "hidden" not in "".join(lines.values())
    assert "+15550101111" not in "".join(lines.values())
    assert (lines["TWILIO_AUTH_TOKEN"], lines["TWILIO_AUTH_TOKEN_SECONDARY"]) == ("(set)", "(set)")
    assert lines["ROLLCALL_SECRET_KEY"] == "(not set)"


def test_what_differs_from_the_default_is_marked() -> None:
    """`rollcall config` gave a list in which nobody could see what had been changed."""
    settings = load_settings({"ROLLCALL_PORT": "9000", "ROLLCALL_LOCALE": "en", "DB_PATH": "/srv/a.db"}, None)
    assert [line.name for line in describe(settings) if line.is_changed] == ["DB_PATH", "ROLLCALL_PORT"]
    assert settings.database_place == "/srv/a.db"


def test_the_database_in_use_is_named_without_its_password() -> None:
    """`DB_PATH=` is empty where nothing is set: the place that counts is shown as an absolute path, or as a URL."""
    assert load_settings({}, None).database_place == str(Path.cwd() / "data" / "rollcall.db")
    url = "postgresql://rollcall:hidden@db/rollcall"
    assert load_settings({"DATABASE_URL": url}, None).database_place == "postgresql://rollcall:***@db/rollcall"


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("ROLLCALL_QUIET_HOURS", "x", "21:00-08:00"),
        ("ROLLCALL_COUNTRY", "usa", "US"),
        ("ROLLCALL_CURRENCY", "euro", "USD"),
        ("ROLLCALL_PORT", "many", "8080"),
        ("ROLLCALL_PRICE_PER_SEGMENT", "cheap", "0.0083"),
        ("ROLLCALL_DEMO", "maybe", "false"),
    ],
)
def test_a_wrong_setting_is_shown_an_example(name: str, value: str, example: str) -> None:
    """`ROLLCALL_QUIET_HOURS=x` was answered with a regular expression: value and example are said instead."""
    with pytest.raises(ConfigError) as refused:
        load_settings({name: value}, None)
    assert f"'{value}'" in refused.value.message
    assert refused.value.message.endswith(f"For example: {name}={example}")
    assert "^" not in refused.value.message
