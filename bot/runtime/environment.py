"""The environment and the `.env` file: read, and their names checked, before any value is looked at.

No message quotes a value or a line: it may hold a secret.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from flows.errors import ConfigError

OURS = ("ROLLCALL_", "TWILIO_", "META_", "WAHA_")
"""How the names begin that are settings of ours, or mistakes."""
NOT_YET = {
    "META_ACCESS_TOKEN": "",
    "META_APP_SECRET": "",
    "META_VERIFY_TOKEN": "",
    "META_PHONE_NUMBER_ID": "",
    "META_API_BASE_URL": "https://graph.facebook.com",
    "WAHA_BASE_URL": "",
    "WAHA_API_KEY": "",
    "WAHA_HMAC_KEY": "",
}
"""Settings that nothing reads yet, with the value that stood in `.env.example` once."""
FIRST_WINS = "DB_PATH"
"""Of this setting the first line counts, as in the program that it comes from; of all others the last one."""
NEAR = 0.92
"""How alike a name and a setting must be (`difflib`'s ratio) to be the same one with a slip of the finger."""


def file_values(path: Path | None) -> dict[str, str]:
    """Read a `.env` file, where there is one; raises `ConfigError` naming the first line that says nothing."""
    if path is None or not path.is_file():
        return {}
    text = _text_of(path)
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            line = binding.original.line + len(binding.original.string) - len(binding.original.string.lstrip("\n"))
            raise ConfigError(f"{path}, line {line}: write NAME=value, such as ROLLCALL_PORT=8080, or a # before it.")
    values = dotenv_values(stream=io.StringIO(text))
    first = next((line for line in parse_stream(io.StringIO(text)) if line.key == FIRST_WINS), None)
    if first is not None and first.value is not None:
        values[FIRST_WINS] = first.value
    return {name: value for name, value in values.items() if value is not None}


def check_names(values: Mapping[str, str], known: Collection[str]) -> None:
    """Raise `ConfigError` for a name that looks like a setting and is not one, or that nothing reads yet."""
    unknown = sorted(name for name in values if name not in known and name not in NOT_YET and _is_meant(name, known))
    if unknown:
        names = ", ".join(f"{name}{_meant(name, known)}" for name in unknown)
        raise ConfigError(f"Unknown setting {names}: check the spelling; `rollcall config` lists the settings.")
    unread = sorted(name for name, once in NOT_YET.items() if values.get(name, "").strip() not in ("", once))
    if unread:
        raise ConfigError(f"Rollcall does not use {', '.join(unread)} yet: take it out, Twilio is the one provider.")


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: this is not UTF-8. Save the file as UTF-8.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}).") from error


def _is_meant(name: str, known: Collection[str]) -> bool:
    """Return whether a name was meant as a setting: by how it begins, or because it is nearly one."""
    return name.upper().startswith(OURS) or bool(_near(name, known))


def _meant(name: str, known: Iterable[str]) -> str:
    near = _near(name, known, cutoff=0.7)
    return f" (did you mean {near[0]}?)" if near else ""


def _near(name: str, known: Iterable[str], cutoff: float = NEAR) -> list[str]:
    capitals = name.upper()
    alike = [one for one in known if one[0] == capitals[:1] and one.startswith(OURS)]
    return get_close_matches(capitals, alike, n=1, cutoff=cutoff)
