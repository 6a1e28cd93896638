"""The simulator's addresses."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.simulator.entrance import locally
from bot.simulator.feed import Bubble, Feed
from bot.simulator.people import PEOPLE, people_count
from bot.simulator.port import SimulatorPort
from bot.simulator.post import ATTACHMENTS, as_message, check_phone, read_post
from bot.simulator.streams import Streams
from flows.errors import ApiError

PAGES = Path(__file__).parent / "pages"
ASSETS = {"simulator.css": "text/css", "simulator.js": "text/javascript", "icon.svg": "image/svg+xml"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # without a referrer, browsers would not tell a form's origin either
    "Cache-Control": "no-store",
}


def install(app: web.Application, service: SimulatorPort) -> None:
    """Add the simulator to an application that has not started."""
    feed = Feed(service.database, service.workspace.id, service.channel_address)
    pages = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    simulator = Simulator(service, feed, pages)
    streams = Streams(feed, simulator.as_event)
    app.on_shutdown.append(streams.end)
    app.add_routes(simulator.routes(streams))


@dataclass(frozen=True, slots=True)
class Simulator:
    """Serves the page, takes what people write, gives what they hear."""

    service: SimulatorPort
    feed: Feed
    pages: Environment

    def routes(self, streams: Streams) -> Sequence[web.RouteDef]:
        """Give the addresses."""

        async def stream(request: web.Request) -> web.StreamResponse:
            return await streams.serve(request, _phones(request))

        return (
            web.get("/simulator", locally(self.page)),
            web.get("/simulator/assets/{name}", locally(self.asset)),
            web.get("/simulator/messages", locally(self.messages)),
            web.post("/simulator/messages", locally(self.post)),
            web.get("/simulator/stream", locally(stream), allow_head=False),
        )

    async def page(self, request: web.Request) -> web.Response:
        """Show the phones with what was said so far."""
        count = people_count(request.query.get("phones", ""))
        people = PEOPLE[:count]
        bubbles = await self.feed.newest([person.phone for person in people])
        text = self.pages.get_template("simulator.html").render(
            people=people,
            everybody_count=len(PEOPLE),
            shown=min(people_count(request.query.get("show", "1")), count),
            bubbles={person.phone: [one for one in bubbles if one.contact == person.phone] for person in people},
            ids={person.phone: uuid.uuid4().hex for person in people},
            organisation=self.service.workspace.name,
            number=self.service.channel_address,
            keywords=[*self.service.keywords(), "JOIN", "HELP", "STOP"],
            operators=self.service.operators(),
            attachments=tuple(ATTACHMENTS),
        )
        return web.Response(text=text, content_type="text/html", headers=HEADERS)

    async def asset(self, request: web.Request) -> web.Response:
        """Give a file of the page."""
        name = request.match_info["name"]
        if name not in ASSETS:
            raise web.HTTPNotFound
        return web.Response(body=(PAGES / name).read_bytes(), content_type=ASSETS[name], headers=HEADERS)

    async def messages(self, request: web.Request) -> web.Response:
        """Give the newest messages of the contacts asked for, those above the id `after`."""
        after = request.query.get("after", "")
        try:
            key = bytes.fromhex(after)
        except ValueError:
            key = b"?"
        if len(key) not in (0, 16):
            raise ApiError("'after' is no message id: give the 'id' of a message, or leave it out.")
        bubbles = await self.feed.newest(_phones(request), key)
        return web.json_response({"messages": [asdict(bubble) for bubble in bubbles]}, headers=HEADERS)

    async def post(self, request: web.Request) -> web.Response:
        """Take a message; answers once it and its replies are committed."""
        _check_origin(request)
        message = as_message(read_post(await _fields(request)), self.service.channel_address, uuid.uuid4().hex)
        received = await self.service.receive(message)
        if "application/json" not in request.headers.get("Accept", ""):
            raise web.HTTPSeeOther(_page_of(request, message.sender))
        answer = {
            "message_id": received.message_id.hex(),
            "is_duplicate": received.is_duplicate,
            "reply_count": received.reply_count,
            "next_id": uuid.uuid4().hex,
        }
        return web.json_response(answer, headers=HEADERS)

    def as_event(self, bubble: Bubble) -> str:
        """Write a message for the page, with its HTML."""
        html = self.pages.get_template("bubble.html").render(bubble=bubble)
        return json.dumps({"id": bubble.id, "contact": bubble.contact, "html": html})


def _phones(request: web.Request) -> list[str]:
    phones = [check_phone(phone) for phone in request.query.getall("contact", [])]
    if not 0 < len(phones) <= len(PEOPLE):
        raise ApiError(f"Name 1 to {len(PEOPLE)} phones, such as ?contact=%2B15550100101.")
    return list(dict.fromkeys(phones))


def _check_origin(request: web.Request) -> None:
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site not in ("same-origin", "none") or (origin is not None and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(text="Only the simulator's own page may post: open /simulator on this address.")


async def _fields(request: web.Request) -> Mapping[str, object]:
    if request.content_type != "application/json":
        try:
            form = await request.post()
        except (ValueError, LookupError) as error:  # broken multipart, a character set that does not exist
            raise ApiError("The body is no form.") from error
        if len(form) != len(set(form)):
            raise ApiError("A field is given twice: give each once.")
        return dict(form)
    try:
        fields = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise ApiError("The body is no JSON.") from error
    if not isinstance(fields, dict):
        raise ApiError('The body must be a JSON object, such as {"contact": "+15550100101", "text": "HELP"}.')
    return {name: value for name, value in fields.items() if value is not None}


def _page_of(request: web.Request, phone: str) -> str:
    """Name the page with the phones it had, that person's in front."""
    place = next((place for place, person in enumerate(PEOPLE, 1) if person.phone == phone), 1)
    before = urlsplit(request.headers.get("Referer", "")).query
    count = people_count(next((part[7:] for part in before.split("&") if part.startswith("phones=")), ""))
    return f"/simulator?phones={max(count, place)}&show={place}#phone-{place}"
