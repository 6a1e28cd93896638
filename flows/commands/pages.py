"""Long answers in numbered pages, cut between lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flows.language.segments import split

Fits = Callable[[str], bool]
"""Says whether a whole page, with number and footer, is short enough; what begins a page that fits must fit, too."""
Piece = tuple[str, str]
"""What stands before a piece of text when it does not begin a page, and the piece."""


def within_characters(limit: int) -> Fits:
    """Bound pages to so many characters."""
    return lambda page: len(page) <= limit


def paginate(text: str, fits: Fits, footer: str = "") -> tuple[str, ...]:
    """Cut a text into pages "(1/3) ...", all but the last with the footer below; one that fits stays as it is.

    A line that alone is longer than a page is cut between words. Raises `ValueError` where not even a few characters
    fit beside number and footer.
    """
    text = text.strip()
    if not text or fits(text):
        return (text,)
    pages = _number(text, fits, footer, "9")
    last, total = len(pages), str(len(pages))
    return tuple(_dress(page, str(at), total, "" if at == last else footer) for at, page in enumerate(pages, 1))


def _number(text: str, fits: Fits, footer: str, widest: str) -> tuple[str, ...]:
    """Fill pages whose number is at most the widest, a row of nines; with more nines where there are more pages."""

    def is_short(body: str) -> bool:
        return fits(_dress(body, widest, widest, footer))

    pages = tuple(_fill(text, is_short))
    return pages if len(pages) <= int(widest) else _number(text, fits, footer, widest + "9")


def _dress(body: str, number: str, total: str, footer: str) -> str:
    page = f"({number}/{total}) {body}"
    return f"{page}\n{footer}" if footer else page


def _fill(text: str, fits: Fits) -> Iterator[str]:
    page = ""
    for before, piece in _pieces(text, fits):
        longer = f"{page}{before}{piece}" if page else piece
        if page and not fits(longer):
            yield page
            longer = piece
        page = longer
    yield page


def _pieces(text: str, fits: Fits) -> Iterator[Piece]:
    """Give the lines, and of those that fit no page the parts."""
    for line in map(str.rstrip, text.splitlines()):
        place = 0
        for part in (line,) if fits(line) else _cut(line, fits):
            start = line.index(part, place)
            yield line[place:start] if place else "\n", part
            place = start + len(part)


def _cut(line: str, fits: Fits) -> tuple[str, ...]:
    """Cut a line into the longest parts that all fit, by halving the room between what fits and what does not."""
    fitting, failing = 0, len(line.encode("utf-16-le", "surrogatepass"))
    parts: tuple[str, ...] = ()
    while failing - fitting > 1:
        middle = (fitting + failing) // 2
        tried = split(line, middle)
        if all(map(fits, tried)):
            fitting, parts = middle, tried
        else:
            failing = middle
    if not parts:
        raise ValueError("The bound on a page is too small for its number and footer.")
    return parts
