"""Places and files."""

from __future__ import annotations

from flows.surveys.answers.result import Answer, Misunderstood, Understood, written
from flows.surveys.questions import LocationAnswer, MediaAnswer, MediaKind
from flows.turn import Turn
from flows.values import InboundMessage, Location, Media

MAX_PLACE = 500
"""Of a place that is typed, in characters."""


def read_location(kind: LocationAnswer, message: InboundMessage, _turn: Turn) -> Answer:
    """Take a shared location, or where typing is allowed a place's name, as {"text": ...}."""
    if message.location is not None:
        return _shared(message.location)
    text = written(message).strip()
    if not kind.typed or not any(sign.isalnum() for sign in text) or len(text) > MAX_PLACE:
        return Misunderstood("location", {"typed": kind.typed})
    return Understood({"text": text})


def read_media(kind: MediaAnswer, message: InboundMessage, _turn: Turn) -> Answer:
    """Take a message's files when all are of the right kinds, as {"files": [{url, content_type}], "text": caption}."""
    if not message.media or any(kind_of(media) not in kind.kinds for media in message.media):
        return Misunderstood("media", {"kinds": [one.value for one in MediaKind if one in kind.kinds]})
    files = [{"url": media.url, "content_type": media.content_type} for media in message.media]
    return Understood({"files": files, "text": message.text})


def kind_of(media: Media) -> MediaKind:
    """Tell what a file is by its content type; what is no image, audio or video is a document."""
    main = (media.content_type or "").partition("/")[0].strip().lower()
    return MediaKind(main) if main in list(MediaKind) else MediaKind.DOCUMENT


def _shared(location: Location) -> Answer:
    # written so that "not a number" is refused too
    if not (abs(location.latitude) <= 90 and abs(location.longitude) <= 180):
        return Misunderstood("location", {"typed": False})
    place = {"latitude": location.latitude, "longitude": location.longitude}
    texts = {"label": location.label, "address": location.address}
    return Understood({**place, **{name: text for name, text in texts.items() if text}})
