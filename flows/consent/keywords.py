"""The published stop, start and help words of every language at once.

Sources: FCC 47 CFR 64.1200(a)(10); the defaults of Twilio, AWS End User Messaging, Telnyx, Braze, Adobe and Bandwidth;
the lists of Spoke, Rewired and of other products in English, Spanish, French, Portuguese; what carriers in Germany,
Italy, China, Brazil, France and the Arab countries announce. Left out, although some product lists them:

- NO (Adobe): the commonest answer to a question. It stays an answer.
- JOIN, SUBSCRIBE (Telnyx, Adobe): JOIN is our registration; SUBSCRIBE alone means that too, for people who want in.
- CONTINUE, RESUME, BEGIN (Adobe): they steer an open dialogue.
- LEAVE, GOODBYE, HELLO (Signalboost): LEAVE withdraws from one event; the others are small talk.
- EXIT, as Spoke's peers have it: it pauses an open survey.
- Stop words of other languages that are a name or an answer in ours: Vietnamese HUY, Turkish DUR, Spanish ALTA.

Kept, although they are words of daily life: REMOVE and TD (AWS), END and CANCEL (FCC), ALTO, BAJA and SALIR (Spanish
lists). Alone they are published stop words. Where the open question offers one as an answer, it is that answer, unless
the word is binding or belongs to a language that the person or the workspace speaks: see `may_be_an_answer`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flows.consent.intents import Intent, Reading
from flows.language.text import normalise, without_courtesy, words

_STOP: Mapping[str, str] = {
    "": "stop, stopall, stop all, td, stop2quit, stop2end, st0p, s t o p",
    "en": (
        "end, quit, cancel, revoke, unsubscribe, unsub, optout, opt out, remove, remove me, stop 2 quit, "
        "stop to quit, stoptoquit, stop to end, stop 2 end, end all, cancel all, quit all, unsubscribe all, "
        "unsubscribe me, unsub me, "
        "opt me out, optout all, opt out all, opt out of all, stop everything, stop messages, stop texts, "
        "stop promotions, stop marketing, stop marketing messages, stop sms, stop text, stop msgs, "
        "i quit, i cancel, i unsubscribe, i opt out, i revoke, "
        "un subscribe, unsuscribe, unsubcribe, unsubscrib, unsubsribe, unsubscirbe, unscubscribe, unsubscibe, "
        "unsubscribed, sotp, stpo, stopp, stoppp, sttop, tsop"
    ),
    "es": (
        "alto, baja, basta, parar, pare, paren, detener, detenga, detengan, detente, salir, cancelar, cancele, "
        "cancelen, cancela, desuscribir, desuscribirme, desuscribirse, dessuscribir, desinscribir, "
        "desinscribirme, anular, "
        "dar de baja, darme de baja, darse de baja, quiero baja, quiero la baja, terminar, eliminar, eliminame, "
        "remover, borrame, quitame, parar todo, cancelar todo, alto a todo, basta ya, ya basta, "
        "cancelar suscripcion, cancelar la suscripcion, cancelar mi suscripcion, anular suscripcion"
    ),
    "pt": (
        "sair, pare, parar, descadastrar, descadastre, descadastro, descadastrar me, remover, cancelar inscricao, "
        "cancelar assinatura, desinscrever, desinscrever se, cancela, sair da lista, parar mensagens"
    ),
    "fr": (
        "arret, arrett, arrete, arretez, arreter, arrets, stop sms, stop pub, desabonner, desabonnement, "
        "desabonnez moi, se desabonner, me desabonner, desinscription, desinscrire, desinscrivez moi, "
        "se desinscrire, me desinscrire, "
        "annuler, resilier"
    ),
    "de": (
        "abmelden, abmeldung, abbestellen, abbestellung, stopp, stoppen, beenden, ende, kündigen, austragen, "
        "abonnement beenden"
    ),
    "it": "annulla, annullare, cancella, cancellami, disiscrivi, disiscrivimi, disiscriviti, rimuovi",
    "nl": "afmelden, uitschrijven, stoppen, opzeggen",
    "pl": "rezygnuje, wypisz, koniec",
    "ru": "стоп, отписаться, отписка, отмена, отпишите",
    "uk": "стоп, відписатися, скасувати",
    "tr": "iptal, ret, durdur",
    "tl": "itigil, ihinto, tigil",
    "id": "berhenti, unreg",
    "zh": "退订, 退訂, 停止, 取消, 取消订阅, 取消訂閱, 退出, 拒收, 停, 退订全部, 取消关注",
    "ja": "停止, 配信停止, 解除, 退会, やめる, ストップ",
    "ko": "수신거부, 중지, 거부, 해지, 중단",
    "ar": (
        "إيقاف, ايقاف, توقف, أوقف, وقف, قف, إلغاء, الغاء, إلغاء الاشتراك, الغاء الاشتراك, الغي الاشتراك, ألغ الاشتراك, "
        "إنهاء, خروج, ستوب"
    ),
    "hi": "रोकें, बंद करें",
}
_BINDING = frozenset({"stop", "stopall", "quit", "end", "revoke", "optout", "opt out", "cancel", "unsubscribe"})
"""The words that revoke consent by law (FCC) and that providers act on: they are never an answer."""
_START: Mapping[str, str] = {
    "": "start, unstop, optin, opt in",
    "en": "opt me in, opt in all, start all, unstop all, resubscribe, re subscribe",
    "es": "iniciar, reactivar, dar de alta, darme de alta",
    "fr": "reprendre, reabonner, me reabonner",
    "pt": "reativar, recadastrar",
    "zh": "开始, 開始, 重新订阅",
    "ar": "ابدأ, ابدا, بدء",
}
_YES: Mapping[str, str] = {"": "yes"}
_HELP: Mapping[str, str] = {
    "": "help, info",
    "en": "help me, need help, i need help",
    "es": "ayuda, ayúdame, ayúdenme, necesito ayuda",
    "pt": "ajuda, me ajuda, preciso de ajuda",
    "fr": "aide, aidez moi, besoin d aide",
    "de": "hilfe",
    "it": "aiuto",
    "nl": "hulp",
    "ru": "помощь",
    "zh": "帮助, 幫助",
    "ja": "ヘルプ",
    "ko": "도움말",
    "ar": "مساعدة",
}


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_STOP_COMMANDS = _words("stop stopall quit cancel end revoke unsubscribe unsub optout")
_COMMANDS = _STOP_COMMANDS | _words("help info all")
"""What people string together: STOP STOP STOP, stop=end, STOP HELP."""
_BEFORE = _words("ok okay just hi hello hey oh hola ya pues bonjour oi ola")
_AFTER = _words("now immediately asap already today right ya ahora inmediatamente agora maintenant jetzt")


def _table() -> dict[str, Reading]:
    table: dict[str, Reading] = {}
    for intent, by_language in (
        (Intent.STOP, _STOP),
        (Intent.START, _START),
        (Intent.YES, _YES),
        (Intent.HELP, _HELP),
    ):
        for language, listed in by_language.items():
            for said in map(normalise, listed.split(",")):
                table.setdefault(said, Reading(intent, said, language))
    return table


_STOP_WORDS = {language: frozenset(map(normalise, listed.split(","))) for language, listed in _STOP.items()}
KEYWORDS: Mapping[str, Reading] = _table()
"""Reading per normalised text; a word of several languages belongs to the first that has it."""

KEYWORD_WORDS = frozenset(max(said.split(), key=len) for said in KEYWORDS)
"""The longest word of each: a text without any of these is no keyword."""


def find_keyword(said: tuple[str, ...]) -> Reading | None:
    """Read normalised words as one keyword alone, courtesy aside; None when they are anything else."""
    bare = without_courtesy(said)
    found = KEYWORDS.get(" ".join(bare))
    if found is not None:
        return found
    if len(bare) > 1 and _COMMANDS.issuperset(bare):
        return next((KEYWORDS[word] for word in bare if word in _STOP_COMMANDS), None)
    # "Hello, please cancel, thank you": courtesy, a greeting, and courtesy again.
    found = KEYWORDS.get(" ".join(without_courtesy(_without_haste(bare))))
    return found if found is not None and found.intent is Intent.STOP else None


def reserved_words() -> frozenset[str]:
    """Give every stop, start and help word, normalised: nobody's flow may be started by one of them."""
    return frozenset(KEYWORDS)


def is_reserved(keyword: str) -> bool:
    """Say whether a text alone would be read as a stop, start or help word."""
    return find_keyword(words(keyword)) is not None


def stop_languages(reading: Reading) -> frozenset[str]:
    """Return the languages whose stop word was read, "" for a word of all languages."""
    return frozenset(language for language, listed in _STOP_WORDS.items() if reading.matched in listed)


def may_be_an_answer(reading: Reading, spoken: Collection[str]) -> bool:
    """Return whether a stop word may be an answer: no language that is spoken has it, and it is not a binding word."""
    if any(f" {word} " in f" {reading.matched} " for word in _BINDING):
        return False
    return stop_languages(reading).isdisjoint({"", *spoken})


def _without_haste(said: tuple[str, ...]) -> tuple[str, ...]:
    start, end = 0, len(said)
    while start < end and said[start] in _BEFORE:
        start += 1
    while end > start and said[end - 1] in _AFTER:
        end -= 1
    return said[start:end]
