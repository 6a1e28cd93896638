"""Pictures that go out with a text: which kinds there are, and where each can go."""

from __future__ import annotations

from flows.language.countries import read_countries
from flows.values import Transport

TYPES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}
"""What providers take, by the ending of a picture's name."""
_BEGINNINGS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"GIF87a": "gif", b"GIF89a": "gif"}
_MMS = read_countries(("US", "CA"))
"""Where Twilio's numbers send and get MMS (twilio.com/docs/messaging/guides/accepted-mime-types)."""
MMS_SEGMENTS = 3
"""An MMS counts as so many SMS segments, which is about what it costs."""


def ending_of(content: bytes) -> str | None:
    """Tell a picture by its first bytes and return the ending of its name; None for anything else."""
    return next((ending for begins, ending in _BEGINNINGS.items() if content.startswith(begins)), None)


def takes_picture(transport: Transport, ours: str, theirs: str, picture: str) -> bool:
    """Return whether a picture of this name reaches an address from ours: as MMS only within the US and Canada."""
    if transport is Transport.SIMULATOR:
        return True
    if transport is Transport.SMS:
        return ours.startswith("+") and _MMS.allow(ours) and _MMS.allow(theirs)
    return transport is not Transport.WHATSAPP or not picture.endswith(".gif")
