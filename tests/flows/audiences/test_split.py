"""Where an audience ends and its text begins."""

from __future__ import annotations

import pytest

from flows.audiences.split import split


@pytest.mark.parametrize(
    ("rest", "audience", "text"),
    [
        ("community: Hello: you!", "community", "Hello: you!"),
        ("  #roofers zip=94110 :Hi", "#roofers zip=94110", "Hi"),
        ("community\nHello: you\nBye", "community", "Hello: you\nBye"),
        ("community:\n  Hello\n", "community", "Hello"),
        ("community：Hola", "community", "Hola"),
        ('name="a: b": Hi', 'name="a: b"', "Hi"),
        ("name=“a: b” : Hi", "name=“a: b”", "Hi"),
        ("name='a: b': Hi", "name='a: b'", "Hi"),
        ("name=‘a: b’: Hi", "name=‘a: b’", "Hi"),
        ("name=O'Brien: it's you", "name=O'Brien", "it's you"),
        ('name="a: b', 'name="a', "b"),
        ('name="a\nb": Hi', 'name="a', 'b": Hi'),
        ("community", "community", ""),
        (": Hi", "", "Hi"),
        ("", "", ""),
    ],
)
def test_split(rest: str, audience: str, text: str) -> None:
    """The first colon or line break outside quotes ends the audience; the text stays as it was written."""
    assert split(rest) == (audience, text)
