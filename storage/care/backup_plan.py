"""When the service makes copies of its database, where, and how many it keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.sql import ClauseElement

from flows.values import SECOND, Key
from storage.plan import Plan, Query, Statement, Write, insert_for
from storage.schema import backup_plans


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """The plan of a workspace, and how the last copy went."""

    workspace_id: Key
    every: str
    """`hour`, `night` or `week`."""
    clock: str
    """The local time, such as 03:30."""
    folder: str
    kept_count: int
    next_due_at: int
    try_count: int = 0
    copied_at: int | None = None
    copied_file: str | None = None
    problem: str | None = None
    """Why the last try failed; None: it did not."""


_NAMES = (
    *("workspace_id", "every", "clock", "folder", "kept_count", "next_due_at", "try_count"),
    *("copied_at", "copied_file", "problem"),
)
_COLUMNS = tuple(backup_plans.c[name] for name in _NAMES)
_ALL = (*_NAMES, "updated_at")


def _save(engine: str) -> ClauseElement:
    made = insert_for(engine)(backup_plans).values({name: bindparam(name) for name in _ALL})
    changes = {name: made.excluded[name] for name in _ALL if name != "workspace_id"}
    return made.on_conflict_do_update(index_elements=["workspace_id"], set_=changes)  # type: ignore[no-any-return]


_SAVE = Statement(_ALL, _save)
_FIND = Statement(("workspace_id",), select(*_COLUMNS).where(backup_plans.c.workspace_id == bindparam("workspace_id")))
_DROP = Statement(
    ("workspace_id",), delete(backup_plans).where(backup_plans.c.workspace_id == bindparam("workspace_id"))
)
_CLAIM = Statement(
    ("until_at", "updated_at", "workspace_id", "now_at"),
    update(backup_plans)
    .where(backup_plans.c.workspace_id == bindparam("workspace_id"), backup_plans.c.next_due_at <= bindparam("now_at"))
    .values(
        next_due_at=bindparam("until_at"),
        try_count=backup_plans.c.try_count + 1,
        updated_at=bindparam("updated_at"),
    )
    .returning(*_COLUMNS),
)


_NOTED = ("next_due_at", "try_count", "copied_at", "copied_file", "problem", "updated_at")
_NOTE = Statement(
    (*_NOTED, "workspace_id"),
    update(backup_plans)
    .where(backup_plans.c.workspace_id == bindparam("workspace_id"))
    .values({name: bindparam(name) for name in _NOTED}),
)


def save_backup_plan(plan: BackupPlan, now_at: int) -> Plan[None]:
    """Write a plan down, in the place of the one before."""
    yield Write(_SAVE, [(*(getattr(plan, name) for name in _NAMES), now_at)])


def find_backup_plan(workspace_id: Key) -> Plan[BackupPlan | None]:
    """Read the plan; None where there is none."""
    rows = yield Query(_FIND, (workspace_id,))
    return BackupPlan(*rows[0]) if rows else None


def drop_backup_plan(workspace_id: Key) -> Plan[None]:
    """Make no copies any more; those that were made stay."""
    yield Write(_DROP, [(workspace_id,)])


def claim_backup(workspace_id: Key, now_at: int, until_at: int) -> Plan[BackupPlan | None]:
    """Take the copy that is due, on however many nodes once; None where nothing is due.

    Until `until_at` no other node takes it; after that whoever took it must have died.
    """
    rows = yield Query(_CLAIM, (until_at, now_at, workspace_id, now_at))
    return BackupPlan(*rows[0]) if rows else None


def note_backup(plan: BackupPlan, now_at: int) -> Plan[None]:
    """Write down how a copy went and when the next is due, where the plan still stands."""
    yield Write(_NOTE, [(*(getattr(plan, name) for name in _NOTED[:-1]), now_at, plan.workspace_id)])


def copy_name(workspace_id: Key, now_at: int) -> str:
    """Name a copy by its database and time: rollcall-1a2b3c4d-20261129-033000.copy."""
    return f"rollcall-{workspace_id.hex()[-8:]}-{datetime.fromtimestamp(now_at // SECOND, UTC):%Y%m%d-%H%M%S}.copy"


def remove_old_copies(folder: Path, workspace_id: Key, kept_count: int) -> int:
    """Remove all but the newest copies that the service made of this database; gives how many went.

    Only ordinary files with the name of such a copy count: nothing else in the folder is touched.
    """
    ours = re.compile(rf"rollcall-{workspace_id.hex()[-8:]}-\d{{8}}-\d{{6}}\.copy")
    copies = sorted(
        path for path in folder.iterdir() if ours.fullmatch(path.name) and path.is_file() and not path.is_symlink()
    )
    old = copies[:-kept_count]
    for path in old:
        path.unlink()
    return len(old)
