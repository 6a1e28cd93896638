"""The states of joining, of the question for a name, and of a registration: the notation, and the tables."""

from __future__ import annotations

from statemachine import State, StateMachine

from flows.machine import compile_table


class JoinDialogue(StateMachine):
    """Joining the community: a YES to confirm where the workspace wants it, then a name where it wants that.

    Who is asked for the name is a member already, so every way on from there ends in `joined`.
    """

    asking_consent = State(initial=True)
    asking_name = State()
    joined = State(final=True)
    declined = State(final=True)
    abandoned = State(final=True)
    expired = State(final=True)
    cancelled = State(final=True)

    confirm = asking_consent.to(joined)
    ask_name = asking_consent.to(asking_name)
    decline = asking_consent.to(declined)
    retry = asking_consent.to(asking_consent) | asking_name.to(asking_name)
    remind = asking_consent.to(asking_consent) | asking_name.to(asking_name)
    answer = asking_name.to(joined)
    skip = asking_name.to(joined)
    give_up = asking_consent.to(abandoned) | asking_name.to(joined)
    expire = asking_consent.to(expired) | asking_name.to(joined)
    cancel = asking_consent.to(cancelled) | asking_name.to(cancelled)


class NameDialogue(StateMachine):
    """The question for the name before an event's registration."""

    asking_name = State(initial=True)
    completed = State(final=True)
    expired = State(final=True)
    cancelled = State(final=True)

    retry = asking_name.to(asking_name)
    remind = asking_name.to(asking_name)
    answer = asking_name.to(completed)
    skip = asking_name.to(completed)
    give_up = asking_name.to(completed)
    expire = asking_name.to(expired)
    cancel = asking_name.to(cancelled)


class Registration(StateMachine):
    """A contact's place on an event's list; who was never on it stands where a withdrawn one does."""

    withdrawn = State(initial=True)
    registered = State()
    waiting = State()

    register = withdrawn.to(registered)
    wait = withdrawn.to(waiting)
    promote = waiting.to(registered)
    withdraw = registered.to(withdrawn) | waiting.to(withdrawn)


JOIN_TABLE = compile_table(JoinDialogue)
NAME_TABLE = compile_table(NameDialogue)
REGISTRATION_TABLE = compile_table(Registration)

ASKING_CONSENT = JoinDialogue.asking_consent.id
ASKING_NAME = NameDialogue.asking_name.id
"""The same word in both dialogues."""
