"""What is said about an audience that cannot be understood."""

from __future__ import annotations

from flows.errors import CommandError

BEFORE = 24
AFTER = 14
"""Characters of the text that are shown around the place; with the sentence it is about one SMS segment."""


class AudienceError(CommandError):
    """The audience cannot be understood: name a group, an event, a survey or a filter such as zip=94110."""

    code = "audience"

    def __init__(self, text: str, place: int, found: str, expected: str) -> None:
        super().__init__(f"{excerpt(text, place)}\nAt ^ I found {found}, I expected {expected}.")
        self.place = place
        """Where, in characters from the beginning of the text."""
        self.found = found
        self.expected = expected


def excerpt(text: str, place: int) -> str:
    """Show the surroundings of a place with a caret in front of it: zip=94110 and ^)."""
    start, end = max(0, place - BEFORE), place + AFTER
    left, right = text[start:place], text[place:end]
    return f"{'..' if start else ''}{left}^{right}{'..' if end < len(text) else ''}"
