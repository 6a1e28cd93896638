"""The rules that both languages share: numbers, hours, lengths, dates in figures, zones."""

from __future__ import annotations

from flows.schedules.clauses import Role
from flows.schedules.days import dotted, numeric, of_month
from flows.schedules.grammar import Rule
from flows.schedules.makers import (
    always,
    clause,
    dated,
    dated_by,
    dated_day_first,
    dated_iso,
    day,
    days,
    halved,
    joined,
    longer,
    months,
    on_weekday,
    same,
    seconds,
    weekday_range,
    worded,
)

ABBREVIATIONS = (
    "utc|gmt|z|et|ct|mt|pt|est|edt|cst|cdt|mst|mdt|pst|pdt|akst|akdt|hst|adt|nst|ndt|bst|ist|cet|cest|eet|eest|wet|"
    "west|msk|sast|jst|kst|aest|aedt|acst|acdt|awst|nzst|nzdt"
)

NUMBERS: tuple[Rule, ...] = (
    ("word_number", "<units>", same),
    ("word_number", "<twenties>", same),
    ("word_number", "<tens>", same),
    ("word_number", "<tens> [-] <small>", lambda ten, one: ten + one),
    ("word_number", "<tens> y <small>", lambda ten, one: ten + one),
    ("n", "<digits>", same),
    ("n", "<word_number>", same),
    ("ordinal", "<ordinal_token>", same),
    ("ordinal", "<tens> [-] <ordinal_token>", lambda ten, one: ten + one if one < 10 <= ten < 40 else None),
    ("month_number", "<ordinal>", same),
    ("month_number", "<n>", same),
)
HOURS: tuple[Rule, ...] = (
    ("hour", "<hour_digits>", same),
    ("hour", "<units>", worded),
    ("minute", "<word_number>", lambda number: number if number >= 10 else None),
    ("minute", "oh|o|zero [-] <small>", same),
    ("in_words", "<units> [-] <minute>", worded),
    ("clock", "<written>", same),
    ("clock", "<written> <half>", halved),
    ("clock", "<written> <half_letter>", halved),
    ("clock", "<dotted> <half>", halved),
    ("clock", "<hour> <half>", halved),
    ("clock", "<in_words> <half>", halved),
    ("clock", "<hour_digits> h|hs|hrs|hours|horas", lambda clock: None if clock.is_open else clock),
    ("clock", "<written> h|hs|hrs|hours|horas", same),
    ("bare", "<hour>", same),
    ("bare", "<hour_digits> <half_letter>", halved),
    ("bare", "<in_words>", same),
    ("bare", "<dotted>", same),
    ("anyhow", "<clock>", same),
    ("anyhow", "<bare>", same),
    ("anyhow", "<packed>", same),
    ("clause", "<bare>", clause(Role.BARE)),
    ("clause", "<clock>", clause(Role.CLOCK)),
    ("clause", "<zone_name>", clause(Role.ZONE)),
    ("clause", "( <zone_name> )", clause(Role.ZONE)),
    ("clause", "<offset>", clause(Role.OFFSET)),
)
ZONES: tuple[Rule, ...] = tuple(
    ("clause", pattern, always(clause(Role.OFFSET)(name)))
    for name in ABBREVIATIONS.split("|")
    for pattern in (name, f"( {name} )")
)
LENGTHS: tuple[Rule, ...] = (
    ("amount", "<n>", same),
    ("length", "<amount> <seconds_each>", seconds),
    ("length", "<decimal> [of an] <seconds_each>", seconds),
    ("length", "<amount> <days_each>", days),
    ("length", "<amount> <months_each>", months),
    ("span", "<length>", same),
    ("span", "<length> <span>", longer),
    ("span", "<length> and|y <span>", longer),
    ("duration", "[for|por|durante] <span>", same),
)
DATES: tuple[Rule, ...] = (
    ("figures", "<iso>", dated_iso),
    ("figures", "<iso> t", dated_iso),
    ("figures", "<numeric>", dated_by(numeric)),
    ("figures", "<dotted_date>", dated_by(dotted)),
    ("named", "<month> [the] <month_number>", dated),
    ("named", "<month> [the] <month_number> [of|de] <year>", dated),
    ("named", "<month_number> <month>", dated_day_first),
    ("named", "<month_number> <month> <year>", dated_day_first),
    ("date", "<figures>", same),
    ("date", "<named>", same),
    ("day", "<date>", same),
    ("day", "<weekday> <date>", on_weekday),
    ("day", "<weekday> <digits>", lambda weekday, number: on_weekday(weekday, day(of_month)(number))),
    ("clause", "<day>", clause(Role.DAY)),
)
WEEKDAY_LISTS: tuple[Rule, ...] = (
    ("range", "<weekday> -|to|thru|through|a <weekday>", weekday_range),
    ("weekdays", "<weekday>", joined),
    ("weekdays", "<range>", same),
    ("weekdays", "<weekday> and|y|& <weekdays>", joined),
    ("weekdays", "<weekday> <weekdays>", joined),
    ("plural", "<weekday_plural>", joined),
    ("plural", "<weekday_plural> and|y|& <plural>", joined),
    ("plural", "<weekday_plural> <plural>", joined),
    ("month_days", "<month_number>", joined),
    ("month_days", "<month_number> and|y|& [the|el] <month_days>", joined),
    ("month_days", "<ordinal> <month_days>", joined),
    ("month_days", "<month_number> , <month_days>", joined),
)
COMMON = NUMBERS + HOURS + ZONES + LENGTHS + DATES + WEEKDAY_LISTS
