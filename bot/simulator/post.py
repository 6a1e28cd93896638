"""What a phone of the simulator posts, read as the message a provider would have brought."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.errors import ApiError
from flows.language.phones import is_e164
from flows.values import Button, InboundMessage, Location, Media, Transport

FIELDS = ("contact", "text", "button", "attach", "media_url", "latitude", "longitude", "id")
TEXT_LIMIT = 4_096
"""Characters, as WhatsApp's longest text."""
FIELD_LIMIT = 2_000
FILE_LIMIT = 200_000
"""Characters of a file that is sent along as a data URL (RFC 2397)."""
ID_LIMIT = 120
_LIMITS = {"text": TEXT_LIMIT, "id": ID_LIMIT, "media_url": FILE_LIMIT}
PHOTO = Media("https://media.example.org/photo.jpg", "image/jpeg")
VOICE = Media("https://media.example.org/voice.ogg", "audio/ogg")
CONTACTS = Media("data:text/csv,name%2Cphone%0ABo%20Diaz%2C%2B15550100102%0ACy%20Lee%2C%2B15550100103%0A", "text/csv")
PLACE = Location(40.6892, -74.0445, "Liberty Island", "New York")
ATTACHMENTS: Mapping[str, Media | Location] = {
    "photo": PHOTO,
    "voice": VOICE,
    "contacts": CONTACTS,
    "location": PLACE,
}


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields of a post, all text, "" where absent."""

    contact: str = ""
    text: str = ""
    button: str = ""
    attach: str = ""
    media_url: str = ""
    latitude: str = ""
    longitude: str = ""
    id: str = ""


def read_post(fields: Mapping[str, object]) -> Posted:
    """Check names, kinds and lengths of the fields; raises `ApiError`."""
    unknown = sorted(fields.keys() - set(FIELDS))
    if unknown:
        raise ApiError(f"Unknown field '{unknown[0][:40]}': a message has {', '.join(FIELDS)}.")
    values = {name: _as_text(name, value) for name, value in fields.items()}
    for name, value in values.items():
        limit = _LIMITS.get(name, FIELD_LIMIT)
        if len(value) > limit:
            raise ApiError(f"'{name}' is longer than {limit} characters: shorten it.")
    return Posted(**values)


def as_message(posted: Posted, channel_address: str, fresh_id: str) -> InboundMessage:
    """Make the message; one without an id gets `fresh_id`; raises `ApiError`."""
    phone = check_phone(posted.contact)
    if phone == channel_address:
        raise ApiError(f"{phone} is the service's own number: text from another one.")
    media, location = _attached(posted)
    if not (posted.text.strip() or posted.button or media or location):
        raise ApiError("The message is empty: write a text, tap a choice or attach something.")
    return InboundMessage(
        provider="simulator",
        provider_id=posted.id or fresh_id,
        transport=Transport.SIMULATOR,
        sender=phone,
        recipient=channel_address,
        text=posted.text or posted.button,
        media=media,
        button=Button(posted.text or posted.button, posted.button) if posted.button else None,
        location=location,
    )


def check_phone(phone: str) -> str:
    """Give a phone back that is E.164; raises `ApiError`."""
    if not is_e164(phone):
        raise ApiError(f"'{phone[:40]}' is no phone number: write 'contact' like +15550100101.")
    return phone


def _as_text(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ApiError(f"'{name}' must be a text.")
    text = str(value).replace("\r\n", "\n")
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
        raise ApiError(f"'{name}' holds characters that are no text.")
    return text


def _attached(posted: Posted) -> tuple[tuple[Media, ...], Location | None]:
    media = [_media(posted.media_url)] if posted.media_url else []
    location = _location(posted) if posted.latitude or posted.longitude else None
    if posted.attach:
        attached = ATTACHMENTS.get(posted.attach)
        if attached is None:
            raise ApiError(f"'attach' is '{posted.attach[:40]}': use {', '.join(ATTACHMENTS)}.")
        if isinstance(attached, Location):
            location = location or attached
        else:
            media.append(attached)
    return tuple(media), location


def _media(url: str) -> Media:
    if url.startswith("data:"):
        return Media(url, url[5:].partition(",")[0].partition(";")[0] or "text/plain")
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ApiError("'media_url' is no web address: it begins with https:// or, with the file in it, with data:.")
    return Media(url)


def _location(posted: Posted) -> Location:
    return Location(_degrees("latitude", posted.latitude, 90), _degrees("longitude", posted.longitude, 180))


def _degrees(name: str, text: str, most: int) -> float:
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not -most <= degrees <= most:
        raise ApiError(f"'{name}' must be a number of degrees from -{most} to {most}.")
    return degrees
