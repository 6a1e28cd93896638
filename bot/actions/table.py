"""Which function carries out which verb."""

from __future__ import annotations

from collections.abc import Mapping

from bot.actions import offers, oneself, people, running, scheduling, sending
from bot.actions.base import Action

ACTIONS: Mapping[str, Action] = {
    "HELP": oneself.show_help,
    "WHOAMI": oneself.whoami,
    "MORE": oneself.more,
    "OPERATOR": oneself.operator,
    "BLAST": sending.blast,
    "TEST": sending.test,
    "SCHEDULE": scheduling.schedule,
    "MOVE": scheduling.move,
    "STATUS": running.status,
    "LIST": running.list_open,
    "PAUSE": running.pause,
    "RESUME": running.resume,
    "CANCEL": running.cancel,
    "UNDO": running.undo,
    "ADD": people.add,
    "REMOVE": people.remove,
    "GROUPS": people.list_groups,
    "REPLY": people.reply,
    "OPTOUTS": people.list_opt_outs,
    "EVENTS": offers.list_events,
    "SURVEYS": offers.list_surveys,
    "RESULTS": offers.results,
}
