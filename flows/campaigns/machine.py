"""The states of a campaign."""

from __future__ import annotations

from statemachine import State, StateMachine

from flows.machine import compile_table


class CampaignMachine(StateMachine):
    """One text to one audience, from its code to its end."""

    draft = State("draft", initial=True)
    scheduled = State("scheduled")
    running = State("running")
    paused = State("paused")
    completed = State("completed", final=True)
    failed = State("failed", final=True)
    cancelled = State("cancelled", final=True)
    expired = State("expired", final=True)

    schedule = draft.to(scheduled) | scheduled.to(scheduled)
    start = scheduled.to(running)
    pause = scheduled.to(paused) | running.to(paused)
    resume = paused.to(running)
    wait = paused.to(scheduled)
    complete = running.to(completed)
    fail = running.to(failed)
    cancel = draft.to(cancelled) | scheduled.to(cancelled) | running.to(cancelled) | paused.to(cancelled)
    expire = scheduled.to(expired) | running.to(expired) | paused.to(expired)


CAMPAIGN_TABLE = compile_table(CampaignMachine)
CAMPAIGN_STATES = tuple(state.id for state in CampaignMachine.states)
