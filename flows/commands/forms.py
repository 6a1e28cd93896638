"""The forms of commands that do many things: how each is written, and what it does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a command."""

    action: str
    """As the command's arguments have it; HELP explains it by the text `operator_help_event`."""
    usage: str
    summary: str
    example: str


EVENT_FORMS: tuple[Form, ...] = (
    Form(
        *("new", "EVENT NEW <title> [on] <date> [at <place>] [for <n>] [keyword <word>]"),
        summary="Shows the event as it was read and opens it by a code. Without a keyword a free word of the title"
        " becomes it, never a date, a time or a word of ours. A title in quotes is taken as it stands.",
        example="EVENT NEW Spring Gala 14 may 6pm at Harbor Hall for 100, keyword GALA",
    ),
    Form(
        *("show", "EVENT <event>"),
        summary="Shows its date, place and seats, and everybody on the list. An event goes by keyword, title or"
        " number.",
        example="EVENT GALA",
    ),
    Form(
        *("move", "EVENT MOVE <event> <date> [at <place>]"),
        summary="Gives it another date, place or both; everybody on the list is told, and reminders follow.",
        example="EVENT MOVE GALA 21 may 7pm at Pier 4",
    ),
    Form(
        *("rename", "EVENT RENAME <event> to <title> [keyword <word>]"),
        summary="Gives it another title, and another keyword if you name one; the old keywords go on working. Everybody"
        " on the list is told.",
        example="EVENT RENAME GALA to Summer Ball, keyword BALL",
    ),
    Form(
        *("seats", "EVENT SEATS <event> <n>|none"),
        summary="Changes how many fit in. More seats go to the waiting list, whose people are told; fewer than are"
        " registered is refused.",
        example="EVENT SEATS GALA 120",
    ),
    Form(
        *("close", "EVENT CLOSE <event>"),
        summary="Takes no new registrations; who is on the list still comes, and who texts the keyword hears so.",
        example="EVENT CLOSE GALA",
    ),
    Form(
        *("open", "EVENT OPEN <event>"),
        summary="Takes registrations again. A cancelled event is on again, and everybody on the list is told.",
        example="EVENT OPEN GALA",
    ),
    Form(
        *("cancel", "EVENT CANCEL <event>"),
        summary="Calls it off: everybody on the list is told, reminders end, and who texts the keyword hears so.",
        example="EVENT CANCEL GALA",
    ),
    Form(
        *("delete", "EVENT DELETE <event>"),
        summary="Removes it with its list and frees its keyword. If it is still to come, everybody on the list hears"
        " that it is off. Answers to surveys and the audit stay.",
        example="EVENT DELETE GALA",
    ),
    Form(
        *("add", "EVENT ADD <event> <person>"),
        summary="Puts one person on the list by number, phone or name, or on the waiting list when it is full, and"
        " tells them. An opt-out stays: they are not told then.",
        example="EVENT ADD GALA @12",
    ),
    Form(
        *("drop", "EVENT DROP <event> <person>"),
        summary="Takes one person off the list and tells them; the first on the waiting list moves up.",
        example="EVENT DROP GALA Ada",
    ),
)
