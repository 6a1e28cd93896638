"""Reactions that phones send as texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.reactions import Sent, is_reaction, may_be_reaction

ASKED = Sent("How was it?\n1) Good\n2) Bad")
SENT = (
    Sent("Thanks!"),
    Sent("How was it?"),
    ASKED,
    Sent('Say "cheese" at 6'),
    Sent("🎉"),
    Sent(
        "Hi there! Four quick questions about “Bohemian Rhapsody”.\n"
        "What was best, from 1 to 5?\n1 = poor\n5 = wonderful"
    ),
    Sent("Chart", has_files=True),
)


@pytest.mark.parametrize(
    "text",
    [
        # iPhones, in English.
        "Liked “How was it?”",
        "Loved “How was it?”",
        "Disliked “How was it?”",
        "Laughed at “How was it?”",
        "Emphasized “How was it?”",
        "Emphasised “How was it?”",
        "Questioned “How was it?”",
        "Reacted 👍 to “How was it?”",
        "Reacted with a sticker to “How was it?”",
        "Removed a heart from “How was it?”",
        "Removed a question mark from “How was it?”",
        "Removed 👍 from “How was it?”",
        'Liked "How was it?"',
        "Liked “How was it? 1) Good 2) Bad”",
        "Liked “How was it?\n1) Good\n2) Bad”",
        'Loved “Say "cheese" at 6”',
        "Liked “🎉”",
        # Google Messages, with its invisible signs.
        "👍 to “How was it?”",
        "\u200a\u200b👍\u200b to “\u200aHow was it?\u200a”\u200a",
        # Cut short.
        "Liked “How was it? 1) Go…”",
        "Liked “How was it? 1) Go...",
        # Lines or sentences of a longer text.
        "Liked “What was best, from 1 to 5?”",
        "Liked “Hi there!”",
        "Loved “Hi there! Four quick questions about Bohemian Rhapsody.”",
        "Loved “Hi there! Four quick questions…”",
        "Loved “What was best, fro…”",
        "Liked “Four quick questions about “Bohemian Rhapsody”. What was best, from 1 to 5? 1 = poor”",
        "👍 to “ What was best, from 1 to 5? ”",
        # Other languages.
        "Le gustó “How was it?”",
        "Le encantó “How was it?”",
        "No le gustó “How was it?”",
        "Se rio de “How was it?”",
        "Enfatizó “How was it?”",
        "Preguntó por “How was it?”",
        "Reaccionó con 👍 a “How was it?”",
        "Quitó un me gusta de “How was it?”",
        "👍 a “How was it?”",
        "A aimé « How was it? »",
        "N’a pas aimé « How was it? »",
        "A attribué la mention « Adore » à « How was it? »",
        "A réagi avec 🔥 à « How was it? »",
        "Gostou de “How was it?”",
        "Riu de “How was it?”",
        "Ha messo “mi piace” a “How was it?”",
        "Gefällt „How was it?“",
        "Hat „How was it?“ mit „Gefällt mir“ markiert",
        "Lacht über „How was it?“",
        "Vond ‘How was it?’ leuk",
        "喜欢“How was it?”",
        "「How was it?」にいいねしました",
        "Понравилось «How was it?»",
        # Files have no words.
        "Liked an image",
        "Le encantó una imagen",
    ],
)
def test_reactions(text: str) -> None:
    """Every frame that phones put around what they quote is known, where it quotes something that we sent."""
    assert may_be_reaction(text)
    assert is_reaction(text, SENT)
    assert not is_reaction(text, (Sent("Nothing of the kind"),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Liked it a lot",
        "I liked “How was it?”",
        "Yes to “How was it?”",
        "5 to “How was it?”",
        "to “How was it?”",
        "“How was it?”",
        "Liked “How…”",
        "Liked “Something else”",
        "Loved “Bohemian Rhapsody”",
        "Liked “was best, from 1 to 5?”",
        "Liked “Four quick questions”",
        "Liked “”",
        "Liked “How was it?” and the cheese",
        "Loved how you asked 'How was it?' at the end",
        "don't 'quote' me",
        "Liked an idea",
    ],
)
def test_other_texts(text: str) -> None:
    """What people write stays what it is, also where it begins like a reaction or quotes us."""
    assert not is_reaction(text, SENT)


def test_a_reaction_to_a_file_needs_a_file() -> None:
    """Without a file among what we sent, it may be anything."""
    assert not is_reaction("Liked an image", SENT[:-1])


@pytest.mark.parametrize("text", ["'\"" * 800, "Liked “" * 200, "removed " * 200 + "“x”", "x" * 5_000 + "”"])
def test_odd_texts_are_read_quickly(text: str) -> None:
    """However many quotation marks a text has, it is read in some milliseconds."""
    start = time.perf_counter()
    is_reaction(text, SENT)
    assert time.perf_counter() - start < 0.1


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    """No text breaks the reader."""
    assert is_reaction(text, SENT) <= may_be_reaction(text)
