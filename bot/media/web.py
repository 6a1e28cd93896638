"""Pictures over HTTP, for the providers that fetch them: `/pictures/<token>.jpg`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from aiohttp import web

from bot.clock import Clock
from bot.media.link import TOKEN_LENGTH, check, sign
from flows.campaigns.pictures import TYPES
from flows.errors import NotFound
from flows.values import Key
from storage.database import Database
from storage.pictures import key_of, read_picture

KEPT = 4
"""Pictures that stay in memory: a provider may fetch one for every message of a blast."""


class Pictures:
    """Makes links to stored pictures, and gives what is asked for by one."""

    def __init__(self, database: Database, clock: Clock, public_url: str, secret: bytes) -> None:
        self._database = database
        self._clock = clock
        self._public_url = public_url
        self._secret = secret
        self._kept: OrderedDict[Key, bytes] = OrderedDict()

    def url(self, picture: str, now_at: int) -> str:
        """Link to a stored picture by its name."""
        key, _, ending = picture.partition(".")
        return f"{self._public_url}/pictures/{sign(key_of(key), now_at, self._secret)}.{ending}"

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the address."""
        endings = "|".join(TYPES)
        return (web.get(rf"/pictures/{{token:[\w-]{{{TOKEN_LENGTH}}}}}.{{ending:{endings}}}", self.picture),)

    async def picture(self, request: web.Request) -> web.Response:
        """Return a picture; 404 for a link that is not ours or has expired."""
        key = check(request.match_info["token"], self._clock(), self._secret)
        content = self._kept.get(key) or await self._database.run(read_picture(key))
        if content is None:
            raise NotFound("This picture is not kept any more.")
        self._kept[key] = content
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=content, content_type=TYPES[request.match_info["ending"]], headers=headers)
