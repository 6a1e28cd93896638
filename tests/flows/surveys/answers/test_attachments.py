"""Places and files."""

import pytest

from flows.surveys.answers import Misunderstood, Understood, read_answer
from flows.surveys.answers.attachments import kind_of
from flows.surveys.questions import Kind, LocationAnswer, MediaAnswer, MediaKind
from flows.values import InboundMessage, Location, Media
from tests.flows.surveys.scene import message, question_of, turn_of

PHOTO = Media("https://media.example.org/1", "image/jpeg")
VOICE = Media("https://media.example.org/2", "audio/ogg; codecs=opus")


def _read(kind: Kind, occurrence: InboundMessage) -> object:
    return read_answer(question_of(kind), occurrence, turn_of(occurrence))


def test_a_shared_location_is_taken() -> None:
    """With the names that came with it."""
    bare = message(location=Location(40.5, -73.9))
    named = message(location=Location(40.5, -73.9, "City Hall", "1 Main St"))
    assert _read(LocationAnswer(), bare) == Understood({"latitude": 40.5, "longitude": -73.9})
    assert _read(LocationAnswer(typed=False), named) == Understood(
        {"latitude": 40.5, "longitude": -73.9, "label": "City Hall", "address": "1 Main St"}
    )


@pytest.mark.parametrize(("latitude", "longitude"), [(91.0, 0.0), (0.0, 181.0), (float("nan"), 0.0)])
def test_no_place_on_earth_is_asked_again(latitude: float, longitude: float) -> None:
    """Degrees that do not exist, and what is no number."""
    occurrence = message(location=Location(latitude, longitude))
    assert _read(LocationAnswer(), occurrence) == Misunderstood("location", {"typed": False})


def test_a_place_may_be_typed_where_allowed() -> None:
    """The name alone is kept."""
    assert _read(LocationAnswer(), message(" Main Street ")) == Understood({"text": "Main Street"})
    assert _read(LocationAnswer(typed=False), message("Main Street")) == Misunderstood("location", {"typed": False})


@pytest.mark.parametrize("text", ["", "?!", "x" * 600])
def test_what_is_no_place_is_asked_again(text: str) -> None:
    """Nothing, signs only, a novel."""
    assert _read(LocationAnswer(), message(text)) == Misunderstood("location", {"typed": True})


def test_files_are_taken() -> None:
    """All of them, with the words that came with them."""
    files = [{"url": media.url, "content_type": media.content_type} for media in (PHOTO, VOICE)]
    answer = _read(MediaAnswer(), message("look", media=(PHOTO, VOICE)))
    assert answer == Understood({"files": files, "text": "look"})


def test_files_of_another_kind_are_asked_again() -> None:
    """The kinds that are wanted are said, in a fixed order."""
    kind = MediaAnswer(frozenset({MediaKind.VIDEO, MediaKind.IMAGE}))
    wanted = Misunderstood("media", {"kinds": ["image", "video"]})
    assert _read(kind, message("here you are")) == wanted
    assert _read(kind, message(media=(PHOTO, VOICE))) == wanted
    assert isinstance(_read(kind, message(media=(PHOTO,))), Understood)


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("image/png", MediaKind.IMAGE),
        ("AUDIO/mp4", MediaKind.AUDIO),
        ("video/mp4", MediaKind.VIDEO),
        ("application/pdf", MediaKind.DOCUMENT),
        ("text/vcard", MediaKind.DOCUMENT),
        (None, MediaKind.DOCUMENT),
    ],
)
def test_what_a_file_is(content_type: str | None, kind: MediaKind) -> None:
    """By its content type."""
    assert kind_of(Media("https://media.example.org/3", content_type)) is kind
