"""读数: the figures of a prepared text, each with the body or area it belongs to, its instant and its place."""

from msgspec import Struct
from msgspec.structs import replace

from . import checks, instants
from .grammar import OTHER
from .named import named_persons
from .scopes import Scopes
from .tables import table_numbers
from .types import typed_numbers

_LONGEST_HEADLINE = 45  # signs
_AT_LEAST = ("余", "多", "超", "超过", "逾", "突破")
_LOOKED_AT = 40  # figures below a headline


class Figure(Struct, frozen=True, gc=False):
    """One figure; `start` and `end` are offsets into the original text, `text` is that piece, cleaned."""

    type: str
    value: int | float
    unit: str
    approx: str | None
    scope: str
    as_of: str | None
    text: str
    start: int
    end: int


class Reading(Struct, frozen=True):
    """What was read out of one text. `as_of` is the instant its figures are stated for, None if it states none.

    `places[k]` is where figure k stands in the prepared text; `parts[k]`: it is told as a part of one before it.
    """

    as_of: str | None
    figures: list[Figure]
    checks: list[checks.Check]
    places: list[tuple[int, int]]
    parts: list[bool]


def read(prepared, *, year: int | None = None, published: str | None = None) -> Reading:
    """Read the figures of a text that `prepare` has cleaned.

    `published` (2024, 2024-01-25, an ISO instant) and `year` give what relative dates leave out. ValueError when
    `published` is no date. Time is linear in the length of the text.
    """
    text = prepared.text
    told = instants.cut_offs(text, year=year, published=published)
    scopes = Scopes(text)
    typed = typed_numbers(text)
    rows = table_numbers(text) + named_persons(text, typed)
    if rows:
        taken = {one.number.start for one in rows}
        typed = sorted([*rows, *(one for one in typed if one.number.start not in taken)], key=lambda one: one.start)
    paragraphs = [scopes.paragraph(one.start) for one in typed]
    telling = {paragraph for one, paragraph in zip(typed, paragraphs, strict=True) if one.key != OTHER}
    headline = next((k for k in (text.find("\n"),) if 0 <= k <= _LONGEST_HEADLINE), 0)
    figures, stated = [], []
    for one, paragraph in zip(typed, paragraphs, strict=True):
        as_of = instants.at(told, paragraph, one.start, headline) if told else None
        if as_of:
            stated.append((one.key == OTHER, len(stated), as_of))
        scope = one.scope or (scopes.of(one.number.start, one.sentence) if paragraph in telling else "")
        figures.append(_figure(prepared, one, scope, as_of))
    figures = _headlines(text, figures, paragraphs)
    groups = [(paragraph, figure.scope) for paragraph, figure in zip(paragraphs, figures, strict=True)]
    return Reading(
        min(stated)[2] if stated else _first_stated(told, typed),
        figures,
        checks.within(figures, groups, [one.part for one in typed]),
        [(one.start, one.end) for one in typed],
        [one.part for one in typed],
    )


def _first_stated(told, typed):
    """The cut-off of a text in which no figure stands beside one."""
    return next((one.instant for one in told if one.instant), None) if typed else None


def _figure(prepared, one, scope, as_of):
    number = one.number
    start, end = prepared.span(one.start, one.end)
    piece = prepared.text[one.start : one.end]
    return Figure(one.key, number.value, number.unit, number.approx, scope, as_of, piece, start, end)


def _headlines(text, figures, paragraphs):
    """A headline repeats a figure of the text below: it belongs to whom the text says, and a rounded one is no other.

    荆州两级纪委出动逾六千人次 above 出动6135人次 is one figure told twice.
    """
    told, line, at = list(figures), "", -1
    for k, (figure, paragraph) in enumerate(zip(figures, paragraphs, strict=True)):
        if figure.type == OTHER:
            continue
        if paragraph != at:
            at, end = paragraph, text.find("\n", paragraph)
            line = text[at:end] if 0 <= end <= at + _LONGEST_HEADLINE else ""
        if line and line[-1] not in "。；！？":
            told[k] = _as_below(figure, figures[k + 1 : k + 1 + _LOOKED_AT], line)
    return told


def _as_below(figure, below, line):
    below = [other for other in below if other.type == figure.type and other.start > figure.end]
    same = next((other for other in below if other.value == figure.value), None)
    if same:
        stated = figure.scope and figure.scope.removesuffix("（全国）") in line
        return figure if stated else replace(figure, scope=same.scope or figure.scope)
    if figure.approx and any(_rounds(figure, other) for other in below):
        return replace(figure, type=OTHER)
    return figure


def _rounds(figure, other):
    if figure.approx in _AT_LEAST and figure.value <= other.value < 1.5 * figure.value:
        return True  # 百余件 above 115件
    return other.value and abs(figure.value - other.value) <= 0.1 * other.value
