"""Sums of steps, and of those whose time has run out: exact at any size and for any pair of instants."""

from collections import Counter

from ..cells import STEPLEN
from .cells import EVERYTHING, HOUR, ON, Instants, Scope, is_branch, parted, rows_of
from .slices import ALL, outermost, until

# What an event adds: its step, where it counts, how much, when. A deadline counts from where it runs out.
ADDS = (
    ("e.kind, e.was, e.now", "SUM(e.amount)", "e.at"),
    ("e.subject_kind || ':due', '', ''", "COUNT(*)", "e.due"),
    ("e.subject_kind || ':due', '', ''", "-COUNT(*)", "e.was_due"),
)
GROUPED = ("e.kind, e.was, e.now", "e.subject_kind", "e.subject_kind")


def due(subject_kind) -> tuple:
    """The step under which `totals` tells how many subjects of a kind are past their time."""
    return f"{subject_kind}:due", "", ""


def totals(book, as_of=None, known_at=None, slice=ALL) -> Counter:
    """How often each step (kind, was, now) was taken, and under `due` how many are past their time."""
    return totals_at(book, [until(as_of, known_at)[0]], known_at, slice)[0]


def totals_at(book, instants, known_at=None, slice=ALL) -> list[Counter]:
    """`totals` as of several instants, given in order, all known at the same one; one statement for all of them."""
    asked = Instants.of(instants, known_at)
    return asked.counted(
        (step, how_long, tuple(what), n) for _value, step, how_long, *what, n in _sums(book, Scope.of(slice), asked)
    )


def totals_by(book, axis, as_of=None, known_at=None, slice=ALL) -> dict[str, Counter]:
    """`totals` for each value along an axis (unit, group, place_kind, topic), in one statement.

    Values are text, also those of units and groups.
    """
    as_of, known_at = until(as_of, known_at)
    return _by_value(book, Scope.of(slice, axis), as_of, known_at)


def totals_within(book, areas, as_of=None, known_at=None, slice=ALL) -> dict[str, Counter]:
    """`totals` for each of some areas with everything below it; under "" what lies in none of them. One statement.

    What has no area at all is in neither: so the sum of the parts can be held against the whole.
    """
    as_of, known_at = until(as_of, known_at)
    scope, parts = within(slice, areas)
    told = _by_value(book, scope, as_of, known_at)
    found = {area: _summed(told, parts[area]) for area in areas}
    found[""] = _summed(told, parts[""])
    for area in outermost(areas):
        found[""].subtract(found[area])
    return found


def within(slice, areas) -> tuple[Scope, dict]:
    """What answers for areas inside a slice: the scope, and for each area, and "" for the slice, the values that do."""
    bounds, topic = parted(slice)
    roots = tuple(sorted({area[:STEPLEN] for area in areas})) or EVERYTHING
    if bounds.keys() - {"area"} or (topic and not is_branch(topic)):
        return Scope(values=tuple({*roots, *areas}), bounds=slice.bounds()), {"": roots} | {
            area: (area,) for area in areas
        }
    parts = {"": bounds.get("area", roots)} | {area: slice.below(area) for area in areas}
    return Scope(values=tuple(sorted({value for values in parts.values() for value in values})), topic=topic), parts


def _summed(told, values):
    found = Counter()
    for value in values:
        found.update(told.get(value, {}))
    return found


def _by_value(book, scope, as_of, known_at):
    found = {}
    for value, _step, _how_long, *what, n in _sums(book, scope, Instants((as_of,), known_at)):
        found.setdefault(value, Counter())[tuple(what)] += n
    return found


def _sums(book, scope, instants):
    """Rows (value, step, how long, kind, was, now, n).

    Whole days and hours come from the sums, the running hours and what is not yet settled from the events; what was
    recorded later than `known_at` is taken away again, found by the index of late events (`Instants.unknown`). All in
    one statement: an event that is settled meanwhile is seen on exactly one side.
    A row counts from the instant number `step` on, to the end of its hour or for good.
    """
    if scope.is_empty:
        return []
    if scope.bounds is not None:
        return rows_of(
            book, scope, instants, [_counted(scope, instants, *each) for each in zip(ADDS, GROUPED, strict=True)]
        )
    parts = [_settled(scope, instants, level) for level in LEVELS]
    for adds, grouped in zip(ADDS, GROUPED, strict=True):
        parts += _unsettled(scope, instants, adds, grouped)
    return rows_of(book, scope, instants, parts)


LEVELS = {
    "d": "r.bucket < %(day)s",
    "h": "r.bucket >= %(day)s AND r.bucket < %(last)s",
}  # by days to the first, then by hours


def _settled(scope, instants, level):
    step = instants.step("r.bucket")
    return (
        f"SELECT r.value, {step}, {ON}, r.kind, r.was, r.now, CAST(SUM(r.total) AS bigint) FROM ledger_rollup r "
        f"WHERE {scope.cells('r')} AND r.level = '{level}' AND {LEVELS[level]} AND {STEPS} "
        f"GROUP BY r.value, r.kind, r.was, r.now{_and(step)}"
    )


STEPS = "(r.kind NOT LIKE '%%:%%' OR r.kind LIKE '%%:due')"  # different things are asked for on their own


def _unsettled(scope, instants, adds, grouped):
    what, n, at = adds
    told = f"SELECT {scope.value}, {{step}}, {{how_long}}, {what}, CAST({{sign}}({n}) AS bigint) FROM"
    step, where = instants.step(at), f"{scope.where} AND {at} < %(last)s"
    group = f"GROUP BY {grouped}{_and(scope.value)}{_and(step)}"
    plain = told.format(step=step, how_long=ON, sign="")
    yield f"{plain} ledger_tail t JOIN ledger_event e ON e.id = t.event_id {scope.join} WHERE {where} {group}"
    taken = told.format(step=step, how_long=ON, sign="-")
    yield f"{taken} unknown e {scope.join} WHERE {where} {group}"
    step = instants.step(at, "instant", "<=")
    yield (
        f"{told.format(step=step, how_long=HOUR, sign='')} ledger_event e {scope.join} WHERE {scope.where} "
        f"AND {instants.running(at)} AND e.recorded_at <= %(known)s GROUP BY {grouped}{_and(scope.value)}{_and(step)}"
    )


def _counted(scope, instants, adds, grouped):
    """From the events alone."""
    what, n, at = adds
    step = instants.step(at, "instant", "<=")
    return (
        f"SELECT {scope.value}, {step}, {ON}, {what}, CAST({n} AS bigint) FROM ledger_event e {scope.join} WHERE {scope.where} "
        f"AND {at} <= %(latest)s AND e.recorded_at <= %(known)s GROUP BY {grouped}{_and(scope.value)}{_and(step)}"
    )


def _and(column):
    """A further column to group by, unless it is the same for all."""
    return "" if column in ("''", "0") else f", {column}"
