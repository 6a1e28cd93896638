"""A small grammar that finds every reading: rules over tokens, with all their ends.

A rule is a symbol, a pattern and what to make of the parts. In a pattern `at|on` is one of these words, `[the]` may be
missing, and `<hour>` is a symbol, whose value is handed to the maker; a maker that gives None rejects the reading.
No symbol may begin with itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.schedules.tokens import Token

Maker = Callable[..., Any]
Rule = tuple[str, str, Maker]
Terminal = Callable[[Token], Any]
"""Gives what one token means, or None."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A place in a pattern that another rule or a terminal fills."""

    name: str


Item = Symbol | frozenset[str]
Ways = tuple[tuple[tuple[Item, ...], Maker], ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Rules by their symbol, and what single tokens mean."""

    rules: Mapping[str, Ways]
    terminals: Mapping[str, Terminal]


@dataclass(frozen=True, slots=True)
class Chart:
    """The tokens of one text with the readings found so far."""

    grammar: Grammar
    tokens: Sequence[Token]
    found: dict[tuple[str, int], tuple[tuple[Any, int], ...]] = field(default_factory=dict)


def grammar(rules: Iterable[Rule], terminals: Mapping[str, Terminal]) -> Grammar:
    """Compile rules; raises `ValueError` for a pattern that names an unknown symbol."""
    ways: dict[str, Ways] = {}
    for symbol, pattern, maker in rules:
        made = tuple((items, maker) for items in _expand(pattern))
        ways[symbol] = ways.get(symbol, ()) + made
    named = {item.name for way in ways.values() for items, _ in way for item in items if isinstance(item, Symbol)}
    if unknown := named - ways.keys() - terminals.keys():
        raise ValueError(f"the rules name symbols that nothing defines: {', '.join(sorted(unknown))}")
    return Grammar(ways, terminals)


def _expand(pattern: str) -> Iterator[tuple[Item, ...]]:
    """Give the pattern with and without each of its optional parts."""
    optional = re.search(r"\[([^]]*)\]", pattern)
    if optional is None:
        yield tuple(map(_item, pattern.split()))
        return
    before, after = pattern[: optional.start()], pattern[optional.end() :]
    yield from _expand(f"{before} {optional[1]} {after}")
    yield from _expand(f"{before} {after}")


def _item(written: str) -> Item:
    return Symbol(written[1:-1]) if written.startswith("<") else frozenset(written.split("|"))


def readings(chart: Chart, name: str, start: int) -> tuple[tuple[Any, int], ...]:
    """Give every (value, end) that a symbol can have from a token on."""
    place = (name, start)
    if place not in chart.found:
        chart.found[place] = tuple(dict.fromkeys(_readings(chart, name, start)))
    return chart.found[place]


def _readings(chart: Chart, name: str, start: int) -> Iterator[tuple[Any, int]]:
    if name in chart.grammar.terminals:
        yield from _terminal(chart, chart.grammar.terminals[name], start)
        return
    for items, maker in chart.grammar.rules[name]:
        for values, end in _sequence(chart, items, start):
            value = maker(*values)
            if value is not None:
                yield value, end


def _terminal(chart: Chart, terminal: Terminal, start: int) -> Iterator[tuple[Any, int]]:
    at = skip_commas(chart.tokens, start)
    value = terminal(chart.tokens[at]) if at < len(chart.tokens) else None
    if value is not None:
        yield value, at + 1


def _sequence(chart: Chart, items: tuple[Item, ...], start: int) -> Iterator[tuple[tuple[Any, ...], int]]:
    if not items:
        yield (), start
        return
    first, rest = items[0], items[1:]
    for value, middle in _first(chart, first, start):
        for values, end in _sequence(chart, rest, middle):
            yield value + values, end


def _first(chart: Chart, item: Item, start: int) -> Iterator[tuple[tuple[Any, ...], int]]:
    if isinstance(item, Symbol):
        for value, end in readings(chart, item.name, start):
            yield (value,), end
        return
    at = start if "," in item else skip_commas(chart.tokens, start)
    if at < len(chart.tokens) and chart.tokens[at].text in item:
        yield (), at + 1


def skip_commas(tokens: Sequence[Token], start: int) -> int:
    """Give the place of the first token from here that is no comma."""
    while start < len(tokens) and tokens[start].text == ",":
        start += 1
    return start
