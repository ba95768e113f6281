"""标出: a text in pieces, those with a figure marked, so that the page and the command draw the same thing."""

from collections.abc import Iterator
from typing import NamedTuple

from .grammar import OTHER


class Piece(NamedTuple):
    """A piece of the text; `figure` is the index of the figure it holds (None: plain), `fails`: one of its checks does."""

    text: str
    figure: int | None
    fails: bool


def pieces(prepared, reading) -> Iterator[Piece]:
    """The prepared text cut at the figures of the catalogue; where two overlap the first is marked.

    The prepared text and not the original is drawn: a page's tags and slips are out of the way.
    """
    failing = {k for check in reading.checks if not check.holds for k in check.figures}
    shown, at = prepared.text, 0
    for k, (start, end) in enumerate(reading.places):
        if reading.figures[k].type == OTHER or start < at:
            continue
        if start > at:
            yield Piece(shown[at:start], None, False)
        yield Piece(shown[start:end], k, k in failing)
        at = end
    if at < len(shown):
        yield Piece(shown[at:], None, False)
