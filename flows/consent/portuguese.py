"""How people revoke consent in Portuguese."""

from __future__ import annotations

from flows.consent.phrasebook import Phrasebook, make_guards
from flows.consent.phrases import compile_phrases, inflect

_CLASSES = {
    "CEASE": "para, pare, parem, parar, deixe, deixem, deixa, deixar, cesse, cessem, chega, pode parar, podem parar",
    "SEND": "mandar, enviar, escrever, contatar, contactar, incomodar, perturbar, encaminhar, encher, encher o saco"
    + ", mandar me, enviar me, escrever me, contatar me, incomodar me, perturbar me, mensagens",
    "DO": inflect("contat contact perturb incomod", "e em es") + ", escreva, escrevam, chame, chamem, escreve",
    "GIVE": inflect("mand envi encaminh", "e em es a am ar"),
    "NOUN": (
        "mensagem, mensagens, msg, msgs, sms, texto, textos, torpedo, torpedos, notificações, avisos, emails, "
        "propaganda, propagandas, publicidade, promoções, spam, alertas, lembretes, comunicações, ofertas, "
        "comunicados, notificação, zap, zaps, whatsapp"
    ),
    "WHICH": (
        "o, a, os, as, essa, essas, esses, esse, esta, estas, estes, este, sua, suas, seus, seu, mais, de, do, da, "
        "dos, das, nenhuma, nenhum, outra, outras, receber, enviar, mandar, mandando, recebendo, esse tipo de, este "
        "tipo de, todas, todos, tantas, vocês, uma, tipo, me"
    ),
    "WANTNOT": (
        "não quero, não desejo, não gostaria, não queremos, não aceito, não autorizo, não quero mais, não desejo mais, "
        "não gostaria mais, não tenho interesse em, não tenho mais interesse em, não preciso, nao kero, não gostaria "
        "de, não gostaria mais de, não estou interessado em, não estou interessada em, prefiro não"
    ),
    "REMOVE": (
        "tire, tirem, tira, tirar, remova, removam, remove, remover, retire, retirem, retira, retirar, exclua, "
        "excluam, exclui, excluir, apague, apaguem, apaga, apagar, delete, deletem, deleta, deletar, elimine, "
        "eliminem, descadastre, descadastrem, descadastra, descadastrar, desinscreva, desinscrevam"
    ),
    "LIST": (
        "lista, listas, base, base de dados, sistema, cadastro, cadastros, contatos, contactos, banco de dados, "
        "mailing, grupo de transmissão, registro, registros, mensagens"
    ),
    "UNSUB": inflect("descadastr", "ar ar_me ar_se em e amento o").replace("_", " ")
    + ", desinscrever, desinscrever me, me descadastrar, me desinscrever, cancelar a assinatura, cancelar assinatura, "
    "cancelar minha assinatura, cancelar meu cadastro, cancelar o cadastro",
    "POLITE": (
        "por favor, favor, oi, olá, bom dia, boa tarde, boa noite, quero, gostaria de, desejo, preciso, como, como "
        "faço para, como eu faço para, como posso, pode, podem, poderia, poderiam, eu, eu quero, peço que, peço para, "
        "me, já, e, que, gostaria que, quero que, solicito, obrigado mas, pfv, pf"
    ),
    "CLOSE": (
        "por favor, pfv, obrigado, obrigada, já, agora, imediatamente, mais, nunca mais, nunca, de uma vez, para "
        "sempre, pra mim, para mim, para este número, para esse número, nesse número, neste número, logo, vocês"
    ),
    "HUMAN": "pessoa, humano, atendente, alguém, representante, agente, responsável, pessoa real, operador",
}

