"""Files that came with a message, fetched from a server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import download as module
from bot.download import PublicResolver, download, fetch_from
from bot.providers.base import MediaRequest
from bot.providers.simulator import SimulatorProvider
from flows.errors import CommandError

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOGIN = {"Authorization": "Basic fake"}


class Library:
    """A provider's server of files; remembers who asked how."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.server = TestServer(web.Application())

    async def start(self) -> None:
        """Serve every way in which a file may come."""
        router = self.server.app.router
        for path, answer in (
            ("/file", self._file),
            ("/large", self._large),
            ("/gone", self._gone),
            ("/on", self._to("/file")),
            ("/around", self._to("/around")),
            ("/away", self._to("http://127.0.0.2:1/inside")),
            ("/inside", self._to("https://127.0.0.2/inside")),
            ("/named", self._to("https://localhost/inside")),
            ("/mapped", self._to("https://[::ffff:127.0.0.1]/inside")),
            ("/nat64", self._to("https://[64:ff9b::7f00:1]/inside")),
            ("/6to4", self._to("https://[2002:7f00:1::]/inside")),
        ):
            router.add_get(path, answer)
        await self.server.start_server()

    def request(self, path: str) -> MediaRequest:
        """Ask for a file with the account's login."""
        return MediaRequest(str(self.server.make_url(path)), LOGIN)

    def _note(self, request: web.Request) -> None:
        self.asked.append((request.path, request.headers.get("Authorization", "")))

    async def _file(self, request: web.Request) -> web.Response:
        self._note(request)
        return web.Response(body=b"name,phone\n")

    async def _large(self, request: web.Request) -> web.Response:
        self._note(request)
        return web.Response(body=b"x" * 2_000)

    async def _gone(self, request: web.Request) -> web.Response:
        self._note(request)
        return web.Response(status=404)

    def _to(self, target: str) -> Answer:
        async def redirect(request: web.Request) -> web.StreamResponse:
            self._note(request)
            return web.Response(status=307, headers={"Location": target})

        return redirect


@pytest.fixture
async def library() -> AsyncIterator[Library]:
    """A server of files."""
    served = Library()
    await served.start()
    yield served
    await served.server.close()


async def test_a_file(library: Library) -> None:
    """It comes with the login, also where the same server sends us on."""
    assert await download(library.request("/file")) == b"name,phone\n"
    assert await download(library.request("/on")) == b"name,phone\n"
    assert library.asked == [("/file", "Basic fake"), ("/on", "Basic fake"), ("/file", "Basic fake")]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/gone", "HTTP 404"),
        ("/around", "from address to address"),
        ("/away", "not https"),
        ("/inside", "private address"),
        ("/named", "cannot be fetched from the provider"),
        ("/mapped", "private address"),
        ("/nat64", "private address"),
        ("/6to4", "private address"),
    ],
)
async def test_refused(library: Library, path: str, message: str) -> None:
    """Nothing is fetched from inside our own network, and nobody is followed for ever."""
    with pytest.raises(CommandError, match=message):
        await download(library.request(path))


async def test_too_large(library: Library) -> None:
    """A file beyond the bound is given up while it comes."""
    assert len(await download(library.request("/large"), 2_000)) == 2_000
    with pytest.raises(CommandError, match="larger than 0 MB"):
        await download(library.request("/large"), 1_999)


async def test_nobody_answers() -> None:
    """A server that is away is named as such."""
    with pytest.raises(CommandError, match="cannot be fetched from the provider"):
        await download(MediaRequest("http://127.0.0.1:1/file"))


async def test_names_of_our_own_network() -> None:
    """A name that stands for a private address has none."""
    resolver = PublicResolver()
    with pytest.raises(OSError, match="no public address"):
        await resolver.resolve("localhost", 443)
    await resolver.close()


async def test_files_within_the_message() -> None:
    """What the simulator attaches is in the address itself; other addresses are nobody's."""
    simulator = SimulatorProvider(lambda: 0)
    assert await fetch_from([simulator], "data:text/csv,name%2Cphone") == b"name,phone"
    assert await fetch_from([simulator], "data:text/csv;base64,bmFtZQ==") == b"name"
    with pytest.raises(CommandError, match="damaged"):
        await fetch_from([simulator], "data:text/csv;base64,bmF")
    with pytest.raises(CommandError, match="larger than 5 MB"):
        await fetch_from([simulator], "data:text/csv," + "x" * (2 * module.MAX_BYTES + 1))
    with pytest.raises(CommandError, match="not at its provider's address"):
        await fetch_from([simulator], "https://files.example.org/list.csv")
