"""The ledger page by page: its orders, each a row of stretches that an index runs along."""

import json
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Case, IntegerField, Value, When

from duzhan.base.ui.paging import SIZES, Page, told_in, unread, values_of

from ..models import Problem
from .asked import Asked
from .orders import EVERY, ORDERS
from .words import Having

LOOKED_AT, MOST_LOOKED_AT = 1000, 16_000  # rows at a time


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
    having = Having(asked, rows) if asked.words else None
    found = []
    for number in range(start, len(runs)) if forward else range(start, -1, -1):
        run, begins = runs[number], place[1:] if place and number == start else None
        if len(found) < many and run.stages & asked.stages:
            taken = _taken(run, rows, asked, having, begins, many - len(found), forward)
            found += [(number, each) for each in taken]
    return _whole(rows, found)


def _taken(run, rows, asked, having, begins, wanted, forward):
    """The first rows of a run, or their numbers. Numbers come along an index; asked for with the rows and their units and
    groups, PostgreSQL takes what lies beyond a place for little and sorts it all."""
    here = run.rows(rows, asked.stages).order_by(*run.names(forward))
    if begins:
        here = here.filter(run.beyond(*begins, forward))
    if having:
        named = having.numbers(run, begins, wanted, forward)
        return _met(here, run, asked.words, wanted, forward) if named is None else named
    return here.values_list("pk", flat=True)[:wanted] if begins else here[:wanted]


def _whole(rows, found):
    """Rows in place of numbers; one may have gone meanwhile."""
    numbers = [each for _run, each in found if isinstance(each, int)]
    met = rows.in_bulk(numbers) if numbers else {}
    told = [(run, met.get(each) if isinstance(each, int) else each) for run, each in found]
    return [(run, row) for run, row in told if row is not None]


def _met(here, run, words, many, forward):
    """The numbers of the first rows in which the words stand: looked at in order, until there are enough.

    The database does not choose the way by them: it guesses badly how often words occur. So it looks at no more rows than
    will do by what is known of the words, and then at four times as many.
    """
    met, part = [], here
    size = min(max(LOOKED_AT, int(words.sought.looked_at_for(many))), MOST_LOOKED_AT)
    while True:
        looked = _looked_at(part, run.key, words.looking, size, many - len(met))
        met += [number for number, _key, is_met, _place in looked if is_met]
        if len(met) == many or not looked or looked[-1][3] < size:
            return met
        number, key, *_rest = looked[-1]
        part, size = here.filter(run.beyond(key, number, forward)), min(4 * size, MOST_LOOKED_AT)


def _looked_at(rows, key, looking, size, many) -> list:
    """Of the first `size` rows, up to `many` that are looked for, and the last one: (number, key, is it one, place)."""
    hit = Case(When(looking, then=Value(1)), default=Value(0), output_field=IntegerField())
    compiler = rows.annotate(hit_=hit).values_list("pk", key, "hit_")[:size].query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        statement, parameters = compiler.as_sql()
    except EmptyResultSet:  # somebody who sees nothing there
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM (SELECT *, row_number() OVER () AS place_ FROM ({statement}) walked) looked_at "  # noqa: S608
            f"WHERE hit_ = 1 OR place_ = {size} LIMIT {many}",
            parameters,
        )
        converters = compiler.get_converters([each[0] for each in compiler.select])
        return list(compiler.apply_converters(cursor.fetchall(), converters))


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
        number, value, pk = told_in(key)
    except (TypeError, ValueError):
        raise unread() from None
    if type(number) is not int or not 0 <= number < len(runs):
        raise unread()
    columns = Problem._meta.get_field(runs[number].key), Problem._meta.pk
    return number, *values_of(columns, (value, pk))


def _address(address, **more):
    kept = {name: value for name, value in address.items() if name not in ("after", "before")} | more
    return f"?{urlencode(kept)}"
