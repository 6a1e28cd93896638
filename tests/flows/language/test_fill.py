"""Placeholders in operators' texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import FlowError
from flows.language.fill import MAX_LENGTH, MAX_VALUE, fill, placeholders

VALUES = {"name": "Ada", "phone": "+15550100001", "vehicle.make": "Volvo", "empty": "", "none": None, "year": 2018}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hi {name}!", "Hi Ada!"),
        ("Hi {{name}}!", "Hi Ada!"),
        ("Hi {{ name }} and { name }", "Hi Ada and Ada"),
        ("{vehicle.make} {year}", "Volvo 2018"),
        ("Hi {name|friend}", "Hi Ada"),
        ("Hi {empty|friend}", "Hi friend"),
        ("Hi {{none|dear friend}}", "Hi dear friend"),
        ("Hi {nobody|you}", "Hi you"),
        ("Hi { empty | my friend }", "Hi my friend"),
        ("[{empty}][{none}][{empty|}]", "[][][]"),
        ("a|b {name|a|b} {empty|a|b}", "a|b Ada a|b"),
        ("no placeholder", "no placeholder"),
        ("", ""),
    ],
)
def test_filled(text: str, filled: str) -> None:
    """Names, dotted names and defaults are filled; both kinds of braces mean the same."""
    assert fill(text, VALUES) == filled


@pytest.mark.parametrize(
    "text", ["{", "}", "{}", "{ }", "{{}}", "{{", ":-{ :-}", "{5}", "{name", "name}", "{|x}", "{a: 1}"]
)
def test_lone_braces_stay(text: str) -> None:
    """What is no placeholder stays as it was typed."""
    assert fill(text, VALUES) == text
    assert placeholders(text) == frozenset()


def test_braces_around_a_placeholder_stay() -> None:
    """One brace too many is one brace in the text."""
    assert fill("{{name} {name}} {{{name}}}", VALUES) == "{Ada Ada} {Ada}"


@pytest.mark.parametrize("text", ["{nmae}", "{{nmae}}", "{ nmae }"])
def test_an_unknown_name_is_named(text: str) -> None:
    """A name outside the allow-list is an error that says which."""
    with pytest.raises(FlowError, match="nmae"):
        fill(text, VALUES)


@pytest.mark.parametrize("name", ["first name", "first-name", "año", "__class__", "name.__class__"])
def test_whatever_looks_like_a_name_must_be_known(name: str) -> None:
    """A slip in a name is found, and nothing reaches into a value."""
    assert placeholders(f"{{{name}}}") == {name}
    with pytest.raises(FlowError, match="not known"):
        fill(f"{{{name}}}", VALUES)


def test_placeholders_are_named_once() -> None:
    """Every name a text wants, whatever its braces and default."""
    assert placeholders("{name} {{name}} {vehicle.make|car} {x}") == {"name", "vehicle.make", "x"}


@given(st.text(alphabet="{}|name ph.", max_size=60))
def test_values_are_never_filled_again(value: str) -> None:
    """A value that looks like a placeholder stays as it is."""
    assert fill("<{name}>", {"name": value, "phone": "secret"}) == f"<{value}>"


@given(st.text(alphabet="{}| .-_aé1\n", max_size=300))
def test_every_text_is_filled_or_refused(text: str) -> None:
    """With every name known nothing raises, and no known placeholder is left."""
    names = placeholders(text)
    filled = fill(text, dict.fromkeys(names, "1"))
    assert len(filled) <= len(text)
    if not names:
        assert filled == text


def test_lengths_are_bounded() -> None:
    """A value is cut, a text that is too long before or after filling is refused."""
    assert fill("{name}", {"name": "x" * 10_000}) == "x" * MAX_VALUE
    assert len(fill("x" * MAX_LENGTH, {})) == MAX_LENGTH
    for text in ("x" * (MAX_LENGTH + 1), "{name}" * (MAX_LENGTH // MAX_VALUE + 1)):
        with pytest.raises(FlowError, match="at most 10000"):
            fill(text, {"name": "x" * MAX_VALUE})


@pytest.mark.parametrize("piece", ["{", "{{", "{a", "{a ", "{a|", "{a |b", "{a}}", "{{a}", "{ ", "{a.", "{a-"])
@pytest.mark.timeout(5)
def test_time_is_linear(piece: str) -> None:
    """The worst texts of the allowed length take no time to speak of."""
    text = piece * (MAX_LENGTH // len(piece))
    for _time in range(20):
        assert fill(text, {"a": "a"}) == text.replace("{a}", "a")


@pytest.mark.parametrize("run", ["a", " ", "a ", " a", "|", ".", "é"])
@pytest.mark.timeout(5)
def test_a_long_run_after_a_brace_is_linear_too(run: str) -> None:
    """One brace and a long run of anything is left as it is."""
    text = "{a" + run * ((MAX_LENGTH - 2) // len(run))
    for _time in range(20):
        assert fill(text, {}) == text


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hi {name}, news", "Hi, news"),
        ("Hi {name}!", "Hi!"),
        ("Hi {{name}}", "Hi"),
        ("Hi {name} and {name}", "Hi and"),
        ("({name})", "()"),
        ("To {name}s", "To s"),
        ("{name}, news", ", news"),
    ],
)
def test_no_blank_stays_before_a_sign(text: str, filled: str) -> None:
    """Where a name is missing, the blank before it goes as well."""
    assert fill(text, {"name": ""}) == filled
