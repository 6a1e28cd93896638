"""The door for those who come with a password or a key instead of a phone."""

from __future__ import annotations

import asyncio

from bot.passwords import NOBODY, hash_password, is_outdated, verify
from flows.errors import CommandError
from flows.values import Key
from storage.database import Database
from storage.logins import ApiKey, Login, find_login, living_keys, note_login, note_use, set_password

SHORTEST = 10
"""Characters of a new password."""
_WRONG = "The name or the password is wrong."


async def log_in(database: Database, workspace_id: Key, name: str, password: str, now_at: int) -> Login:
    """Let an operator in, and hash the password anew where it was another system's.

    Raises `CommandError`, which does not tell an unknown name from a wrong password or an operator who is not active.
    """
    found = await database.run(find_login(workspace_id, name))
    stored = found.password_hash if found is not None and found.password_hash else NOBODY
    fits = await asyncio.to_thread(verify, password, stored)
    if found is None or not fits or not found.is_active or stored is NOBODY:
        raise CommandError(_WRONG)
    fresh = await asyncio.to_thread(hash_password, password) if is_outdated(stored) else None
    await database.run(note_login(found.operator_id, fresh, now_at))
    return found


async def change_password(database: Database, workspace_id: Key, name: str, password: str, now_at: int) -> None:
    """Give an operator another password; raises `CommandError` for one that is short, or a name that is unknown."""
    found = await database.run(find_login(workspace_id, name))
    if found is None:
        raise CommandError(f"There is no operator '{name}'.")
    if len(password) < SHORTEST:
        raise CommandError(f"A password has at least {SHORTEST} characters.")
    fresh = await asyncio.to_thread(hash_password, password)
    await database.run(set_password(found.operator_id, fresh, now_at))


async def find_key(database: Database, workspace_id: Key, presented: str, now_at: int) -> ApiKey:
    """Find the key of the API that is presented; raises `CommandError` where none fits."""
    for one in await database.run(living_keys(workspace_id, now_at)):
        if await asyncio.to_thread(verify, presented, one.key_hash):
            await database.run(note_use(one.id, now_at))
            return one
    raise CommandError("This key is not known, or has expired.")
