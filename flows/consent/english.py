"""How people revoke consent in English."""

from __future__ import annotations

from flows.consent.phrasebook import Phrasebook, make_guards
from flows.consent.phrases import compile_phrases

_CLASSES = {
    "CEASE": (
        "stop, quit, cease, discontinue, halt, desist, desist from, refrain from, knock off, cut out, sotp, stpo, stp, "
        "stopp, stahp"
    ),
    "CUT": (
        "stop, quit, cease, discontinue, halt, end, cancel, turn off, shut off, cut off, disable, stopping, ending, "
        "cancelling, canceling, sotp, stpo, stp, stopp"
    ),
    "TEXTING": "texting, messaging, contacting, txting, texing, txtin, textin, msging, spamming, whatsapping",
    "BOTHERING": (
        "texting, messaging, contacting, txting, texing, txtin, textin, text, txt, message, contact, msging, spamming, "
        "whatsapping, writing, writing to, emailing, mailing, pinging, notifying, sending to, harassing, bugging, "
        "pestering, annoying, soliciting, bombarding, hounding, blowing up, hitting up, reaching out to, communicating "
        "with, texting and calling, calling and texting, sending messages to, sending texts to, all communication "
        "with, all contact with, communication with, contact with"
    ),
    "CALLING": "calling, phoning, ringing, bothering, sending to",
    "ME": (
        "me, us, this number, my number, my phone, this phone, my cell, this cell, my cellphone, my cell phone, my "
        "phone number, this phone number, our number, this line, my mobile, my whatsapp"
    ),
    "NOUN": (
        "text, texts, message, messages, msg, msgs, mssgs, messeges, mesages, txt, txts, sms, texting, messaging, "
        "notification, notifications, alert, alerts, update, updates, communication, communications, mailing, "
        "mailings, spam, reminder, reminders, newsletter, newsletters, promo, promos, promotion, promotions, "
        "promotional, ads, advertisement, advertisements, advertising, marketing, emails, solicitations, "
        "correspondence, robotexts, subscription, subscriptions"
    ),
    "TEXTS": (
        "text, texts, message, messages, msg, msgs, txt, txts, sms, texting, messaging, communication, contact, spam"
    ),
    "WHICH": (
        "the, these, those, this, your, ur, all, all of, any, my, more, other, further, future, such, of, receiving, "
        "getting, sending, with, me, us, automated, automatic, marketing, promotional, unwanted, political, campaign, "
        "daily, weekly, spam, sms, text, whatsapp, mass, annoying, stupid, damn, dumb, fucking, freaking, bloody, "
        "unsolicited, constant, endless, group, bulk, sales, out, kind of, kinds of, type of, types of, every, each, "
        "random, silly, ridiculous, from you, non stop"
    ),
    "THIS": "this, it, that, these, them, those, everything, all, all of it, all of these, all of this, all this",
    "JUNK": "this, these, that, those, it, them, anything, everything, stuff, junk, crap, shit, bs, garbage, nonsense",
    "POLITE": (
        "please, pls, plz, kindly, just, can you, could you, would you, will you, can u, could u, can we, yall, you, "
        "u, you guys, i want you to, i need you to, i would like you to, id like you to, i asked you to, i told you "
        "to, i said, ok, okay, now, so, and, but, then, hey, hi, hello, seriously, again, you need to, you have to, "
        "you must, how do i, how can i, how do i get you to, how to, i want to, id like to, i would like to, i wish "
        "to, i need to, i wanna, i am, im, help me, listen, sir, guys, tell me how to, let me, may i, can i, "
        "could i, i, i choose to, want to, would like to, need to, wish to, make it, make this, make them, make these, "
        "thanks but, for the last time"
    ),
    "CLOSE": (
        "now, please, pls, plz, already, immediately, asap, anymore, any more, again, ever, ever again, thanks, thank "
        "you, thx, forever, altogether, completely, permanently, period, me, u, you, yall, sir, man, bro, dude, for "
        "good, at once, at all, in the future, from now on, right away, right now, no more, ok, okay, any longer"
    ),
    "NOT": "dont, do not, donot, dnt, never, never ever, not to, must not, should not, shouldnt, may not",
    "EVER": "ever, ever again, please, pls, even, try to, attempt to, keep, continue to, dare, you, u, dare to",
    "DO": (
        "text or call, call or text, text and call, call and text, text or email, message or call, text, txt, message, "
        "msg, contact, email, write, write to, spam, reach out to, texting, contacting, messaging"
    ),
    "GIVE": "send, sending, send out, forward, keep sending, continue sending, continue to send",
    "WANTNOT": (
        "dont want, do not want, dont wanna, dont wish, do not wish, no longer want, no longer wish, never want, never "
        "wanted, didnt want, not want, would prefer not, would rather not, rather not, prefer not, dont authorize, do "
        "not authorize, do not consent, dont consent, no longer consent, never consented, did not consent, didnt "
        "consent, dont ever want, dont really want, really dont want, have no desire, would not like, wouldnt like, "
        "wish not, want to not"
    ),
    "NOINTEREST": "not interested in, no longer interested in, no interest in, isnt interested in",
    "NEEDNOT": "dont need, do not need, no longer need, never asked for, didnt ask for, did not ask for",
    "TO": "to, for you to, you to, u to, anyone to, yall to, to be, in",
    "GET": (
        "receive, recieve, recive, receiving, recieving, get, getting, keep getting, keep receiving, be sent, accept, "
        "be receiving, be getting"
    ),
    "CONTACTED": (
        "be contacted, be texted, be messaged, being contacted, being texted, being messaged, be spammed, be "
        "solicited, be notified, get texted, get contacted, hear from you, hear from u, hear from yall, hear from "
        "this, hearing from you, hear from your, hear from anyone, be subscribed, be in contact with you, texted, "
        "contacted"
    ),
    "BEON": "be on, be in, be part of, be a part of, being on, being in, being part of, to be on, on, stay on",
    "REMOVE": ("remove, take, delete, drop, strike, scratch, erase, scrub, purge, exclude, cut, cross, wipe, romove"),
    "MYNUMBER": (
        "me, us, my name, my number, my phone, my phone number, my cell, my cell number, my info, my information, my "
        "contact, my contact info, my contact information, my details, my data, this number, this phone number, this "
        "phone, our number, my email, my name and number, my number and name, my mobile, my mobile number, myself"
    ),
    "NUMBER": (
        "my number, this number, my phone number, this phone number, my contact, my contact info, my contact "
        "information, my info, my information, my cell number, my cell, my phone, my digits, my data, my personal "
        "information"
    ),
    "OFF": "off, off of, from, out of, of, out, outta",
    "OURS": (
        "the, your, ur, this, that, these, those, all, all of, any, every, my, text, texting, sms, contact, contacts, "
        "call, calling, phone, mailing, email, message, messaging, marketing, distribution, subscriber, subscription, "
        "notification, spam, stupid, damn, fucking, freaking, campaign, political, group, annoying, automated, future, "
        "mail, broadcast, company, whatever"
    ),
    "LIST": (
        "phone, phones, contact list, call list, list, lists, database, databases, data base, system, systems, "
        "records, contacts, roster, files, directory, distribution, subscription, subscriptions, mailing, mailings, "
        "text, texts, messages, messaging, texting, sms, notifications, alerts, updates, communications, group text, "
        "group chat, thread, chain, calls, emails, program, reminders, newsletter, spam, promotions, broadcast, "
        "broadcasts, service, crap, shit"
    ),
    "UNSUB": (
        "unsubscribe, unsubscribed, unsub, unsubcribe, unsuscribe, unsubscrib, unsubsribe, unsubscirbe, unsubscibe, un "
        "subscribe, deregister, unenroll"
    ),
    "OPTOUT": "opt out, optout, opt me out, opt us out, op out, opt my number out, be opted out, opting out",
    "CONSENT": "consent, permission, authorization, authorisation, opt in",
    # What may follow a noun that is not itself part of another: "stop spam", but not "stop spam calls".
    "NEXT": (
        "and, or, i, im, we, you, u, your, to, please, pls, plz, thanks, thank, that, which, because, bc, cuz, since, "
        "this, these, it, its, now, right, already, asap, immediately, anymore, any, again, ever, coming, being, sent, "
        "at, on, in, about, with, sir, bro, man, dude, as, is, are, if, so, no, not, dont, do, stop, off, all, period, "
        "ffs, omg, wtf, my, me, altogether, completely, forever, thx, today, ok, okay, before, until, when, while, "
        "during, after, every, regarding, unless, except, yall, who, what, how, why, idiot, idiots, tonight, tomorrow, "
        "effective"
    ),
    "REASON": (
        "not interested, no longer interested, no thanks, no thank you, wrong number, wrong person, dont know you, "
        "dont know who this is, do not know you, who is this, not me, already told you"
    ),
    "HUMAN": (
        "person, human, human being, agent, representative, rep, operator, someone, somebody, real person, live "
        "person, live agent, staff, staff member, customer service, customer support, manager, supervisor, organizer, "
        "coordinator, advisor, real human, actual person, team member"
    ),
}

