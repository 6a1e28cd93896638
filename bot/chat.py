"""A phone in the terminal, over the simulator's addresses of a running service."""

from __future__ import annotations

import asyncio
import sys
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.text import Text

from bot.runtime.terminal import visible
from bot.simulator.people import name_of
from flows.errors import ApiError, ConfigError, RollcallError
from flows.values import MessageStatus

POLL_SECONDS = 0.2
SETTLE_TRIES = 50
"""How many looks the next line waits for the answers to the one before."""
ON_THEIR_WAY = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN)
ARRIVED = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)
HINT = "Write a text and press Enter. /1 taps the first choice; /photo, /location 40.7 -74.0, /quit."
Fields = dict[str, str]


@dataclass(slots=True)
class _Phone:
    """The chat so far."""

    http: aiohttp.ClientSession
    console: Console
    number: str
    name: str
    script: list[str]
    shown: set[str] = field(default_factory=set)
    choices: Sequence[Sequence[str]] = ()
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while something is said, so that its answers are shown after it."""


async def chat(url: str, phone: str, save: Path | None) -> None:
    """Talk with the service at `url` until the input ends; raises `ConfigError`, `ApiError` when that cannot be."""
    console = Console(highlight=False)
    script: list[str] = []
    try:
        async with _connect(url) as http:
            await _talk(_Phone(http, console, phone, name_of(phone), script))
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ConfigError(f"No Rollcall answers at {url}: start it with `make run`, then chat.") from error
    finally:  # also when the service or the person breaks off
        if save is not None and script:
            _write(save, script)
            _show_line(console, f"Saved in {save}", "dim")


def _connect(url: str) -> aiohttp.ClientSession:
    headers = {"Accept": "application/json"}
    try:
        return aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=30), headers=headers)
    except ValueError as error:
        raise ConfigError(f"'{url}' is no web address, such as http://127.0.0.1:8080.") from error


async def _talk(phone: _Phone) -> None:
    phone.shown = {bubble["id"] for bubble in await _feed(phone)}  # what was said in earlier chats
    _show_line(phone.console, HINT, "dim")
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    _read_lines(lines)
    watching = asyncio.create_task(_watch(phone))
    waiting: asyncio.Task[str | None] | None = None
    try:
        while True:
            waiting = asyncio.create_task(lines.get())
            await asyncio.wait({waiting, watching}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
            line = await waiting
            if line is None or line == "/quit":
                return
            async with phone.turn:
                await _say(phone, line)
    finally:
        watching.cancel()
        if waiting is not None:
            waiting.cancel()


def _read_lines(lines: asyncio.Queue[str | None]) -> None:
    """Read the keyboard, or a pipe, in a thread that does not keep the program from ending."""
    loop = asyncio.get_running_loop()

    def put(line: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        # A reader of our own: Python cannot end while a thread waits in the one it shares.
        with open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False) as keyboard:
            for line in keyboard:
                put(line.strip())
        put(None)

    threading.Thread(target=read, daemon=True).start()


async def _watch(phone: _Phone) -> None:
    while True:
        async with phone.turn:
            await _show_new(phone)
        await asyncio.sleep(POLL_SECONDS)


async def _say(phone: _Phone, line: str) -> None:
    if not line:
        return
    try:
        fields, scripted = read_line(line, phone.choices)
        await _post(phone, fields)
    except RollcallError as error:
        _show_line(phone.console, error.message, "red")
        return
    phone.script.append(f"{phone.name} > {scripted}")
    phone.choices = ()
    for _try in range(SETTLE_TRIES):
        if not await _show_new(phone):
            return
        await asyncio.sleep(POLL_SECONDS)
    _show_line(phone.console, "An answer is still on its way.", "dim")


def read_line(line: str, choices: Sequence[Sequence[str]]) -> tuple[Fields, str]:
    """Read what was typed as fields of a post, and as a script's words; raises `ApiError`."""
    if not line.startswith("/"):
        return {"text": line}, line
    command, *words = line[1:].split() or [""]
    if command == "photo" and not words:
        return {"attach": "photo"}, "[photo]"
    if command == "location" and len(words) == 2:
        return {"latitude": words[0], "longitude": words[1]}, f"[location {words[0]} {words[1]}]"
    if command.isascii() and command.isdigit() and not words and 0 < int(command) <= len(choices):
        label, value = choices[int(command) - 1]
        return {"text": label, "button": value}, f"[button {value}]"
    raise ApiError(f"'{line}' is no command here. {HINT}")


async def _post(phone: _Phone, fields: Fields) -> None:
    body = {"contact": phone.number, "id": uuid.uuid4().hex, **fields}
    async with phone.http.post("/simulator/messages", json=body) as response:
        await _check(response)


async def _feed(phone: _Phone) -> list[Mapping[str, Any]]:
    async with phone.http.get("/simulator/messages", params={"contact": phone.number}) as response:
        await _check(response)
        bubbles: list[Mapping[str, Any]] = (await response.json())["messages"]
        return bubbles


async def _check(response: aiohttp.ClientResponse) -> None:
    if response.status == 404:
        raise ConfigError("The simulator is off in that service: set ROLLCALL_SIMULATOR=true.")
    if response.status >= 400:
        raise ApiError((await response.text())[:500])


async def _show_new(phone: _Phone) -> bool:
    """Show what has arrived; gives whether anything is still on its way."""
    feed = await _feed(phone)
    _show_silences(phone, feed)
    bubbles = [bubble for bubble in feed if bubble["direction"] == "outbound"]
    for bubble in bubbles:
        if bubble["status"] in ARRIVED and bubble["id"] not in phone.shown:
            phone.shown.add(bubble["id"])
            _show(phone, bubble)
    return any(bubble["status"] in ON_THEIR_WAY and bubble["id"] not in phone.shown for bubble in bubbles)


def _show_silences(phone: _Phone, feed: Sequence[Mapping[str, Any]]) -> None:
    """Say why a message of ours gets no answer."""
    for bubble in feed:
        if bubble["silence"] and bubble["id"] not in phone.shown:
            phone.shown.add(bubble["id"])
            _show_line(phone.console, f"({bubble['silence']})", "dim")


def _show(phone: _Phone, bubble: Mapping[str, Any]) -> None:
    _show_line(phone.console, bubble["text"], "green")
    phone.choices = bubble["choices"]
    for place, (label, _value) in enumerate(phone.choices, 1):
        _show_line(phone.console, f"  /{place} {label}", "cyan")
    phone.script.append(f"{phone.name} < " + bubble["text"].replace("\n", "\n  "))


def _show_line(console: Console, text: str, style: str) -> None:
    console.print(Text(visible(text), style=style))


def _write(path: Path, script: Sequence[str]) -> None:
    try:
        path.write_text("".join(f"{line}\n" for line in script), "utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from error
