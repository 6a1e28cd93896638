"""The words of the language of audiences, English and Spanish, as `fold` writes them."""

from __future__ import annotations

from collections.abc import Mapping

from flows.audiences.tree import Progress
from flows.values import RegistrationStatus

AND = frozenset({"and", "y"})
OR = frozenset({"or", "o"})
NOT = frozenset({"not", "no"})
EXCEPT = frozenset({"except", "excepto", "salvo"})
SHORT = frozenset({"y", "o", "no"})
"""Words that are as often something else: they join only where something to join follows."""
COMMUNITY_WORDS = frozenset({"community", "comunidad"})
EVERYBODY = frozenset({"all", "everybody", "everyone", "todos"})
EVENT = frozenset({"event", "evento"})
SURVEY = frozenset({"survey", "encuesta"})
NO_REPLY = frozenset({"noreply", "no-reply"})
ANSWERED = frozenset({"answered"})
NEW = frozenset({"new", "nuevos"})
SINCE = frozenset({"since", "desde"})
LAST = frozenset({"last"})
LAST_OF = frozenset({"seen", "message"})
STATUSES: Mapping[str, RegistrationStatus] = {status.value: status for status in RegistrationStatus}
PROGRESS: Mapping[str, Progress] = {
    **{progress.value: progress for progress in Progress},
    "completed": Progress.ANSWERED,
    "finished": Progress.ANSWERED,
}
JOINERS = AND | OR | NOT | EXCEPT
TERMS = COMMUNITY_WORDS | EVENT | SURVEY | NO_REPLY | ANSWERED
RESERVED = JOINERS | TERMS | EVERYBODY | NEW | LAST | frozenset(STATUSES) | frozenset(PROGRESS)
"""Names that are one of these are written in quotes."""
