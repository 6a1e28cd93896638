"""How people revoke consent in Spanish."""

from __future__ import annotations

from flows.consent.phrasebook import Phrasebook, make_guards
from flows.consent.phrases import compile_phrases, inflect

_CLASSES = {
    "CEASE": (
        "deja, deje, dejen, dejad, dejar, dejes, para, pare, paren, parar, cesa, cese, cesen, cesar, basta, termina, "
        "termine, terminen, terminar, evita, evite, eviten, evitar, dejame, déjenme, déjeme"
    ),
    "CUT": (
        "deten, detenga, detengan, detener, parar, pare, paren, cancela, cancele, cancelen, cancelar, suspenda, "
        "suspendan, suspender, termine, terminen, terminar, quite, quiten, quitar, desactive, desactiven, desactivar, "
        "párenle con, párele con, párenle a, cancelo, detengo, paro, desactivo, alto a, alto con, basta de, basta con, "
        "stop a, no más, ni un, nada de, cero"
    ),
    "SEND": inflect("mandar enviar mandando enviando", "- me nos le les"),
    "SENDME": inflect(
        "mandar enviar escribir contactar molestar textear mensajear hostigar acosar fastidiar spamear bombardear "
        "llamar mandando enviando escribiendo molestando textear",
        "me nos",
    ),
    "WRITE": inflect("escribir contactar textear mensajear molestar hostigar acosar fastidiar", "- me nos le"),
    "DO": inflect("contact text texte mensaje molest hostig fastidi acos", "e en es")
    + ", "
    + inflect("escrib", "a an as"),
    "GIVE": inflect("mand envi reenvi", "e en es ar arme arnos"),
    "GOON": inflect("mand envi contact molest text", "ando ándome") + ", escribiendo, escribiéndome",
    "AGAIN": inflect("vuelv", "a an as"),
    "NOUN": (
        "mensaje, mensajes, mensajito, mensajitos, msj, msjs, msg, texto, textos, sms, notificaciones, avisos, "
        "correos, whatsapp, whatsapps, publicidad, propaganda, promociones, spam, alertas, recordatorios, "
        "comunicaciones, ofertas, anuncios, boletines, cadenas, notificación, encuestas"
    ),
    "WHICH": (
        "los, las, el, la, estos, estas, este, esta, esos, esas, esa, ese, su, sus, tu, tus, más, mas, de, con, otro, "
        "otros, otra, otras, todo, todos, todas, ningún, ninguna, ningunos, recibir, recibiendo, mandar, enviar, "
        "mandarme, enviarme, tipo de, ustedes, usted, malditos, pinches, molestos, automáticos, masivos, tantos, "
        "tanto, me, mi, envío de, tipos de, clase de"
    ),
    "THIS": (
        "esto, eso, nada, nada más, más, cosas, estas cosas, tonterías, basura, información, esta información, info, "
        "ya, su información, más información"
    ),
    "WANTNOT": (
        "no quiero, no deseo, no quisiera, no me gustaría, no queremos, no deseamos, no autorizo, no acepto, no me "
        "interesa, no me interesan, no estoy interesado en, no estoy interesada en, no necesito, no necesitamos, nunca "
        "quise, no consiento, prefiero no, no tengo interés en, no doy permiso para, ya no kiero, no kiero, no quiero "
        "ya, no quiero volver a, no le autorizo, no les autorizo"
    ),
    "GET": "recibir, recibiendo, recivir, resibir, seguir recibiendo, estar recibiendo, que me lleguen, que me llegue",
    "CONTACTED": "ser contactado, ser contactada, saber nada, saber más de ustedes, estar suscrito, estar suscrita",
    "REMOVEME": inflect(
        "quite quiten quita saque saquen saca borre borren borra elimine eliminen elimina remueva remuevan remueve "
        "retire retiren retira baje bajen excluya excluyan tache tachen desuscriba desuscriban desafilie desafilien "
        "descarte descarten",
        "me nos",
    ),
    "REMOVINGME": inflect("quitar sacar borrar eliminar remover retirar excluir salir bajar", "me nos"),
    "REMOVE": (
        inflect("quit borr elimin retir", "e en es a ar aran")
        + ", saque, saquen, saques, sacar, saca, remueva, remuevan, remover, remueve, olvide, olviden, olvida, "
        "suprima, suprimir, dar de baja, den de baja, tache, tachen, excluya, excluyan, desactiven"
    ),
    "LIST": (
        "lista, listas, base, base de datos, bases de datos, sistema, registro, registros, contactos, directorio, "
        "agenda, mensajes, textos, cadena, suscripción, difusión, aquí, esto, campaña, publicidad"
    ),
    "NUMBER": "número, numero de teléfono, número de celular, teléfono, celular, cel, contacto, datos, numerito",
    "GIVEOFF": (
        "dar, darme, darnos, darse, den, denme, dennos, deme, dame, doy, damos, me de, me den, nos den, dé, deme ya, "
        "darle, dese, désen, dé me"
    ),
    "UNSUB": inflect("desuscrib dessuscrib desubscrib desinscrib", "ir irme irse irnos anme ame eme o an a"),
    "POLITE": (
        "por favor, porfavor, porfa, favor de, hola, buenas, buenos días, buenas tardes, ya, les pido que, le pido "
        "que, les pido, le pido, pido que, quiero que, necesito que, pueden, puede, podrían, podría, quiero, quisiera, "
        "deseo, cómo, como, cómo puedo, cómo hago para, me gustaría, gracias pero, que, les dije que, he dicho que, "
        "necesito, solicito, señores, oigan, oye, mejor, bueno, ok, pues, y, por dios"
    ),
    "CLOSE": (
        "ya, por favor, porfavor, porfa, gracias, más, nunca más, nunca, jamás, por siempre, para siempre, ahora, "
        "ahora mismo, de inmediato, inmediatamente, de una vez, en paz, otra vez, nuevamente, de nuevo, a este número, "
        "a mi número, a mi teléfono, a mi celular, de ustedes, de usted, de su parte, de parte de ustedes, ustedes, "
        "usted, aquí, señores, de aquí"
    ),
    "GENTLE": "por favor, porfavor, porfa, favor de, hola, ya, ok, bueno, pues, oye, oigan, señores, gracias, y, pero",
    "HUMAN": (
        "persona, humano, agente, alguien, representante, asesor, asesora, operador, operadora, ejecutivo, encargado, "
        "encargada, persona real, ser humano, humano real, coordinador, coordinadora, empleado"
    ),
}