_STOP = """
    !CEASE BOTHERING ME
    !CEASE CALLING ME =NEXT
    !cease and desist
    CEASE !TEXTING CLOSE* $
    CEASE !TEXTING CLOSE and|or|i|we|because|this|you
    CUT WHICH* !NOUN =NEXT|from|for
    CEASE it? with WHICH* !NOUN =NEXT|from|for
    CEASE !sending|receiving|getting ME? WHICH* JUNK? CLOSE* $
    CEASE !sending|receiving|getting ME? WHICH* JUNK =NEXT
    CEASE !sending ME your|ur|these|those|this ... $
    -i|you|they|we|he|she|why|can NOT EVER* !DO ME
    -i|you|they|we|he|she|why|can NOT EVER* !call|bother|harass|phone|ring ME again|anymore|any_more|ever
    -i|you|they|we|he|she|why|can NOT EVER* !text|contact|message CLOSE* $
    -i|you|they|we|he|she|why|can NOT EVER* !call|phone or_message|or_contact|or_email ME
    -i|you|they|we|he|she|why|can NOT EVER* !GIVE ME? WHICH* NOUN
    -i|you|they|we|he|she|why|can NOT EVER* !GIVE ME? WHICH* \
        anything|this|these|that|those|more|again|anymore|crap|junk|stuff else|more? CLOSE* $
    no more|further|additional WHICH* !NOUN =NEXT|from|for
    ^ POLITE* no !TEXTS CLOSE* $
    enough with|of WHICH* !NOUN =NEXT|from|for
    WANTNOT TO* GET? WHICH* !NOUN =NEXT|from|for
    NOINTEREST GET? WHICH* !TEXTS =NEXT|from|for
    NOINTEREST !CONTACTED
    NEEDNOT GET? WHICH* !TEXTS CLOSE* $
    WANTNOT TO* !CONTACTED
    WANTNOT TO* !GET JUNK|any_more|any CLOSE* $
    WANTNOT you|u|anyone|yall to? !DO|texting|contacting|messaging ME
    WANTNOT TO* BEON OURS* !list|database|mailing|group|thread|chat
    -i|will|ill|might !REMOVE MYNUMBER OFF OURS* LIST
    !remove|delete|erase|unlist MYNUMBER CLOSE* $
    !remove|delete|erase|unlist me|us =and|or|i|im|we|because|this|you
    to be|get !removed|taken|deleted|dropped|excluded OFF OURS* LIST
    can|could|how|please i|do_i|can_i|could_i? be|get !removed|taken|deleted|dropped OFF OURS* LIST
    want|need|like|have|please|get|wants MYNUMBER to_be? !removed|deleted|taken_off|erased
    -i MYNUMBER needs|need|has|must|should to_be|be|to_get !removed|deleted|taken_off|erased OFF? OURS* LIST? $
    dont|do_not|didnt|did_not|never|not give|gave|given|have|had you|yall|u|anyone|them? my|any|the? !CONSENT
    no !permission|consent|authorization to text|contact|message|send|call|use
    how|want|need|wanna|like|trying|me ... get|be off|out_of OURS* !list|lists|database
    !REMOVE MYNUMBER off CLOSE* $
    !remove|take|get|delete me|us|my_number off|from this|these|here|it|all|everything CLOSE* $
    -i|will|ill|might|not !lose|loose|forget|delete|remove|erase|purge|scrub NUMBER =NEXT
    get_rid_of !my_number
    !remove|take|delete it OFF your|ur OURS* LIST
    i want|need|wanna out|off of? OURS* !list|lists|database|texts|messages|thread
    get|pull MYNUMBER off|off_of|out_of OURS* !list|lists|database|system|texts|messages|thread
    !UNSUB me|us|my_number|this_number|my_phone|my_phone_number
    ^ POLITE* !UNSUB CLOSE* $
    !UNSUB from OURS* LIST
    !UNSUB from? this|these|all|it|you|yall|here|everything|your_list CLOSE* $
    want|wanna|like|need|wish|wanted|do_i|can_i|could_i|way to? be? !UNSUB CLOSE* $
    ^ POLITE* !OPTOUT CLOSE* $
    !OPTOUT of|from OURS* LIST
    !OPTOUT of|from this|these|all|everything|it|here CLOSE* $
    want|like|wish|need|choose|do_i|can_i|opt to? !OPTOUT CLOSE* $
    opt_me|opt_us !out
    !revoke|withdraw|rescind|retract|revoking|withdrawing|cancel my|the|any|all|previous|prior|express|written* CONSENT
    my !CONSENT is|has_been|was? revoked|withdrawn|rescinded
    do_not|dont|no call|text|contact|mail|calls|texts !list|registry
    on|to the|your dnc|dncl|do_not_contact|do_not_text !list
    REASON POLITE* !CEASE THIS? CLOSE* $
    want|need these|those|your|the|this all? !texts|messages|text|msgs|spam to? stop|stopped|end|ended
    want|need|make !these|this|those|them|it to? be? stopped
"""

