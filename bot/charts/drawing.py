"""The program that draws: bars on standard input as JSON, a PNG on standard output.

It runs as a process of its own, for matplotlib takes 40 MB and half a second that nobody else should wait for.
"""

from __future__ import annotations

import io
import sys
import textwrap
from typing import Any

import orjson

WIDTH_INCHES, DOTS_PER_INCH = 5.4, 200
BAR_INCHES, HEAD_INCHES, TITLE_INCHES, FOOT_INCHES = 0.32, 0.62, 0.7, 0.15
LABEL_LETTERS, QUESTION_LETTERS, TITLE_LETTERS = 19, 44, 34
PAPER, INK, SOFT, BAR, TRACK = "#fffdf9", "#2b2420", "#6b5d53", "#a4471f", "#f0e6d8"
MOST_BARS = 12
"""Of one question."""


def draw(document: dict[str, Any]) -> bytes:
    """Draw `{title, note, questions: [{text, note, whole, bars: [[label, count], ...]}, ...]}`; gives the PNG.

    `whole` is how many people a full bar stands for.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - only here
    from matplotlib.figure import Figure  # noqa: PLC0415

    questions = document["questions"]
    heights = [HEAD_INCHES + BAR_INCHES * len(one["bars"][:MOST_BARS]) for one in questions]
    total = TITLE_INCHES + sum(heights) + FOOT_INCHES
    figure = Figure(figsize=(WIDTH_INCHES, total), dpi=DOTS_PER_INCH, facecolor=PAPER)
    title = _cut(document["title"], TITLE_LETTERS)
    figure.text(0.04, 1 - 0.38 / total, title, size=15, weight="bold", color=INK, va="center", parse_math=False)
    figure.text(
        0.96, 1 - 0.38 / total, document["note"], size=10, color=SOFT, va="center", ha="right", parse_math=False
    )
    top = total - TITLE_INCHES
    for question, height in zip(questions, heights, strict=True):
        _draw_question(figure, question, top, height, total)
        top -= height
    kept = io.BytesIO()
    FigureCanvasAgg(figure).print_png(kept)  # type: ignore[no-untyped-call]
    return kept.getvalue()


def _draw_question(figure: Any, question: dict[str, Any], top: float, height: float, total: float) -> None:
    bars = question["bars"][:MOST_BARS]
    figure.text(
        0.04,
        (top - 0.2) / total,
        _cut(question["text"], QUESTION_LETTERS),
        size=12,
        color=INK,
        va="center",
        parse_math=False,
    )
    figure.text(
        0.96, (top - 0.2) / total, question["note"], size=9, color=SOFT, va="center", ha="right", parse_math=False
    )
    body = height - HEAD_INCHES
    axes = figure.add_axes((0.36, (top - 0.38 - body) / total, 0.41, body / total))
    axes.set_axis_off()
    most = max(question["whole"], *(count for _label, count in bars), 1)
    axes.set_xlim(0, most)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    for place, (label, count) in enumerate(bars):
        axes.barh(place, most, height=0.62, color=TRACK, linewidth=0)
        axes.barh(place, count, height=0.62, color=BAR, linewidth=0)
        axes.text(
            -0.02 * most,
            place,
            _cut(label, LABEL_LETTERS),
            size=10,
            color=INK,
            ha="right",
            va="center",
            parse_math=False,
        )
        axes.text(1.17 * most, place, f"{round(100 * count / most)}%", size=10, color=INK, ha="right", va="center")
        axes.text(1.463 * most, place, f"{count:,}", size=9, color=SOFT, ha="right", va="center")


def _cut(text: str, letters: int) -> str:
    return textwrap.shorten(" ".join(text.split()), letters, placeholder="…") or text[: letters - 1] + "…"


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(orjson.loads(sys.stdin.buffer.read())))
