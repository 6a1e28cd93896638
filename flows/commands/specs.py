"""Every command of operators: its words, its argument grammar, who may use it, whether it needs a code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flows.commands.forms import EVENT_FORMS, Form
from flows.language.text import normalise


class Grammar(StrEnum):
    """What may follow a verb."""

    NOTHING = "nothing"
    TOPIC = "topic"
    AUDIENCE_TEXT = "audience_text"
    WHEN_AUDIENCE_TEXT = "when_audience_text"
    TEXT = "text"
    MAYBE_NUMBER = "maybe_number"
    NUMBER = "number"
    NUMBER_WHEN = "number_when"
    ADD = "add"
    REMOVE = "remove"
    EVENT = "event"
    SURVEY = "survey"
    WORDS = "words"
    PERSON = "person"
    PERSON_NOTE = "person_note"
    PERSON_TEXT = "person_text"
    BOT = "bot"
    INBOX = "inbox"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Spec:
    """One command."""

    name: str
    """The word, or the sign, that it begins with."""
    grammar: Grammar
    role: str
    """The least role that may use it."""
    usage: str
    summary: str
    """One sentence, as HELP says it."""
    examples: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    """What else it can do, where that is too much for one line."""
    code_actions: tuple[str, ...] = ()
    """The values of the argument `action` that wait for a one-time code; "" where the verb has no actions."""

    @property
    def example(self) -> str:
        """The simplest example."""
        return self.examples[0]

    @property
    def needs_code(self) -> bool:
        """Whether the verb, in some form, reaches more than one person or cannot be undone."""
        return bool(self.code_actions)


_ALWAYS = ("",)

SPECS: tuple[Spec, ...] = (
    Spec(
        *("HELP", Grammar.TOPIC, "viewer", "HELP [command]", "Lists the commands, or explains one."),
        examples=("HELP", "HELP BLAST"),
        aliases=("ayuda",),
    ),
    Spec(
        *("BLAST", Grammar.AUDIENCE_TEXT, "manager", "BLAST <audience>: <text>"),
        summary="Sends a text, with the picture that you attach, to an audience, after a preview and a code.",
        examples=("BLAST community: Hi {name|friend}, rehearsal at six!", "BLAST event GALA and language=es: Hola"),
        aliases=("broadcast", "enviar", "difundir"),
        code_actions=_ALWAYS,
    ),
    Spec(
        *("SCHEDULE", Grammar.WHEN_AUDIENCE_TEXT, "manager", "SCHEDULE <when> <audience>: <text>"),
        summary="Sends a text (and a picture) later, or again and again, after a preview and a code.",
        examples=("SCHEDULE fri 17:30 community: See you at six", "SCHEDULE every monday 9am #choir: Rehearsal!"),
        aliases=("programar",),
        code_actions=_ALWAYS,
    ),
    Spec(
        *(
            "TEST",
            Grammar.TEXT,
            "manager",
            "TEST <text>",
            "Sends a text (and a picture) to you alone, filled in for you.",
        ),
        examples=("TEST Hi {name|friend}!",),
        aliases=("probar",),
    ),
    Spec(
        *("STATUS", Grammar.MAYBE_NUMBER, "viewer", "STATUS [n]"),
        summary="Shows how a campaign stands, the latest without a number.",
        examples=("STATUS", "STATUS 12"),
        aliases=("estado",),
    ),
    Spec(
        *("LIST", Grammar.NOTHING, "viewer", "LIST", "Lists what is scheduled, under way or paused."),
        examples=("LIST",),
        aliases=("lista", "listar"),
    ),
    Spec(
        *("PAUSE", Grammar.NUMBER, "manager", "PAUSE n", "Holds a campaign or a schedule."),
        examples=("PAUSE 12",),
        aliases=("pausar",),
    ),
    Spec(
        *("RESUME", Grammar.NUMBER, "manager", "RESUME n", "Lets a held campaign or schedule go on."),
        examples=("RESUME 12",),
        aliases=("reanudar",),
    ),
    Spec(
        *("CANCEL", Grammar.NUMBER, "manager", "CANCEL n"),
        summary="Ends a campaign or a schedule and says how many messages had left.",
        examples=("CANCEL 12",),
        aliases=("cancelar",),
    ),
    Spec(
        *("MOVE", Grammar.NUMBER_WHEN, "manager", "MOVE n <when>", "Gives a campaign that waits another time."),
        examples=("MOVE 12 tomorrow 9am",),
        aliases=("mover",),
        code_actions=_ALWAYS,
    ),
    Spec(
        *("RETRY", Grammar.NUMBER, "manager", "RETRY n"),
        summary="Sends again to those alone who failed for a passing reason, after a preview and a code.",
        examples=("RETRY 12",),
        aliases=("reintentar",),
        code_actions=_ALWAYS,
    ),
    Spec(
        *("UNDO", Grammar.NOTHING, "manager", "UNDO", "Takes your last blast back whole while it is on hold."),
        examples=("UNDO",),
        aliases=("deshacer",),
    ),
    Spec(
        *("ADD", Grammar.ADD, "manager", "ADD <phone> [name] [#group]"),
        summary="Puts somebody into a group or the community; attach a CSV, Excel or vCard file to add up to 20,000.",
        examples=("ADD +15550100101 Ada #choir", "ADD #choir (with a file)"),
        aliases=("agregar", "añadir"),
    ),
    Spec(
        *("REMOVE", Grammar.REMOVE, "manager", "REMOVE <phone> [#group]"),
        summary="Takes somebody out of a group or the community.",
        examples=("REMOVE +15550100101 #choir",),
        aliases=("quitar",),
    ),
    Spec(
        *("GROUPS", Grammar.NOTHING, "manager", "GROUPS", "Lists the groups and how many are in each."),
        examples=("GROUPS",),
        aliases=("grupos",),
    ),
    Spec(
        *("EVENT", Grammar.EVENT, "manager", "EVENT NEW <title> <date> [at <place>] [for <n>]"),
        summary="Opens an event. EVENT <event> shows it with its list. MOVE, RENAME, SEATS, CLOSE, OPEN, CANCEL,"
        " DELETE, ADD and DROP change it: HELP EVENT MOVE explains one.",
        examples=("EVENT NEW Spring Gala 14 may 6pm at Harbor Hall for 100", "EVENT GALA"),
        forms=EVENT_FORMS,
        aliases=("evento",),
        code_actions=("new", "move", "rename", "seats", "open", "cancel", "delete"),
    ),
    Spec(
        *("EVENTS", Grammar.NOTHING, "viewer", "EVENTS", "Lists the events and how many come."),
        examples=("EVENTS",),
        aliases=("eventos",),
    ),
    Spec(
        *("SURVEYS", Grammar.NOTHING, "viewer", "SURVEYS", "Lists the surveys, how often begun and completed."),
        examples=("SURVEYS",),
        aliases=("encuestas",),
    ),
    Spec(
        *("TEMPLATES", Grammar.NOTHING, "manager", "TEMPLATES"),
        summary="Lists the templates, to be sent as BLAST community: template welcome, and where each stands.",
        examples=("TEMPLATES",),
        aliases=("plantillas",),
    ),
    Spec(
        *("RESULTS", Grammar.SURVEY, "viewer", "RESULTS <survey>", "Counts the answers to each question of a survey."),
        examples=("RESULTS FEEDBACK",),
        aliases=("resultados",),
    ),
    Spec(
        *(
            "REPLY",
            Grammar.PERSON_TEXT,
            "manager",
            "REPLY <phone> <text>",
            "Writes to one person, also with a picture.",
        ),
        examples=("REPLY +15550100101 See you at six!", "REPLY @12: See you at six!"),
        aliases=("responder",),
    ),
    Spec(
        *("@", Grammar.PERSON_TEXT, "manager", "@<id> <text>", "Writes to one person by number, without the phone."),
        examples=("@12 See you at six!",),
    ),
    Spec(
        *("~", Grammar.TEXT, "manager", "~ <text>", "Writes to the other admins."),
        examples=("~ I take the calls today",),
    ),
    Spec(
        *("BOT", Grammar.BOT, "manager", "BOT ON|OFF <id> [time]"),
        summary="Silences the bot for one person while you talk with them; it comes back by itself.",
        examples=("BOT OFF @12 2h", "BOT ON @12"),
    ),
    Spec(
        *("BAN", Grammar.PERSON, "manager", "BAN <id>", "Stops answering one person and writing to them."),
        examples=("BAN @12",),
        aliases=("bloquear",),
    ),
    Spec(
        *("UNBAN", Grammar.PERSON, "manager", "UNBAN <id>", "Takes a ban back."),
        examples=("UNBAN @12",),
        aliases=("desbloquear",),
    ),
    Spec(
        *("INBOX", Grammar.INBOX, "manager", "INBOX [id] | DONE <id> | DONE ALL"),
        summary="Lists who waits for an answer, shows what one of them wrote, or takes them off the list.",
        examples=("INBOX 12", "INBOX", "INBOX DONE 12", "INBOX DONE ALL"),
        aliases=("bandeja", "buzón"),
        code_actions=("done_all",),
    ),
    Spec(
        *("HISTORY", Grammar.PERSON, "manager", "HISTORY <phone>"),
        "Shows the last messages with one person, and why one got no answer.",
        examples=("HISTORY +15550100101", "HISTORY @12"),
        aliases=("historial",),
    ),
    Spec(
        *("SEARCH", Grammar.WORDS, "manager", "SEARCH <words>", "Finds messages that hold these words."),
        examples=("SEARCH lost keys",),
        aliases=("buscar",),
    ),
    Spec(
        *("OPTOUTS", Grammar.NOTHING, "manager", "OPTOUTS", "Counts who opted out, and names the latest."),
        examples=("OPTOUTS",),
        aliases=("bajas",),
    ),
    Spec(
        *("OPTOUT", Grammar.PERSON_NOTE, "manager", "OPTOUT <phone> [how]"),
        summary="Records that somebody told you, by any other way, to stop all messages.",
        examples=("OPTOUT +15550100101 told me by e-mail",),
    ),
    Spec(
        *("FORGET", Grammar.PERSON, "admin", "FORGET <phone>"),
        summary="Erases everything about a person, after a code; an opt-out of theirs stays.",
        examples=("FORGET +15550100101", "FORGET @12"),
        aliases=("olvidar",),
        code_actions=_ALWAYS,
    ),
    Spec(
        *("OPERATOR", Grammar.OPERATOR, "admin", "OPERATOR ADD <phone> <role> [name] | REMOVE <phone> | LIST"),
        summary="Says who may command; changes need a code.",
        examples=("OPERATOR ADD +15550100102 manager Bo", "OPERATOR REMOVE +15550100102", "OPERATOR LIST"),
        aliases=("operador",),
        code_actions=("add", "remove"),
    ),
    Spec(
        *("MORE", Grammar.NOTHING, "viewer", "MORE", "Shows the next page of a long answer."),
        examples=("MORE",),
        aliases=("más",),
    ),
    Spec(
        *("WHOAMI", Grammar.NOTHING, "viewer", "WHOAMI", "Says who you are here and what you may do."),
        examples=("WHOAMI",),
    ),
    Spec(
        *("ABORT", Grammar.NOTHING, "viewer", "ABORT"),
        "Drops your command that waits for a code, or a question about one; NO does the same.",
        examples=("ABORT",),
        aliases=("abortar",),
    ),
)
BY_NAME = {spec.name: spec for spec in SPECS}
SIGNS = {spec.name: spec for spec in SPECS if not spec.name.isalpha()}
BY_WORD = {normalise(word): spec for spec in SPECS if spec.name not in SIGNS for word in (spec.name, *spec.aliases)}
"""By every word that a command may begin with, normalised."""
