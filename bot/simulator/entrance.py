"""Who gets into the simulator. It commands without a login, so: nobody but this machine, and never by a mistake."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog
from aiohttp import HttpVersion11, web

from bot.runtime.loopback import host_of, is_loopback, is_passed_on
from bot.settings import Settings
from flows.errors import ConfigError
from storage.channels import Channel, all_channels
from storage.database import Database
from storage.outbox.simulated import withdraw_simulated

log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CONTAINER_SIGNS = (Path("/.dockerenv"), Path("/run/.containerenv"))
"""Files that say that this is a container (Docker, Podman)."""
ROUTES = Path("/proc/net/route")
WAYS_IN = (
    "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM; or, to try Rollcall without an account, "
    "set ROLLCALL_SIMULATOR=true, which answers this machine alone."
)


async def settle_simulator(settings: Settings, database: Database, now_at: int) -> Settings:
    """Decide by the database, too, whether the simulator may be on; raises `ConfigError` where no way in is left.

    Nobody who forgets a setting shall find the simulator on the data of real people: where the database knows another
    provider's channels, the simulator has to be asked for.
    """
    known = await database.run(all_channels())
    real = [channel for channel in known if not channel.is_simulated]
    if real and len(real) < len(known) and (count := await database.run(withdraw_simulated(now_at))):
        log.warning("simulated_messages_withdrawn", count=count)
    if settings.simulator is None and real:
        settings = settings.model_copy(update={"simulator": False})
    check_way_in(settings, real)
    return settings


def check_way_in(settings: Settings, real: Sequence[Channel] = ()) -> None:
    """Raise `ConfigError`, naming both ways on, where nothing could reach the service: no provider, no simulator."""
    if settings.has_twilio or settings.simulator_on:
        return
    if real:
        address = f"{real[0].provider} {real[0].address}{' and more' if len(real) > 1 else ''}"
        why = f"No provider is set up, but this database belongs to one ({address})."
    elif settings.simulator is False:
        why = "No provider is set up, and ROLLCALL_SIMULATOR is false."
    else:
        why = "No provider is set up, and the service would listen for other machines."
    raise ConfigError(f"{why} {WAYS_IN}")


def locally(handler: Handler) -> Handler:
    """Let an address of the simulator answer requests from this machine alone."""

    async def answer(request: web.Request) -> web.StreamResponse:
        reason = why_not_local(request)
        if reason is not None:
            log.warning("simulator_refused", path=request.path, reason=reason)
            raise web.HTTPForbidden(text=f"The simulator answers this machine alone: {reason}. Open {OPEN}.")
        return await handler(request)

    return answer


OPEN = "http://127.0.0.1 with the service's port, without a proxy before it"


def why_not_local(request: web.Request) -> str | None:
    """Return what speaks against a request coming from a browser on this machine; None where nothing does.

    The Host header is what a page of a foreign name cannot choose, however its name resolves (DNS rebinding).
    """
    hosts = request.headers.getall("Host", [])
    if len(hosts) != 1 or not is_loopback(host_of(hosts[0])):
        return "the Host header names another one"
    if not request.raw_path.startswith("/"):
        return "the request line names a host, as it does for a proxy"  # and that host would count, not the header
    if request.version < HttpVersion11:
        return "HTTP/1.0, which only proxies still speak"  # nginx by default, with the Host of its target
    if is_passed_on(request.headers):
        return "a proxy passed the request on"
    return None if _is_near(request) else "the request comes from another machine"


def _is_near(request: web.Request) -> bool:
    """Return whether the peer is this machine, or the one whose container this is and which publishes its port."""
    transport = request.transport
    peer = (transport.get_extra_info("peername") or ("",))[0] if transport is not None else ""
    own = (transport.get_extra_info("sockname") or ("",))[0] if transport is not None else ""
    plain = peer.removeprefix("::ffff:")
    return is_loopback(plain) or (bool(peer) and peer == own) or plain in gateways()


def gateways() -> frozenset[str]:
    """Return the addresses of the machine outside, in a container; nobody's anywhere else."""
    if not any(sign.exists() for sign in CONTAINER_SIGNS) or not ROUTES.exists():
        return frozenset()
    rows = [line.split() for line in ROUTES.read_text("ascii").splitlines()[1:]]
    return frozenset(_dotted(row[2]) for row in rows if len(row) > 2 and row[1] == "00000000")


def _dotted(hexadecimal: str) -> str:
    """Write an address as the kernel lists it (little-endian hexadecimal) with dots."""
    return ".".join(str(part) for part in reversed(bytes.fromhex(hexadecimal)))