_STOP = """
    CEASE de ficar? me|nos !SEND
    CEASE com WHICH* !NOUN
    CEASE de ficar? !SEND WHICH* NOUN
    CEASE de ficar? !SEND CLOSE* $
    CEASE de !receber WHICH* NOUN
    parar|pare|parem|cancelar|cancele|cancelem|suspender|chega WHICH* !NOUN
    não|nunca me|nos? !DO mais|CLOSE
    não|nunca me|nos !DO CLOSE* $
    não|nunca me|nos? !GIVE mais? WHICH* NOUN
    não|nunca me|nos !GIVE mais|nada|isso CLOSE* $
    não|nunca me|nos !GIVE $
    não|nunca me|nos !GIVE mais nada|isso|coisas CLOSE* $
    não mais|há_mais? !mensagens|sms
    WANTNOT mais? !receber|recebendo WHICH* NOUN|nada|isso|mais
    WANTNOT mais? !receber CLOSE* $
    WANTNOT mais? WHICH* !NOUN
    WANTNOT que me|nos !DO|GIVE
    WANTNOT ser !contatado|contatada|contactado|incomodado|incomodada|perturbado
    WANTNOT estar|ficar|fazer_parte na|nesta|nessa|da|desta|dessa sua? !lista
    me|nos !REMOVE de|da|do|desta|dessa|deste|desse|dessas|das WHICH* LIST
    !REMOVE me|nos de|da|do|desta|dessa|deste|desse WHICH* LIST
    me|nos !REMOVE daqui|disso? CLOSE* $
    !REMOVE o? meu|este|esse|nosso número|contato|telefone|celular|cadastro|nome|contacto
    !UNSUB CLOSE* $
    !UNSUB de|da|do|desta|dessa WHICH* LIST
    quero|gostaria_de|desejo|como|preciso|para sair da|desta|dessa|de WHICH* !lista|listas
    retiro|revogo|retirar|revogar|cancelo o? meu !consentimento|autorização
    retiro|revogo|cancelo a? minha !autorização|permissão
    não autorizo o? !envio de
"""

_BARE = """
    ^ por_favor|favor|oi|olá|já|ok|pfv|e|mas* !pare|parem|parar|chega|stop|sair|cancelar CLOSE* $
    ^ POLITE* pode|podem !parar CLOSE* $
    ^ POLITE* me? !deixe|deixem|deixa me? em_paz CLOSE* $
"""

_DOUBT = """
    CEASE de ficar? !SEND
    !número|pessoa|telefone errado|errada
    foi|é|por !engano
    me !deixe|deixem|deixa em_paz
    não !perturbe|perturbem|perturba|incomode|incomodem
    não me !ligue|liguem
    muitas|tantas|demais|menos !NOUN
    ^ POLITE* !UNSUB
    ^ !sai|saia|saiam fora|daqui CLOSE* $
    ^ POLITE* !cancelar|sair|parar CLOSE* $
    cancelar|cancele|cancelem WHICH* minha? !inscrição CLOSE* $
"""

_PERSON = """
    falar|conversar com um|uma|algum|o|a* !HUMAN
    alguém|podem|pode|poderiam me|pode_me !ligar|atender
    ^ POLITE* um|uma? !atendente|humano|representante|pessoa_real CLOSE* $
"""

_DENIED = (
    r"(?:nao|nunca|sem|nem) (?:(?:quero|vou|e|pedi|disse|que|me|para|pra|por favor|voces|deixem|deixe) ){0,4}",
    r"(?:se|quando|antes de|depois de|por que|voces|ele|ela|eles) (?:(?:eu|me|quiser|voce|voces|nao|ja|quer) ){0,3}",
)
_INSISTS = (r"(?:se|por que) (?:voces )?nao ",)
_NARROW = (
    r"(?:tao|tantas|tanto|antes|depois|durante|ate|quando|enquanto|sobre|entre|tarde|cedo|hoje|amanha|so|exceto)",
    r"(?:a|de|na) (?:noite|madrugada|tarde|manha)",
    r"de (?!mensagens|contatos|voces|transmissao|whatsapp|envio|uma|propaganda|propagandas|sms|vcs|promoco|oferta)\S+",
)
_STAYS = (r"mas (?:eu )?(?:quero|gostaria de) (?:continuar|ficar|receber)", r"(?:k{3,}|(?:rs)+|(?:ha){2,}|brincadeira)")
_SUPPORTS = (r"(?:nao (?:tenho interesse|me interessa|obrigado|obrigada|conheco|quero)|quem e|spam|chato)",)

PORTUGUESE = Phrasebook(
    "pt",
    stop=compile_phrases(_STOP, _CLASSES),
    bare=compile_phrases(_BARE, _CLASSES),
    doubt=compile_phrases(_DOUBT, _CLASSES),
    person=compile_phrases(_PERSON, _CLASSES),
    guards=make_guards(denied=_DENIED, insists=_INSISTS, narrow=_NARROW, stays=_STAYS, supports=_SUPPORTS),
)