_STOP = """
    CEASE ya? de estar? !SENDME
    CEASE ya? de estar? !SEND WHICH* NOUN
    CEASE ya? de estar? !SEND THIS? CLOSE* $
    CEASE ya? de estar? !WRITE CLOSE* $
    CEASE ya? de estar? !molestar|acosar|hostigar|fastidiar con WHICH* NOUN
    dejar|dejo|parar|paro de !recibir WHICH* NOUN
    dejar|dejo|parar|paro de !recibir THIS CLOSE* $
    ^ POLITE* dejar_de|no !recibir CLOSE* $
    CUT WHICH* !NOUN
    stop !mensajes|textos|msj|notificaciones|publicidad
    no|nunca|jamás más? me|nos !DO
    no|nunca|jamás me|nos !GIVE WHICH* NOUN
    no|nunca|jamás !GIVE más? WHICH* NOUN
    no|nunca|jamás me|nos !GIVE THIS? CLOSE* $
    no me|nos? AGAIN a? !WRITE|SEND|DO
    no !molesten|moleste|molestes|molestar me? más|nunca|jamás
    evite|eviten|evitar !SENDME
    no me|nos? siga|sigan|sigas !GOON
    no|ya_no|favor_no !contactar|contactarme|escribir|escribirme|textear CLOSE* $
    no me|nos !llame|llamen|llames|hable|hablen|hables|marque|marquen más|ni|nunca
    no !llamar|llamen|llame ni|o escribir|escriban|textear|mandar|manden
    WANTNOT seguir? GET WHICH* !NOUN
    WANTNOT seguir? !GET THIS* CLOSE* $
    WANTNOT WHICH* !NOUN
    WANTNOT !CONTACTED
    WANTNOT que me|nos AGAIN? a? !DO|WRITE
    WANTNOT que me|nos siga|sigan|sigas|estén|esté !GOON
    WANTNOT que me|nos AGAIN? a? !GIVE WHICH* NOUN
    WANTNOT que me|nos AGAIN? a? !GIVE THIS? CLOSE* $
    WANTNOT estar|aparecer|seguir|permanecer en WHICH* !lista|listas|base|sistema
    !REMOVEME de WHICH* LIST
    !REMOVEME CLOSE* $
    !REMOVINGME de WHICH* lista|listas|base|sistema|registros|mensajes
    me|nos !REMOVE|quiten|saquen|borren|eliminen de WHICH* LIST
    me|nos puede|pueden|podría|podrían|pudieran !REMOVE de WHICH* LIST
    !REMOVE a? mi|mis|este|nuestro NUMBER
    !REMOVE mi|este nombre de WHICH* LIST
    quiero|deseo|necesito|cómo|quisiera salir|salirme|salgo|me_salgo de WHICH* !lista|listas
    GIVEOFF ya? de !baja
    solicito|pido|quiero|deseo|solicitar mi|la|una? !baja de WHICH* LIST
    no|nunca les|le|te? di|doy|dimos|he_dado|han_recibido mi|el|ningún? !permiso|autorización|consentimiento
    quiero|deseo|solicito|pido|necesito|solicitar|pedir mi|la|una? !baja $
    cancelar|cancelo|cancele|cancelen|cancela|cancélenme|anular|anulen|terminar|termine WHICH* \
        !suscripción|suscripciones
    POLITE* !UNSUB CLOSE* $
    POLITE* !UNSUB de WHICH* LIST
    revoco|retiro|cancelo|revocar|retirar|revoque|revoquen mi|el|todo !consentimiento|autorización|permiso
    no tiene|tienen|doy|di mi|el !consentimiento|autorización|permiso para WRITE|SENDME|SEND
"""

