"""What a list says about whether somebody may be written to, as other systems export it.

RapidPro: Status active, blocked, stopped, archived. Mailchimp: a file each for subscribed, unsubscribed and cleaned,
the last two with UNSUB_TIME and CLEAN_TIME; nonsubscribed and pending beside them. Google: labels such as "Do not
contact". Segment: subscribed, unsubscribed, did-not-subscribe. Salesforce: active, held, bounced, unsubscribed.
Shopify and OneSignal: yes or no to marketing, to being subscribed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.contact_files.spelling import plain
from flows.values import ContactStatus


class Standing(StrEnum):
    """Whether somebody may be written to."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    INVALID = "invalid"
    BLOCKED = "blocked"
    OPTED_OUT = "opted out"


class Asks(StrEnum):
    """What a column of standings asks; yes, no and an empty cell mean something else in each."""

    STATUS = "status"
    CONSENT = "consent"
    SUBSCRIBED = "subscribed"
    ENABLED = "enabled"
    OPTED_OUT = "opted out"
    BLOCKED = "blocked"
    CLEANED = "cleaned"


HEADINGS: Mapping[Asks, str] = {
    Asks.STATUS: (
        "status|contact status|member status|subscriber status|subscription status|sms status"
        "|sms subscription status|email subscription status|marketing status|marketing state"
        "|sms marketing state|opt status|opt in status|sms opt in status|consent status|estado|estatus"
        "|estado del contacto|estado de suscripcion|kontaktstatus|statut|situacao"
    ),
    Asks.CONSENT: (
        "opt in|opted in|optin|sms opt in|sms optin|text opt in|consent|sms consent|marketing consent"
        "|consents|accepts marketing|accepts sms marketing|accepts email marketing|accepts texts"
        "|receives texts|consentimiento|acepta mensajes|acepta sms|einwilligung"
    ),
    Asks.SUBSCRIBED: ("subscribed|is subscribed|subscriber|sms subscribed|suscrito|suscripto|abonniert|inscrito"),
    Asks.ENABLED: ("active|is active|enabled|is enabled|activo|habilitado|aktiv"),
    Asks.OPTED_OUT: (
        "opted out|opt out|optout|is opted out|sms opt out|sms optout|sms opted out|unsubscribed"
        "|is unsubscribed|unsub|unsub time|unsubscribe time|unsubscribed at|unsubscribed on"
        "|unsubscribe date|unsubscription date|opt out date|optout date|opt out time|opted out at"
        "|opted out on|stopped|stopped at|stopped on|do not contact|do not text|do not disturb"
        "|do not message|no sms|dnc|dnd|baja|de baja|fecha de baja|dado de baja|no contactar|abgemeldet"
        "|abmeldedatum"
    ),
    Asks.BLOCKED: ("blocked|is blocked|banned|bloqueado|gesperrt"),
    Asks.CLEANED: ("clean time|cleaned|cleaned at|bounced|bounced at|hard bounced"),
}
_WORDS: Mapping[Standing, str] = {
    Standing.ACTIVE: (
        "active|subscribed|resubscribed|opted in|opt in|optin|opted_in|enabled|current|confirmed|allowed"
        "|normal|ok|activo|activa|suscrito|suscrita|alta|de alta|confirmado|aktiv|abonniert|actif|ativo"
    ),
    Standing.INACTIVE: (
        "inactive|archived|disabled|suspended|paused|dormant|lapsed|cleaned|bounced|hard bounce"
        "|soft bounce|pending|unconfirmed|not confirmed|nonsubscribed|non subscribed|not subscribed"
        "|did not subscribe|never subscribed|no consent|not opted in|held|on hold|former|ex member|left"
        "|expired|deleted|removed|invited|inactivo|inactiva|archivado|archivada|suspendido|suspendida"
        "|pausado|pendiente|sin confirmar|sin consentimiento|inaktiv|archiviert|ausgetreten|inactif"
        "|inativo"
    ),
    Standing.INVALID: (
        "invalid|invalid number|wrong number|undeliverable|unreachable|dead|dead number|landline"
        "|not a mobile|invalido|no valido|numero invalido|numero equivocado|fijo|ungultig"
    ),
    Standing.BLOCKED: ("blocked|banned|ban|spam|abuse|abusive|bloqueado|bloqueada|vetado|gesperrt|blockiert|bloque"),
    Standing.OPTED_OUT: (
        "stopped|stop|unsubscribed|unsubscribe|unsub|opted out|opt out|optout|opted_out|do not contact"
        "|do not text|do not message|dnc|dnd|no contact|complained|complaint|revoked|withdrawn|withdrew"
        "|refused|blacklisted|blocklisted|blacklist|baja|de baja|dado de baja|dada de baja|cancelado"
        "|cancelada|desuscrito|desuscrita|no contactar|no escribir|rechazado|abgemeldet|widerrufen"
        "|desabonne|desinscrit|descadastrado"
    ),
}
_SURE = (
    "inactive|archived|unsubscribed|opted out|optout|do not contact|do not text|do not message|dnc|stopped|blocked"
    "|blacklisted|nonsubscribed|not subscribed|inactivo|inactiva|bloqueado|bloqueada|desuscrito|desuscrita|dado de baja"
    "|dada de baja|no contactar|abgemeldet|inaktiv|desabonne|inactif|invalid number"
)
"""Words that say it under any heading: "stop", "left" and "baja" may mean something else."""
_YES = frozenset(("yes", "y", "true", "t", "1", "x", "on", "si", "s", "verdadero", "ja", "oui", "sim"))
_NO = frozenset(("no", "n", "false", "f", "0", "off", "none", "never", "null", "falso", "nein", "non", "nao"))
_DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}|\d{8,}|\d{4,5}(?:\.\d+)?")
_ON_YES = {Asks.OPTED_OUT: Standing.OPTED_OUT, Asks.BLOCKED: Standing.BLOCKED, Asks.CLEANED: Standing.INACTIVE}
_ON_NO = {Asks.CONSENT: Standing.INACTIVE, Asks.SUBSCRIBED: Standing.OPTED_OUT, Asks.ENABLED: Standing.INACTIVE}
_STRICT = tuple(Standing)


