"""What belongs to no dialogue: the language, the wish for a person, and what nobody understood."""

from __future__ import annotations

from flows.attention import for_person
from flows.consent.reading import Intent
from flows.conversation.consent import keywords_to_try, read
from flows.effects import Flag, Outcome, Reply, SetLanguage, Template
from flows.language.text import words
from flows.turn import Turn
from flows.values import InboundMessage

LANGUAGES = {"en": "English", "es": "español"}
"""The languages Rollcall speaks, by their own names."""
_NAMES = {
    "en": "en",
    "english": "en",
    "ingles": "en",
    "es": "es",
    "espanol": "es",
    "spanish": "es",
    "castellano": "es",
}
_VERBS = frozenset({"lang", "language", "idioma"})


def language_wish(turn: Turn, message: InboundMessage) -> Outcome | None:
    """LANG es, LANGUAGE english, IDIOMA español; the name of the language alone will do."""
    said = words(message.text)
    if len(said) == 2 and said[0] in _VERBS:
        code = _NAMES.get(said[1])
    elif len(said) == 1 and said[0] in ("espanol", "english") and turn.contact.session is None:
        code = _NAMES[said[0]]
    elif said and said[0] in _VERBS and len(said) == 1:
        code = None
    else:
        return None
    session = turn.contact.session
    if code is None:
        return Outcome(session, (Reply((Template("language_unknown", {"available": _available()}),)),))
    chosen = Template("language_set", {"language": LANGUAGES[code]})
    return Outcome(session, (SetLanguage(code), Reply((chosen,), language=code)))


def wants_person(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Leave the message of who asks for a person for one, and say so where there is one."""
    if read(message).intent is not Intent.PERSON:
        return None
    workspace = turn.workspace
    values = {
        "organisation": workspace.name,
        "contact": workspace.help_contact,
        "attended": turn.is_attended,
        "keywords": keywords_to_try(turn),
    }
    says = Reply((Template("person", values),))
    return Outcome(turn.contact.session, (Flag("asks for a person"), says, *for_person(turn)))


def fall_back(turn: Turn) -> Outcome:
    """Say what can be started; the message waits in the inbox for a person."""
    values = {
        "organisation": turn.workspace.name,
        "contact": turn.workspace.help_contact,
        "attended": turn.is_attended,
        "keywords": keywords_to_try(turn),
    }
    says = Reply((Template("fallback", values),))
    return Outcome(turn.contact.session, (Flag("unclaimed"), says, *for_person(turn)))


def _available() -> list[str]:
    return [f"LANG {code}" for code in LANGUAGES]
