"""BACK, SKIP, RESTART, PAUSE and RESUME."""

from dataclasses import replace

from flows.effects import Outcome, ReplaceAnswers, SaveAnswer
from flows.surveys.dialogue import step
from flows.surveys.steering import steer
from flows.values import MINUTE, Location, Media, Session
from tests.flows.surveys.scene import NOW, SESSION_ID, Phone, message
from tests.flows.surveys.test_dialogue import answer, begin


def say(phone: Phone, *verbs: str) -> Phone:
    """Text verbs to an open session."""
    for verb in verbs:
        outcome = steer(phone.turn(message(verb)), phone.loaded, phone.session, verb)
        assert outcome is not None, verb
        phone.outcome = outcome
    return phone


def is_verb(phone: Phone, text: str) -> bool:
    """Say whether a text steers the open session."""
    return steer(phone.turn(message(text)), phone.loaded, phone.session, text) is not None


def test_back_asks_again_with_the_old_answer() -> None:
    """The old answer stays until there is a new one."""
    phone = say(answer(begin(Phone.with_survey("One?", "Two?")), "a"), "BACK")
    assert phone.said == ["<survey_old_answer>", "One?"]
    assert phone.effects == []
    assert (phone.session.question_id, phone.session.path, phone.session.answers) == ("q1", (), {"q1": "a"})
    answer(phone, "b")
    assert phone.session.answers == {"q1": "b"}


def test_back_twice_takes_later_answers_back() -> None:
    """So that a branch taken before leaves no stale answers."""
    phone = say(answer(begin(Phone.with_survey("One?", "Two?", "Three?")), "a", "b"), "BACK", "atrás")
    assert phone.effects == [ReplaceAnswers(SESSION_ID, ("q2",))]
    assert (phone.session.question_id, phone.session.path, phone.session.answers) == ("q1", (), {"q1": "a"})


def test_another_branch_after_back() -> None:
    """Only the questions of the way that was taken have answers."""
    phone = begin(
        Phone.with_survey(
            {"id": "like", "text": "Like?", "type": "yes_no", "next": [{"if": "yes", "go": "most"}]},
            {"id": "why", "text": "Why not?", "next": "last"},
            {"id": "most", "text": "What most?"},
            {"id": "last", "text": "Else?"},
        )
    )
    say(answer(phone, "no", "loud"), "back", "back")
    answer(phone, "yes", "music")
    assert (phone.session.path, phone.session.answers) == (("like", "most"), {"like": True, "most": "music"})


def test_back_at_the_first_question() -> None:
    """Says so and asks it."""
    phone = say(begin(Phone.with_survey("One?")), "BACK")
    assert phone.said == ["<survey_back_at_start>", "One?"]


def test_back_to_files_to_a_place_and_to_a_skipped_question() -> None:
    """Files are counted, a place is named, and nothing is said about what was skipped."""
    phone = begin(
        Phone.with_survey(
            {"text": "Photo?", "type": "media"},
            {"text": "Where?", "type": "location"},
            {"text": "More?", "optional": True},
            "Last?",
        )
    )
    photo = message(media=(Media("https://media.example.org/1", "image/png"),))
    phone.outcome = step(phone.turn(photo), phone.loaded, phone.session)
    phone.outcome = step(phone.turn(message(location=Location(1.5, 2.5))), phone.loaded, phone.session)
    assert say(phone, "skip", "back").said == ["More?"]
    assert say(phone, "back").said == ["<survey_old_answer>", "Where?"]
    (reply,) = phone.replies
    assert getattr(reply.says[0], "values", None) == {"answer": "1.5, 2.5"}
    assert say(phone, "back").said == ["<survey_old_files>", "Photo?"]


def test_skip() -> None:
    """Where optional it leads on with no value; where needed the question is asked again."""
    phone = begin(Phone.with_survey({"text": "One?", "optional": True}, "Two?"))
    say(phone, "SKIP")
    assert phone.effects == [SaveAnswer(SESSION_ID, "q1", "One?", "SKIP", None)]
    assert phone.said == ["Two?"]
    say(phone, "omitir")
    assert phone.said == ["<survey_skip_required>", "Two?"]
    assert (phone.session.question_id, phone.session.tries) == ("q2", 0)


def test_skip_of_the_last_question_completes() -> None:
    """As an answer would."""
    phone = say(begin(Phone.with_survey({"text": "One?", "optional": True})), "skip")
    assert phone.outcome.session is None


def test_restart() -> None:
    """Takes every answer back, in the same session."""
    phone = say(answer(begin(Phone.with_survey("One?", "Two?", "Three?")), "a", "b"), "RESTART")
    assert phone.effects == [ReplaceAnswers(SESSION_ID, ("q1", "q2"))]
    assert phone.said == ["<survey_restarted>", "One?"]
    assert (phone.session.id, phone.session.path, phone.session.answers) == (SESSION_ID, (), {})
    assert say(phone, "restart").effects == []


def test_pause_and_resume() -> None:
    """No reminder meanwhile, and the same question afterwards."""
    phone = begin(Phone.with_survey("One?", remind_after_minutes=60))
    say(phone, "PAUSE")
    assert phone.said == ["<survey_paused>"]
    assert (phone.session.state, phone.session.remind_at) == ("paused", None)
    phone.now_at += MINUTE
    say(phone, "resume")
    assert phone.said == ["<survey_resumed>", "One?"]
    assert (phone.session.state, phone.session.remind_at) == ("asking", NOW + 61 * MINUTE)


def test_verbs_that_mean_nothing_now() -> None:
    """While paused only RESUME and RESTART; while asking no RESUME; in no other state any."""
    phone = begin(Phone.with_survey("One?"))
    assert not is_verb(phone, "resume")
    assert not is_verb(phone, "hello")
    say(phone, "exit")
    assert [is_verb(phone, text) for text in ("back", "skip", "pause", "restart")] == [False, False, False, True]
    phone.outcome = Outcome(Session(b"another-session!", "join", "confirming"))
    assert not is_verb(phone, "back")


def test_a_verb_that_is_an_answer_is_the_answer() -> None:
    """Where the open question offers it."""
    phone = begin(Phone.with_survey({"text": "Which way?", "choices": ["Back", "Forward"]}))
    assert not is_verb(phone, "back")
    assert is_verb(phone, "atrás")
    paused = replace(phone.session, state="paused")
    phone.outcome = Outcome(paused)
    assert is_verb(phone, "resume")


def test_hearing_something_begins_the_waiting_anew() -> None:
    """Every message moves the expiry on."""
    phone = begin(Phone.with_survey("One?", "Two?", remind_after_minutes=60, expire_after_minutes=120))
    phone.now_at += 30 * MINUTE
    say(phone, "back")
    assert (phone.session.remind_at, phone.session.expires_at) == (NOW + 90 * MINUTE, NOW + 150 * MINUTE)
    phone.now_at += 30 * MINUTE
    answer(phone, "a")
    assert (phone.session.remind_at, phone.session.expires_at) == (NOW + 120 * MINUTE, NOW + 180 * MINUTE)
