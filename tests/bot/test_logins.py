"""Passwords and keys, ours and those of the systems that were taken over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import bcrypt
import pytest

from bot.logins import change_password, find_key, log_in
from bot.passwords import NOBODY, hash_password, is_outdated, verify
from flows.errors import CommandError
from flows.values import Workspace
from storage.channels import save_workspace
from storage.database import Database
from storage.keys import new_key
from storage.schema import api_keys, operators

PASSWORD = "correct horse battery"
WORKSPACE = Workspace(id=b"w" * 16, name="Harbor Choir")
NOW = 1_795_000_000_000_000


def pbkdf2(rounds: int = 1_000) -> str:
    """Hash as Werkzeug did by default until 2023."""
    found = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"fakesalt", rounds).hex()
    return f"pbkdf2:sha256:{rounds}$fakesalt${found}"


def scrypt() -> str:
    """Hash as Werkzeug does since."""
    found = hashlib.scrypt(PASSWORD.encode(), salt=b"fakesalt", n=1024, r=8, p=1, maxmem=1 << 24).hex()
    return f"scrypt:1024:8:1$fakesalt${found}"


def of_bcrypt(password: str = PASSWORD) -> str:
    """Hash as the WhatsApp systems did."""
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()


def ours() -> str:
    """Hash as we do."""
    return hash_password(PASSWORD)


@pytest.mark.parametrize("made_by", [pbkdf2, scrypt, of_bcrypt, ours])
def test_every_kind_of_hash(made_by: Callable[[], str]) -> None:
    """The right password fits, another one does not; only our own kind stays as it is."""
    stored = made_by()
    assert verify(PASSWORD, stored)
    assert not verify(PASSWORD + "x", stored)
    assert is_outdated(stored) is not stored.startswith("$argon2")


@pytest.mark.parametrize(
    "stored",
    [
        *("", "x", "plain text", "md5$salt$00", "pbkdf2:sha256:99999999999$s$00", "pbkdf2:nothing:10$s$00"),
        *("scrypt:1073741824:8:1$s$00", "scrypt:3:8:1$s$00", "pbkdf2:sha256$s$00", "$2b$04$short", "$argon2id$broken"),
    ],
)
def test_hashes_that_nobody_can_read(stored: str) -> None:
    """They fit nothing, and make nobody compute for ever."""
    assert not verify(PASSWORD, stored)


def test_long_passwords_of_bcrypt() -> None:
    """It looked at the first 72 bytes only, and so do we."""
    assert verify("a" * 100, of_bcrypt("a" * 72))


async def given(database: Database, **values: object) -> None:
    """Make an operator who logs in by a password of another system."""
    await database.run(save_workspace(WORKSPACE, NOW))
    row: dict[str, object] = {
        "id": new_key(),
        "workspace_id": WORKSPACE.id,
        "number": 1,
        "role": "manager",
        "username": "social",
    }
    row |= {"email": "Social@example.org", "created_at": NOW, "updated_at": NOW, "password_hash": scrypt(), **values}
    async with database.engine.begin() as connection:
        await connection.execute(operators.insert().values(row))


async def stored(database: Database) -> tuple[str, int]:
    """Give the hash and the last login."""
    async with database.read() as connection:
        row = (await connection.execute(operators.select())).mappings().one()
    return row["password_hash"], row["last_login_at"]


async def test_an_old_password_is_hashed_anew(database: Database) -> None:
    """By username or e-mail; after the first login the hash is ours, and goes on working."""
    await given(database, must_change_password=True)
    found = await log_in(database, WORKSPACE.id, "social", PASSWORD, NOW + 1)
    assert (found.role, found.must_change_password) == ("manager", True)
    fresh, at = await stored(database)
    assert (fresh[:9], at) == ("$argon2id", NOW + 1)
    await log_in(database, WORKSPACE.id, "social@EXAMPLE.org", PASSWORD, NOW + 2)
    assert await stored(database) == (fresh, NOW + 2)


@pytest.mark.parametrize(
    ("name", "password", "values"),
    [
        ("social", "wrong", {}),
        ("nobody", PASSWORD, {}),
        ("nobody", "nobody's password", {}),
        ("social", PASSWORD, {"is_active": False}),
        ("social", "nobody's password", {"password_hash": None}),
    ],
)
async def test_the_door_stays_shut(database: Database, name: str, password: str, values: dict[str, object]) -> None:
    """Whatever is wrong, the answer is the same, and nothing is written."""
    await given(database, **values)
    with pytest.raises(CommandError, match=r"^The name or the password is wrong\.$"):
        await log_in(database, WORKSPACE.id, name, password, NOW + 1)
    assert (await stored(database))[1] is None


async def test_another_password(database: Database) -> None:
    """It has to be long enough; afterwards it alone works, and need not be changed."""
    await given(database, must_change_password=True)
    with pytest.raises(CommandError, match="at least 10"):
        await change_password(database, WORKSPACE.id, "social", "short", NOW)
    with pytest.raises(CommandError, match="no operator 'nobody'"):
        await change_password(database, WORKSPACE.id, "nobody", "long enough now", NOW)
    await change_password(database, WORKSPACE.id, "social", "long enough now", NOW)
    assert not (await log_in(database, WORKSPACE.id, "social", "long enough now", NOW)).must_change_password
    with pytest.raises(CommandError):
        await log_in(database, WORKSPACE.id, "social", PASSWORD, NOW)


async def test_keys_of_the_api(database: Database) -> None:
    """A key is known by its hash until it expires or is deleted; its use is noted."""
    await database.run(save_workspace(WORKSPACE, NOW))
    kept = {"workspace_id": WORKSPACE.id, "permissions": ["send_messages"], "rate_per_hour": 50.0, "created_at": NOW}
    rows = [
        {**kept, "id": b"a" * 16, "name": "website", "key_hash": of_bcrypt("key-1"), "expires_at": NOW + 10},
        {**kept, "id": b"b" * 16, "name": "deleted", "key_hash": of_bcrypt("key-2"), "deleted_at": NOW},
    ]
    async with database.engine.begin() as connection:
        for row in rows:
            await connection.execute(api_keys.insert().values(row))
    found = await find_key(database, WORKSPACE.id, "key-1", NOW)
    assert (found.name, tuple(found.permissions), found.rate_per_hour) == ("website", ("send_messages",), 50.0)
    for key, at in (("key-1", NOW + 10), ("key-2", NOW), ("key-3", NOW)):
        with pytest.raises(CommandError, match="not known, or has expired"):
            await find_key(database, WORKSPACE.id, key, at)


def test_a_guess_at_a_name_takes_as_long() -> None:
    """What is verified for a name that is not there costs as much as a real password of today."""
    assert not is_outdated(NOBODY)
