"""Every script, on every stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database
from tests.conversations.script import SILENCE, Hears, Says, Script, Step, Told, as_message, matches, read_script
from tests.conversations.stages import DatabaseStage, Heard, PureStage, Stage, name_of

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.txt"))
OPERATORS = sorted((Path(__file__).parent / "scripts" / "operators").glob("*.txt"))
"""Commands run after their batch, on a database; the core alone only hands them on."""


async def hold(script: Script, stage: Stage) -> None:
    """Hold a conversation on a stage; fails at the first line that does not hold, or answer that none claims."""
    heard: Heard = {}
    for number, step in enumerate(script.steps):
        if isinstance(step, Hears):
            claim(step, heard)
            continue
        assert_claimed(heard, step)
        if isinstance(step, Says):
            heard = {name_of(address): said for address, said in (await stage.say(as_message(step, number))).items()}
        elif isinstance(step, Told):
            heard = {name_of(address): said for address, said in (await stage.told(step)).items()}
        else:
            heard = {name_of(address): said for address, said in (await stage.later(step.duration)).items()}
    assert_claimed(heard, None)


def claim(step: Hears, heard: Heard) -> None:
    """Take the first unclaimed answer to a person as the one that the line means."""
    said = heard.get(step.who, [])
    if step.text == SILENCE:
        assert not said, f"line {step.line}: {step.who} should hear nothing, but hears {said}"
        return
    assert said, f"line {step.line}: {step.who} hears nothing, but should hear {step.text!r}"
    first = said.pop(0)
    assert matches(step.text, first), f"line {step.line}: {step.who} hears {first!r}, but should hear {step.text!r}"


def assert_claimed(heard: Heard, step: Step | None) -> None:
    """Fail when somebody heard what no line claims."""
    left = {who: said for who, said in heard.items() if said}
    assert not left, f"before line {step.line if step else 'the end'}: no line claims {left}"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_the_pure_core_holds_the_conversation(path: Path) -> None:
    """The router alone says what the script says."""
    script = read_script(path)
    await hold(script, PureStage(script.settings))


@pytest.mark.parametrize("path", [*SCRIPTS, *OPERATORS], ids=lambda path: path.stem)
async def test_a_database_holds_the_conversation(path: Path, database: Database) -> None:
    """The inbox says the same on SQLite and on PostgreSQL."""
    script = read_script(path)
    stage = await DatabaseStage.open(database, script.settings)
    try:
        await hold(script, stage)
    finally:
        await stage.close()
