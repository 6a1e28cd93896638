"""Which function carries out which verb."""

from __future__ import annotations

from collections.abc import Mapping

from bot.actions import (
    erasing,
    events,
    inbox,
    looking,
    offers,
    oneself,
    operators,
    people,
    running,
    scheduling,
    sending,
    talking,
    templates,
)
from bot.actions.base import Action

ACTIONS: Mapping[str, Action] = {
    "HELP": oneself.show_help,
    "WHOAMI": oneself.whoami,
    "MORE": oneself.more,
    "ABORT": oneself.abort,
    "FORGET": erasing.erase,
    "OPERATOR": operators.operator,
    "BLAST": sending.blast,
    "RETRY": sending.retry,
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
    "OPTOUTS": people.list_opt_outs,
    "OPTOUT": people.opt_out,
    "EVENT": events.event,
    "EVENTS": offers.list_events,
    "SURVEYS": offers.list_surveys,
    "RESULTS": offers.results,
    "TEMPLATES": templates.list_templates,
    "REPLY": talking.reply,
    "@": talking.reply,
    "~": talking.tell_admins,
    "BOT": talking.bot,
    "BAN": talking.ban,
    "UNBAN": talking.unban,
    "INBOX": inbox.inbox,
    "HISTORY": looking.history,
    "SEARCH": looking.find_messages,
}
