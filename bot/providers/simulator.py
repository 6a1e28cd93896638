"""The phone in the browser and in the terminal as a provider: what is sent has arrived."""

from __future__ import annotations

from collections.abc import Callable

from bot.providers.base import Accepted, Call, Known, Listed, Listing, MediaRequest, Missed, Piece
from flows.errors import SendError
from flows.values import MessageStatus, Transport


class SimulatorProvider:
    """The `Provider` of the simulator: the database is the phone, so that nothing ever gets lost on the way."""

    name = "simulator"

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock

    async def send(self, call: Call) -> Accepted:
        """Deliver at once."""
        return Accepted(f"SIM{call.message_id.hex()}", MessageStatus.DELIVERED)

    async def read_clock(self) -> int:
        """Give our own time."""
        return self._clock()

    async def list_sent(self, call: Call, since_at: int) -> Listing:  # noqa: ARG002 - the protocol's
        """List nothing: no log is kept beside the messages themselves."""
        return Listing((), self._clock())

    async def list_all(self, sender: str, transport: Transport, since_at: int) -> tuple[Listed, ...]:  # noqa: ARG002
        """Keep no log: raises `SendError`."""
        raise SendError("The simulator keeps no log of its own: there is nothing to compare with.")

    async def list_missed(self, piece: Piece, known: Known) -> Missed | None:  # noqa: ARG002
        """List nothing: what people text in the simulator goes straight into the inbox."""
        return Missed((), 0)

    def media_request(self, url: str) -> MediaRequest | None:
        """Take what the page attached as it is."""
        return MediaRequest(url) if url.startswith("data:") else None

    async def close(self) -> None:
        """Hold no connections."""
