"""How many revocations are found, and that nobody is opted out by mistake: the figures are printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from flows.consent.intents import Intent
from flows.consent.reading import read_consent
from tests.cases import load_case

UTTERANCES = Path(__file__).parent / "utterances"
"""What people write, by our own hand, one in a line; written blind; later the patterns were widened by kind."""

LEAST_RECALL = {"en": 0.98, "es": 0.99, "fr": 0.94, "pt": 0.94, "ar": 0.99, "zh": 0.99}
STOPS = (Intent.STOP, Intent.STOP_PHRASE)

Row = tuple[str, int, int]
"""A name, how many were read as an opt-out, how many there are."""


def own_utterances(label: str) -> dict[str, list[str]]:
    """Load our own utterances of a label, by language."""
    paths = sorted(UTTERANCES.glob(f"{label}.*.txt"))
    return {path.suffixes[-2].lstrip("."): path.read_text("utf-8").splitlines() for path in paths}


def count_stops(texts: Iterable[str]) -> int:
    """Count the texts that opt out."""
    return sum(read_consent(text).intent in STOPS for text in texts)


def show(capsys: pytest.CaptureFixture[str], title: str, rows: Iterable[Row]) -> None:
    """Print figures past pytest's capture."""
    with capsys.disabled():
        print(f"\n{title}")
        for name, found, count in rows:
            print(f"  {name:34} {found:4} of {count:4}  {found / count:6.1%}")


def test_our_own_revocations(capsys: pytest.CaptureFixture[str]) -> None:
    """Nearly all are found, in every language."""
    rows = [(language, count_stops(texts), len(texts)) for language, texts in own_utterances("opt_out").items()]
    show(capsys, "opt-outs found among our own revocations", rows)
    for language, found, count in rows:
        assert found / count >= LEAST_RECALL[language]


def test_our_own_other_messages(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing else opts anybody out, however close it sounds."""
    others = own_utterances("other")
    show(
        capsys,
        "opted out by mistake among our own other messages",
        [(language, count_stops(texts), len(texts)) for language, texts in others.items()],
    )
    assert [text for texts in others.values() for text in texts if read_consent(text).intent in STOPS] == []


def test_our_own_doubtful_messages() -> None:
    """What may be a revocation is at least asked about."""
    for texts in own_utterances("doubtful").values():
        for text in texts:
            assert read_consent(text).intent in (*STOPS, Intent.DOUBT), text


def test_every_label_has_utterances() -> None:
    """The tables are there, large enough, and say nothing twice."""
    revocations, others = own_utterances("opt_out"), own_utterances("other")
    assert set(revocations) == set(others) == set(LEAST_RECALL)
    texts = [text for table in (revocations, others) for listed in table.values() for text in listed]
    assert len(texts) == len(set(texts)) >= 800


def by_kind(items: Iterable[Mapping[str, str]]) -> dict[tuple[str, str, str], list[str]]:
    """Group real utterances by label, kind and language."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for item in items:
        groups[item["label"], item["kind"], item["lang"]].append(item["text"])
    return dict(sorted(groups.items()))


def test_real_utterances(capsys: pytest.CaptureFixture[str]) -> None:
    """Every keyword is found, free text nearly always, and no other message opts out."""
    groups = by_kind(load_case("optout_utterances.json")["items"])
    counted = {name: (count_stops(texts), len(texts)) for name, texts in groups.items()}
    show(capsys, "read as an opt-out among the real utterances", [(" ".join(n), *c) for n, c in counted.items()])
    wanted = {name: count for name, count in counted.items() if name[0] == "opt_out"}
    free = [count for (_label, kind, _language), count in wanted.items() if kind == "freetext"]
    false = sum(found for name, (found, _count) in counted.items() if name[0] in ("none", "opt_in", "help", "person"))
    show(
        capsys,
        "altogether",
        [
            ("recall, free text", sum(found for found, _ in free), sum(count for _, count in free)),
            ("recall, all", sum(found for found, _ in wanted.values()), sum(count for _, count in wanted.values())),
            ("false opt-outs", false, sum(c for n, (_, c) in counted.items() if n[0] not in ("opt_out", "unsure"))),
        ],
    )
    assert all(found == count for (_, kind, _), (found, count) in wanted.items() if kind != "freetext")
    assert sum(found for found, _ in free) / sum(count for _, count in free) >= 0.97
    assert false == 0


def test_real_help_and_start_words() -> None:
    """Help and start words do what they say; SUBSCRIBE and the verbs of a session are not global."""
    groups = by_kind(load_case("optout_utterances.json")["items"])
    for (label, kind, _language), texts in groups.items():
        if label == "help":
            assert {read_consent(text).intent for text in texts} == {Intent.HELP}
        if label == "person":
            assert {read_consent(text).intent for text in texts} == {Intent.PERSON}
        if label == "opt_in" and kind.startswith("keyword"):
            assert {read_consent(text).intent for text in texts} <= {Intent.START, Intent.YES, Intent.NONE}
