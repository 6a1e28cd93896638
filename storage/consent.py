"""Opt-outs that reach us by another way than the person's own message."""

from __future__ import annotations

from flows.values import Key
from storage.apply.consent import CANCEL_QUEUED, CHANGE, OPT_OUT
from storage.keys import new_key
from storage.plan import Plan, Write


def record_opt_out(
    workspace_id: Key, contact_id: Key, address: str, note: str | None, now_at: int, source: str = "manual"
) -> Plan[None]:
    """Write an opt-out down as if the person had sent STOP: state, ledger, and nothing that waits leaves any more."""
    yield Write(OPT_OUT, [(workspace_id, address, "all", source, note, now_at)])
    change = (new_key(), workspace_id, contact_id, address, "opt_out", "all", source, note, None, now_at)
    yield Write(CHANGE, [change])
    yield Write(CANCEL_QUEUED, [(now_at, contact_id)])
