"""How people revoke consent in French; the apostrophe is a blank here: m envoyer."""

from __future__ import annotations

from flows.consent.phrasebook import Phrasebook, make_guards
from flows.consent.phrases import compile_phrases

_CLASSES = {
    "CEASE": "arrêtez, arrête, arrêter, cessez, cesse, cesser, stoppez, stopper",
    "SEND": (
        "envoyer, écrire, contacter, appeler, harceler, déranger, spammer, texter, solliciter, démarcher, importuner, "
        "messager, envoyez"
    ),
    "WRITE": "écrivez, contactez, écris, contacte, dérangez, textez, sollicitez, importunez, harcelez",
    "GIVE": "envoyez, envoie, adressez",
    "NOUN": (
        "message, messages, sms, texto, textos, mails, notifications, alertes, publicité, publicités, pub, pubs, spam, "
        "rappels, promotions, offres, communications, infos, informations, sollicitations, newsletter, newsletters"
    ),
    "WHICH": (
        "de, d, des, du, la, le, les, l, vos, votre, ces, ce, cet, cette, tes, ton, aucun, aucune, plus, autres, tous, "
        "tout, envoi, envois, recevoir, m, me"
    ),
    "WANTNOT": (
        "ne veux plus, ne veux pas, veux plus, ne souhaite plus, ne souhaite pas, souhaite plus, ne désire plus, ne "
        "désire pas, ne voudrais plus, ne voulons plus, ne souhaitons plus, voudrais ne plus, aimerais ne plus, "
        "souhaite ne plus, ne plus, n accepte pas de, refuse de, préfère ne plus, ne veux plus jamais, veux pas, n ai "
        "pas envie de, n autorise pas"
    ),
    "REMOVE": (
        "retirez, enlevez, supprimez, ôtez, effacez, rayez, retire, enlève, supprime, efface, retirer, enlever, "
        "supprimer, effacer, rayer, sortez, désabonnez, désinscrivez, désabonne, désinscris, oubliez"
    ),
    "LIST": "liste, listes, base, base de données, fichier, fichiers, contacts, envois, diffusion, système, répertoire",
    "POLITE": (
        "s il vous plaît, svp, stp, merci de, merci d, veuillez, je veux, je voudrais, je souhaite, j aimerais, "
        "bonjour, comment, je vous prie de, je vous demande de, pouvez vous, pourriez vous, je, comment puis je, puis "
        "je, comment faire pour, je demande, maintenant, ok, et, mais, donc, prière de, il faut"
    ),
    "CLOSE": (
        "svp, stp, s il vous plaît, merci, maintenant, immédiatement, tout de suite, jamais, définitivement, plus, ça"
    ),
    "HUMAN": "conseiller, conseillère, agent, humain, personne, quelqu un, responsable, opérateur, vraie personne",
}

_STOP = """
    CEASE de|d m|me|nous? !SEND
    CEASE de|d|l|les|vos|ces|ce|cet|tous|avec|aux|a !NOUN|envoi|envois
    CEASE WHICH* !NOUN
    stop aux|à|les|vos WHICH* !NOUN
    être !retiré|retirée|supprimé|supprimée|enlevé|désinscrit|désinscrite|désabonné|désabonnée|rayé
    ne|n m|me|nous !WRITE plus|pas|jamais
    ne|n m|me|nous !GIVE plus|pas|jamais WHICH* NOUN
    ne|n m|me|nous !GIVE plus|pas|jamais rien|ça? CLOSE* $
    plus jamais|de? m|me !SEND
    de ne plus|pas|jamais m|me|nous? !SEND
    veuillez|prière ne|de_ne plus|pas m|me|nous? !SEND
    ne plus m|me|nous !SEND
    WANTNOT m|me|nous? !recevoir WHICH* NOUN|rien
    WANTNOT !recevoir CLOSE* $
    WANTNOT être !contacté|contactée|sollicité|sollicitée|dérangé|dérangée|démarché
    ne|n veux|souhaite|voudrais plus|pas WHICH* !NOUN
    ^ POLITE* plus|pas de|d !NOUN CLOSE* $
    plus|pas besoin de|d vos? !NOUN
    !REMOVE moi|nous de WHICH* LIST
    !REMOVE moi|nous CLOSE* $
    me|m|nous !REMOVE de WHICH* LIST
    REMOVE mon|mes|ce|notre !numéro|nom|coordonnées|contact|téléphone|données
    !désabonnez|désinscrivez|désabonne|désinscris moi|nous
    je me !désabonne|désinscris|désengage
    veux|voudrais|souhaite|aimerais|comment|puis_je|pouvez|demande|pour me|nous|m !désabonner|désinscrire|désengager
    demande|veux|souhaite ma|mon|la|le !désabonnement|désinscription
    retire|révoque|retirer|révoquer mon|le !consentement|accord|autorisation
    annuler|annulez|résilier|résiliez mon|l|cet !abonnement
"""

