"""标注: a text as a person reads it, with every figure, repair and damaged place marked."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass

LOST = "\ufffd"
SHOWN_AS_LOST = "□"


@dataclass(frozen=True)
class Piece:
    """A stretch of text. `figures`: numbers of the figures it belongs to; `mark`: repaired, lost or ""."""

    text: str
    figures: tuple = ()
    mark: str = ""
    was: str = ""  # what stood there before it was repaired
    start: int = 0  # where it begins in the original
    end: int = 0


def paragraphs(prepared, figures) -> list[list[Piece]]:
    """The paragraphs as pieces. `figures`: [(number, start, end)] with offsets into the original, in any order.

    What is shown are the characters of the original, without tags, readings in brackets and page furniture.
    """
    cuts = _Cuts(prepared, figures)
    found, start = [], 0
    for line in prepared.text.split("\n"):
        end = start + len(line)
        if line:
            found.append(cuts.pieces(start, end))
        start = end + 1
    return found


def shown_text(prepared) -> str:
    """The prepared text with each character as the original has it; where the two differ in more than form, as prepared."""
    seen, text = prepared.original.text, prepared.text
    signs = [seen[place] for place in prepared.at[:-1]]
    for place, (sign, other) in enumerate(zip(signs, text, strict=True)):
        if sign in "&<\n\r\t" or other in "\n\t\ufffd":
            signs[place] = other
    for each in prepared.repairs:
        start, end = bisect_left(prepared.at, each.start), bisect_left(prepared.at, each.end)
        signs[start:end] = text[start:end]
    return "".join(signs)


class _Cuts:
    """Where one piece ends and the next begins, in places of the prepared text."""

    def __init__(self, prepared, figures):
        self.prepared, self.at = prepared, prepared.at
        self.shown = shown_text(prepared)
        spans = [(*self._within(start, end), number) for number, start, end in figures]
        spans = [span for span in spans if span[0] < span[1]]
        repairs = [(*self._within(each.start, each.end), each.before) for each in prepared.repairs]
        edges = {edge for start, end, _ in (*spans, *repairs) for edge in (start, end)}
        lost = [place for place, sign in enumerate(prepared.text) if sign == LOST] if LOST in prepared.text else []
        edges.update(lost, (place + 1 for place in lost))
        self.edges = sorted(edges | {0})
        self.figures, self.repairs = self._over(spans), self._over(repairs)

    def _within(self, start, end):
        return bisect_left(self.at, start), bisect_left(self.at, end)

    def _over(self, spans):
        """For each edge what stands over the stretch that begins there, in the order of the text."""
        over = defaultdict(list)
        for start, end, told in sorted(spans):
            for edge in self.edges[bisect_left(self.edges, start) : bisect_left(self.edges, end)]:
                over[edge].append(told)
        return over

    def pieces(self, start, end):
        inside = self.edges[bisect_left(self.edges, start + 1) : bisect_left(self.edges, end)]
        bounds = [start, *inside, end]
        return [self._piece(a, b) for a, b in zip(bounds, bounds[1:], strict=False)]

    def _piece(self, start, end):
        edge = self.edges[bisect_right(self.edges, start) - 1]
        numbers = tuple(self.figures.get(edge, ()))
        was = next(iter(self.repairs.get(edge, ())), "")
        text = self.shown[start:end]
        if LOST in text:
            return Piece(text.replace(LOST, SHOWN_AS_LOST), numbers, "lost", was, *self.prepared.span(start, end))
        return Piece(text, numbers, "repaired" if was else "", was, *self.prepared.span(start, end))
