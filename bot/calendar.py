"""The calendar file that a registration's confirmation links to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock
from bot.house import House
from flows.registration.calendar import to_ics
from storage.catalogue import load_catalogue
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Calendar:
    """Serves `/events/<number>.ics`."""

    database: Database
    house: House
    clock: Clock

    def routes(self) -> Sequence[web.RouteDef]:
        """Give the address."""
        return (web.get(r"/events/{number:\d{1,9}}.ics", self.event),)

    async def event(self, request: web.Request) -> web.Response:
        """Give one event as an iCalendar file; 404 where there is none, or it has no date."""
        number = int(request.match_info["number"])
        catalogue = await self.database.run(load_catalogue(self.house.workspace.id))
        found = next((event for event in catalogue.events.values() if event.number == number), None)
        if found is None or found.starts_at is None:
            return web.Response(status=404, text="There is no such event.")
        text = to_ics(found, self.house.workspace, self.clock())
        disposition = f'attachment; filename="event-{number}.ics"'
        return web.Response(text=text, content_type="text/calendar", headers={"Content-Disposition": disposition})
