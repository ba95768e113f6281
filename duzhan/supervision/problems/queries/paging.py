"""The ledger page by page: its orders, each a row of stretches that an index runs along."""

import json
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from duzhan.base.among import Among
from duzhan.base.errors import BadInput
from duzhan.base.ui.paging import SIZES, Page

from ..models import Problem
from .asked import Asked
from .orders import EVERY, ORDERS

LOOKED_AT, MOST_LOOKED_AT = 500, 16_000  # rows at a time


def page_of(rows, asked: Asked, address) -> Page:
    """The page of a ledger's rows that an address asks for, run after run of its order, by key.

    As `duzhan.base.ui.paging`, with `after` and `before`; a row that comes or goes moves no other to another page.
    Raises BadInput for an address that was altered.
    """
    size = int(address["size"]) if address.get("size") in {str(size) for size in SIZES} else SIZES[0]
    back = "before" in address and "after" not in address
    place = _place(ORDERS[asked.sort], address.get("before" if back else "after", ""))
    found = _walk(rows, asked, place, size + 1, not back)
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    has_next, has_previous = (True, more) if back else (more, place is not None)
    return Page(
        [problem for _run, problem in found],
        _address(address, after=_key(asked, *found[-1])) if found and has_next else "",
        _address(address, before=_key(asked, *found[0])) if found and has_previous else "",
        [{"size": each, "url": _address(address, size=each), "is_current": each == size} for each in SIZES],
    )


def neighbours(rows, asked: Asked, problem):
    """The problem before this one and the one after it, as the ledger that one came from has them: (row, row)."""
    runs = ORDERS[asked.sort]
    run = next((number for number, run in enumerate(runs) if run.has(problem)), None)
    if run is None:
        return None, None
    place = (run, getattr(problem, runs[run].key), problem.pk)
    beside = [_walk(rows, asked, place, 1, forward) for forward in (False, True)]
    return tuple(found[0][1] if found else None for found in beside)


def stretches(rows, asked: Asked) -> list:
    """A ledger's rows as querysets that follow each other in its order; for whoever wants them all."""
    runs = [run for run in ORDERS[asked.sort] if run.stages & asked.stages]
    return [_having(run.rows(rows, asked.stages), asked, run.stages).order_by(*run.names(forward=True)) for run in runs]


def number_of_rows(rows, asked: Asked, most) -> int:
    """How many rows a ledger has, counted to `most`."""
    return _having(rows.filter(stage__in=asked.stages), asked).order_by().values("pk")[:most].count()


def _having(rows, asked, stages=EVERY):
    """Those rows in which the words stand that are looked for, in one queryset however many they are."""
    if asked.words is None:
        return rows
    named = asked.words.among(stages & asked.stages)
    return rows.filter(asked.words.looking if named is None else named)


def _walk(rows, asked, place, many, forward):
    """Up to `many` rows from a place on, as (number of the run, row)."""
    runs = ORDERS[asked.sort]
    start = place[0] if place else 0 if forward else len(runs) - 1
    found = []
    for number in range(start, len(runs)) if forward else range(start, -1, -1):
        run = runs[number]
        if len(found) == many or not run.stages & asked.stages:
            continue
        here, wanted = run.rows(rows, asked.stages).order_by(*run.names(forward)), many - len(found)
        begins_within = place is not None and number == start
        if begins_within:
            here = here.filter(run.beyond(place[1], place[2], forward))
        if asked.words:
            taken = _having_words(rows, here, run, asked, wanted, forward)
        else:
            taken = _in_order(rows, here.values_list("pk", flat=True)[:wanted]) if begins_within else here[:wanted]
        found += [(number, row) for row in taken]
    return found


def _having_words(rows, here, run, asked, many, forward):
    """The first rows of a run in which the words stand that are looked for."""
    named = asked.words.among(run.stages & asked.stages, many)
    if named is None:
        return _in_order(rows, _met(here, run, asked.words.looking, many, forward))
    return here.filter(named)[:many]


def _in_order(rows, numbers):
    """The rows with these numbers. Asked for apart, numbers come along an index; with the rows and their units and groups,
    PostgreSQL takes what lies beyond a place for little and sorts it all."""
    numbers = list(numbers)
    found = rows.in_bulk(numbers)
    return [found[number] for number in numbers if number in found]  # one may have gone meanwhile


def _met(here, run, words, many, forward):
    """The numbers of the first rows in which the words stand: looked at in order, part by part.

    The database does not choose the way by them: it guesses badly how often words occur.
    """
    met, part, size, so_far = [], here, LOOKED_AT, 0
    while len(met) < many:
        looked = list(part.values_list(run.key, "pk")[:size])
        these = Problem.objects.filter(Among("pk", [pk for _key, pk in looked]), words)
        having = set(these.values_list("pk", flat=True))
        met += [pk for _key, pk in looked if pk in having]
        if len(looked) < size:
            break
        so_far += size
        enough = 1.5 * (many - len(met)) * so_far / len(met) if met else 2 * so_far
        part, size = here.filter(run.beyond(*looked[-1], forward)), min(max(int(enough), LOOKED_AT), MOST_LOOKED_AT)
    return met[:many]


def _key(asked, number, problem):
    value = getattr(problem, ORDERS[asked.sort][number].key)
    return json.dumps(
        [number, value.isoformat() if hasattr(value, "isoformat") else value, problem.pk], ensure_ascii=False
    )


def _place(runs, key):
    """A place in an order as an address tells it: (number of the run, value of its column, number of the row)."""
    if not key:
        return None
    try:
        number, value, pk = json.loads(key)
        column = Problem._meta.get_field(runs[number].key)
        value, pk = column.to_python(value), Problem._meta.pk.to_python(pk)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, ValidationError):
        raise _unread() from None
    if (
        number < 0
        or value is None
        or pk is None
        or "\x00" in str(value)
        or (hasattr(value, "tzinfo") and not value.tzinfo)
    ):
        raise _unread()
    return number, value, pk


def _unread():
    return BadInput(_("翻页的位置读不懂，请从第一页看起。"), field="after")


def _address(address, **more):
    kept = {name: value for name, value in address.items() if name not in ("after", "before")} | more
    return f"?{urlencode(kept)}"
