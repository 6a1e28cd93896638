"""Reactions that phones send as texts: Liked “How was it?”, 👍 to “See you”, Le encantó “¡Bienvenida!”.

A text is a reaction only where what it quotes is something we sent: a person may begin a sentence with the same words.
The frames around the quotation are those of iPhones and of Google Messages, in several languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.language.text import normalise

MAX_FRAME = 80
"""Characters before a quotation, and after it."""
MAX_MARKS = 8
"""Quotation marks that are looked at on each side."""
MIN_CUT = 12
"""Characters of a quotation that was cut short, at least: "Hi…" may be anything."""
_OPENING, _CLOSING = frozenset("“„«‹‘'\"「『”"), frozenset("”“»›’'\"」』")
_CUT = re.compile(r"(?:…|\.\.\.)\s*$")
_SENTENCE_END = re.compile(r"\n|(?<=[.!?:;…。！？؟])\s")

_ENGLISH = (
    r"(?:dis)?liked|loved|laughed at|emphasi[sz]ed|questioned|reacted(?: with(?: an?)? \w+)? to"
    r"|removed(?: \w+){0,3} from"
)
_SPANISH = (
    r"(?:no )?(?:le|me) (?:gusto|gusta|encanto|encanta|ha gustado|ha encantado)|se (?:rio|rie|ha reido) (?:de|con)"
    r"|le (?:dio|da|hizo|hace) (?:risa|gracia)|(?:ha )?(?:enfatizo|enfatizado|destaco|destacado|resalto|resaltado)"
    r"|(?:ha )?(?:pregunto|preguntado|cuestiono|cuestionado)(?: (?:por|sobre))?"
    r"|(?:ha )?(?:reacciono|reaccionado)(?: con(?: una?)?(?: \w+)?)? a"
    r"|(?:ha )?(?:puso|puesto|dio|dado|marco|marcado)(?: un)? me (?:gusta|encanta) (?:a|en)"
    r"|(?:ha )?(?:elimino|eliminado|quito|quitado|borro|borrado)(?: \w+){0,5} de"
)
_FRENCH = (
    r"(?:n )?a (?:pas )?(?:aime|adore)|j (?:aime|adore)|a (?:ri|rigole) (?:de|a)|a (?:souligne|questionne)"
    r"|a mis en evidence"
    r"|a (?:insiste|mis l accent) sur|s est interrogee? sur|a remis en question"
    r"|a reagi(?: (?:avec|par)(?: une? \w+)?)? a|a attribue (?:la mention|une?)(?: \w+){1,4} a"
    r"|a (?:supprime|retire|enleve)(?: \w+){0,6} (?:de|a)"
)
_PORTUGUESE = (
    r"(?:nao )?(?:gostou de|curtiu)|amou|adorou|riu(?: se)? de|enfatizou|destacou|questionou"
    r"|reagiu(?: com(?: uma? \w+)?)? a|(?:removeu|retirou)(?: \w+){0,5} de"
)
_ITALIAN = (
    r"(?:non )?ha (?:gradito|amato|adorato|enfatizzato|evidenziato)|(?:non )?(?:gli|le|mi) piace|ha messo(?: un)? mi"
    r" piace a"
    r"|ha riso (?:per|di|a)|ha messo in (?:dubbio|discussione)|ha reagito(?: con(?: una? \w+)?)? a"
    r"|ha (?:rimosso|tolto)(?: \w+){0,5} da"
)
_GERMAN = (
    r"mag|liebt|gefallt(?: nicht)?|(?:lacht|lachte) uber|(?:reagiert|reagierte|hat)(?: mit(?: \w+)?)? auf"
    r"|betont|hinterfragt"
)
_DUTCH = r"(?:houdt|hield) van|lachte? om|benadrukte?|(?:reageert|reageerde)(?: met(?: een \w+)?)? op"
_LEAD = re.compile("|".join((_ENGLISH, _SPANISH, _FRENCH, _PORTUGUESE, _ITALIAN, _GERMAN, _DUTCH)))
_AROUND = re.compile(
    r"(?:mag|gefallt)\|nicht"
    r"|hat\|(?:nicht )?(?:mit gefallt mir markiert|gemocht|geliebt|hervorgehoben|betont|hinterfragt|in ?frage gestellt)"
    r"|hat uber\|gelacht|hat(?: mit)? auf\|(?:mit )?reagiert|hat(?: \w+){0,5} (?:von|bei|fur)\|entfernt"
    r"|(?:vindt|vond)\|(?:niet )?leuk"
)
"""Before and after the quotation."""
_TO = frozenset({"to", "a", "para", "zu", "auf", "op", "su", "en"})
"""What stands behind an emoji alone: 👍 to “See you”."""
_FILE = re.compile(
    rf"(?:{_ENGLISH}) (?:an?|your) (?:image|photo|picture|movie|video|attachment|audio message|gif|sticker|file)"
    rf"|(?:{_SPANISH}) una? (?:imagen|foto|video|archivo|archivo adjunto|audio|mensaje de audio|gif|sticker)"
    rf"|(?:{_FRENCH}) une? (?:image|photo|video|piece jointe|fichier|message audio|gif)"
    rf"|(?:{_PORTUGUESE}) uma? (?:imagem|foto|video|anexo|arquivo|audio|gif)"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of ours that a reaction may be about."""

    text: str
    has_files: bool = False


