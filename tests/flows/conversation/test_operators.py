"""What operators write: codes, commands, questions back and hints; and what others write on their way to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import Flag, LeaveForPerson, Reply, RunCommand
from flows.values import Media, Operator, Purpose
from tests.flows.conversation.people import ADA, ASKING, deeds, said, take, text

BOSS = Operator(b"o" * 16, 1, ADA.address, "Ada", "admin")
CARD = Media("https://media.example.org/1", "text/vcard")


def test_a_command_is_queued_with_its_parts() -> None:
    """What was typed, what was understood, and no reply yet: the worker answers."""
    (run,) = take("pause #12, please", operator=BOSS).effects
    assert run == RunCommand(BOSS.id, "PAUSE", {"number": 12}, "pause #12, please")


def test_a_code_counts_only_where_one_is_awaited() -> None:
    """Six digits are the code of a command that waits, else an answer; where neither, nothing waits for them."""
    (run,) = take("123-456", operator=BOSS, awaits_code=True).effects
    assert run == RunCommand(BOSS.id, "CODE", {"code": "123456"}, "(a code)")
    assert said(take("123456", operator=BOSS)) == ["operator_code_late"]
    assert said(take("123456", operator=BOSS, session=ASKING)) != ["operator_code_late"]
    assert not any(isinstance(one, RunCommand) for one in take("123456", awaits_code=True).effects)


def test_no_drops_a_command_only_while_one_waits() -> None:
    """Else it is the commonest of answers."""
    (run,) = take("No!", operator=BOSS, awaits_code=True).effects
    assert isinstance(run, RunCommand)
    assert run.verb == "ABORT"
    assert not any(isinstance(one, RunCommand) for one in take("No!", operator=BOSS).effects)


def test_a_missing_part_is_asked_back() -> None:
    """At once, and also after an opt-out of the operator's own."""
    outcome = take("BLAST community", operator=BOSS, opted_out=True)
    assert said(outcome) == ["operator_ask_text"]
    (reply,) = (one for one in outcome.effects if isinstance(one, Reply))
    assert reply.purpose is Purpose.COMMAND


def test_a_role_that_may_not() -> None:
    """It is refused by name; the question back would tell more than the role may know."""
    viewer = replace(BOSS, role="viewer")
    assert said(take("BLAST community", operator=viewer)) == ["operator_not_allowed"]
    assert said(take("STATUS", operator=viewer)) == []


@pytest.mark.parametrize("words", ["remove me from your list", "Hello everybody", "BLSAT all: hi", ""])
def test_plain_text_is_never_a_command(words: str) -> None:
    """It goes through every dialogue first, and gets a hint at the end."""
    assert not any(isinstance(one, RunCommand) for one in take(words, operator=BOSS).effects)


def test_hints() -> None:
    """The nearest command, or how to begin; nobody else gets one."""
    assert said(take("BLSAT all: hi", operator=BOSS)) == ["operator_hint"]
    assert said(take("", operator=BOSS)) == ["operator_hint"]
    assert said(take("BLSAT all: hi")) == ["fallback"]


def test_a_file_of_contacts() -> None:
    """It goes with the command that takes one; a picture does not, and a command that takes none leaves it."""
    (run,) = take(text("ADD #choir", media=(CARD,)), operator=BOSS).effects
    assert isinstance(run, RunCommand)
    assert (run.arguments["file_url"], run.arguments["file_type"]) == (CARD.url, CARD.content_type)
    (other,) = take(text("STATUS", media=(CARD,)), operator=BOSS).effects
    assert isinstance(other, RunCommand)
    assert "file_url" not in other.arguments
    picture = replace(CARD, content_type="image/png")
    assert said(take(text("ADD #choir", media=(picture,)), operator=BOSS)) == ["operator_ask_person"]


def test_what_waits_for_a_person() -> None:
    """What nobody understood and who asks for a person; not what operators write, and nothing is shown at once."""
    assert deeds(take("is there parking?")) == [Flag("unclaimed"), LeaveForPerson()]
    assert LeaveForPerson() in take("can I talk to a person").effects
    for wrote in ("is there parking?", "can I talk to a person"):
        assert LeaveForPerson() not in take(wrote, operator=BOSS).effects
