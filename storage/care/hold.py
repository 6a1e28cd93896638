"""What a database that was put back must not do by itself: it does not know what left after the copy was made."""

from __future__ import annotations

from sqlalchemy import text

from storage.database import make_engine

RESTORED = "restored"
"""Why a campaign waits: some of it may have left after the copy was made."""
_STATEMENTS = (
    # Looked up in the provider's log before anything else happens to it.
    "UPDATE messages SET status = 'unknown', claimed_at = COALESCE(claimed_at, created_at), check_at = :now_at, "
    "check_count = 0 WHERE direction = 'outbound' AND status IN ('queued', 'sending')",
    "UPDATE campaigns SET status = 'paused', stopped_reason = :reason WHERE status = 'running'",
    "UPDATE campaigns SET status = 'paused', stopped_reason = :reason WHERE status = 'scheduled' AND due_at <= :now_at",
)


async def hold(url: str, now_at: int) -> tuple[int, int]:
    """Make queued messages doubtful and pause campaigns that run or were due; gives how many of each."""
    engine = make_engine(url)
    counts = []
    try:
        async with engine.begin() as connection:
            for statement in _STATEMENTS:
                wanted = text(statement)
                names = {"now_at": now_at, "reason": RESTORED}
                used = {name: value for name, value in names.items() if f":{name}" in statement}
                counts.append((await connection.execute(wanted, used)).rowcount)
    finally:
        await engine.dispose()
    return counts[0], counts[1] + counts[2]