_BARE = """
    ^ s_il_vous_plaît|svp|stp|merci_d|merci_de|bonjour|ok|mais|maintenant* !CEASE|stop ça|tout? CLOSE* $
    ^ POLITE* !laissez|laisse|fichez|foutez|fichez moi|nous tranquille|tranquilles|en_paix|la_paix CLOSE* $
"""

_DOUBT = """
    CEASE de|d m|me|nous? !SEND
    !mauvais|faux|erreur numéro|de_numéro
    vous vous !trompez|êtes_trompé de? numéro|personne?
    !laissez|laisse|foutez|fichez moi|nous tranquille|tranquilles|en_paix|la_paix
    ne m|me !appelez|appelle pas|plus
    trop de !NOUN
    moins de !NOUN
    ^ POLITE* !désabonnement|désinscription|désabonner|désinscrire CLOSE* $
"""

_PERSON = """
    parler|discuter|échanger|contacter à|a|avec? un|une|à? !HUMAN
    pouvez|peut|pourriez quelqu_un|vous? me|m !appeler|rappeler
    ^ POLITE* un|une? !conseiller|conseillère|agent|humain|opérateur CLOSE* $
"""

_DENIED = (
    r"(?:ne|n|pas|jamais|sans) (?:(?:me|m|vous|veux|voudrais|souhaite|pas|de|d|surtout|que) ){0,4}",
    r"(?:si|quand|avant|pourquoi|avez vous|a t il|il|elle|ils) (?:(?:je|vous|avez|a|veut|de|d|ne) ){0,3}",
)
_INSISTS = (r"(?:si|pourquoi) vous n ", r"(?:si|pourquoi) vous ne ")
_NARROW = (
    r"(?:avant|apres|pendant|autant|aussi|si (?:souvent|tard|tot)|trop|quand|sauf|tant|tard|tot|seulement)",
    r"mais (?:les|pas|gardez)",
    r"(?:le|la|les) (?:soir|matin|nuit|dimanche|samedi|week|weekend|jours)",
    r"sur (?!ce|mon|cette)\S+",
    r"(?:a|au) (?!ce|mon|moi|l avenir)\S+",
    r"pour (?!toujours|de bon)\S+",
    r"concernant",
    r"des? (?!votre|vos|la|cette|ce|diffusion|contacts?|sms|messages|envois?|votre|part|suite|publicite|pub)\S+",
)
_STAYS = (
    r"mais (?:je )?(?:veux|voudrais|souhaite|aimerais) (?:rester|continuer|garder|recevoir)",
    r"(?:mdr|lol|ptdr|(?:ha){2,})",
)
_SUPPORTS = (r"(?:pas interesse|pas interessee|non merci|qui etes|spam|harcelement|mauvais numero)",)

FRENCH = Phrasebook(
    "fr",
    stop=compile_phrases(_STOP, _CLASSES),
    bare=compile_phrases(_BARE, _CLASSES),
    doubt=compile_phrases(_DOUBT, _CLASSES),
    person=compile_phrases(_PERSON, _CLASSES),
    guards=make_guards(denied=_DENIED, insists=_INSISTS, narrow=_NARROW, stays=_STAYS, supports=_SUPPORTS),
)
