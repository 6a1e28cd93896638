"""The root key, sealed with ROLLCALL_SECRET_KEY, which may change."""

from __future__ import annotations

import asyncio

import pytest

from bot.keyring import derive, open_sealed, seal, unlock
from flows.errors import ConfigError
from storage.channels import save_workspace
from storage.database import Database
from storage.root_key import sealed_key
from tests.storage.scene import NOW, WORKSPACE

OLD, NEW = "fake secret of last year", "fake secret of this year"


@pytest.fixture
async def founded(database: Database) -> Database:
    """Give a database with its workspace."""
    await database.run(save_workspace(WORKSPACE, NOW))
    return database


async def test_the_secret_is_changed(founded: Database) -> None:
    """The new one before the old one seals the key anew; from then on the new one alone opens it, the old one not."""
    root = await unlock(founded, WORKSPACE.id, OLD)
    assert founded.hash_key == derive(root, "database")
    assert await unlock(founded, WORKSPACE.id, f"{NEW}, {OLD}") == root
    assert await unlock(founded, WORKSPACE.id, NEW) == root
    with pytest.raises(ConfigError, match="Name the earlier secret after the new one"):
        await unlock(founded, WORKSPACE.id, OLD)
    with pytest.raises(ConfigError, match="does not open this database"):
        await unlock(founded, WORKSPACE.id, "")


async def test_a_secret_that_comes_later(founded: Database) -> None:
    """Without a setting nothing protects the key; the first secret is put on at the next start."""
    root = await unlock(founded, WORKSPACE.id, "")
    before = await founded.run(sealed_key(WORKSPACE.id))
    assert await unlock(founded, WORKSPACE.id, NEW) == root
    assert await founded.run(sealed_key(WORKSPACE.id)) != before
    with pytest.raises(ConfigError):
        await unlock(founded, WORKSPACE.id, "")


async def test_processes_that_start_at_once(founded: Database) -> None:
    """They end up with the same key, whoever was first."""
    roots = await asyncio.gather(*(unlock(founded, WORKSPACE.id, OLD) for _ in range(4)))
    assert len(set(roots)) == 1


async def test_the_database_does_not_hold_the_key(founded: Database) -> None:
    """What lies there is encrypted, each time in another way, and a changed byte of it opens nothing."""
    root = await unlock(founded, WORKSPACE.id, OLD)
    sealed = await founded.run(sealed_key(WORKSPACE.id))
    assert sealed is not None
    assert root not in sealed
    master = derive(OLD.encode(), "master")
    assert open_sealed(sealed, (master,)) == (root, 0)
    assert seal(root, master) != sealed
    with pytest.raises(ConfigError):
        open_sealed(bytes((sealed[0] ^ 1, *sealed[1:])), (master,))
