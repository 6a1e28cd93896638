"""The notation of phrases."""

from __future__ import annotations

import pytest

from flows.consent.phrases import compile_phrases, inflect, separate_signs

CLASSES = {"CEASE": "stop, quit it", "ME": "me, us"}


@pytest.mark.parametrize(
    ("pattern", "clause", "found"),
    [
        ("!stop", "now stop here", "stop"),
        ("!stop", "nonstop", None),
        ("!CEASE ME", "quit it us", "quit it us"),
        ("!stop ME?", "stop now", "stop"),
        ("!stop very*", "stop very very very very very", "stop very very very very"),
        ("!stop|end a_b", "end a b", "end a b"),
        ("!stop ... me", "stop a b c me", "stop a b c me"),
        ("!stop ... me", "stop a b c d me", None),
        ("-dont !stop", "dont stop", None),
        ("-dont !stop", "stop", "stop"),
        ("!stop ~by|at", "stop by", None),
        ("!stop ~by|at", "stop here", "stop"),
        ("!stop =now|ME", "stop me", "stop"),
        ("!stop =now|ME", "stop", "stop"),
        ("!stop =now|ME", "stop signs", None),
        ("^ !stop", "please stop", None),
        ("^ !stop $", "stop", "stop"),
        ("!stop $", "stop it", None),
        ("!停止|发 信", "请停止信", "停 止 信"),
    ],
)
def test_notation(pattern: str, clause: str, found: str | None) -> None:
    """Each mark does what its description says."""
    match = compile_phrases(pattern, CLASSES).found.search(f" {separate_signs(clause)} ")
    assert (match[0].strip() if match else None) == found


def test_triggers() -> None:
    """The longest word of each marked alternative."""
    assert compile_phrases("a !CEASE\n\n!más b?", CLASSES).triggers == {"stop", "quit", "mas"}


@pytest.mark.parametrize("pattern", ["stop", "!stop? me", "stop !me*"])
def test_unmarked_patterns_are_refused(pattern: str) -> None:
    """A pattern that no word wakes would never match."""
    with pytest.raises(ValueError, match="no word of this pattern"):
        compile_phrases(pattern, CLASSES)


def test_unknown_classes_are_refused() -> None:
    """A misspelled class is an error when it is compiled."""
    with pytest.raises(KeyError):
        compile_phrases("!NOBODY", CLASSES)


def test_inflect() -> None:
    """Every stem gets every ending."""
    assert inflect("mand envi", "e -") == "mande, mand, envie, envi"
