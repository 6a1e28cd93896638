"""Any single edit of a chain, or of the commands that it is about, is found, and the record named."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from storage.audit.chain import GONE, Entry, Fault, Head, Mark, Seen, Walk, enter, follow, form_of, judge, seal_of
from storage.commands import ENDED, NAMES

KEY = b"not-a-real-key"
WORKSPACE, OTHER = b"w" * 16, b"v" * 16
NOW = 1_795_000_000_000_000
EDITS = 10_000
KEYS = frozenset(("id", "command_id", "workspace_id", "operator_id", "channel_id", "contact_id", "message_id"))
HASHES = frozenset(("fingerprint", "code_hash", "digest", "mac", "seal"))
WORDS = frozenset(("address", "verb", "text", "arguments", "door", "confirmed_by", "answer", "error"))
Command = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Book:
    """What the three tables hold; an edit gives another one."""

    commands: tuple[Command, ...]
    entries: tuple[Entry, ...]
    head: Head | None

    def number_of(self, command_id: bytes) -> int:
        """Give the number of a command's last entry."""
        return max(one.number for one in self.entries if one.command_id == command_id)


@dataclass(frozen=True, slots=True)
class Edit:
    """A book that somebody changed in one place, and the record that has to be named."""

    book: Book
    number: int | None = None
    command_id: bytes | None = None


def command_of(place: int) -> Command:
    """Make a command that has ended."""
    values: Command = dict.fromkeys(NAMES)
    values |= {"id": place.to_bytes(16, "big"), "workspace_id": WORKSPACE, "address": "+15550100101", "verb": "BLAST"}
    values |= {"text": f"BLAST all: {place}", "arguments": f'{{"n":{place}}}', "door": "chat", "status": "done"}
    values |= {"is_shared": False, "tries": 0, "page": 1, "created_at": NOW + place, "finished_at": NOW + 2 * place}
    return values


def make_book(count: int = 20) -> Book:
    """Let commands end, and then one lose its texts and another its row."""
    commands = [command_of(place) for place in range(1, count + 1)]
    marks = [Mark(WORKSPACE, one["id"], form_of(one)) for one in commands]
    commands[3] |= {"text": "(forgotten)", "arguments": "{}"}
    marks += [Mark(WORKSPACE, commands[3]["id"], form_of(commands[3])), Mark(WORKSPACE, commands[5]["id"], GONE)]
    head, entries = Head(), []
    for mark in marks:
        entries.append(enter(KEY, head, mark, NOW))
        head = Head(entries[-1].number, entries[-1].mac)
    return Book((*commands[:5], *commands[6:]), tuple(entries), replace(head, seal=seal_of(KEY, WORKSPACE, head)))


def look(book: Book, kept: Head | None = None, key: bytes = KEY) -> Fault | None:
    """Verify a book as the database is verified."""
    entries = sorted((one for one in book.entries if one.workspace_id == WORKSPACE), key=lambda one: one.number)
    latest = {one.command_id: one.number for one in entries}
    forms = {one["id"]: form_of(one) for one in book.commands}
    walk = Walk()
    for one in entries:
        walk = follow(key, walk, Seen(one, latest[one.command_id] == one.number, forms.get(one.command_id, GONE)), kept)
    left_out = (one for one in book.commands if one["status"] in ENDED and one["id"] not in latest)
    faults = (Fault("has no entry", None, one["id"]) for one in left_out)
    return judge(key, WORKSPACE, walk, book.head, kept) or next(faults, None)


def other(dice: random.Random, name: str, value: Any) -> Any:
    """Draw another value that a column could hold, now and then none at all."""
    if value is not None and dice.random() < 0.1 and name not in KEYS:
        return None
    if name in KEYS | HASHES:
        return dice.randbytes(16 if name in KEYS else 32)
    if name == "status":
        return dice.choice([word for word in (*ENDED, "queued", "pending") if word != value])
    if name == "is_shared":
        return not value
    if name in WORDS:
        return f"{value or ''}{dice.choice('abc 1')}"
    return (value or 0) + dice.choice((-1, 1, 60_000_000))


def change_entry(book: Book, dice: random.Random) -> Edit:
    """Write another value into one field of an entry."""
    place = dice.randrange(len(book.entries))
    was = book.entries[place]
    name = dice.choice([one.name for one in fields(Entry)])
    value: Any = len(book.entries) + 1 + place if name == "number" else other(dice, name, getattr(was, name))
    entries = (*book.entries[:place], replace(was, **{name: value}), *book.entries[place + 1 :])
    return Edit(replace(book, entries=entries), was.number)


def change_command(book: Book, dice: random.Random) -> Edit:
    """Write another value into one column of a command."""
    place = dice.randrange(len(book.commands))
    was, name = book.commands[place], dice.choice(NAMES)
    value = other(dice, name, was[name])
    commands = (*book.commands[:place], was | {name: value}, *book.commands[place + 1 :])
    return Edit(replace(book, commands=commands), book.number_of(was["id"]))


def change_head(book: Book, dice: random.Random) -> Edit:
    """Write another value into the head, or delete it."""
    assert book.head is not None
    name = dice.choice(["number", "mac", "seal", ""])
    head = replace(book.head, **{name: other(dice, name, getattr(book.head, name))}) if name else None
    return Edit(replace(book, head=head))


def delete_entry(book: Book, dice: random.Random) -> Edit:
    """Leave an entry out."""
    place = dice.randrange(len(book.entries))
    entries = book.entries[:place] + book.entries[place + 1 :]
    return Edit(replace(book, entries=entries), place + 1)


