"""Lists that say who wants no messages, as other systems export them."""

from __future__ import annotations

import io

import pytest

from bot.contact_files.entries import Entry
from bot.contact_files.guessing import Guess
from bot.contact_files.reading import About, ReadOptions, examine, read_rows
from bot.contact_files.standing import Asks, Standing, standing_of, strictest, word_standing
from flows.values import ContactStatus

PHONE = "+15550100102"
OPTED_OUT = (True, ContactStatus.ACTIVE)
ACTIVE = (False, ContactStatus.ACTIVE)
INACTIVE = (False, ContactStatus.INACTIVE)
BLOCKED = (False, ContactStatus.BLOCKED)
INVALID = (False, ContactStatus.INVALID)


def read(text: str, **options: object) -> tuple[About, list[Entry]]:
    """Read a table."""
    file, said = io.BytesIO(text.encode()), ReadOptions("US", **options)  # type: ignore[arg-type]
    about = examine(file, said)
    return about, [one for one in read_rows(file, about, said) if isinstance(one, Entry)]


def stands(heading: str, cell: str) -> tuple[bool, ContactStatus]:
    """Return how somebody with a cell under a heading is taken in."""
    _about, (one,) = read(f"phone,{heading}\n{PHONE},{cell}\n")
    return one.opted_out, one.status


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("Status", "Active", ACTIVE),
        ("Status", "Stopped", OPTED_OUT),  # RapidPro
        ("Status", "Blocked", BLOCKED),
        ("Status", "Archived", INACTIVE),
        ("Status", "INACTIVE", INACTIVE),
        ("Status", "Unsubscribed", OPTED_OUT),  # Mailchimp
        ("Status", "cleaned", INACTIVE),
        ("Status", "non-subscribed", INACTIVE),
        ("UNSUB_TIME", "2024-05-01 10:00:00", OPTED_OUT),
        ("UNSUB_TIME", "", ACTIVE),
        ("CLEAN_TIME", "2024-05-01 10:00:00", INACTIVE),
        ("sms_subscription_status", "did-not-subscribe", INACTIVE),  # Segment
        ("Accepts SMS Marketing", "yes", ACTIVE),  # Shopify
        ("Accepts SMS Marketing", "no", INACTIVE),
        ("Accepts SMS Marketing", "", INACTIVE),
        ("subscribed", "false", OPTED_OUT),
        ("subscribed", "true", ACTIVE),
        ("Active", "no", INACTIVE),
        ("Opted out", "x", OPTED_OUT),
        ("Opted out", "no", ACTIVE),
        ("Opted out", "3/14/2024", OPTED_OUT),
        ("OptOut_Date", "20240314T111244", OPTED_OUT),
        ("Do Not Text", "TRUE", OPTED_OUT),
        ("Estado", "De baja", OPTED_OUT),
        ("Estado", "bloqueado", BLOCKED),
        ("Status", "wrong number", INVALID),
        ("Kontaktart", "Abgemeldet", OPTED_OUT),  # by its word: the heading says nothing
        ("Labels", "* myContacts ::: Do not contact", OPTED_OUT),  # Google
        ("Group Membership", "Choir ::: Inactive", INACTIVE),
        ("Group:Unsubscribed", "TRUE", OPTED_OUT),
        ("Hand", "left", ACTIVE),
        ("Priority", "baja", ACTIVE),
    ],
)
def test_what_a_cell_says(heading: str, cell: str, expected: tuple[bool, ContactStatus]) -> None:
    """People whom a list calls stopped, blocked or unsubscribed came in as ones to write to; now as what it says."""
    assert stands(heading, cell) == expected


def test_an_export_of_rapidpro() -> None:
    """Status, URN:Tel, Field: and Group: columns: phones, opt-outs, custom fields and groups."""
    header = "Contact UUID,Name,Language,Status,URN:Tel,Field:Age,Group:Farmers,Group:Rice growers\n"
    rows = f"u1,Bo,eng,Stopped,{PHONE},33,TRUE,FALSE\nu2,Cy,spa,Active,+15550100103,,FALSE,TRUE\n"
    about, (bo, cy) = read(header + rows)
    assert (bo.phone, bo.opted_out, bo.fields["age"], bo.groups) == (PHONE, True, "33", ("Farmers",))
    assert (cy.opted_out, cy.status, cy.groups) == (False, ContactStatus.ACTIVE, ("Rice growers",))
    (status,) = about.statuses
    assert (status.heading, status.is_sure) == ("Status", True)
    assert [(word.text, word.standing, word.count) for word in status.words] == [
        ("Stopped", Standing.OPTED_OUT, 1),
        ("Active", Standing.ACTIVE, 1),
    ]


@pytest.mark.parametrize("heading", ["Handy", "URN:Tel", "Mobilnummer", "Portable", "SMS", "Rufnummer", "Telefone"])
def test_other_words_for_a_phone(heading: str) -> None:
    """`Handy` was refused as unknown."""
    _about, (one,) = read(f"Name,{heading}\nBo,{PHONE}\n")
    assert (one.phone, one.name) == (PHONE, "Bo")


