"""The words that steer a session: BACK, SKIP, RESTART, PAUSE, RESUME, in English and Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flows.language.text import normalise


class Verb(StrEnum):
    """What a person may do with an open session besides answering."""

    BACK = "back"
    SKIP = "skip"
    RESTART = "restart"
    PAUSE = "pause"
    RESUME = "resume"


_WORDS: Mapping[Verb, str] = {
    Verb.BACK: "back, go back, previous, atrás, ir atrás, volver, regresar, anterior",
    Verb.SKIP: "skip, skip it, pass, saltar, omitir, paso, pasar",
    Verb.RESTART: "restart, start over, start again, begin again, reiniciar, reinicia, empezar de nuevo, de nuevo",
    Verb.PAUSE: "pause, exit, pausa, pausar",
    Verb.RESUME: "resume, continue, go on, seguir, continuar, sigue, reanudar",
}
_VERBS = {normalise(said): verb for verb, words in _WORDS.items() for said in words.split(",")}


def verb_of(text: str) -> Verb | None:
    """Read a whole message as a verb, None when it is something else."""
    if len(text) > 40:
        return None
    return _VERBS.get(normalise(text))
