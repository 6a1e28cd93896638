"""What operators write: codes, commands, questions back and hints; and what others write on their way to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import OPERATOR, Flag, LeaveForPerson, OptOut, Reply, RunCommand
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


@pytest.mark.parametrize("word", ["CANCEL", "cancel!", "Cancelar"])
def test_a_lone_cancel_drops_what_waits(word: str) -> None:
    """It unsubscribed an operator who only meant the command; without anything that waits it still does."""
    outcome = take(word, operator=BOSS, awaits_code=True)
    assert deeds(outcome) == [RunCommand(BOSS.id, "ABORT", {}, word)]
    asked = take(word, operator=BOSS, awaits_answer=True)
    assert (said(asked), deeds(asked)) == (["operator_question_dropped"], [Flag(OPERATOR)])
    assert OptOut("keyword", word) in take(word, operator=BOSS).effects
    assert OptOut("keyword", word) in take(word, awaits_code=True).effects


@pytest.mark.parametrize("word", ["STOP", "STOPALL", "END", "QUIT", "UNSUBSCRIBE", "please cancel all"])
def test_other_stop_words_of_an_operator_stop(word: str) -> None:
    """Whatever waits."""
    outcome = take(word, operator=BOSS, awaits_code=True, awaits_answer=True)
    assert OptOut("keyword", word) in outcome.effects


def test_a_cancel_that_the_provider_acted_on() -> None:
    """It is an opt-out, and the other admins hear of it."""
    outcome = take("CANCEL", operator=BOSS, awaits_code=True, provider_answered=True)
    assert OptOut("keyword", "CANCEL") in outcome.effects
    told = RunCommand(BOSS.id, "STOPPED", {"word": "CANCEL"}, "CANCEL", is_typed=False)
    assert told in outcome.effects
    again = take("CANCEL", operator=BOSS, provider_answered=True, opted_out=True)
    assert told not in again.effects


@pytest.mark.parametrize("word", ["no", "NO.", "abort", "Abortar"])
def test_a_question_is_dropped(word: str) -> None:
    """By NO or ABORT; in an open dialogue NO may be its answer."""
    assert said(take(word, operator=BOSS, awaits_answer=True)) == ["operator_question_dropped"]
    in_survey = take(word, operator=BOSS, awaits_answer=True, session=ASKING)
    assert (said(in_survey) == ["operator_question_dropped"]) is word.lower().startswith("abort")
    assert said(take("hello", operator=BOSS, awaits_answer=True)) == ["operator_hint"]


def test_an_operator_who_stopped_hears_why() -> None:
    """After a lone CANCEL plain texts met silence; commands work, and START takes it back."""
    outcome = take("hello", operator=BOSS, opted_out=True)
    assert (said(outcome), deeds(outcome)) == (["operator_stopped"], [Flag(OPERATOR)])
    assert isinstance(deeds(take("STATUS", operator=BOSS, opted_out=True))[0], RunCommand)