def test_a_word_that_is_not_known() -> None:
    """It keeps its people out of campaigns until somebody says what it means, and the column is not sure."""
    text = f"phone,Status\n{PHONE},Member\n+15550100103,Stopped\n"
    about, people = read(text)
    assert [one.status for one in people] == [ContactStatus.INACTIVE, ContactStatus.ACTIVE]
    assert [(word.text, word.is_known) for word in about.statuses[0].words] == [("Member", False), ("Stopped", True)]
    assert not about.statuses[0].is_sure
    about, people = read(text, standings={"member": "active"})
    assert [(one.opted_out, one.status) for one in people] == [ACTIVE, OPTED_OUT]
    assert about.statuses[0].is_sure


def test_somebody_says_what_a_column_is() -> None:
    """A column that is said to be a status is one; one that is said to be a field is not looked at."""
    text = f"phone,Kind\n{PHONE},gone\n"
    about, (one,) = read(text, mapping={"Kind": "status"})
    assert (one.status, about.statuses[0].is_sure) == (ContactStatus.INACTIVE, True)
    about, (one,) = read(f"phone,Status\n{PHONE},Stopped\n", mapping={"Status": "field"})
    assert (one.opted_out, one.fields, about.statuses) == (False, {"status": "Stopped"}, ())


def test_a_telling_word_among_others() -> None:
    """In a column of notes it is doubtful: who has it is opted out, everybody else stays, and the notes are kept."""
    notes = "".join(f"+1555010{number:04},note {number}\n" for number in range(50))
    about, people = read(f"phone,Notes\n{notes}{PHONE},Unsubscribed\n")
    assert [one.phone for one in people if one.opted_out] == [PHONE]
    assert all(one.status is ContactStatus.ACTIVE for one in people)
    assert people[0].fields == {"notes": "note 0"}
    assert (about.statuses[0].is_sure, about.statuses[0].words[0].text) == (False, "Unsubscribed")


def test_a_plain_list_with_a_status() -> None:
    """Without headings a known word is a status, not a last name."""
    _about, people = read(f"Bo,{PHONE},unsubscribed\nCy,+15550100103,active\n")
    assert [(one.name, one.opted_out) for one in people] == [("Bo", True), ("Cy", False)]


def test_the_strictest_counts() -> None:
    """Of several columns the one that lets the fewest messages through counts; an opt-out above all."""
    _about, (one,) = read(f"phone,status,opted out\n{PHONE},inactive,yes\n")
    assert one.opted_out
    assert strictest([]) is Standing.ACTIVE
    assert strictest([Standing.BLOCKED, Standing.OPTED_OUT, Standing.INACTIVE]) is Standing.OPTED_OUT


def test_words_by_themselves() -> None:
    """Case, accents and signs do not matter."""
    assert word_standing("  OPT-OUT ") is Standing.OPTED_OUT
    assert word_standing("Número inválido") is Standing.INVALID
    assert word_standing("tenor") is None


@pytest.mark.parametrize(
    ("text", "written_in", "expected"),
    [
        ("name,phone\nИван Петров,+15550100102\n", "cp1251", Guess("cp1251", False, ("Иван Петров",))),
        ("name,phone\nМария Кузнецова,+15550100102\n", "koi8-r", Guess("koi8-r", False, ("Мария Кузнецова",))),
        ("name,phone\nΕλένη Παπαδοπούλου,+15550100102\n", "cp1253", Guess("cp1253", False, ("Ελένη Παπαδοπούλου",))),
        ("name,phone\nBego Núñez,+15550100102\n", "cp850", Guess("cp850", False, ("Bego Núñez",))),
        ("name,phone\nBego Núñez,+15550100102\n", "mac_roman", Guess("mac_roman", False, ("Bego Núñez",))),
        ("name,phone\nBego Núñez,+15550100102\n", "cp1252", Guess("cp1252", True, ("Bego Núñez",))),
        ("name,phone\nMcDéan “Al” O’Brien,+15550100102\n", "cp1252", Guess("cp1252", True, ("McDéan “Al” O’Brien",))),
        ("name,phone\nBego Núñez,+15550100102\n", "utf-8", None),
        ("name,phone\nBo,+15550100102\n", "ascii", None),
    ],
)
def test_an_encoding_that_is_guessed(text: str, written_in: str, expected: Guess | None) -> None:
    """A list in cp1251 came in as "Èâàí Ïåòðîâ" without a word; now it is read rightly, and shown as a doubt."""
    assert examine(io.BytesIO(text.encode(written_in)), ReadOptions("US")).encoding == expected


def test_words_of_other_kinds_of_columns() -> None:
    """Yes and no mean what the heading asks; without one they are not known."""
    assert standing_of(Asks.STATUS, "yes") is None
    assert standing_of(Asks.BLOCKED, "yes") is Standing.BLOCKED
    assert standing_of(Asks.CLEANED, "no") is Standing.ACTIVE


def test_cards_with_a_category_that_says_it() -> None:
    """An address book keeps it as a category: who is called so there is not taken for somebody to write to."""
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Bo\nTEL:+15550100102\nCATEGORIES:Choir,Do not contact\nEND:VCARD\n"
    file = io.BytesIO(card.encode())
    (bo,) = read_rows(file, examine(file, ReadOptions("US")), ReadOptions("US"))
    assert isinstance(bo, Entry)
    assert (bo.opted_out, bo.groups) == (True, ("Choir", "Do not contact"))
