"""What the command line prints: a report as text, JSON or a page to print, records as CSV or JSON."""

import json
import unicodedata
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from duzhan.base.ui.spelling import number_text, seal_instant
from duzhan.insight.figures import queries
from duzhan.insight.figures.catalogue import FIGURES, TABLE
from duzhan.insight.figures.counting import Ratio
from duzhan.insight.figures.records import COLUMNS, Record
from duzhan.insight.figures.tables import csv_rows
from duzhan.places.models import Area

GAP = "  "


@dataclass(frozen=True)
class Report:
    """Figures of an operation, or of one of its areas, with all that is said beside them."""

    operation: object
    area: Area | None
    told: queries.Figures

    @property
    def place(self) -> str:
        return str(self.area or self.operation.area)

    @cached_property
    def sentence(self) -> str:
        return queries.sentence(self.told, self.operation)

    @cached_property
    def seal(self):
        """The newest seal that was there when the figures were known."""
        return queries.seal_known_at(self.told.known_at)

    @property
    def figures(self) -> list:
        """[(figure, number as it is written, n / N of a share), ...]"""
        each = ((figure, self.told[figure.key]) for figure in FIGURES)
        return [
            (figure, written(value), f"{value.n} / {value.N}" if isinstance(value, Ratio) else "")
            for figure, value in each
        ]

    @property
    def heads(self) -> list:
        return [str(queries.CATALOGUE[key].label) for key in TABLE]

    @cached_property
    def areas(self) -> list:
        """[(area, [number, ...]), ...] for the areas below that have any."""
        below = queries.areas_below(self.area or self.operation.area)
        when = {"as_of": self.told.as_of, "known_at": self.told.known_at, "slice": self.told.slice}
        lines = queries.by_area(self.operation, below, **when) if below else {}
        return [
            (area, [written(lines[area.path][key]) for key in TABLE])
            for area in below
            if any(lines[area.path].values())
        ]


def written(value) -> str:
    """A figure as text: 282, 98.23%, — where there is none."""
    return value.text if isinstance(value, Ratio) else number_text(value)


# --- a report ---------------------------------------------------------------------------------------------------


def as_json(report):
    told, seal = report.told, report.seal
    values = {
        "operation": report.operation.code,
        "as_of": _iso(told.as_of, report.operation.tz),
        "known_at": _iso(told.known_at, report.operation.tz),
        "area": report.place,
        "area_code": (report.area or report.operation.area).code,
        "figures": {key: _number(value) for key, value in told.values.items()},
        "ratios": {key: {"n": each.n, "N": each.N} for key, each in told.values.items() if isinstance(each, Ratio)},
        "identities": [{"text": each.text, "holds": each.holds} for each in told.identities],
        "sentence": report.sentence,
        "seal": {"number": seal.number, "digest": seal.digest} if seal else None,
    }
    yield json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _number(value):
    """A share as a number in per cent with two decimals."""
    return float(value.text.rstrip("%")) if isinstance(value, Ratio) else value


def as_text(report):
    told, operation = report.told, report.operation
    yield f"{operation.name} · {report.place}\n"
    when = {"as_of": _iso(told.as_of, operation.tz), "known_at": _iso(told.known_at, operation.tz)}
    yield _("截至 %(as_of)s · 已知至 %(known_at)s") % when + "\n\n"
    yield f"{report.sentence}\n\n"
    for each in told.identities:
        yield f"{'✓' if each.holds else '✗'} {each.text}\n"
    yield "\n"
    rows = [
        (figure.key, str(figure.label), number, f"{figure.unit}{of and f'({of})'}")
        for figure, number, of in report.figures
    ]
    yield from _table(rows, right={2})
    if report.areas:
        yield "\n"
        rows = [("", *report.heads), *((area.name, *numbers) for area, numbers in report.areas)]
        yield from _table(rows, right=set(range(1, len(report.heads) + 1)))
    if report.seal:
        yield "\n" + _("第 %(number)s 号封条") % {"number": report.seal.number} + f" {report.seal.digest}\n"


def _table(rows, right):
    """Columns that stand under each other also where letters are two cells wide."""
    wide = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [_padded(cell, wide[at], at in right) for at, cell in enumerate(row)]
        yield GAP.join(cells).rstrip() + "\n"


def _width(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text, width, to_the_right):
    space = " " * (width - _width(text))
    return space + text if to_the_right else text + space


def as_html(report):
    told, operation = report.told, report.operation
    instants = {name: seal_instant(getattr(told, name), operation) for name in ("as_of", "known_at")}
    yield render_to_string("config/report.html", {"report": report, "told": told, "operation": operation, **instants})


FORMATS = {"text": as_text, "json": as_json, "html": as_html}


# --- records ----------------------------------------------------------------------------------------------------


def json_rows(records, zone):
    """A JSON array, one record a line."""
    yield "["
    for number, record in enumerate(records):
        told = {each.name: _plain(getattr(record, each.name), zone) for each in fields(Record)}
        yield ("," if number else "") + "\n" + json.dumps(told, ensure_ascii=False)
    yield "\n]\n"


def _plain(value, zone):
    return _iso(value, zone) if isinstance(value, datetime) else value


def _iso(at, zone):
    return at.astimezone(zone).isoformat()


TABLES = {
    "csv": lambda records, zone: csv_rows(records, lambda at: _iso(at, zone), COLUMNS),
    "json": json_rows,
}