_BARE = """
    ^ GENTLE* !basta|alto|pare|paren|parar|detener|detengan|deténganse|stop|cancelar|baja|salir CLOSE* $
    ^ POLITE* que !paren|pare|pares CLOSE* $
    ^ POLITE* dejen|deje|deja de !molestar|joder|chingar|fastidiar CLOSE* $
    ^ POLITE* !déjenme|déjame|déjeme|déjennos en_paz|tranquilo|tranquila|tranquilos|de_molestar CLOSE* $
    ^ POLITE* no me|nos !llame|llamen|llames|marquen|marque más|por_favor|gracias? $
    ^ POLITE* de|la !baja CLOSE* $
"""

_DOUBT = """
    CEASE ya? de estar? !SEND|WRITE|SENDME
    !déjenme|déjame|déjeme|déjennos en_paz|tranquilo|tranquila|tranquilos
    no !molesten|moleste|molestes|molestar
    no me|nos !llame|llamen|llames
    !número|teléfono|persona|contacto equivocado|equivocada|incorrecto|erróneo
    !equivocó|equivocaron|equivocado|equivocaste de número|persona
    no es|soy !mi_número|su_número|el_número|esa_persona|la_persona
    quién|dónde|cómo|donde les|le|te? dio|sacaron|consiguieron|obtuvieron|sacó|tienen|tiene \
        !mi_número|este_número|mi_contacto
    yo? nunca me !suscribí|inscribí|registré
    demasiados|tantos|muchos|menos !NOUN
    no me|nos !GIVE tantos|tantas|tanto
    !harto|harta|cansado|cansada de WHICH* NOUN
    los|voy_a !reportar|denunciar|bloquear|demandar
    es|esto_es !acoso|spam
    ^ POLITE* !UNSUB
    ^ POLITE* !cancelar|salir|parar|detener CLOSE* $
    nunca pedí|solicité|autoricé !esto|NOUN
    quiero|deseo salir|salirme del|de_este !grupo
"""

_PERSON = """
    hablar|platicar|comunicarme|conversar|chatear|atienda|contactarme|pásame|páseme|pásenme|comuníqueme|comunícame \
        con? un|una|algún|el|la|otro|otra* !HUMAN
    me puede|pueden|podría|podrían|puedes !llamar|marcar
    alguien me|que_me|puede|podría me? !llame|llamar|llama|atienda|atender|ayude
    ^ POLITE* !llámenme|llámeme|márquenme|llámame CLOSE* $
    ^ POLITE* un|una? !agente|humano|representante|asesor|asesora|operador|operadora|persona_real CLOSE* $
    necesito|quiero|deseo un|una !agente|humano|representante|asesor|asesora|persona_real|operador
"""

