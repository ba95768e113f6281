"""Figures as of any instant, and the records behind each."""

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput
from duzhan.config import printed
from duzhan.insight.figures import queries as figures

from . import history
from .question import asked_area, asked_instants, asked_operation, asked_slice


def report(asked):
    operation = asked_operation(asked.operation)
    area = asked_area(operation, asked.area)
    told = figures.figures(operation, **asked_instants(operation, asked), slice=asked_slice(area))
    for text in printed.FORMATS[asked.format](printed.Report(operation, area, told)):
        print(text, end="")


def records(asked):
    operation = asked_operation(asked.operation)
    area = asked_area(operation, asked.area)
    figure = figures.figure_named(asked.figure)
    found = figures.records(operation, figure.key, **asked_instants(operation, asked), slice=asked_slice(area))
    for line in printed.TABLES[asked.format](found, operation.tz):
        print(line, end="")


def counted(asked):
    """The same figures, by whichever engine."""
    if (asked.engine == "ledger") != (asked.source is None):
        raise BadInput(_("--source 与 --engine duckdb 或 spark 一起用。"), field="source")
    if asked.source is not None:
        told = history.figures(asked)
    else:
        operation = asked_operation(asked.operation)
        area = asked_area(operation, asked.area)
        found = figures.figures(operation, **asked_instants(operation, asked), slice=asked_slice(area))
        told = history.Counted(operation, area, found)
    for text in printed.FORMATS[asked.format](told):
        print(text, end="")