def may_be_reaction(text: str) -> bool:
    """Return whether a text has the form of a reaction: only then is it worth looking up what we sent."""
    return (not _OPENING.isdisjoint(text) and next(_quotations(text), None) is not None) or _is_about_file(text)


def is_reaction(text: str, sent: Iterable[Sent]) -> bool:
    """Return whether a text is a phone's reaction to one of these messages."""
    quoted = [(_plain(said), _CUT.search(said) is not None) for said in _quotations(text)]
    about_file = _is_about_file(text)
    for message in sent:
        if about_file and message.has_files:
            return True
        if any(_is_quoted(message.text, said, is_cut) for said, is_cut in quoted):
            return True
    return False


def _quotations(text: str) -> Iterator[str]:
    """Yield what a text quotes within the frame of a reaction; a quotation may hold quotation marks itself."""
    text = "".join(sign for sign in text.strip() if unicodedata.category(sign) != "Cf")
    openings = [place for place, sign in enumerate(text[:MAX_FRAME]) if sign in _OPENING][:MAX_MARKS]
    first = max(0, len(text) - MAX_FRAME)
    closings = [place for place, sign in enumerate(text[first:], first) if sign in _CLOSING][-MAX_MARKS:]
    for start in openings:
        for end in closings:
            if end > start + 1 and _is_frame(text[:start], text[end + 1 :]):
                yield text[start + 1 : end]
        if _CUT.search(text) and _is_frame(text[:start], ""):  # cut short with its closing mark
            yield text[start + 1 :]


def _is_frame(lead: str, tail: str) -> bool:
    before, after = normalise(lead), normalise(tail)
    if after:
        return _AROUND.fullmatch(f"{before}|{after}") is not None or _is_of_another_script(before + after)
    if _LEAD.fullmatch(before) is not None or _is_of_another_script(before):
        return True
    return before in _TO and any(unicodedata.category(sign) == "So" for sign in lead)


def _is_of_another_script(said: str) -> bool:
    """Take any few words in other letters than Latin: what we sent is quoted, and no form of theirs is listed."""
    return 0 < len(said) <= 24 and not any(sign.isdigit() or "LATIN" in unicodedata.name(sign, "") for sign in said)


def _is_about_file(text: str) -> bool:
    return len(text) <= 2 * MAX_FRAME and _FILE.fullmatch(normalise(text)) is not None


def _is_quoted(sent: str, said: str, is_cut: bool) -> bool:
    """Return whether a quotation is a message of ours, or whole lines or sentences of it; the last may be cut short.

    A few words out of the middle of a sentence are not enough: a person may quote what we offered as an answer.
    """
    if not said or (is_cut and len(said) < MIN_CUT):
        return False
    words, starts, ends = "", set(), set()
    for sentence in filter(None, map(normalise, _SENTENCE_END.split(sent))):
        starts.add(len(words) + bool(words))
        words = f"{words} {sentence}".strip()
        ends.add(len(words))
    return said == _plain(sent) or any(
        words.startswith(said, start) and (is_cut or start + len(said) in ends) for start in starts
    )


def _plain(text: str) -> str:
    """Bring a text to its words; one without any, such as 🎉, to its signs."""
    return normalise(text) or "".join(text.split())
