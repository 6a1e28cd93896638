"""The schema as it really is, as a document that can be compared with an earlier one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, inspect

from storage.database import existing_engine

SNAPSHOT_VERSION = 1


async def snapshot_of(url: str) -> dict[str, Any]:
    """Describe every table of a database: columns, keys, indexes and checks, in alphabetical order.

    Raises `ConfigError` where there is no database.
    """
    engine = existing_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_describe)
    finally:
        await engine.dispose()


def _describe(connection: Connection) -> dict[str, Any]:
    found = inspect(connection)
    return {
        "snapshot": SNAPSHOT_VERSION,
        "engine": connection.dialect.name,
        "tables": {name: _table(found, name) for name in sorted(found.get_table_names())},
    }


def _table(found: Any, name: str) -> dict[str, Any]:
    return {
        "columns": {
            column["name"]: {
                "type": str(column["type"]),
                "nullable": column["nullable"],
                "default": column.get("default"),
            }
            for column in sorted(found.get_columns(name), key=lambda one: one["name"])
        },
        "primary_key": found.get_pk_constraint(name)["constrained_columns"],
        "foreign_keys": sorted(
            (_foreign_key(one) for one in found.get_foreign_keys(name)), key=lambda one: one["columns"]
        ),
        "indexes": {one["name"]: _index(one) for one in sorted(found.get_indexes(name), key=lambda one: one["name"])},
        "checks": {
            one["name"]: one["sqltext"]
            for one in sorted(found.get_check_constraints(name), key=lambda one: one["name"] or "")
        },
    }


def _foreign_key(one: Any) -> dict[str, Any]:
    return {
        "columns": one["constrained_columns"],
        "refers_to": f"{one['referred_table']}.{','.join(one['referred_columns'])}",
        "on_delete": one.get("options", {}).get("ondelete"),
    }


def _index(one: Any) -> dict[str, Any]:
    given = sorted(one.get("dialect_options", {}).items())
    options = {key: str(value) for key, value in given if value is not None and str(value) not in ("", "[]")}
    return {"columns": one["column_names"], "unique": bool(one["unique"]), **options}
