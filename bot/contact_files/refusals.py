"""Why a file is not read, in the language of who is told."""

from __future__ import annotations

from bot.texts import shipped_texts
from flows.effects import Template
from flows.errors import CommandError

ENGLISH = "en"


class FileRefused(CommandError):
    """The file cannot be read."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.says = Template(name, values)

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> str:
        """The sentence for a person, in English."""
        return written(self.says, ENGLISH)


def written(says: Template, language: str) -> str:
    """Write a text of ours."""
    return shipped_texts().render(says, language)
