"""The options of a question, and how what a person writes finds one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.effects import Choice
from flows.language.text import normalise
from flows.surveys.folding import fold
from flows.surveys.words import ANY, Words

NUMERALS: Mapping[int, tuple[str, ...]] = {
    0: ("zero", "cero"),
    1: ("one", "uno", "una"),
    2: ("two", "dos"),
    3: ("three", "tres"),
    4: ("four", "cuatro"),
    5: ("five", "cinco"),
    6: ("six", "seis"),
    7: ("seven", "siete"),
    8: ("eight", "ocho"),
    9: ("nine", "nueve"),
    10: ("ten", "diez"),
}
"""Small numbers as people write them."""

_FILLERS = frozenset(
    normalise(
        "a an the i my answer is choose pick option choice number num nr please pls thanks thank you "
        "star stars point points "
        "el la los las un mi respuesta es elijo opción número por favor gracias estrella estrellas punto puntos"
    ).split()
)
"""Words around an answer that change nothing; "no" and "one" are answers themselves."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that a question offers."""

    value: str
    label: Words
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that a person may write for it."""
        return (self.value, *self.label.texts, *self.aliases)


@dataclass(frozen=True, slots=True)
class Listing:
    """How options are shown in one language."""

    text: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Menu:
    """Options with the tables that find one, made once."""

    options: tuple[Option, ...]
    is_scale: bool = False
    """True: the values are numbers themselves, so that an option's position means nothing."""
    names: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """Value by every spelling of an option's names."""
    answers: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """The names and, where options are numbered, their numbers."""
    words: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """Value by a word that only this option's names hold."""
    listings: Mapping[str, Listing] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = _names(self.options)
        numbers = {} if self.is_scale else _numbers(self.options, names)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "answers", {**numbers, **names})
        object.__setattr__(self, "words", _unique_words(self.options))
        object.__setattr__(self, "listings", _listings(self.options, self.is_scale, bool(numbers)))

    def find(self, text: str) -> str | None:
        """Give the value of the option that a text names, None when it names none or more than one."""
        folded = fold(text)
        value = self.answers.get(folded)
        return value if value is not None else self._find_loosely(normalise(folded))

    def is_allowed(self, text: str) -> bool:
        """Say whether a whole text is an option's name or number."""
        folded = fold(text)
        return folded in self.answers or normalise(folded) in self.answers

    def listing(self, language: str, fallback: str) -> Listing:
        """Give the options as they are shown in a language."""
        for code in (language, language.partition("-")[0], fallback):
            if code in self.listings:
                return self.listings[code]
        return self.listings[ANY]

    def label(self, value: str, language: str, fallback: str) -> str:
        """Give an option's label; the value itself when there is no such option."""
        for option in self.options:
            if option.value == value:
                return option.label.text_in(language, fallback) or value
        return value

    def _find_loosely(self, said: str) -> str | None:
        value = self.answers.get(said)
        if value is None:
            said = " ".join(word for word in said.split() if word not in _FILLERS)
            value = self.answers.get(said)
        return value if value is not None else self._find_part(said)

    def _find_part(self, said: str) -> str | None:
        head, _, rest = said.partition(" ")
        if rest and head in self.answers and self.answers[head] == self.answers.get(rest):
            return self.answers[head]  # "2) Green"
        if said in self.words:
            return self.words[said]
        if len(said) < 2 or said[0].isdigit():
            return None
        values = {value for name, value in self.names.items() if name.startswith(said)}
        return values.pop() if len(values) == 1 else None


def clashes(options: tuple[Option, ...]) -> list[str]:
    """List the names that two options share."""
    owners: dict[str, set[int]] = {}
    for position, option in enumerate(options):
        for name in option.names:
            owners.setdefault(fold(name), set()).add(position)
    return [name for name, positions in owners.items() if len(positions) > 1]


def _names(options: tuple[Option, ...]) -> dict[str, str]:
    exact = {fold(name): option.value for option in options for name in option.names}
    loose: dict[str, str | None] = {}
    for option in options:
        for name in option.names:
            spelled = normalise(fold(name))
            loose[spelled] = option.value if loose.get(spelled, option.value) == option.value else None
    known = {spelled: value for spelled, value in loose.items() if spelled and value is not None}
    return {**known, **exact}


def _numbers(options: tuple[Option, ...], names: Mapping[str, str]) -> dict[str, str]:
    """Number the options 1, 2, ...; not at all where a number is already the name of another option."""
    values = {position: option.value for position, option in enumerate(options, start=1)}
    if any(names.get(str(position), value) != value for position, value in values.items()):
        return {}
    numbers = {str(position): value for position, value in values.items()}
    for position, value in values.items():
        numbers.update(dict.fromkeys(NUMERALS.get(position, ()), value))
    return numbers


def _unique_words(options: tuple[Option, ...]) -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for option in options:
        for name in option.names:
            for word in normalise(fold(name)).split():
                owners.setdefault(word, set()).add(option.value)
    return {word: values.pop() for word, values in owners.items() if len(values) == 1 and not word.isdigit()}


def _listings(options: tuple[Option, ...], is_scale: bool, is_numbered: bool) -> dict[str, Listing]:
    languages = {ANY, *(code for option in options for code in option.label.by_language)}
    if is_scale:
        return {language: _scale(options, language) for language in languages}
    return {language: _list(options, language, is_numbered) for language in languages}


def _list(options: tuple[Option, ...], language: str, is_numbered: bool) -> Listing:
    labels = [option.label.text_in(language) for option in options]
    leads = [f"{position}) " if is_numbered else "- " for position in range(1, len(labels) + 1)]
    lines = "\n".join(lead + label for lead, label in zip(leads, labels, strict=True))
    choices = (Choice(label, option.value) for label, option in zip(labels, options, strict=True))
    return Listing(lines, tuple(choices))


def _scale(options: tuple[Option, ...], language: str) -> Listing:
    shown = [(option.value, option.label.text_in(language)) for option in options]
    lines = "\n".join(f"{value} = {label}" for value, label in shown if label)
    return Listing(lines, tuple(Choice(f"{value} {label}".rstrip(), value) for value, label in shown))