def _spread(words: Mapping[Standing, str]) -> dict[str, Standing]:
    return {plain(word): standing for standing, listed in words.items() for word in listed.split("|")}


_STANDINGS = _spread(_WORDS)
_TELLING = frozenset(map(plain, _SURE.split("|")))
STATUSES: Mapping[Standing, ContactStatus] = {
    Standing.ACTIVE: ContactStatus.ACTIVE,
    Standing.INACTIVE: ContactStatus.INACTIVE,
    Standing.INVALID: ContactStatus.INVALID,
    Standing.BLOCKED: ContactStatus.BLOCKED,
    Standing.OPTED_OUT: ContactStatus.ACTIVE,
}
"""The status of a contact with a standing; an opt-out stands beside it."""


def word_standing(text: str) -> Standing | None:
    """Read a word that says by itself how somebody stands; None for any other."""
    return _STANDINGS.get(plain(text))


def is_telling(text: str) -> bool:
    """Return whether a word means under any heading that somebody is not to be written to."""
    return plain(text) in _TELLING


def standing_of(asks: Asks, text: str) -> Standing | None:
    """Read a cell of a column that asks; None: the word is not known."""
    word = plain(text)
    if not word:
        return Standing.INACTIVE if asks in (Asks.CONSENT, Asks.SUBSCRIBED) else Standing.ACTIVE
    if asks is not Asks.STATUS:
        if word in _YES:
            return _ON_YES.get(asks, Standing.ACTIVE)
        if word in _NO:
            return _ON_NO.get(asks, Standing.ACTIVE)
        if _DATE.match(text.strip()):
            return _ON_YES.get(asks, Standing.ACTIVE)
    return _STANDINGS.get(word)


def standing_of_groups(names: Iterable[str]) -> Standing:
    """Read how somebody stands from the groups or labels that name it: "Do not contact"."""
    return strictest(word_standing(name) or Standing.INACTIVE for name in names if is_telling(name))


def strictest(standings: Iterable[Standing]) -> Standing:
    """Pick the one that lets the fewest messages through; active where there is none."""
    return max(standings, key=_STRICT.index, default=Standing.ACTIVE)
