"""The states of a survey's session: the notation, and the table that dialogues step through."""

from __future__ import annotations

from statemachine import State, StateMachine

from flows.machine import compile_table


class SurveySession(StateMachine):
    """One contact's way through one survey."""

    asking = State(initial=True)
    paused = State()
    completed = State(final=True)
    expired = State(final=True)
    abandoned = State(final=True)
    cancelled = State(final=True)

    answer = asking.to(asking)
    retry = asking.to(asking)
    skip = asking.to(asking)
    back = asking.to(asking)
    remind = asking.to(asking)
    restart = asking.to(asking) | paused.to(asking)
    pause = asking.to(paused)
    resume = paused.to(asking)
    finish = asking.to(completed)
    give_up = asking.to(abandoned)
    expire = asking.to(expired) | paused.to(expired)
    cancel = asking.to(cancelled) | paused.to(cancelled)


TABLE = compile_table(SurveySession)

ASKING = SurveySession.asking.id
PAUSED = SurveySession.paused.id
CANCELLED = SurveySession.cancelled.id
