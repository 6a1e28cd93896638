"""The calendar file that a registration's confirmation links to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock
from bot.house import House
from flows.errors import NotFound
from flows.registration.calendar import is_signed, to_ics
from storage.catalogue import find_event
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Calendar:
    """Serves `/events/<number>-<signature>.ics`."""

    database: Database
    house: House
    clock: Clock

    def routes(self) -> Sequence[web.RouteDef]:
        """Give the address."""
        return (web.get(r"/events/{number:\d{1,9}}-{signature:[0-9a-f]{16}}.ics", self.event),)

    async def event(self, request: web.Request) -> web.Response:
        """Return one event as an iCalendar file; 404 for a link that is not ours, or an event without a date."""
        number, workspace = int(request.match_info["number"]), self.house.workspace
        if not is_signed(number, request.match_info["signature"], workspace):
            raise NotFound("There is no such event.")
        async with self.database.read() as connection:
            found = await find_event(connection, workspace.id, number)
        if found is None or found.starts_at is None:
            raise NotFound("There is no such event.")
        text = to_ics(found, workspace, self.clock())
        disposition = f'attachment; filename="event-{number}.ics"'
        return web.Response(text=text, content_type="text/calendar", headers={"Content-Disposition": disposition})
