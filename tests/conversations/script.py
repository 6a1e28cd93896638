"""The script of a conversation.

    # ask_name                    a setting of the workspace
    Ada > JOIN                    Ada writes
    Ada < Welcome...              the bot answers her; "..." stands for anything
      and a second line           an answer's further lines are indented
    Ada < (silence)               nothing more is said to her
    [25 hours later]              time passes
    Bo ! failed 30005             the provider reports what became of the last message to Bo
    Ada > [photo]                 also [location 40.7 -74.0] and [button yes]
    Ada > ADD [file choir.csv]    a file of tests/conversations/files comes along

An answer that no line claims fails the test.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.values import DAY, HOUR, MINUTE, SECOND, Button, InboundMessage, Location, Media, MessageStatus, Transport

SERVICE = "+15550100000"
PHONES = {"Ada": "+15550100101", "Bo": "+15550100102", "Cy": "+15550100103", "Dee": "+15550100104"} | {
    "Eve": "+15550100105",
    "Nina": "+12125550102",  # New York
    "Lars": "+13105550103",  # Los Angeles
    "Tess": "+14165550104",  # Toronto
}
SILENCE = "(silence)"
_UNITS = {"second": SECOND, "minute": MINUTE, "hour": HOUR, "day": DAY}
_LATER = re.compile(r"\[(\d+) (second|minute|hour|day)s? later\]")
_TOLD = re.compile(r"(\w+) ! (\w+)(?: (\d+))?")
_FILE = re.compile(r"\s*\[file ([\w.]+)\]$")
_FILES = Path(__file__).parent / "files"
_SPOKEN = re.compile(r"(\w+) ([<>]) ?(.*)")


@dataclass(frozen=True, slots=True)
class Says:
    """A person writes."""

    line: int
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Hears:
    """The bot answers a person."""

    line: int
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Later:
    """Time passes, in microseconds."""

    line: int
    duration: int


@dataclass(frozen=True, slots=True)
class Told:
    """The provider reports on the last message to a person."""

    line: int
    who: str
    status: MessageStatus
    code: str | None


Step = Says | Hears | Later | Told


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation to hold."""

    name: str
    settings: frozenset[str]
    steps: tuple[Step, ...]


def read_script(path: Path) -> Script:
    """Read a script; raises ValueError naming a line that is none."""
    lines = path.read_text("utf-8").splitlines()
    settings = frozenset(line[1:].strip() for line in lines if line.startswith("#"))
    return Script(path.stem, settings, tuple(_steps(lines)))


def _steps(lines: list[str]) -> Iterator[Step]:
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith(("#", "  ")):
            continue
        later = _LATER.fullmatch(line.strip())
        spoken, told = _SPOKEN.fullmatch(line), _TOLD.fullmatch(line.strip())
        if told is not None:
            yield Told(number, told[1], MessageStatus(told[2]), told[3])
        elif later is not None:
            yield Later(number, int(later[1]) * _UNITS[later[2]])
        elif spoken is not None:
            text = "\n".join([spoken[3], *_continued(lines, number)])
            yield (Says if spoken[2] == ">" else Hears)(number, spoken[1], text)
        else:
            raise ValueError(f"line {number}: '{line}' is no line of a script")


def _continued(lines: list[str], start: int) -> Iterator[str]:
    for line in lines[start:]:
        if not line.startswith("  "):
            return
        yield line[2:]


def matches(expected: str, said: str) -> bool:
    """Compare an answer with its line, in which "..." stands for anything."""
    pattern = ".*".join(re.escape(part) for part in expected.split("..."))
    return re.fullmatch(pattern, said, re.DOTALL) is not None


def as_message(said: Says, number: int) -> InboundMessage:
    """Make the message that a person's line stands for."""
    text = said.text
    media: tuple[Media, ...] = ()
    location: Location | None = None
    button: Button | None = None
    if said.text == "[photo]":
        text, media = "", (Media("https://media.example.org/photo.jpg", "image/jpeg"),)
    elif found := _FILE.search(said.text):
        text, media = said.text[: found.start()], (_attached(_FILES / found[1]),)
    elif said.text.startswith("[location "):
        latitude, longitude = said.text[10:-1].split()
        text, location = "", Location(float(latitude), float(longitude))
    elif said.text.startswith("[button "):
        text = said.text[8:-1]
        button = Button(text, text)
    return InboundMessage(
        provider="simulator",
        provider_id=f"SM{number:032d}",
        transport=Transport.SIMULATOR,
        sender=PHONES[said.who],
        recipient=SERVICE,
        text=text,
        media=media,
        location=location,
        button=button,
    )


def _attached(path: Path) -> Media:
    kind = mimetypes.guess_type(path.name)[0] or "text/plain"
    return Media(f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}", kind)