_BETWEEN = (
    "quiero|quise|quisiera|deseo|pedi|dije|digo|que|les|le|me|nos|lo|vayan|vayas|vaya|a|quieren|quiere|puedo|por favor|"
    "hace falta|necesito|pienso|voy|ya|nunca|se|te|vas|van|fue|mi|intencion|queria|querer|quisiera"
)
_DENIED = (
    rf"(?:no|nunca|jamas|tampoco|sin|ni) (?:(?:{_BETWEEN}) ){{0,4}}",
    r"(?:si|cuando|antes de|despues de|a menos que) (?:(?:yo|me|les|te|quiero|uno|escribo|mando|pongo|se|no) ){0,3}",
    r"(?:decir|decirles?|digo|dice|significa|escribo|escribir|poner|pongo|frase|palabra|como se dice) (?:que )?",
    r"(?:dijeron|dijo|dice|dicen|pidio|pidieron|quiere|quieren) (?:que )?(?:\S+ ){0,2}",
)
_INSISTS = (r"(?:si|o|por que|hasta que) no ", r"ya (?:les |le |te )?dije que no (?:quiero que )?", r"no ya ")
_NARROW = (
    r"(?:tan|tantos|tantas|tanto|antes|despues|durante|hasta|cuando|mientras|acerca|entre|tarde|temprano|hoy|manana|"
    r"sino|solo|solamente|excepto|salvo|fotos|que no|los (?:domingos|sabados|lunes|fines)|y (?:pongan|agreguen|usen))",
    r"(?:en|por|de) (?:la |las )?(?:noche|noches|manana|mananas|madrugada|tarde|tardes)",
    r"sobre (?!esto|eso|nada|ningun)\S+",
    r"de (?:(?:la|las|los|su|sus|tu|tus|esta|este|estos|esos|una|toda|todas|todos|mi) )*+(?!mensajes|texto|contactos|"
    r"ustedes|usted|aqui|correo|distribucion|difusion|envio|whatsapp|inmediato|nuevo|todo|parte|publicidad|promocion|"
    r"oferta|marketing|lista|base|sistema|registro|datos|sms|spam|directorio|numero|telefono|empresa|compania|servicio|"
    r"suscripcion|una|por|manera|forma|mandar|enviar|escribir|contactar)\S+",
    r"del (?!grupo|sistema|registro|directorio|todo)\S+",
    r"(?:el|la|los|las|un|una|por (?:aca|aqui|ahora|correo|email|mail|telefono)|todavia|aun)",
    r"a (?!este|estos|estas|sus|los|mi|nuestro|mis|esta|menos)\S+",
    r"(?:mi|nuestra|nuestro) (?!numero|telefono|celular|suscripcion|contacto)\S+",
    r"(?:medica|laboral|temporal)",
)
_STAYS = (
    r"(?:pero|porque) (?:(?:si|yo|todavia|aun|me) ){0,2}(?:quiero|quisiera|gustaria|deseo|gustan?|encantan?)"
    r"(?: (?:seguir|quedarme|continuar|recibir|saber))?",
    r"mejor (?:por|a|al|en|llam|escrib|mand)\S*",
    r"(?:escriban?me|escribeme|manden?me|mandame|llamen?me|llamame)",
    r"(?:(?:ja){2,}j?|(?:je){2,}|es broma|bromeo|broma)",
)
_SUPPORTS = (
    r"no (?:me interesa|estoy interesad[oa]|gracias|los conozco|se quien|soy|la conozco|lo conozco)",
    r"(?:quien (?:es|eres|son)|spam|acoso|molest[oa]s?|demasiado|ya les dije|ya dije|numero equivocado)",
)

SPANISH = Phrasebook(
    "es",
    stop=compile_phrases(_STOP, _CLASSES),
    bare=compile_phrases(_BARE, _CLASSES),
    doubt=compile_phrases(_DOUBT, _CLASSES),
    person=compile_phrases(_PERSON, _CLASSES),
    guards=make_guards(denied=_DENIED, insists=_INSISTS, narrow=_NARROW, stays=_STAYS, supports=_SUPPORTS),
)
