"""How long what comes from outside may be: one set of bounds for every provider, and for the columns that keep it.

PostgreSQL refuses a longer value, a NUL and half a surrogate pair, and with it the message it came in; SQLite takes
the first two. So every provider passes what it parsed through `within_bounds`, and no message is refused by a column.
"""

from __future__ import annotations

from dataclasses import replace

from flows.errors import MalformedPayload
from flows.values import Button, InboundMessage, Location, Media

ADDRESS_LENGTH = 150
"""Of columns. A WhatsApp user id has up to 131 characters: two letters, a dot and 128."""
TRANSPORT_LENGTH = len("messenger:")
"""Stored before an address that would otherwise be taken for a phone."""
PROVIDER_ID_LENGTH = 120
CODE_LENGTH = 20
"""Of a provider's error code."""
NAME_LENGTH = 200
GROUP_LENGTH = 60
"""Of the name of a group that people type; files are held to it, too."""
TEXT_LENGTH = 65_536
"""No webhook brings more; a provider's log is not bounded by the size of a request."""
MEDIA_COUNT = 20
"""Twice what any provider sends along with one message."""
PROFILE_NAME = "ProfileName"
"""Under this name the whole profile name is kept where it is longer than a contact's name may be."""
_ELLIPSIS = "…"


def clean(text: str) -> str:
    """Return the text as every database can keep it: without NUL, and with U+FFFD for half a surrogate pair."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def cut(text: str, length: int) -> str:
    """Return at most so many characters; a longer text ends with an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + _ELLIPSIS


def within_bounds(message: InboundMessage) -> InboundMessage:
    """Return the message with every text clean and no longer than its column.

    Raises `MalformedPayload` for an id or address that is too long: cut short it would be another message's, or
    somebody else's.
    """
    if len(message.provider_id) > PROVIDER_ID_LENGTH:
        raise MalformedPayload(f"the message id is longer than {PROVIDER_ID_LENGTH} characters")
    if max(len(message.sender), len(message.recipient)) > ADDRESS_LENGTH - TRANSPORT_LENGTH:
        raise MalformedPayload(f"an address is longer than {ADDRESS_LENGTH - TRANSPORT_LENGTH} characters")
    return replace(
        message,
        provider_id=clean(message.provider_id),
        sender=clean(message.sender),
        recipient=clean(message.recipient),
        text=cut(clean(message.text), TEXT_LENGTH),
        media=tuple(map(_media, message.media[:MEDIA_COUNT])),
        button=message.button and _button(message.button),
        location=message.location and _location(message.location),
        profile_name=_optional(message.profile_name, NAME_LENGTH),
        metadata=_metadata(message),
    )


def _metadata(message: InboundMessage) -> dict[str, str]:
    kept = {clean(name): cut(clean(value), TEXT_LENGTH) for name, value in message.metadata.items()}
    name = message.profile_name
    return {**kept, PROFILE_NAME: cut(clean(name), TEXT_LENGTH)} if name and len(name) > NAME_LENGTH else kept


def _media(media: Media) -> Media:
    return Media(clean(media.url), _optional(media.content_type, NAME_LENGTH))


def _button(button: Button) -> Button:
    return Button(cut(clean(button.text), TEXT_LENGTH), _optional(button.payload, TEXT_LENGTH))


def _location(place: Location) -> Location:
    return Location(
        place.latitude, place.longitude, _optional(place.label, TEXT_LENGTH), _optional(place.address, TEXT_LENGTH)
    )


def _optional(text: str | None, length: int) -> str | None:
    return None if text is None else cut(clean(text), length)