def delete_command(book: Book, dice: random.Random) -> Edit:
    """Delete a command."""
    was = dice.choice(book.commands)
    commands = tuple(one for one in book.commands if one is not was)
    return Edit(replace(book, commands=commands), book.number_of(was["id"]))


def add_entry(book: Book, dice: random.Random) -> Edit:
    """Put an entry before, or after, all the others: as good as it gets without the key."""
    number = dice.choice((-1, 0, len(book.entries) + 1))
    forged = replace(
        dice.choice(book.entries), number=number, mac=dice.choice((dice.randbytes(32), book.entries[-1].mac))
    )
    return Edit(replace(book, entries=(*book.entries, forged)), number)


def add_command(book: Book, dice: random.Random) -> Edit:
    """Write down a command that nobody gave, or put one back that was erased."""
    place = dice.choice((6, dice.randrange(100, 10_000)))
    forged = command_of(place)
    edited = replace(book, commands=(*book.commands, forged))
    return Edit(edited, book.number_of(forged["id"])) if place == 6 else Edit(edited, None, forged["id"])


def swap_entries(book: Book, dice: random.Random) -> Edit:
    """Let two entries change places."""
    low, high = sorted(dice.sample(range(len(book.entries)), 2))
    entries = list(book.entries)
    entries[low], entries[high] = replace(entries[high], number=low + 1), replace(entries[low], number=high + 1)
    return Edit(replace(book, entries=tuple(entries)), low + 1)


def swap_commands(book: Book, dice: random.Random) -> Edit:
    """Let two commands change places: each gets all of the other but the key."""
    low, high = dice.sample(range(len(book.commands)), 2)
    commands = list(book.commands)
    commands[low], commands[high] = (
        commands[high] | {"id": commands[low]["id"]},
        commands[low] | {"id": commands[high]["id"]},
    )
    return Edit(
        replace(book, commands=tuple(commands)), min(book.number_of(commands[one]["id"]) for one in (low, high))
    )


KINDS: tuple[Callable[[Book, random.Random], Edit], ...] = (
    *(change_entry, change_command, change_head, delete_entry, delete_command),
    *(add_entry, add_command, swap_entries, swap_commands),
)


def test_ten_thousand_single_edits() -> None:
    """Every one is found, and the fault names the record that was edited."""
    book = make_book()
    assert look(book) is None
    for number in range(EDITS):
        edit = KINDS[number % len(KINDS)](book, random.Random(number))  # noqa: S311 - a dice, no secret
        fault = look(edit.book)
        assert fault is not None, (number, edit)
        if edit.number is not None:
            assert fault.number == edit.number, (number, fault, edit)
        elif edit.command_id is not None:
            assert fault.command_id == edit.command_id, (number, fault, edit)
        else:
            assert "head" in fault.text or fault.number == len(book.entries) + 1, (number, fault)


def test_every_column_counts() -> None:
    """No column of a command, an entry or the head can be changed alone."""
    book, dice = make_book(), random.Random(1)  # noqa: S311 - a dice, no secret
    assert {*NAMES} == {*book.commands[0]}
    for name in NAMES:
        changed = book.commands[0] | {name: other(dice, name, book.commands[0][name])}
        fault = look(replace(book, commands=(changed, *book.commands[1:])))
        assert fault is not None, name
        assert (fault.number, fault.at) == (1, NOW)


def test_the_last_entries_are_cut_off() -> None:
    """The head says that there were more; cut back with the commands, it is only an older head that gives it away."""
    book = make_book()
    shorter = make_book(19)
    cut = replace(book, entries=book.entries[:-2])
    assert look(cut) == Fault("the entry is missing, with all that came after it", 21)
    assert look(replace(shorter, head=book.head)) is not None
    assert look(shorter) is None  # as it stood once, in all three tables
    assert book.head is not None
    fault = look(shorter, kept=book.head)
    assert fault is not None
    assert (fault.number, fault.text) == (22, "the entry is missing, with all up to the head that was kept")
    assert look(book, kept=book.head) is None
    other_one = look(book, kept=shorter.head)
    assert other_one is not None
    assert (other_one.number, other_one.text) == (21, "the entry is not the head that was kept")
    assert look(book, kept=Head(7, book.entries[6].mac)) is None
    assert look(replace(book, entries=(), commands=(), head=None)) is None
    assert look(replace(book, entries=(), commands=(), head=None), kept=book.head) == replace(fault, number=1)


def test_without_the_key() -> None:
    """Another key makes neither entries nor heads that hold."""
    fault = look(make_book(), key=b"another-key")
    assert fault is not None
    assert fault.number == 1
    assert "ROLLCALL_SECRET_KEY" in fault.text


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ({"a": "1"}, {"a": 1}),
        ({"a": b"\x01"}, {"a": "01"}),
        ({"a": "x", "b": "y"}, {"a": "xb", "c": "y"}),
        ({"a": ""}, {"a": None}),
    ],
)
def test_no_two_rows_read_alike(one: Command, another: Command) -> None:
    """What differs in any value differs in its form."""
    assert form_of(one) != form_of(another)


def test_a_later_column_changes_no_older_form() -> None:
    """What is empty is left out; yes and no are the same on both engines, in any order."""
    assert form_of({"a": 1, "b": True, "later": None}) == form_of({"b": 1, "a": 1})
