"""读出的数: a text ready for its page or for a file of its own: paragraphs of pieces, figures in words, checks."""

from bisect import bisect_left
from dataclasses import dataclass
from types import SimpleNamespace

from .amounts import written
from .kinds import OTHER, label_of
from .reading.checks import within
from .reading.marking import paragraphs


@dataclass(frozen=True)
class Told:
    """A figure in words."""

    number: int
    label: str
    text: str
    scope: str
    as_of: str
    state: str
    fails: bool

    @property
    def is_other(self):
        return self.label == label_of(OTHER)


@dataclass(frozen=True)
class Shown:
    paragraphs: list  # of lists of (piece, figures)
    figures: list
    checks: list  # (text, holds)
    repairs: int
    unreadable: int


def shown(bulletin, prepared) -> Shown:
    """The text and its figures as they stand now, their sums done anew."""
    checks, numbers = _checked(bulletin, prepared)
    failing = {numbers[index] for check in checks if not check.holds for index in check.figures}
    told = {number: _told(number, each, number in failing) for number, each in bulletin.standing}
    spans = [(number, each["start"], each["end"]) for number, each in bulletin.standing]
    return Shown(
        [[(piece, [told[n] for n in piece.figures]) for piece in each] for each in paragraphs(prepared, spans)],
        list(told.values()),
        [(check.text, check.holds) for check in checks],
        len(prepared.repairs),
        len(prepared.unreadable),
    )


def _checked(bulletin, prepared):
    """The checks over the standing figures, and the figures' numbers by the index that the checks know them by."""
    figures = [SimpleNamespace(**each) for _number, each in bulletin.standing]
    places = [bisect_left(prepared.at, figure.start) for figure in figures]
    groups = [
        (prepared.text.rfind("\n", 0, place), figure.scope) for place, figure in zip(places, figures, strict=True)
    ]
    found = within(figures, groups, [figure.part for figure in figures])
    return found, [number for number, _figure in bulletin.standing]


def _told(number, figure, fails):
    as_of = (figure["as_of"] or "").removeprefix("--").replace("T", " ")
    return Told(number, label_of(figure["type"]), written(figure), figure["scope"] or "", as_of, figure["state"], fails)
