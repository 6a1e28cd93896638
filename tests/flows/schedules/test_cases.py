"""The real cases: each is right, refused or wrong, and a wrong one is the worst."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from flows.schedules.occurrences import next_occurrence
from flows.schedules.reading import parse_when
from flows.schedules.values import Recurrence, Refusal
from tests.cases import load_case
from tests.flows.schedules.judging import ZONES, answer, judge_moment, judge_rule, said_at, shown

Judge = Callable[[dict[str, Any]], str]


@pytest.mark.parametrize(("group", "judge"), [("one_off", judge_moment), ("recurring", judge_rule)])
def test_phrases_are_right_or_refused(group: str, judge: Judge) -> None:
    """Of the core at least nine in ten are right; nothing is wrong anywhere."""
    rows = load_case("schedule_phrases.json")[group]
    wrong = [row["phrase"] for row in rows if judge(row) == "wrong"]
    core = Counter(judge(row) for row in rows if row.get("core"))
    others = Counter(f"{row['lang']} {judge(row)}" for row in rows if not row.get("core"))
    print(f"{group}: core {dict(core)}, others {dict(others)}")
    assert not wrong
    assert core["right"] >= 0.9 * core.total()


@pytest.mark.parametrize("group", ["not_a_time", "past"])
def test_what_is_no_time_to_come_is_refused(group: str) -> None:
    """Words that are no time, and times that are over, are never taken for one."""
    rows = load_case("schedule_phrases.json")[group]
    taken = {row["phrase"]: shown(*answer(row)) for row in rows if not isinstance(answer(row)[0], Refusal)}
    print(f"{group}: {len(rows) - len(taken)} of {len(rows)} refused")
    assert not taken


def test_one_time_beside_a_change_of_the_clocks() -> None:
    """A skipped hour moves on, a repeated one is the first, lengths are elapsed time."""
    rows = [row for row in load_case("schedule_phrases.json")["dst"] if "phrase" in row and "expect" in row]
    for row in rows:
        expected = {
            "refused" if one == "refuse" else shown_at(one, row["tz"]) for one in row["expect"]
        }  # fmt: skip
        assert shown(*answer(row)) in expected, row


def shown_at(written: str, zone: str) -> str:
    """Show an absolute time in a zone."""
    found = parse_when("in 1 minute", said_at(written, zone) - 60_000_000, ZONES.get(zone, zone))
    return shown(found, zone)


def test_the_next_times_of_a_rule() -> None:
    """The wall clock stays the same over a change, and short months are skipped."""
    rows = [row for row in load_case("schedule_phrases.json")["dst"] if "expect_next" in row]
    for row in rows:
        rule, zone = answer(row)
        assert isinstance(rule, Recurrence)
        at, found = said_at(row["now"], zone), []
        for _ in row["expect_next"]:
            at, _key = next_occurrence(rule, zone, at) or (0, "")
            found.append(at)
        assert found == [said_at(one, zone) for one in row["expect_next"]]
