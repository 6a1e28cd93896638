"""The environment and `.env`: a slip in a name or a line never starts a service that is not the one meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.runtime.loopback import host_of, is_loopback
from bot.settings import load_settings
from flows.errors import ConfigError

TWILIO = {"TWILIO_ACCOUNT_SID": "AC0", "TWILIO_AUTH_TOKEN": "not-a-secret", "TWILIO_FROM": "+15550100000"}

EVERYWHERE = "0.0.0.0"  # noqa: S104 - named, never listened on


@pytest.mark.parametrize("missing", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"])
def test_half_an_account_starts_nothing(missing: str) -> None:
    """Without TWILIO_ACCOUNT_SID the other two used to be ignored, and the simulator opened over real data."""
    names = {name: value for name, value in TWILIO.items() if name != missing}
    with pytest.raises(ConfigError, match=f"{missing} is missing") as refused:
        load_settings(names, None)
    assert "not-a-secret" not in refused.value.message


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TWILIO_ACOUNT_SID", "TWILIO_ACCOUNT_SID"),
        ("TWILLIO_ACCOUNT_SID", "TWILIO_ACCOUNT_SID"),
        ("twilio_account_sid", "TWILIO_ACCOUNT_SID"),
        ("ROLCALL_PORT", "ROLLCALL_PORT"),
        ("ROLLCALL_PROT", "ROLLCALL_PORT"),
        ("TWILIO_NONSENSE_OF_ANOTHER_KIND", None),
        ("META_NONSENSE", None),
        ("WAHA_URL_OF_MINE", None),
    ],
)
def test_a_name_that_is_nearly_a_setting_is_refused(name: str, meant: str | None) -> None:
    """A misspelt TWILIO_ACCOUNT_SID used to be passed over without a word; now it is named with what was meant."""
    with pytest.raises(ConfigError, match=f"Unknown setting {name}") as refused:
        load_settings({name: "AC0-a-value"}, None)
    assert (f"did you mean {meant}?" in refused.value.message) == (meant is not None)
    assert "AC0-a-value" not in refused.value.message


def test_other_programs_keep_their_names() -> None:
    """Names that only resemble a setting from far away are nobody's business."""
    theirs = {"PORT": "80", "MY_TWILIO_FROM": "x", "POSTGRES_PASSWORD": "x", "ROLLBAR_ACCESS_TOKEN": "x", "": "x"}
    assert load_settings(theirs, None).port == 8080


@pytest.mark.parametrize("name", ["META_ACCESS_TOKEN", "META_PHONE_NUMBER_ID", "WAHA_BASE_URL", "WAHA_API_KEY"])
def test_settings_that_nothing_reads_yet(name: str) -> None:
    """Empty they do no harm; with a value somebody expects what does not happen, so the start refuses them."""
    assert load_settings({name: " "}, None)
    with pytest.raises(ConfigError, match=f"does not use {name} yet"):
        load_settings({name: "value"}, None)


def test_a_copy_of_the_example_starts_the_simulator() -> None:
    """`.env.example` names every setting with its default: a copy of it, an older one too, is no account."""
    older = {"META_API_BASE_URL": "https://graph.facebook.com", "TWILIO_OPT_OUT": "provider"}
    assert load_settings(older, Path(".env.example")).simulator_on


def test_an_env_file_that_is_not_utf8(tmp_path: Path) -> None:
    """A German ä in Latin-1 used to end in a UnicodeDecodeError; the line is named, and nothing of it is quoted."""
    file = tmp_path / ".env"
    file.write_bytes(b"ROLLCALL_PORT=1\nROLLCALL_ORGANISATION=S\xe4nger secret\n")
    with pytest.raises(ConfigError) as refused:
        load_settings({}, file)
    assert refused.value.message == f"{file}, line 2: this is not UTF-8. Save the file as UTF-8."
    file.write_bytes("ROLLCALL_ORGANISATION=Sänger\n".encode("utf-8-sig"))
    assert load_settings({}, file).organisation == "Sänger"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# ours\n\nTWILIO_AUTH_TOKEN secret\n", 3),
        ("ROLLCALL_PORT=80\n\n\nTWILIO_ACCOUNT_SID\n", 4),
        ("TWILIO_AUTH_TOKEN='secret\nROLLCALL_PORT=80\n", 1),
    ],
)
def test_a_line_that_says_nothing(tmp_path: Path, text: str, line: int) -> None:
    """A line without `=` used to be dropped without a word: TWILIO_ACCOUNT_SID then was as good as absent."""
    file = tmp_path / ".env"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=f"line {line}: write NAME=value") as refused:
        load_settings({}, file)
    assert "secret" not in refused.value.message


