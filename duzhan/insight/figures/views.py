"""数字: all figures of the current operation, as of an instant; the records behind one, on a page or as a file."""

from datetime import time
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from duzhan.base.clock.instants import day_of
from duzhan.base.errors import BadInput, NotFound
from duzhan.base.ui.paging import page_of
from duzhan.base.ui.spelling import seal_instant, signed_text
from duzhan.operations.queries import slice_for
from duzhan.people.models import Body, Group

from . import queries, tables
from .catalogue import FIGURES, SUMMARY, TABLE
from .counting import Ratio
from .forms import AsOf
from .records import COLUMNS

SIZES = (50, 100)
PARTS = ("area", "unit", "group", "kind", "topic")
MINOR = {"inspections", "problems_found", "problems_closed"}  # left out of the table by area on a phone


@login_required
@require_GET
def figure_list(request):
    """Every figure, what it counts, and how the areas share in it."""
    operation = request.operation
    if operation is None:
        return render(request, "figures/list.html", {"operation": None})
    form = AsOf(operation, slice_for(request.user, operation), request.GET)
    if not form.is_valid():
        return render(request, "figures/list.html", {"form": form}, status=400)
    told = queries.figures(operation, **form.instants(), slice=form.slice())
    days = queries.series(operation, SUMMARY, until=told.as_of, known_at=told.known_at, slice=told.slice, cut=time(0))
    context = {
        "form": form,
        "told": told,
        "part": _part(operation, form),
        "leading": [_leading(figure, told, days, form) for figure in FIGURES if figure.key in SUMMARY],
        "lines": [_line(figure, told, form) for figure in FIGURES],
        "identities": told.identities,
        "areas": _areas(operation, told, form),
        "heads": [queries.CATALOGUE[key].label for key in TABLE],
    }
    return render(request, "figures/list.html", context)


@login_required
@require_GET
def figure_records(request, key):
    """The records behind one figure; `#records` alone where htmx asks."""
    figure, operation = queries.figure_named(key), request.operation
    template = "figures/records.html#records" if request.htmx else "figures/records.html"
    if operation is None:
        raise NotFound(_("您现在不在任何一个行动中，所以没有数字可看。"))
    form = AsOf(operation, slice_for(request.user, operation), request.GET)
    if not form.is_valid():
        return render(request, template, {"form": form, "figure": figure}, status=400)
    asked = queries.figures(operation, **form.instants(), slice=form.slice(), keys=[key])
    question = {"as_of": asked.as_of, "known_at": asked.known_at, "slice": asked.slice}
    records = queries.records(operation, key, **question, person=request.user)
    page = page_of(records.rows, records.order, _pinned(request, asked), sizes=SIZES)
    told = records.told(page.rows)
    context = {
        "form": form,
        "figure": figure,
        "told": asked,
        "value": asked[key],
        "is_ratio": isinstance(asked[key], Ratio),
        "part": _part(operation, form),
        "page": page,
        "shape": tables.shape(figure),
        "heads": tables.heads(figure),
        "lines": tables.lines(figure, told, operation, asked.as_of),
        "masked": sum(record.is_masked for record in told),
        "file_url": f"{reverse('figure-records-csv', args=[key])}?{address(asked, form)}",
        "list_url": f"{reverse('figure-list')}?{address(asked, form)}",
    }
    return render(request, template, context)


@login_required
@require_GET
def records_file(request, key):
    """The records behind one figure as CSV, as the reader may see them."""
    figure, operation = queries.figure_named(key), request.operation
    if operation is None:
        raise NotFound(_("您现在不在任何一个行动中，所以没有数字可看。"))
    form = AsOf(operation, slice_for(request.user, operation), request.GET)
    if not form.is_valid():
        [(field, errors), *_rest] = form.errors.items()
        raise BadInput(errors[0], field=field)
    records = queries.records(operation, key, **form.instants(), slice=form.slice(), person=request.user)
    name = f"{operation.code}-{figure.key}-{day_of(records.asked.as_of, operation.tz)}.csv"
    return StreamingHttpResponse(
        _file(records, operation, translation.get_language()),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _file(records, operation, language):
    """The lines of a file, in the reader's language also after the view has returned."""
    with translation.override(language):
        yield "\ufeff"  # by this a spreadsheet knows the Chinese
        yield from tables.csv_rows(
            records, lambda at: seal_instant(at, operation), [tables.HEADS[name] for name in COLUMNS]
        )


# --- addresses --------------------------------------------------------------------------------------------------


def address(told, form, **more) -> str:
    """A question as it stands in an address, its instants pinned, so that a number and its records are of one moment."""
    said = form.cleaned_data | {"area": form.cleaned_data["area"] and form.cleaned_data["area"].code} | more
    pinned = {"as_of": told.as_of.isoformat(), "known_at": told.known_at.isoformat()}
    return urlencode(pinned | {name: said[name] for name in PARTS if said.get(name) not in ("", None)})


def _records_url(key, told, form, **more):
    return f"{reverse('figure-records', args=[key])}?{address(told, form, **more)}"


def _pinned(request, told):
    pinned = request.GET.copy()
    pinned["as_of"], pinned["known_at"] = told.as_of.isoformat(), told.known_at.isoformat()
    return pinned


def _part(operation, form) -> str:
    """Which part of the operation is asked for, in words."""
    said = form.cleaned_data
    rows = [said["area"]]
    rows += [
        model.objects.filter(pk=said[name]).first() for name, model in (("unit", Body), ("group", Group)) if said[name]
    ]
    words = [str(row) for row in rows if row]
    if said["kind"]:
        words.append(operation.words.label("place_kinds", said["kind"]))
    if said["topic"]:
        words.append(_topic(operation, said["topic"]))
    return " · ".join(words) or str(operation.area)


def _topic(operation, topic):
    parts = zip(("classes", "fields", "causes"), topic.split(":"), strict=False)
    return " · ".join(operation.words.label(vocabulary, code) for vocabulary, code in parts if code)


# --- what the page shows ----------------------------------------------------------------------------------------


def _leading(figure, told, days, form):
    change = days[-1].changes[figure.key]
    seven = [(day.values if figure.counts.word == "stock" else day.changes)[figure.key] for day in days]
    return {
        "label": figure.label, "unit": figure.unit, "value": told[figure.key], "url": _records_url(figure.key, told, form),
        "days": [max(n, 0) for n in seven],
        "delta": _("当日 %(change)s") % {"change": signed_text(change)},
    }  # fmt: skip


def _line(figure, told, form):
    value = told[figure.key]
    return {
        "figure": figure, "value": value, "url": _records_url(figure.key, told, form),
        "of": f"{value.n} / {value.N}" if isinstance(value, Ratio) else "",
    }  # fmt: skip


def _areas(operation, told, form) -> list:
    """The areas directly below the one that is asked for, each number with its address; those without any left out."""
    areas = queries.areas_below(form.cleaned_data["area"] or operation.area)
    if not areas:
        return []
    lines = queries.by_area(operation, areas, as_of=told.as_of, known_at=told.known_at, slice=told.slice)
    return [
        {"name": area.name, "cells": [_area_cell(key, lines[area.path][key], told, form, area) for key in TABLE]}
        for area in areas
        if any(lines[area.path].values())
    ]


def _area_cell(key, value, told, form, area):
    return {
        "value": value, "url": _records_url(key, told, form, area=area.code), "label": queries.CATALOGUE[key].label,
        "is_minor": key in MINOR,
    }  # fmt: skip
