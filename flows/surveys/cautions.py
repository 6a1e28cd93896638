"""Choices that are sound but that people cannot answer with, because the word means something else."""

from __future__ import annotations

from flows.consent.keywords import may_be_an_answer, stop_languages
from flows.consent.reading import Intent, Reading, read_consent
from flows.surveys.menu import Menu
from flows.surveys.questions import Survey, menu_of

_STOPS = (Intent.STOP, Intent.STOP_PHRASE)
_NAMES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def cautions(survey: Survey) -> list[str]:
    """Return a line for each choice whose words are read as stop, start or help before they are an answer."""
    lines = []
    for position, question in enumerate(survey.questions):
        menu = menu_of(question.kind)
        for name in _names(menu) if menu is not None else ():
            said = _caution(read_consent(name))
            if said:
                lines.append(f"questions[{position}] ({question.id}): the choice '{name}' is {said}")
    return lines


def _names(menu: Menu) -> list[str]:
    return list(dict.fromkeys(name for option in menu.options for name in option.names))


def _caution(reading: Reading) -> str | None:
    if reading.intent in _STOPS:
        return _about_stop(reading)
    if reading.intent in (Intent.HELP, Intent.START):
        return f"a {reading.intent} word: whoever answers with it gets that reply instead. Choose another word."
    return None


def _about_stop(reading: Reading) -> str:
    if reading.intent is Intent.STOP_PHRASE or not may_be_an_answer(reading, ()):
        return "a stop word: whoever answers with it is unsubscribed. Choose another word, or ask for its number."
    spoken = " and ".join(sorted(_NAMES[language] for language in stop_languages(reading)))
    return (
        f"a stop word in {spoken}: it unsubscribes people whose language that is, and everybody if it is the "
        "organisation's. For all others it is the answer."
    )
