"""What the settings say about sending."""

from __future__ import annotations

from bot.actions.base import Rules
from bot.settings import Settings


def rules_of(settings: Settings) -> Rules:
    """Return the bounds that commands, campaigns and digests keep."""
    return Rules(
        quiet_hours=settings.quiet_hours,
        hold_seconds=settings.hold_seconds,
        max_lag_minutes=settings.max_lag_minutes,
        second_admin_above=settings.second_admin_above,
        error_budget_percent=settings.error_budget_percent,
        price_per_segment=settings.price_per_segment,
        currency=settings.currency,
        forward_unclaimed=settings.forward_unclaimed,
    )
