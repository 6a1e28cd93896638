"""Audiences in plain words."""

from __future__ import annotations

import pytest

from flows.audiences.parser import parse_audience
from flows.audiences.wording import ENGLISH, SPANISH, describe

SAID = [
    ("all", "are active contacts", "son contactos activos"),
    ("community", "are in the community", "están en la comunidad"),
    ("not community", "are not in the community", "no están en la comunidad"),
    ("#roofers", "are in #roofers", "están en #roofers"),
    ("event GALA", "are registered for GALA", "están inscritas en GALA"),
    ("event GALA not waiting", "are not on the waiting list of GALA", "no están en la lista de espera de GALA"),
    ("survey F not answered", "have not completed F", "no han completado F"),
    ("survey F unfinished", "began F and did not complete it", "empezaron F y no la completaron"),
    ("noreply 12", "got campaign 12 and have not replied", "recibieron la campaña 12 y no han respondido"),
    ("not noreply 12", "are not those who got campaign 12 and have not replied", None),
    ("answered F.2", "answered question 2 of F", "respondieron a la pregunta 2 de F"),
    ("not answered F.2", "did not answer question 2 of F", "no respondieron a la pregunta 2 de F"),
    ("answered F.2=yes", "gave to question 2 of F an answer yes", "dieron a la pregunta 2 de F una respuesta yes"),
    ("not answered F.2>4", "are not those who gave to question 2 of F an answer over 4", None),
    ("+15550100101 +15550100102", "have the phone +15550100101 or +15550100102", None),
    ("zip=94110", "have zip 94110", "tienen zip 94110"),
    ("zip!=94110", "have zip other than 94110 or none", "tienen zip distinto de 94110 o ninguno"),
    ("time_zone~York", "have time zone containing York", "tienen time zone que contiene York"),
    ("zip=", "have no zip", "tienen zip sin valor"),
    ('zip!=""', "have any zip", "tienen zip con algún valor"),
    ("created>=2026-11-01", "have entry date since 2026-11-01", "tienen fecha de alta desde 2026-11-01"),
    ("last_seen=", "have no last message of theirs", "tienen último mensaje suyo sin valor"),
    (
        "vehicle.make=Kia year>=2018",
        "have a vehicle with make Kia and year from 2018 up",
        "tienen un vehicle con make Kia y year desde 2018",
    ),
    (
        "not (vehicle.make=Kia and (vehicle.year<9 or vehicle.year=))",
        "have no vehicle with make Kia and (year under 9 or no year)",
        "no tienen ningún vehicle con make Kia y (year menos de 9 o year sin valor)",
    ),
    (
        "(#a or #b) and not (#c and #d) except +15550100101",
        "(are in #a or are in #b) and are not those who (are in #c and are in #d), "
        "except those who have the phone +15550100101",
        None,
    ),
    ("#x and (#a except #b)", "are in #x and (are in #a, except those who are in #b)", None),
]


@pytest.mark.parametrize(("text", "english", "spanish"), SAID)
def test_said(text: str, english: str, spanish: str | None) -> None:
    """Every condition and its opposite have words in both languages."""
    tree = parse_audience(text, "US")
    assert describe(tree, "en-GB") == describe(tree, "fr") == f"people who {english}"
    if spanish:
        assert describe(tree, "es-MX") == f"personas que {spanish}"


def test_both_languages_have_all_words() -> None:
    """English and Spanish have the same entries, with the same number of places."""
    assert ENGLISH.keys() == SPANISH.keys()
    assert [text.count("{}") for text in ENGLISH.values()] == [text.count("{}") for text in SPANISH.values()]
