"""The bound on automatic replies."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import shipped_texts
from flows.effects import Effect, Flag, OptIn, OptOut, Outcome, Reply, SaveAnswer, SetDoubt, Silence, Template
from flows.policy import bound, pack, unpack
from flows.router import route
from flows.silence import SilenceReason
from flows.state import after
from flows.surveys.definition import Survey, parse_survey
from flows.turn import Catalogue, LoadedSurvey, Target, Trigger, Turn
from flows.values import (
    MINUTE,
    SECOND,
    Contact,
    InboundMessage,
    Purpose,
    RecentReplies,
    Transport,
    Workspace,
)

NOW = 1_795_000_000_000_000
TEXTS = shipped_texts()
QUESTIONS = [{"text": f"Question {n}?", "type": "text"} for n in range(1, 31)]
LONG = parse_survey({"name": "Long", "keywords": ["LONG"], "questions": QUESTIONS})
STRICT = parse_survey({"name": "Age", "keywords": ["AGE"], "questions": [{"text": "Your age?", "type": "number"}]})


def catalogue_of(*surveys: Survey) -> Catalogue:
    """Offer surveys."""
    loaded = {bytes([place]) * 16: LoadedSurvey(bytes([place]) * 16, 1, one) for place, one in enumerate(surveys)}
    words = {one.survey.keywords[0].casefold(): Trigger(Target.SURVEY, key) for key, one in loaded.items()}
    return Catalogue(words, loaded)


@dataclass
class Bot:
    """One service as another machine meets it: texts in, texts out, with its bound."""

    name: str
    catalogue: Catalogue = field(default_factory=lambda: catalogue_of(LONG, STRICT))
    contact: Contact = field(default_factory=lambda: Contact(b"c" * 16, "+15550100001"))
    recent: RecentReplies = field(default_factory=RecentReplies)
    silences: list[SilenceReason] = field(default_factory=list)

    def hear(self, text: str, now_at: int) -> list[str]:
        """Take a message; gives the replies that go out."""
        message = InboundMessage("twilio", "SM1", Transport.SMS, self.contact.address, "+15550109999", text)
        workspace = Workspace(b"w" * 16, name=self.name)
        turn = Turn(message, self.contact, workspace, self.catalogue, now_at, fresh_id=b"f" * 16)
        outcome, self.recent = bound(route(turn), self.recent, now_at)
        self.contact = after(self.contact, outcome)
        self.silences += [effect.reason for effect in outcome.effects if isinstance(effect, Silence)]
        return [TEXTS.render_reply(one.says, "en") for one in outcome.effects if isinstance(one, Reply)]


def talk(first: str, seconds: int) -> tuple[int, Bot, Bot]:
    """Let two services answer each other until both are silent; gives how many messages there were."""
    bots, waiting, count, now_at = (Bot("Harbor Choir"), Bot("Chess Club")), [(0, first)], 0, NOW
    while waiting and count < 200:
        who, text = waiting.pop(0)
        count, now_at = count + 1, now_at + seconds * SECOND
        waiting += [(1 - who, said) for said in bots[who].hear(text, now_at)]
    return count, *bots


@pytest.mark.parametrize("seconds", [0, 1, 5, 20])
@pytest.mark.parametrize("first", ["hello", "HELP", "who are you?", "JOIN", "😀", "START", "AGE", "LONG"])
def test_two_services_fall_silent(first: str, seconds: int) -> None:
    """Whatever begins it and however fast they are, they end after twelve messages and two that say so."""
    count, one, other = talk(first, seconds)
    assert 2 <= count <= 14
    assert {SilenceReason.PACE, SilenceReason.REPEATS, SilenceReason.CONSENT_PACE} & {*one.silences, *other.silences}


def test_a_fast_person_is_not_cut_off() -> None:
    """Thirty questions answered in two seconds each are all asked, and the thanks are said."""
    bot = Bot("Harbor Choir")
    said = [bot.hear("LONG", NOW)] + [bot.hear(f"answer {n}", NOW + n * 2 * SECOND) for n in range(1, 31)]
    assert [len(replies) for replies in said] == [1] * 31
    assert [f"Question {n}?" in replies[0] for n, replies in enumerate(said[:30], 1)] == [True] * 30
    assert bot.contact.session is None
    assert bot.silences == []


def reply(text: str = "hello", purpose: Purpose = Purpose.REPLY) -> Reply:
    """Make a reply."""
    return Reply((text,), purpose)


def send(effects: list[Effect], recent: RecentReplies, now_at: int = NOW) -> tuple[int, RecentReplies]:
    """Bound one turn; gives how many of its replies go out."""
    outcome, recent = bound(Outcome(None, tuple(effects)), recent, now_at)
    return sum(isinstance(effect, Reply) and not is_notice(effect) for effect in outcome.effects), recent


def is_notice(effect: Effect) -> bool:
    """Return whether a text only tells that the next ones get no answer."""
    says = effect.says if isinstance(effect, Reply) else ()
    return any(isinstance(say, Template) and say.name.startswith("quiet_") for say in says)


def count_sent(turns: list[list[Effect]], step: int = 0) -> int:
    """Bound turns that follow each other after a while; gives how many replies go out."""
    total, recent = 0, RecentReplies()
    for place, effects in enumerate(turns):
        sent, recent = send(effects, recent, NOW + place * step)
        total += sent
    return total


@pytest.mark.parametrize(
    ("turns", "sent_count"),
    [
        ([[reply(f"{n}")] for n in range(30)], 10),
        ([[reply("same")] for _ in range(30)], 5),
        ([[OptOut("keyword", "STOP"), reply(f"{n}", Purpose.CONFIRMATION)] for n in range(30)], 3),
        ([[OptIn("keyword", "START"), reply(f"{n}", Purpose.CONFIRMATION)] for n in range(30)], 3),
        ([[reply(f"help {n}", Purpose.CONFIRMATION)] for n in range(30)], 10),
        ([[SaveAnswer(b"s", "q", "Q?", "a", "a"), reply(f"{n}")] for n in range(80)], 60),
        ([[reply("a"), reply("b")] for _ in range(30)], 10),
    ],
)
def test_bounds_of_a_minute(turns: list[list[Effect]], sent_count: int) -> None:
    """Replies that lead nowhere, the same text again, confirmations and answered questions each have their bound."""
    assert count_sent(turns) == sent_count


def test_the_minute_and_the_ten_minutes_pass() -> None:
    """After its time each bound begins anew."""
    assert count_sent([[reply(f"{n}")] for n in range(30)], step=6 * SECOND) == 30
    assert count_sent([[reply("same")] for _ in range(12)], step=MINUTE) == 7
    stops: list[list[Effect]] = [[OptOut("keyword", "STOP"), reply("no", Purpose.CONFIRMATION)] for _ in range(12)]
    assert count_sent(stops, step=MINUTE) == 5


def test_what_is_one_too_many_is_flagged() -> None:
    """The place of the reply says why it is not there; other effects stay."""
    full = RecentReplies(window_at=NOW, reply_count=10, same_at=NOW)
    outcome, recent = bound(Outcome(None, (Flag("unclaimed"), reply())), full, NOW)
    notice = Reply((Template("quiet_pace"),))
    assert outcome.effects == (Flag("unclaimed"), Silence(SilenceReason.PACE), notice)
    assert recent == replace(full, reply_count=11)
    again, last = bound(Outcome(None, (reply(),)), recent, NOW)
    assert again.effects == (Silence(SilenceReason.PACE),)
    assert last == recent


@pytest.mark.parametrize(
    ("effects", "notices"),
    [
        ([reply("same")], ["quiet_repeats"]),
        ([SaveAnswer(b"s", "q", "Q?", "a", "a"), reply()], ["quiet_pace"]),
        ([OptIn("keyword", "START"), reply("in", Purpose.CONFIRMATION)], ["quiet_consent_pace"]),
        ([OptOut("keyword", "STOP"), reply("out", Purpose.CONFIRMATION)], []),
        ([reply("help", Purpose.CONFIRMATION)], []),
        ([reply("command", Purpose.COMMAND)], ["quiet_pace"]),
    ],
)
def test_a_silence_is_explained_once(effects: list[Effect], notices: list[str]) -> None:
    """The first text past a bound (ten misread ones, the fourth START) is told why, and not a person who stopped."""
    recent = RecentReplies(NOW, 10, 60, 3, 0, 0, NOW)
    if notices == ["quiet_repeats"]:
        recent = RecentReplies(same_at=NOW)
        for _ in range(5):
            recent = bound(Outcome(None, tuple(effects)), recent, NOW)[1]
    said = []
    for _ in range(3):
        outcome, recent = bound(Outcome(None, tuple(effects)), recent, NOW)
        said += [one.says[0].name for one in outcome.effects if isinstance(one, Reply) and is_notice(one)]  # type: ignore[union-attr]
        assert any(isinstance(one, Silence) for one in outcome.effects)
    assert said == notices


def test_a_question_that_was_not_asked_is_forgotten() -> None:
    """Whether a person means to stop was not asked where the bound was reached: a later yes must not opt them out."""
    full = RecentReplies(window_at=NOW, reply_count=10, same_at=NOW)
    asks = Outcome(None, (SetDoubt(NOW), Flag("doubtful opt-out"), reply()))
    assert not any(isinstance(effect, SetDoubt) for effect in bound(asks, full, NOW)[0].effects)
    assert SetDoubt(NOW) in bound(asks, RecentReplies(), NOW)[0].effects


def test_a_question_about_a_command_is_remembered() -> None:
    """Until the next message; CANCEL, NO and ABORT drop it."""
    asked = Outcome(None, (Reply(("Whom?",), Purpose.COMMAND, is_question=True),))
    recent = bound(asked, RecentReplies(), NOW)[1]
    assert recent.asked_at == NOW
    assert unpack(pack(recent)) == recent
    assert bound(Outcome(None, (reply(),)), recent, NOW)[1].asked_at == 0


def test_an_outcome_within_the_bound_is_the_same() -> None:
    """What may go out is not touched."""
    outcome = Outcome(None, (reply(),))
    assert bound(outcome, RecentReplies(), NOW)[0] is outcome


def test_texts_of_ours_differ_by_their_values() -> None:
    """The same file with other values is another text."""
    turns: list[list[Effect]] = [[Reply((Template("fallback", {"n": n}),))] for n in range(8)]
    assert count_sent(turns) == 8


@given(st.builds(RecentReplies, *[st.integers(0, 2**53)] * 8))
def test_the_counts_survive_the_database(recent: RecentReplies) -> None:
    """What is packed is unpacked the same."""
    assert unpack(pack(recent)) == recent


@pytest.mark.parametrize("text", [None, "", "x", "1,2", "1,2,3,4,5,6,seven"])
def test_nothing_known_yet(text: str | None) -> None:
    """A conversation without counts begins at none."""
    assert unpack(text) == RecentReplies()


def test_a_lone_surrogate_does_no_harm() -> None:
    """Whatever an operator wrote, it can be counted."""
    sent, recent = send([reply("\ud800")], RecentReplies())
    assert sent == 1
    assert replace(recent, text_hash=0).same_count == 1