_BARE = """
    ^ POLITE* !CEASE THIS? CLOSE* $
    ^ POLITE* !cease and desist CLOSE* $
    ^ please|pls|plz|just|ok|okay|now|hi|hey* !end|cancel|remove CLOSE* $
    ^ POLITE* !leave|let ME the|the_hell|the_fuck|the_heck? alone|be CLOSE* $
    ^ POLITE* NOT EVER* !call|phone|ring ME again|anymore|ever|please|thanks|at_all? $
"""

_DOUBT = """
    !CEASE BOTHERING
    !CEASE sending
    -you|they NOT EVER* !bother|harass|call|phone|ring ME
    ^ POLITE* !cancel|end|remove THIS? CLOSE* $
    ^ please|pls|plz? !stop i|im|who|wrong|you|your|we|whoever|idk|no|not|already|thanks|thank
    ^ text|reply|send|txt|replying !stop $
    ^ POLITE* !enough|enough_already|enough_is_enough|thats_enough CLOSE* $
    NOT EVER* !GIVE ME more|so_many|too_many|so_much
    !leave|leaving ME the? hell|fuck|heck? alone
    ^ POLITE* !go_away|get_lost|piss_off|fuck_off|back_off|f_off|knock_it_off|cut_it_out|buzz_off|screw_you
    !wrong number|person|phone|guy|contact|recipient|no|numbers ~of|on|for
    the !wrong number|person|phone|guy
    this_is|you_have|you_got|youve_got|im|its not|no_longer her|his|their|that|this|the !number|phone|person
    this_is|its|is|im no_longer|not ... !number|phone|cell $
    didnt|never|did_not|dont_remember|not \
        !sign|signed|signing|subscribe|subscribed|opt|opted|enroll|enrolled|register up|in|for|to|this|these
    didnt|never|did_not !sign|signed|subscribe|subscribed|opt|opted up|in? CLOSE* $
    how|where|who did|do|gave|got|have you|u|yall|them? get|got|have? !my_number|this_number|my_info
    too|so|fewer|less many|much? of? these|this|those|your? !TEXTS
    !text|message|contact|txt ME less|too_much|too_often|so_much|constantly
    !report|reporting|reported|block|blocking|sue|suing you|this|your|it as|for|to|number?
    this is|was !spam|harassment|illegal|harrassment
    !spam|harassment $
    ^ POLITE* !UNSUB
    ^ POLITE* !no_more|not_again|im_done CLOSE* $
    tired|sick of WHICH* !NOUN
    not|no_longer|isnt !interested in? texts|messages|these|this|your_texts|anymore|any_more
    !REMOVE my name|number
    !REMOVE him|her|them|my_mom|my_mother|my_dad|my_wife|my_husband OFF OURS* LIST
"""

