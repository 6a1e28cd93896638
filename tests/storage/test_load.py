"""What a batch learns about the people who wrote."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import JoinCommunity, OptOut, Register, SetDoubt, SetLanguage
from flows.values import MINUTE, Contact, ContactStatus, RecentReplies, RegistrationStatus, Session
from storage.keys import inbound_key, new_key
from storage.load import Counts, Loaded, Person, claim_keys, find_or_add, load_contacts
from storage.schema import contacts, inbound_keys
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene


async def load(scene: Scene, *people: Person, now_at: int = NOW) -> dict[str, Loaded]:
    """Load people."""
    return await scene.database.run(load_contacts(WORKSPACE.id, scene.channel.id, people, now_at))


async def test_a_stranger_becomes_a_contact(scene: Scene) -> None:
    """Who was never here is made, with the phone and the name that the channel shows, and is not made twice."""
    person = Person(ADA, ADA, "ada!")
    found = await load(scene, person)
    contact = found[ADA].contact
    assert found == {ADA: Loaded(Contact(contact.id, ADA, "ada!"))}
    row = await scene.row(contacts)
    assert (row["phone"], row["created_at"], row["workspace_id"]) == (ADA, NOW, WORKSPACE.id)
    assert await load(scene, replace(person, profile_name="other"), now_at=NOW + MINUTE) == found


async def test_a_person_without_a_phone(scene: Scene) -> None:
    """A user id of a channel is an identity, too."""
    await load(scene, Person("US.1234", None))
    row = await scene.row(contacts)
    assert (row["address"], row["phone"]) == ("US.1234", None)


async def test_everything_that_is_known(scene: Scene) -> None:
    """Session, consent, registrations, community, language, doubt, the counters and the bound on replies."""
    gala = await scene.event()
    session = Session(b"s" * 16, "survey", "asking", b"f" * 16, 2, "age", 1, ("a", "b"), {"a": 1, "b": ["x"]}, NOW)
    ada = await scene.contact()
    effects = (
        OptOut("keyword", "STOP"),
        Register(gala, RegistrationStatus.WAITING),
        JoinCommunity(),
        SetLanguage("es"),
        SetDoubt(NOW),
    )
    recent = RecentReplies(NOW, 1, 2, 3, 4, 5, NOW)
    await scene.apply(scene.turn(ada, *effects, session=session, recent=recent))
    await scene.change(contacts, ada.id, status="blocked", silent_until_at=NOW + MINUTE)
    found = await load(scene, Person(ADA, ADA))
    assert found[ADA] == Loaded(
        Contact(
            id=ada.id,
            address=ADA,
            language="es",
            status=ContactStatus.BLOCKED,
            opted_out=True,
            doubt_at=NOW,
            silent_until_at=NOW + MINUTE,
            in_community=True,
            registrations={gala: RegistrationStatus.WAITING},
            session=session,
        ),
        recent,
        Counts(1, 1, NOW),
    )


async def test_nobody_gets_anothers_facts(scene: Scene) -> None:
    """Of three people each gets what is theirs, old and new ones in one query."""
    gala = await scene.event()
    session = Session(b"s" * 16, "join", "asking_name", started_at=NOW)
    await scene.apply(
        scene.turn(await scene.contact(), OptOut("keyword", "STOP")),
        scene.turn(await scene.contact(BO), Register(gala, RegistrationStatus.REGISTERED), session=session),
    )
    found = await load(scene, *(Person(address, address) for address in (ADA, BO, CY)))
    assert [found[address].contact.opted_out for address in (ADA, BO, CY)] == [True, False, False]
    assert [found[address].contact.session for address in (ADA, BO, CY)] == [None, session, None]
    assert [len(found[address].contact.registrations) for address in (ADA, BO, CY)] == [0, 1, 0]
    assert [found[address].counts.message_count for address in (ADA, BO, CY)] == [1, 1, 0]


async def test_an_opt_out_of_one_event_is_none_of_everything(scene: Scene) -> None:
    """Only the whole opt-out makes a person silent."""
    await scene.apply(scene.turn(await scene.contact(), OptOut("keyword", "STOP", "event:1")))
    assert not (await scene.contact()).opted_out


async def test_a_deleted_contact_begins_anew(scene: Scene) -> None:
    """A person who was forgotten and writes again is somebody new; the opt-out, which is the phone's, holds."""
    await scene.apply(scene.turn(await scene.contact(), OptOut("keyword", "STOP")))
    before = await scene.contact()
    await scene.change(contacts, before.id, deleted_at=NOW)
    after = await scene.contact()
    assert after.id != before.id
    assert after.opted_out


async def test_the_same_person_twice_in_a_batch(scene: Scene) -> None:
    """Two messages of one stranger make one contact."""
    found = await load(scene, Person(ADA, ADA), Person(ADA, ADA))
    assert len(found) == 1
    assert len(await scene.rows(contacts)) == 1


async def test_256_people(scene: Scene) -> None:
    """The largest batch, half of it known."""
    people = [Person(f"+1555010{n:04}", f"+1555010{n:04}") for n in range(256)]
    await load(scene, *people[:128])
    found = await load(scene, *people)
    assert set(found) == {person.address for person in people}
    assert len({one.contact.id for one in found.values()}) == 256


async def test_a_message_is_here_once(scene: Scene) -> None:
    """The first one is new, and never again, however many come at once."""
    keys = [inbound_key(scene.channel.id, f"SM{n}") for n in range(300)]
    assert await scene.database.run(claim_keys(keys[:2], NOW)) == set(keys[:2])
    assert await scene.database.run(claim_keys(keys, NOW + MINUTE)) == set(keys[2:])
    assert await scene.database.run(claim_keys(keys, NOW)) == set()
    assert {row["received_at"] for row in await scene.rows(inbound_keys)} == {NOW, NOW + MINUTE}


def test_keys() -> None:
    """Keys made later sort later; the key of a message is its channel's and its id's, whatever that is made of."""
    made = [new_key() for _ in range(100)]
    assert sorted(made) == made
    assert len(set(made)) == 100
    assert inbound_key(b"a" * 16, "SM1") == inbound_key(b"a" * 16, "SM1")
    assert len({inbound_key(channel, name) for channel in (b"a" * 16, b"b" * 16) for name in ("SM1", "\ud800")}) == 4


async def test_a_person_is_found_by_key_alone(scene: Scene) -> None:
    """For a STOP whose turn failed: made where the person is new, with the language and the opt-out otherwise."""
    made = await scene.database.run(find_or_add(WORKSPACE.id, Person(BO, BO, "Bo"), NOW))
    assert made == Contact(made.id, BO)
    ada = await scene.contact()
    await scene.apply(scene.turn(ada, SetLanguage("es"), OptOut("keyword", "STOP")))
    found = await scene.database.run(find_or_add(WORKSPACE.id, Person(ADA, ADA), NOW))
    assert found == Contact(ada.id, ADA, language="es", opted_out=True)
