"""A mapping of a definition, read field by field; everything wrong is collected with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from flows.surveys.words import NO_WORDS, Words, plain

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


class Fields:
    """One mapping of a definition; a method that finds its field wrong notes a problem and gives a harmless value.

    A field that is empty counts as absent.
    """

    def __init__(self, content: object, place: str, problems: list[str]) -> None:
        self.place = place
        self.problems = problems
        self._read: list[str] = []
        self._content: dict[str, object] = {}
        if isinstance(content, Mapping):
            self._content = {str(name): value for name, value in content.items() if value not in (None, "")}
        else:
            self.problem("", f"a mapping of fields is needed here, not {shown(content)}")

    def problem(self, name: str, sentence: str) -> None:
        """Note what is wrong with a field ("" for the mapping itself)."""
        place = ".".join(part for part in (self.place, name) if part)
        self.problems.append(f"{place}: {sentence}." if place else f"{sentence[:1].upper()}{sentence[1:]}.")

    def __contains__(self, name: str) -> bool:
        return name in self._content

    def take(self, *names: str) -> object:
        """Give the first of some fields that is there, as it stands, None when none is."""
        self._read += names
        return next((self._content[name] for name in names if name in self._content), None)

    def string(self, name: str, limit: int) -> str:
        """Give a field's text without spaces around it, "" when it is absent."""
        value = self.take(name)
        if value is None:
            return ""
        text = as_text(value)
        if text is None:
            self.problem(name, f"a text is needed, not {shown(value)}; put it in quotes")
            return ""
        return self._bounded(name, text, limit)

    def words(self, name: str, limit: int) -> Words:
        """Give a field's text, one for all languages or one per language code."""
        if not isinstance(self._content.get(name), Mapping):
            text = self.string(name, limit)
            return plain(text) if text else NO_WORDS
        inner = Fields(self.take(name), f"{self.place}.{name}" if self.place else name, self.problems)
        return Words({code: text for code in inner._content if (text := inner._translation(code, limit))})

    def whole(self, name: str, bounds: tuple[int, int], default: int) -> int:
        """Give a field's whole number within bounds."""
        value = self.take(name)
        if value is None:
            return default
        low, high = bounds
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.problem(name, f"a whole number from {low} to {high} is needed, not {shown(value)}")
            return default
        return value

    def number(self, name: str) -> float | None:
        """Give a field's number, None when it is absent."""
        value = self.take(name)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15):
            return value
        self.problem(name, f"a number is needed, not {shown(value)}")
        return None

    def flag(self, name: str, default: bool) -> bool:
        """Give a field's true or false."""
        value = self.maybe(name)
        return default if value is None else value

    def maybe(self, name: str) -> bool | None:
        """Give a field's true or false, None when it is absent."""
        value = self.take(name)
        if value is None or isinstance(value, bool):
            return value
        self.problem(name, f"true or false is needed, not {shown(value)}")
        return None

    def items(self, name: str, limit: int) -> list[object]:
        """Give a field's list, empty when it is absent."""
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.problem(name, f"a list is needed, not {shown(value)}")
            return []
        if len(value) > limit:
            self.problem(name, f"at most {limit} are possible, not {len(value)}")
        return list(value[:limit])

    def finish(self) -> None:
        """Note every field that nobody asked for."""
        for name in self._content:
            if name not in self._read:
                near = get_close_matches(name, self._read, n=1)
                hint = f"'{near[0]}' may be meant" if near else f"known are {', '.join(sorted(set(self._read)))}"
                self.problem(name, f"this field is not known; {hint}")

    def _translation(self, code: str, limit: int) -> str:
        if not _LANGUAGE.fullmatch(code):
            self.problem(code, "a language code such as en or es is needed")
        return self.string(code, limit)

    def _bounded(self, name: str, text: str, limit: int) -> str:
        if len(text) > limit:
            self.problem(name, f"the text has {len(text)} characters, at most {limit} are possible; shorten it")
        return text[:limit]


def as_text(value: object) -> str | None:
    """Give a text or number of a definition as text, None for anything else (YAML makes a bare yes or no a bool)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip()


def shown(value: object) -> str:
    """Quote a value in an error message, cut to a readable length."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
