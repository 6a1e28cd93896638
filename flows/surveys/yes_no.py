"""Yes and no in the languages of our contacts, and as a thumb."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.effects import Choice
from flows.language.text import normalise, without_courtesy
from flows.surveys.folding import fold
from flows.surveys.menu import Listing

_YES = (
    "yes, y, ye, yea, yeah, yep, yup, yess, sure, sure thing, of course, certainly, definitely, absolutely, ok, okay, "
    "k, correct, right, true, why not, i do, i am, i will, i did, i have, i can, i would, count me in, "
    "yes i do, yes i am, yes i will, yes i did, yes i have, yes i can, yes i would, yes sir, yes ma'am, yes of course, "
    "sí, s, sip, sii, claro, claro que sí, sí claro, por supuesto, desde luego, vale, dale, de acuerdo, correcto, "
    "cierto, verdad, exacto, bueno, está bien, cómo no, sí quiero, sí señor, sí señora, "
    "oui, ouais, bien sûr, d'accord, sim, ja, jawohl, natürlich, certo, sì, jep, wi"
)
_NO = (
    "no, n, nope, nah, nay, noo, no way, never, not really, not at all, not now, no never, incorrect, wrong, false, "
    "i don't, i do not, i didn't, i did not, i'm not, i am not, i won't, i will not, i haven't, i can't, i cannot, "
    "no i don't, no i do not, no i didn't, no i am not, no i'm not, no i won't, no i haven't, no i can't, "
    "no señor, no señora, no quiero, para nada, en absoluto, nunca, jamás, tampoco, claro que no, ahora no, "
    "negativo, incorrecto, falso, nop, "
    "non, não, nao, nein, nee, jamais"
)
_YES_SIGNS = frozenset("👍👌✅✔☑🆗💯🙌")
_NO_SIGNS = frozenset("👎❌✖✗✘🚫🙅⛔")
_LONG_END = re.compile(r"(\w)\1+$")

_LABELS: Mapping[str, tuple[str, str]] = {
    "en": ("Yes", "No"),
    "es": ("Sí", "No"),
    "fr": ("Oui", "Non"),
    "pt": ("Sim", "Não"),
    "de": ("Ja", "Nein"),
    "it": ("Sì", "No"),
}


def _table() -> dict[str, bool]:
    table = {normalise(said.strip()): True for said in _YES.split(",")}
    table.update({normalise(said.strip()): False for said in _NO.split(",")})
    return table


_ANSWERS = _table()
_LISTINGS = {language: Listing("", (Choice(yes, "yes"), Choice(no, "no"))) for language, (yes, no) in _LABELS.items()}


def read_yes_no(text: str) -> bool | None:
    """Read a whole text as yes (True) or no (False); None when it is neither, or both."""
    folded = fold(text)
    answer = _ANSWERS.get(folded)
    if answer is not None:
        return answer
    said = normalise(folded)
    if not said:
        return _find_sign(folded)
    said = " ".join(without_courtesy(tuple(said.split())))
    answer = _ANSWERS.get(said)
    return _ANSWERS.get(_LONG_END.sub(r"\1", said)) if answer is None else answer


def yes_no_listing(language: str) -> Listing:
    """Give the two buttons in a language, English where we do not know it."""
    return _LISTINGS.get(language.partition("-")[0], _LISTINGS["en"])


def yes_no_label(answer: bool, language: str) -> str:
    """Give the word for an answer in a language."""
    yes, no = _LABELS.get(language.partition("-")[0], _LABELS["en"])
    return yes if answer else no


def _find_sign(folded: str) -> bool | None:
    signs = set(folded) - {" "}
    if signs and signs <= _YES_SIGNS:
        return True
    return False if signs and signs <= _NO_SIGNS else None