_PERSON = """
    talk|speak|chat|talking|speaking|connect_me|transfer_me|text|put_me_through|connected to|with \
        a|an|some|the|one_of_your|any|your|another* live|real|actual? !HUMAN
    get|need|want|have|is_there|send me|us? a|an|some|any|another live|real|actual? \
        !human|person|agent|representative|operator|live_person|real_person|rep CLOSE* $
    can|could|would|have|will|need|please someone|somebody|a_person|you|anyone|u|a_human to? please? \
        !call|phone|ring me|us
    ^ POLITE* a|an|live|real? !agent|human|representative|real_person|live_agent|live_person|customer_service CLOSE* $
"""

_NEGATION = (
    "dont|do not|didnt|did not|never|not|no need|wont|will not|cant|cannot|can not|without|doesnt|does not|shouldnt|"
    "wouldnt|would not|isnt|arent"
)
_BETWEEN = (
    "ever|you|u|to|want|wanna|need|like|wish|me|please|pls|just|think|say|said|ask|asked|asking|tell|told|mean|meant|"
    "going|let|guys|yall|them|him|her|it|try|trying|be|have|by"
)
_OTHERS = "he|she|they|people|someone|somebody|everyone|nobody|friend|mom|dad|wife|husband|sister|brother|son|daughter"
_TELLING = "said|says|say|told|tells|want|wants|wanted|asked|should|can|will|would|might|to|me|us|you|just|even|that"
_DENIED = (
    # "please don't stop", "I never asked you to stop"
    rf"(?:{_NEGATION}) (?:(?:{_BETWEEN}) ){{0,4}}",
    # "did you stop", "what happens if I text stop", "my son says stop", "the word stop"
    r"(?:why|how come|there (?:are|is|were|was)|are there|is there|got|gotten|received|receiving) ",
    r"(?:bill|laws?|act|petition|vote|voting|fight|fighting|measure|efforts?|signed up|support|work|working) to ",
    r"(?:tell|told|ask|asked|make) (?!you|u|yall|your|this)(?:my |the )?\S+ to ",
    r"(?:did|have|had) (?:you|u|they|we|yall) (?:(?:ever|already|guys|just|all) )?",
    r"(?:if|when|should|once|after|before|does|until|unless) (?:\S+ ){0,3}",
    rf"(?:{_OTHERS}) (?:(?:{_TELLING}) ){{0,4}}",
    r"(?:text(?:ed|ing)?|typ(?:e|ed|ing)|repl(?:y|ied|ying)|write|wrote|say|says|saying|mean|word|phrase|the) ",
)
_NARROW = (
    r"(?:so|too|that|as|this) (?:many|much|often|late|early|frequently)",
    r"(?:before|after|during|until|till|while|when|twice|every|regarding|unless|except|early|late|daily|between|than|of)",
    r"(?:tonight|tomorrow|today|instead|the|my|a|an|his|her|and (?:add|put|use|update|change|replace))",
    r"at (?!all|once|this)\S+",
    r"on (?!this|here|my|whatsapp|sms)\S+",
    r"in (?!the future|any|my)\S+",
    r"about (?!this|it|anything|that)\S+",
    r"for (?!good|ever|any|real|the love|fuck)\S+",
    r"if (?!you|u)\S+",
    r"to (?!me|us|this|these|those|your|all|receive|get|be|send|text|contact|my (?:number|phone|cell|mobile))\S+",
)
_STAYS = (
    r"(?:but|because|cause) (?:(?:i|we|do|still|really|would|id) ){0,3}(?:want|wanna|like|love|need|plan)"
    r"(?: to)? (?:stay|keep|continue|remain|know|get|receive|hear)",
    r"(?:instead|rather (?:call|email|text|phone)|(?<=\A )(?:text|email|message|write|whatsapp) me)",
    r"(?:just kidding|jk|lol|lmao|rofl|(?:ha){2,}h?|joking|never mind|nvm)",
)

