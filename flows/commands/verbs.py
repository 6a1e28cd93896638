"""The verbs of operators: who may use each, what it does, how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

ROLES = ("viewer", "manager", "admin")
"""Each may do all that those before it may."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One command."""

    name: str
    role: str
    """The least role that may use it."""
    usage: str
    summary: str
    """One sentence, as HELP says it."""
    example: str


VERBS: tuple[Verb, ...] = (
    Verb("HELP", "viewer", "HELP [command]", "Lists the commands, or explains one.", "HELP BLAST"),
    Verb("WHOAMI", "viewer", "WHOAMI", "Says who you are here and what you may do.", "WHOAMI"),
    Verb("STATUS", "viewer", "STATUS [n]", "Shows how a campaign stands, the latest without a number.", "STATUS 12"),
    Verb("LIST", "viewer", "LIST", "Lists what is scheduled, under way or paused.", "LIST"),
    Verb("GROUPS", "viewer", "GROUPS", "Lists the groups and how many are in each.", "GROUPS"),
    Verb("EVENTS", "viewer", "EVENTS", "Lists the events and who comes.", "EVENTS"),
    Verb("SURVEYS", "viewer", "SURVEYS", "Lists the surveys, how often begun and completed.", "SURVEYS"),
    Verb("RESULTS", "viewer", "RESULTS <survey>", "Counts the answers to each question.", "RESULTS FEEDBACK"),
    Verb("MORE", "viewer", "MORE", "Shows the next page of a long answer.", "MORE"),
    Verb(
        "BLAST",
        "manager",
        "BLAST <audience>: <text>",
        "Sends a text to an audience.",
        "BLAST community: Hi {name|friend}!",
    ),
    Verb("TEST", "manager", "TEST <text>", "Sends a text to you alone.", "TEST Hi {name|friend}!"),
    Verb(
        "SCHEDULE",
        "manager",
        "SCHEDULE <when> <audience>: <text>",
        "Sends a text at a time, or again and again.",
        "SCHEDULE every monday 9am community: Good morning!",
    ),
    Verb("MOVE", "manager", "MOVE n <when>", "Gives a scheduled campaign another time.", "MOVE 12 tomorrow 9am"),
    Verb("PAUSE", "manager", "PAUSE n", "Holds a campaign.", "PAUSE 12"),
    Verb("RESUME", "manager", "RESUME n", "Lets a held campaign go on.", "RESUME 12"),
    Verb("CANCEL", "manager", "CANCEL n", "Ends a campaign; what has left has left.", "CANCEL 12"),
    Verb("UNDO", "manager", "UNDO", "Takes your last campaign back while it is on hold.", "UNDO"),
    Verb("ADD", "manager", "ADD <phone> [name] [#group]", "Puts somebody into a group.", "ADD +15550100101 Ada #choir"),
    Verb(
        "REMOVE", "manager", "REMOVE <phone> [#group]", "Takes somebody out of a group.", "REMOVE +15550100101 #choir"
    ),
    Verb("REPLY", "manager", "REPLY <phone> <text>", "Writes to one person.", "REPLY +15550100101 See you!"),
    Verb("OPTOUTS", "viewer", "OPTOUTS", "Counts who opted out, and names the latest.", "OPTOUTS"),
    Verb(
        "OPERATOR",
        "admin",
        "OPERATOR ADD|REMOVE|LIST ...",
        "Says who may command.",
        "OPERATOR ADD +15550100102 manager",
    ),
)
BY_NAME = {verb.name: verb for verb in VERBS}


def may(role: str, verb: Verb) -> bool:
    """Say whether a role may use a verb."""
    return ROLES.index(role) >= ROLES.index(verb.role)


def near_verb(word: str) -> Verb | None:
    """Find the verb that a mistyped word may mean."""
    found = get_close_matches(word.upper(), BY_NAME, n=1, cutoff=0.7)
    return BY_NAME[found[0]] if found else None
