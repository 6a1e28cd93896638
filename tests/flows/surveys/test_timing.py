"""One reminder, then the end."""

from dataclasses import replace

from flows.effects import EndSession, Template
from flows.surveys.timing import expire, remind
from flows.values import MINUTE, ExpiryDue, ReminderDue
from tests.flows.surveys.scene import SESSION_ID, Phone
from tests.flows.surveys.test_dialogue import answer, begin
from tests.flows.surveys.test_steering import say

REMIND = ReminderDue(SESSION_ID)
EXPIRE = ExpiryDue(SESSION_ID)


def _phone() -> Phone:
    return begin(Phone.with_survey("One?", "Two?", remind_after_minutes=60, expire_after_minutes=120))


def test_one_reminder() -> None:
    """Asks the question again, once in a session, also after more answers."""
    phone = _phone()
    phone.now_at += 60 * MINUTE
    phone.outcome = remind(phone.turn(REMIND), phone.loaded, phone.session)
    assert phone.said == ["<survey_reminder>", "One?"]
    assert phone.session.remind_at is None
    again = remind(phone.turn(REMIND), phone.loaded, phone.session)
    assert again.effects == ()
    assert again.session is phone.session
    answer(phone, "a")
    assert phone.session.remind_at is None


def test_a_session_that_moved_on_is_not_reminded() -> None:
    """Nor one that is paused, nor another one than was due."""
    phone = answer(_phone(), "a")
    phone.now_at += 59 * MINUTE
    assert remind(phone.turn(REMIND), phone.loaded, phone.session).effects == ()
    phone.now_at += MINUTE
    another = ReminderDue(b"another-session!")
    assert remind(phone.turn(another), phone.loaded, phone.session).effects == ()
    paused = replace(say(phone, "pause").session, remind_at=phone.now_at)
    assert remind(phone.turn(REMIND), phone.loaded, paused).effects == ()


def test_expiry() -> None:
    """Ends the session and names the keyword to begin again."""
    phone = _phone()
    phone.now_at += 120 * MINUTE
    phone.outcome = expire(phone.turn(EXPIRE), phone.loaded, phone.session)
    assert phone.effects == [EndSession(SESSION_ID, "expired")]
    assert [reply.says for reply in phone.replies] == [(Template("survey_expired", {"keyword": "TESTING"}),)]
    assert phone.outcome.session is None


def test_a_keyword_that_starts_nothing_is_not_named() -> None:
    """An inactive survey cannot be begun again."""
    phone = _phone()
    phone.loaded = replace(phone.loaded, is_active=False)
    phone.now_at += 120 * MINUTE
    phone.outcome = expire(phone.turn(EXPIRE), phone.loaded, phone.session)
    assert [reply.says for reply in phone.replies] == [(Template("survey_expired", {"keyword": ""}),)]


def test_a_paused_session_expires_too() -> None:
    """It does not wait for ever."""
    phone = say(_phone(), "pause")
    phone.now_at += 120 * MINUTE
    assert expire(phone.turn(EXPIRE), phone.loaded, phone.session).session is None


def test_a_session_that_moved_on_does_not_expire() -> None:
    """Nor another one than was due."""
    phone = _phone()
    phone.now_at += 119 * MINUTE
    answer(phone, "a")
    phone.now_at += MINUTE
    kept = expire(phone.turn(EXPIRE), phone.loaded, phone.session)
    assert kept.session is phone.session
    assert kept.effects == ()
    phone.now_at += 120 * MINUTE
    assert expire(phone.turn(ExpiryDue(b"another-session!")), phone.loaded, phone.session).session is phone.session
