"""Surveys of the old system; one whose keyword cannot be had comes in switched off, under a word that is free."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from flows.language.text import normalise
from flows.surveys.definition import MAX_KEYWORD, MAX_NAME, parse_survey
from flows.surveys.document import to_document
from flows.surveys.questions import Survey
from flows.values import Key
from storage.adopt.offers import free_keyword, is_allowed
from storage.adopt.target import Counts, Ledger, Target
from storage.catalogue import save_survey
from storage.documents import load
from storage.plan import Plan, Query, Statement, Write
from storage.schema import flow_versions, flows, keywords

PLACEHOLDER = "QUESTIONNAIRE"
"""Stands for the keyword while the rest of a survey is checked."""


@dataclass(frozen=True, slots=True)
class OldSurvey:
    """A survey, as its definition in our terms."""

    key: Key
    row: str
    document: Mapping[str, object]
    """Without its keyword and its event."""
    keyword: str
    """As the old system had it; whether it is free is seen when it is written."""
    event: Key | None = None
    start_count: int = 0
    completion_count: int = 0


_NAMED = Statement(
    ("workspace_id", "name"),
    select(flows.c.id, flow_versions.c.definition)
    .join(flow_versions, flow_versions.c.flow_id == flows.c.id)
    .where(
        flows.c.workspace_id == bindparam("workspace_id"),
        flows.c.name == bindparam("name"),
        flow_versions.c.version == flows.c.version,
    ),
)
_TAKEN = Statement(
    ("workspace_id", "keyword"),
    select(keywords.c.target).where(
        keywords.c.workspace_id == bindparam("workspace_id"), keywords.c.keyword == bindparam("keyword")
    ),
)
_EVENT_WORD = Statement(
    ("event_id",),
    select(keywords.c.word).where(keywords.c.target_id == bindparam("event_id")).order_by(keywords.c.position).limit(1),
)
_SET_COUNTS = Statement(
    ("start_count", "completion_count", "flow_id"),
    update(flows)
    .where(flows.c.id == bindparam("flow_id"))
    .values(start_count=bindparam("start_count"), completion_count=bindparam("completion_count")),
)


def write_surveys(target: Target, items: Sequence[OldSurvey]) -> Plan[Counts]:
    """Write surveys with their counts, each as one of its own."""
    ledger = Ledger()
    for item in items:
        document = dict(item.document)
        if item.event is not None and (led := (yield Query(_EVENT_WORD, (item.event,)))):
            document["event"] = led[0][0]
        name = str(document["name"])
        there = yield Query(_NAMED, (target.workspace_id, name))
        if there and _same(there[0][1], document):
            ledger.unchanged += 1
            continue
        document["name"] = yield from _free_name(target, item, name, ledger)
        word = yield from _free_word(target, item, document, ledger)
        match = "whole" if " " in word else "first"
        survey = parse_survey({**document, "keywords": [word], "keyword_match": match})
        yield from save_survey(target.workspace_id, survey, target.now_at)
        found = yield Query(_NAMED, (target.workspace_id, survey.name))
        yield Write(_SET_COUNTS, [(item.start_count, item.completion_count, found[0][0])])
        ledger.written += 1
    return ledger.counts()


def _same(stored: object, document: Mapping[str, object]) -> bool:
    """Return whether a survey of ours asks the same: then it was taken over by an earlier version of this program."""
    known = parse_survey(stored if isinstance(stored, dict) else load(str(stored)))
    return _questions(known) == _questions(parse_survey({**document, "keywords": [PLACEHOLDER]}))


def _questions(survey: Survey) -> object:
    return to_document(survey).get("questions")


def _free_name(target: Target, item: OldSurvey, wanted: str, ledger: Ledger) -> Plan[str]:
    name, number = wanted, 1
    while (yield Query(_NAMED, (target.workspace_id, name))):
        number += 1
        name = f"{wanted[: MAX_NAME - 5]} ({number})"
    if name != wanted:
        ledger.hold(item.row, "name", wanted, f"a survey of this name is here already: it is called {name}")
    return name


def _free_word(target: Target, item: OldSurvey, document: dict[str, object], ledger: Ledger) -> Plan[str]:
    """Return the keyword, or a free one for a survey that is switched off until its owner has looked at it."""
    why = yield from _obstacle(target, item.keyword)
    if why is None:
        return item.keyword
    word = yield from free_keyword(target, _proposals(str(document["name"])))
    document["active"] = False
    ledger.hold(
        item.row,
        "trigger_keyword",
        item.keyword,
        f"{why}: the survey comes in switched off, with the free keyword {word}; "
        f"`rollcall flows on '{document['name']}'` switches it on, --keyword gives it another word",
    )
    return word


def _obstacle(target: Target, keyword: str) -> Plan[str | None]:
    if len(keyword) > MAX_KEYWORD:
        return f"it is longer than {MAX_KEYWORD} characters"
    plain = normalise(keyword)
    if not plain:
        return "it has neither letters nor digits"
    if not is_allowed(keyword):
        return "it is reserved (a word of stopping, starting, helping, joining or steering)"
    taken = yield Query(_TAKEN, (target.workspace_id, plain))
    return f"it starts another {taken[0][0]} here" if taken else None


def _proposals(name: str) -> list[str]:
    """Make keywords of a survey's name: its first word, then all of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    parts = re.findall("[A-Z0-9]+", plain)
    long = [part for part in parts if len(part) > 2]
    return [word[:20] for word in (*long[:1], "".join(parts)) if word] or ["SURVEY"]
