"""The phone in the terminal, as a process with a pipe for a keyboard."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.chat import read_line
from flows.errors import ApiError
from tests.bot.simulator.conftest import Client
from tests.conversations.script import Hears, Says, read_script

CHOICES = (("The music", "music"), ("The food", "food"))


async def _chat(url: str, lines: Sequence[str], *options: str) -> tuple[int | None, str]:
    arguments = ("-m", "bot", "chat", "--url", url, *options)
    pipe, both = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=pipe, stdout=pipe, stderr=both)
    said, _none = await asyncio.wait_for(process.communicate("".join(f"{line}\n" for line in lines).encode()), 50)
    return process.returncode, said.decode()


async def test_a_chat_is_saved_as_a_script(client: Client, tmp_path: Path) -> None:
    """Every line waits for its answers, and the saved script can be read by the conversation tests."""
    path = tmp_path / "chat.txt"
    lines = ("FEEDBACK", "5", "/1", "/9", "yes", "/quit", "HELP")
    code, shown = await _chat(str(client.make_url("/")), lines, "--save", str(path), "--phone", "+15550100102")
    assert code == 0
    assert "/1 The music" in shown
    assert "'/9' is no command" in shown
    steps = read_script(path).steps
    assert [type(step) for step in steps] == [Says, Hears] * 4
    spoken = [step for step in steps if isinstance(step, Says | Hears)]
    assert {step.who for step in spoken} == {"Bo"}
    assert [step.text for step in spoken[::2]] == ["FEEDBACK", "5", "[button music]", "yes"]
    assert spoken[3].text.splitlines() == ["What did you like most?", "1) The music", "2) The food", "3) The people"]


async def test_a_number_that_is_none_is_told(client: Client) -> None:
    """A wrong phone is refused with the service's own sentence."""
    code, shown = await _chat(str(client.make_url("/")), (), "--phone", "Ada")
    assert code == 1
    assert "'Ada' is no phone number" in shown


@pytest.mark.parametrize(("url", "reason"), [("http://127.0.0.1:9", "make run"), ("nonsense", "is no web address")])
async def test_without_a_service_there_is_advice(url: str, reason: str) -> None:
    """Nobody at the address is one clear sentence, no traceback."""
    code, shown = await _chat(url, ())
    assert code == 1
    assert reason in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("line", "fields", "scripted"),
    [
        ("1", {"text": "1"}, "1"),
        ("/2", {"text": "The food", "button": "food"}, "[button food]"),
        ("/photo", {"attach": "photo"}, "[photo]"),
        ("/location 1 -2.5", {"latitude": "1", "longitude": "-2.5"}, "[location 1 -2.5]"),
    ],
)
def test_lines_are_texts_or_commands(line: str, fields: dict[str, str], scripted: str) -> None:
    """A slash begins a command; everything else is said."""
    assert read_line(line, CHOICES) == (fields, scripted)


@pytest.mark.parametrize("line", ["/", "/0", "/3", "/hello", "/location 1", "/photo x", "/²", "/location 1 2 3"])
def test_unknown_commands_are_refused(line: str) -> None:
    """A command that is none is not sent."""
    with pytest.raises(ApiError, match="is no command here"):
        read_line(line, CHOICES)