_INSISTS = (
    r"(?:why|if|or|unless) (?:you|u|they|yall) (?:dont|do not|wont|cant|will not|can not|never) ",
    r"why (?:dont|wont|cant) (?:you|u|yall) ",
    r"if (?:you|u|yall) (?:would|could|can) (?:(?:please|just|kindly) )?",
)
_SUPPORTS = (
    r"(?:not|no longer|isnt) interested",
    r"(?:still|keep|kept|keeps) (?:texting|sending|messaging|getting|receiving)|unsubscribed|opted out",
    r"(?:no|nope|nah) (?:thanks|thank you|thx)",
    r"(?:dont|do not) know (?:you|who|u|how you|this)",
    r"who (?:is|are|the|tf)",
    r"(?:spam|annoying|harassment|harassing|scam|enough|already (?:told|asked|said)|too many|unwanted)",
    r"(?:im|i am|this is|its) not (?:\S+ ){1,3}\Z",
)

ENGLISH = Phrasebook(
    "en",
    stop=compile_phrases(_STOP, _CLASSES),
    bare=compile_phrases(_BARE, _CLASSES),
    doubt=compile_phrases(_DOUBT, _CLASSES),
    person=compile_phrases(_PERSON, _CLASSES),
    guards=make_guards(denied=_DENIED, insists=_INSISTS, narrow=_NARROW, stays=_STAYS, supports=_SUPPORTS),
)
