"""What has to be said about a file before it is taken in by the shell, as nobody confirms it there by a code."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator

from bot.contact_files.guessing import Guess, title_of
from bot.contact_files.reading import About
from bot.contact_files.statuses import StatusColumn, Word
from flows.errors import CommandError


def notes_about(about: About) -> Iterator[str]:
    """Return what the file was read as where that was a guess, and what its status columns were taken for."""
    if about.encoding is not None:
        yield f"Read as {title_of(about.encoding.name)}: {_listed(about.encoding)}."
    for status in about.statuses:
        words = ", ".join(f"{_named(word)} {word.standing}" for word in status.words)
        yield f"'{status.heading}' says who gets messages: {words}."


def refuse_doubts(about: About, confirm: Callable[[str], bool] | None = None) -> None:
    """Refuse what is not clear, with the options that make it so; `confirm` asks a person about the encoding.

    Raises `CommandError`.
    """
    for status in about.statuses:
        if not status.is_sure:
            raise CommandError(_unclear(status))
    guess = about.encoding
    if guess is None or guess.is_sure:
        return
    shown = f"The file is not Unicode. Read as {title_of(guess.name)} it says: {_listed(guess)}."
    if confirm is None or not confirm(f"{shown} Is that right?"):
        raise CommandError(f"{shown} If that is right, say --encoding {guess.name}; if not, name another encoding.")


def _unclear(status: StatusColumn) -> str:
    column = shlex.quote(status.heading)
    unknown = [word for word in status.words if not word.is_known] or list(status.words)
    example = shlex.quote(f"{unknown[0].text}=active")
    return (
        f"The column '{status.heading}' seems to say who gets messages, and not all of its words are clear: "
        f"{', '.join(map(_named, unknown))}. Say --status-column {column} (an unclear word makes people inactive: "
        f"campaigns leave them out), say what a word means with --status {example}, "
        f"or say --map {shlex.quote(f'{status.heading}=field')} where the column is only a field."
    )


def _named(word: Word) -> str:
    return f"{word.text or '(empty)'} ({word.count:,})"


def _listed(guess: Guess) -> str:
    return ", ".join(guess.sample)