def test_an_env_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A folder of that name is passed over, as it always was; a link in a circle is no file either."""
    (tmp_path / ".env").mkdir()
    assert load_settings({}, tmp_path / ".env").port == 8080


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("rollcall:hunter2@db/rollcall", "is not a database URL"),
        ("postgresql://rollcall:hunter2@db:x/rollcall", "the port is not a number"),
        ("postgresql://rollcall:hun/ter2@db:5432/rollcall", None),
        ("postgresql://rollcall:hunter2@db:99999/rollcall", "a port is a number from 1 to 65535"),
        ("mysql://rollcall:hunter2@db/rollcall", "begins with neither"),
        ("postgresql://rollcall:hunter2@db/rollcall?sslmode=hunter2", "sslmode is one of"),
        ("postgresql://rollcall:hunter2@db/rollcall?token=hunter2", "after the \\?"),
        ("sqlite://hunter2@host/rollcall.db", "takes a third slash"),
        ("sqlite://hunter/rollcall.db", "takes a third slash"),
        ("sqlite:///file:hunter.db?uri=true", "takes no options"),
        ("sqlite:///", "a database in memory would forget everything"),
        ("sqlite:///:memory:", "a database in memory would forget everything"),
    ],
)
def test_a_wrong_database_url_keeps_its_password(url: str, said: str | None) -> None:
    """`DATABASE_URL: 'rollcall:hunter2@db' is not …` was printed with the password, a wrong port as a traceback."""
    if said is None:
        assert load_settings({"DATABASE_URL": url}, None)
        return
    with pytest.raises(ConfigError, match=f"^DATABASE_URL.*{said}") as refused:
        load_settings({"DATABASE_URL": url}, None)
    assert "hun" not in refused.value.message
    assert "\n" not in refused.value.message


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("[::1]", True),
        ("::1", True),
        ("LOCALHOST.", True),
        (EVERYWHERE, False),
        ("", False),
        ("localhost.example.org", False),
        ("192.168.0.7", False),
    ],
)
def test_loopback(host: str, is_local: bool) -> None:
    """Only what every resolver takes to this machine counts."""
    assert is_loopback(host) is is_local


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("127.0.0.1:8080", "127.0.0.1"),
        ("[::1]:80", "::1"),
        ("localhost", "localhost"),
        ("http://bot.example.org:80", "bot.example.org"),
        ("a@localhost", ""),
        ("localhost/x", ""),
        ("localhost:99999", ""),
        ("[::1", ""),
    ],
)
def test_the_host_of_an_address(text: str, host: str) -> None:
    """Whatever is not plainly a host and a port has none."""
    assert host_of(text) == host


@pytest.mark.parametrize(
    ("names", "is_on"),
    [
        ({}, True),
        ({"ROLLCALL_HOST": "localhost"}, True),
        ({"ROLLCALL_HOST": EVERYWHERE}, False),
        ({"ROLLCALL_HOST": "192.168.0.7"}, False),
        ({"ROLLCALL_PUBLIC_URL": "https://bot.example.org"}, False),
        ({"ROLLCALL_PUBLIC_URL": "http://127.0.0.1:8080"}, True),
        (TWILIO, False),
        ({**TWILIO, "ROLLCALL_SIMULATOR": "true"}, True),
        ({"ROLLCALL_HOST": EVERYWHERE, "ROLLCALL_SIMULATOR": "true"}, True),
        ({"ROLLCALL_SIMULATOR": "false"}, False),
    ],
)
def test_when_the_simulator_is_on_by_itself(names: dict[str, str], is_on: bool) -> None:
    """Only on loopback, without a provider and without a public address; elsewhere it has to be asked for."""
    assert load_settings(names, None).simulator_on is is_on


def test_a_public_url_and_the_simulator_exclude_each_other() -> None:
    """Behind a public address the simulator would be a console without a login for everybody."""
    names = {"ROLLCALL_PUBLIC_URL": "https://bot.example.org", "ROLLCALL_SIMULATOR": "true", **TWILIO}
    with pytest.raises(ConfigError, match="does not go with this ROLLCALL_PUBLIC_URL"):
        load_settings(names, None)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ROLLCALL_TIMEZONE", "America", "'America' is no IANA time zone"),
        ("ROLLCALL_TIMEZONE", "A" * 5_000, "is no IANA time zone"),
        ("ROLLCALL_PUBLIC_URL", "https://", "names no host"),
        ("ROLLCALL_PUBLIC_URL", "https://[bot.example.org", "names no host"),
        ("ROLLCALL_REMINDER_MINUTES", "60,-5", "a reminder goes out 1 to 525600 minutes before"),
        ("ROLLCALL_REMINDER_MINUTES", "99999999999999999999", "a reminder goes out 1 to 525600 minutes before"),
        ("ROLLCALL_RATE_PER_SECOND", "inf", "a finite number"),
        ("ROLLCALL_ABSENT_SECONDS", "inf", "a finite number"),
    ],
)
def test_values_that_would_fail_later(name: str, value: str, said: str) -> None:
    """`America` is a folder of zones: the error named a path of Python's and no setting; the others broke a loop."""
    with pytest.raises(ConfigError, match=f"^{name}: .*{said}") as refused:
        load_settings({name: value}, None)
    assert "\n" not in refused.value.message
    assert len(refused.value.message) < 300
