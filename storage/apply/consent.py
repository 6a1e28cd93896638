"""Changes of consent: the state that sending looks at, the ledger that keeps every change, and what a STOP cancels."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, literal_column, select, update

from flows.audiences.parser import parse_audience
from flows.audiences.tree import Event, walk
from flows.effects import OptIn, OptOut, RecordConsent
from flows.errors import CommandError
from flows.language.text import normalise
from flows.values import Key, MessageStatus
from storage.apply.handled import Effects, Handled, write_all
from storage.keys import new_key
from storage.plan import Plan, Query, Statement, Values, insertion
from storage.schema import campaigns, consent_changes, messages, opt_outs

OPT_OUT = insertion(opt_outs, ("workspace_id", "address", "scope", "source", "text", "opted_out_at"), ignore=True)
_OPT_IN = Statement(
    ("workspace_id", "address", "scope"),
    delete(opt_outs).where(
        opt_outs.c.workspace_id == bindparam("workspace_id"),
        opt_outs.c.address == bindparam("address"),
        opt_outs.c.scope == bindparam("scope"),
    ),
)
CHANGE = insertion(
    consent_changes,
    ("id", "workspace_id", "contact_id", "address", "action", "scope", "source", "text", "message_id", "created_at"),
)
CANCEL_QUEUED = Statement(
    ("now_at", "contact_id"),
    update(messages)
    .where(messages.c.contact_id == bindparam("contact_id"), messages.c.status == MessageStatus.QUEUED.value)
    .values(status=MessageStatus.CANCELLED.value, error_text="opted out", updated_at=bindparam("now_at")),
)
_WAITING_CAMPAIGNS = Statement(
    ("contact_id",),
    select(messages.c.id, campaigns.c.audience)
    .join(campaigns, campaigns.c.id == messages.c.campaign_id)
    .where(messages.c.contact_id == bindparam("contact_id"), messages.c.status == literal_column("'queued'")),
)
_WITHDRAW = Statement(
    ("now_at", "message_id"),
    update(messages)
    .where(messages.c.id == bindparam("message_id"), messages.c.status == MessageStatus.QUEUED.value)
    .values(status=MessageStatus.CANCELLED.value, error_text="opted out", updated_at=bindparam("now_at")),
)


def apply_consent(effects: Effects) -> Plan[None]:
    """Write the consent of a batch; runs before its replies are queued, so that STOP cancels only older ones."""
    changes: list[Values] = []
    final: dict[tuple[Key, str, str], tuple[Handled, OptOut | OptIn]] = {}
    cancelled: dict[Key, int] = {}
    found = effects.of(OptOut) + effects.of(OptIn)
    for handled, effect in sorted(found, key=lambda pair: pair[0].id):
        action = "opt_out" if isinstance(effect, OptOut) else "opt_in"
        changes.append(_change(handled, action, effect.scope, effect.source, effect.text))
        final[(handled.channel.workspace_id, handled.contact.address, effect.scope)] = (handled, effect)
        if isinstance(effect, OptOut) and effect.scope == "all":
            cancelled[handled.contact.id] = handled.now_at
    changes += [
        _change(handled, effect.action, "all", effect.source, effect.text)
        for handled, effect in effects.of(RecordConsent)
    ]
    opted_out = [
        (*place, effect.source, effect.text, handled.now_at)
        for place, (handled, effect) in final.items()
        if isinstance(effect, OptOut)
    ]
    opted_in = [place for place, (_handled, effect) in final.items() if isinstance(effect, OptIn)]
    yield from write_all(
        (
            (OPT_OUT, opted_out),
            (_OPT_IN, opted_in),
            (CHANGE, changes),
            (CANCEL_QUEUED, [(now_at, contact_id) for contact_id, now_at in cancelled.items()]),
        )
    )
    for handled, effect in effects.of(OptOut):
        if effect.names:
            yield from _withdraw_campaigns(handled, frozenset(effect.names))


def _withdraw_campaigns(handled: Handled, names: frozenset[str]) -> Plan[None]:
    """Keep what waits for a contact of campaigns to an event from leaving."""
    rows = yield Query(_WAITING_CAMPAIGNS, (handled.contact.id,))
    withdrawn = [(handled.now_at, row[0]) for row in rows if _is_about(row[1], names)]
    yield from write_all(((_WITHDRAW, withdrawn),))


def _is_about(audience: str, names: frozenset[str]) -> bool:
    try:
        tree = parse_audience(audience)
    except CommandError:
        return False  # whom a RETRY writes to is no audience in words
    return any(isinstance(node, Event) and normalise(node.name) in names for node in walk(tree))


def _change(handled: Handled, action: str, scope: str, source: str, text: str) -> Values:
    return (
        new_key(),
        handled.channel.workspace_id,
        handled.contact.id,
        handled.contact.address,
        action,
        scope,
        source,
        text,
        handled.id,
        handled.now_at,
    )
