"""Lists of people taken in."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import OptOut
from flows.values import ContactStatus
from storage.forgotten import forget
from storage.intake import Person, Taken, merged, survey_people, take_in
from storage.operators import save_operator
from storage.schema import consent_changes, contacts, group_members, groups, messages, opt_outs
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene

INACTIVE, BLOCKED = ContactStatus.INACTIVE, ContactStatus.BLOCKED
BO_DIAZ = Person(BO, "Bo Diaz", "es", "America/New_York", {"part": "tenor"}, ("choir",))


async def take(scene: Scene, *people: Person, overwrite: bool = False) -> Taken:
    """Say what a list would do, do it, and check that it was that."""
    page = merged(people)
    expected = await scene.database.run(survey_people(WORKSPACE.id, page, overwrite=overwrite))
    taken = await scene.database.run(take_in(WORKSPACE.id, page, NOW, overwrite=overwrite))
    assert taken == expected
    return taken


async def test_new_people(scene: Scene) -> None:
    """They get everything that the list says, and their groups; the same list again changes nothing."""
    assert await take(scene, BO_DIAZ, Person(CY)) == Taken(new=2)
    bo = await scene.row(contacts, address=BO)
    assert (bo["phone"], bo["name"], bo["language"], bo["time_zone"]) == (BO, "Bo Diaz", "es", "America/New_York")
    assert bo["fields"] == {"part": "tenor"}
    group = await scene.row(groups, name="choir")
    assert [row["contact_id"] for row in await scene.rows(group_members, group_id=group["id"])] == [bo["id"]]
    assert await take(scene, BO_DIAZ, Person(CY)) == Taken(known=2)


async def test_known_people_are_filled_up(scene: Scene) -> None:
    """What is known stays, what is missing is added; who says so lets the list win, and it empties nothing."""
    await take(scene, replace(BO_DIAZ, language=None, groups=()))
    other = Person(BO, "Robert", "en", None, {"part": "bass", "seat": "4"}, ("CHOIR", "board"))
    assert await take(scene, other) == Taken(changed=1)
    bo = await scene.row(contacts, address=BO)
    assert (bo["name"], bo["language"], bo["fields"]) == ("Bo Diaz", "en", {"part": "tenor", "seat": "4"})
    assert await take(scene, other, overwrite=True) == Taken(changed=1)
    bo = await scene.row(contacts, address=BO)
    assert (bo["name"], bo["time_zone"], bo["fields"]) == ("Robert", "America/New_York", {"part": "bass", "seat": "4"})
    assert await take(scene, Person(BO), overwrite=True) == Taken(known=1)
    assert sorted(row["name"] for row in await scene.rows(groups)) == ["CHOIR", "board", "community"]


async def test_no_list_ends_an_opt_out(scene: Scene) -> None:
    """Who opted out, or was forgotten after that, stays opted out, and is counted."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(scene.turn(ada, OptOut("keyword", "STOP")), scene.turn(bo, OptOut("keyword", "STOP")))
    await scene.database.run(forget(WORKSPACE.id, bo.id, BO))
    assert await take(scene, Person(ADA), Person(BO), Person(CY)) == Taken(new=2, known=1, opted_out=2)
    assert [row["address"] for row in await scene.rows(opt_outs)] == [ADA, BO]


async def test_a_list_of_opt_outs(scene: Scene) -> None:
    """It counts like a STOP: state and ledger name the import, and nothing that waits leaves; once."""
    bo = await scene.contact(BO)
    waiting = await scene.queue(bo)
    stops = [Person(BO, opted_out=True), Person(CY, opted_out=True)]
    assert await take(scene, *stops) == Taken(new=1, known=1, opted_out=2)
    assert {row["address"]: row["source"] for row in await scene.rows(opt_outs)} == {BO: "import", CY: "import"}
    assert [row["action"] for row in await scene.rows(consent_changes, source="import")] == ["opt_out", "opt_out"]
    assert (await scene.row(messages, id=waiting))["status"] == "cancelled"
    assert await take(scene, *stops) == Taken(known=2, opted_out=2)
    assert len(await scene.rows(consent_changes, source="import")) == 2


def test_rows_with_the_same_phone() -> None:
    """They are one person: what is said first counts, groups add up, and one opt-out is enough."""
    again = Person(BO, "Robert", "en", None, {"part": "bass", "seat": "4"}, ("board", "choir"), opted_out=True)
    assert merged([BO_DIAZ, Person(CY), again]) == {
        BO: replace(BO_DIAZ, fields={"part": "tenor", "seat": "4"}, groups=("choir", "board"), opted_out=True),
        CY: Person(CY),
    }


async def test_large_pages(scene: Scene) -> None:
    """More people than fit into one statement."""
    many = [Person(f"+1555011{n:04}", groups=("choir",)) for n in range(600)]
    assert await take(scene, *many) == Taken(new=600)
    assert len(await scene.rows(group_members)) == 600


async def test_a_list_with_statuses(scene: Scene) -> None:
    """A list holds people back and never lets anybody go: the stricter of its word and what is known counts."""
    first = (Person(ADA), Person(BO, status=INACTIVE), Person(CY, status=BLOCKED))
    assert await take(scene, *first) == Taken(new=3, inactive=2)
    assert await take(scene, Person(ADA, status=INACTIVE), Person(BO), Person(CY)) == Taken(
        changed=1, known=2, inactive=3
    )
    assert await take(scene, Person(BO, status=BLOCKED)) == Taken(changed=1, inactive=1)
    found = {row["address"]: (row["status"], row["status_before"]) for row in await scene.rows(contacts)}
    assert found == {ADA: ("inactive", None), BO: ("blocked", "inactive"), CY: ("blocked", None)}
    assert await take(scene, Person(BO, opted_out=True)) == Taken(known=1, opted_out=1)


async def test_no_list_blocks_an_operator(scene: Scene) -> None:
    """Commands of a blocked phone would stay without an answer: an operator whom a list blocks is inactive."""
    await scene.database.run(save_operator(WORKSPACE.id, ADA, None, "admin", NOW))
    await take(scene, Person(ADA, status=BLOCKED), Person(BO, status=BLOCKED))
    assert {row["address"]: row["status"] for row in await scene.rows(contacts)} == {ADA: "inactive", BO: "blocked"}


def test_statuses_of_one_person() -> None:
    """Of two rows about one phone the stricter one counts."""
    people = merged([Person(BO, status=INACTIVE), Person(BO), Person(BO, status=BLOCKED)])
    assert people[BO].status is BLOCKED


async def test_somebody_who_is_known_by_another_address(scene: Scene) -> None:
    """Who stopped by WhatsApp under a user id came back by a list with the phone: now the STOP counts for that, too."""
    ada, bo = await scene.contact("US.ada"), await scene.contact("US.bo")
    await scene.change(contacts, ada.id, phone=ADA)
    await scene.change(contacts, bo.id, phone=BO, status="blocked")
    await scene.apply(scene.turn(ada, OptOut("keyword", "STOP")))
    assert await take(scene, Person(ADA), Person(BO), Person(CY)) == Taken(new=3, opted_out=1, inactive=1)
    assert sorted(row["address"] for row in await scene.rows(opt_outs)) == [ADA, "US.ada"]
    assert (await scene.row(contacts, address=BO))["status"] == "blocked"
