"""The organisation at the start: what the settings say of it, its admins and its channels is written down."""

from __future__ import annotations

import structlog

from bot.settings import Settings
from flows.language.countries import read_countries
from flows.language.phones import mask
from flows.limits import Limits
from flows.values import Transport, Workspace
from storage.channels import first_workspace, save_channels, save_workspace
from storage.database import Database
from storage.keys import new_key
from storage.operators import save_admin_phones

log = structlog.get_logger(__name__)
SIMULATOR_ADDRESS = "+15550100000"
"""The service's own number in the simulator."""
SIMULATOR_RATE = 1_000.0
PASSED_OVER = (
    "these phones of ROLLCALL_ADMIN_PHONES were removed or given another role since, which holds; "
    "`rollcall operator add` or OPERATOR ADD gives the right back"
)


async def open_workspace(settings: Settings, database: Database, now_at: int) -> Workspace:
    """Write down what the settings say of the organisation, its admins and its channels."""
    known = await database.run(first_workspace())
    workspace = Workspace(
        id=known[0].id if known else new_key(),
        name=settings.organisation,
        language=settings.locale,
        time_zone=settings.time_zone,
        help_contact=settings.help_contact,
        country=settings.country,
        double_opt_in=settings.double_opt_in,
        ask_name=settings.ask_name,
        reminder_minutes=settings.reminder_minutes,
        public_url=settings.address,
    )
    await database.run(save_workspace(workspace, now_at))
    if passed_over := await database.run(save_admin_phones(workspace.id, settings.admin_phones, now_at)):
        log.warning("admin_phones_passed_over", phones=[mask(phone) for phone in passed_over], advice=PASSED_OVER)
    if channels := channels_of(settings):
        await database.run(save_channels(channels, workspace.id, now_at))
    return workspace


def channels_of(settings: Settings) -> list[tuple[str, Transport, str, float]]:
    """Return the channels that the settings name: provider, transport, address, segments per second."""
    channels = []
    for sender in settings.twilio_from if settings.has_twilio else ():
        prefix, _, number = sender.rpartition(":")
        channels.append(("twilio", Transport(prefix or Transport.SMS), number, settings.rate_per_second))
    if settings.simulator_on:
        channels.append(("simulator", Transport.SIMULATOR, SIMULATOR_ADDRESS, SIMULATOR_RATE))
    return channels


def limits_of(settings: Settings) -> Limits:
    """Return what may be spent; raises `PhoneError` for a country that is none."""
    countries = read_countries(settings.countries)
    return Limits(settings.daily_segments, settings.campaign_segments, countries, settings.time_zone)
