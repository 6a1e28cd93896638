"""The root key as the database holds it: sealed."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, or_, select, update

from flows.values import Key
from storage.plan import Plan, Query, Statement, Write
from storage.schema import workspaces

_READ = Statement(
    ("workspace_id",), select(workspaces.c.sealed_key).where(workspaces.c.id == bindparam("workspace_id"))
)
_KEEP = Statement(
    ("sealed", "workspace_id", "before"),
    update(workspaces)
    .where(
        workspaces.c.id == bindparam("workspace_id"),
        or_(
            workspaces.c.sealed_key == bindparam("before"),
            and_(workspaces.c.sealed_key.is_(None), bindparam("before", type_=workspaces.c.sealed_key.type).is_(None)),
        ),
    )
    .values(sealed_key=bindparam("sealed")),
)


def sealed_key(workspace_id: Key) -> Plan[bytes | None]:
    """Read the sealed root key; None before the first start."""
    rows = yield Query(_READ, (workspace_id,))
    return bytes(rows[0][0]) if rows and rows[0][0] is not None else None


def keep_sealed_key(workspace_id: Key, sealed: bytes, before: bytes | None) -> Plan[None]:
    """Write the sealed root key in the place of what was there; where another process was first, its one stays."""
    yield Write(_KEEP, [(sealed, workspace_id, before)])
