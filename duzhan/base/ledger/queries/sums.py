"""Sums of steps, and of those whose time has run out: exact at any size and for any pair of instants."""

from collections import Counter

from ..cells import STEPLEN
from .asked import BY_EDGE, ON, THERE, WAITING, Instants, rows_of, since_of
from .cells import EVERYTHING, Scope, is_branch, parted
from .slices import ALL, outermost, until
from .unknown import UNSETTLED, Unknown

# What an event adds: its step, how much, from when on. A deadline counts from where it runs out.
ADDS = (
    ("e.kind AS kind, e.was AS was, e.now AS now", "e.amount", "e.at"),
    ("e.subject_kind || ':due' AS kind, '' AS was, '' AS now", "1", "e.due"),
    ("e.subject_kind || ':due' AS kind, '' AS was, '' AS now", "-1", "e.was_due"),
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
    asked = Instants.of(instants, known_at, since=since_of(book))
    return asked.counted(
        (step, how_long, tuple(what), n)
        for _value, _topic, step, how_long, *what, n in _sums(book, Scope.of(slice), asked)
    )


def totals_by_branch(book, as_of=None, known_at=None, slice=ALL) -> dict[str, Counter]:
    """`totals` for each beginning of the topic up to its first colon, in one statement; under "" what has none."""
    found = {}
    asked = Instants.of([until(as_of, known_at)[0]], known_at, since=since_of(book))
    for _value, topic, _step, _how_long, *what, n in _sums(book, Scope.of(slice, is_apart=True), asked):
        found.setdefault(topic, Counter())[tuple(what)] += n
    return found


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
    found, asked = {}, Instants.of([as_of], known_at, since=since_of(book))
    for value, _topic, _step, _how_long, *what, n in _sums(book, scope, asked):
        found.setdefault(value, Counter())[tuple(what)] += n
    return found


def _sums(book, scope, asked):
    """Rows (value, topic, step, how long, kind, was, now, n).

    What is settled comes from the sums up to the edge, and from the events between the edge and the instant; what was
    recorded later than `known_at` is taken away again (`Unknown`); what is not yet settled is counted one by one.
    All in one statement: an event that is settled meanwhile is seen on exactly one side.
    A row counts from the instant number `step` on, for good or only within its hour or at its edge.
    """
    if scope.is_empty:
        return []
    adds = [*zip(ADDS, GROUPED, strict=True)]
    if scope.bounds is not None:
        return rows_of(book, scope, asked, [_counted(scope, asked, "ledger_event e", *each) for each in adds])
    unknown = Unknown(asked, scope.axis == "area")
    parts = [_settled(scope, *level) for level in asked.levels]
    parts += [_taken_late(scope, asked, unknown)]
    for each in adds:
        parts += [_counted(scope, asked, "waiting e", *each)]
        parts += _moved(scope, asked, *each)
    return rows_of(book, scope, asked, parts, [("unknown", unknown.events(scope.where)), WAITING])


STEPS = "(r.kind NOT LIKE '%%:%%' OR r.kind LIKE '%%:due')"  # different things are asked for on their own


def _settled(scope, level, condition, step, how_long):
    topic = scope.branch("r")
    return (
        f"SELECT r.value, {topic}, {step}, {how_long}, r.kind, r.was, r.now, CAST(SUM(r.total) AS bigint) FROM ledger_rollup r "
        f"WHERE {scope.cells('r')} AND r.level = '{level}' AND {condition} AND {STEPS} "
        f"GROUP BY r.value, r.kind, r.was, r.now{_and(topic)}{_and(step)}"
    )


def _taken_late(scope, asked, unknown):
    """What late events sum up to is taken away."""
    topic, step = scope.branch("l"), asked.step("l.at", asked.edges)
    each = (f"SELECT * FROM ledger_late l WHERE {scope.cells('l')} AND {condition}" for condition in unknown.cells())
    rows = " UNION ALL ".join(each) or "SELECT * FROM ledger_late WHERE 0 = 1"
    return (
        f"SELECT l.value, {topic}, {step}, {ON}, l.kind, l.was, l.now, CAST(-SUM(l.total) AS bigint) FROM ({rows}) l "
        f"GROUP BY l.value, l.kind, l.was, l.now{_and(topic)}{_and(step)}"
    )


def _counted(scope, asked, events, adds, grouped):
    """From events alone, up to the instants."""
    _what, n, at = adds
    condition = f"{scope.where} AND {at} <= {asked.at(asked.each[-1])} AND e.recorded_at <= {asked.known}"
    return _told(scope, events, adds, grouped, f"SUM({n})", condition, asked.step(at, asked.each, "<="), ON)


def _moved(scope, asked, adds, grouped):
    """What lies between the edges and the instants, and what was unknown."""
    _what, n, at = adds
    between = asked.up_to_the_instant(at)
    if between:
        condition = f"{scope.where} AND {between} AND e.recorded_at <= {asked.known} AND NOT {UNSETTLED}"
        step = asked.step(at, asked.each, "<=")
        yield _told(scope, "ledger_event e", adds, grouped, f"SUM({n})", condition, step, BY_EDGE)
    between = asked.up_to_the_edge(at)
    if between:  # what was recorded as it happened is in no list of what is unknown
        condition = f"{scope.where} AND {between} AND (e.recorded_at <= {asked.known} OR e.recorded_at = e.at) AND NOT {UNSETTLED}"
        yield _told(scope, "ledger_event e", adds, grouped, f"-SUM({n})", condition, asked.step(at, asked.edges), THERE)
    condition, step = f"{at} < {asked.at(asked.edges[-1])}", asked.step(at, asked.edges)
    yield _told(scope, "unknown e", adds, grouped, f"-SUM(e.sign * {n})", condition, step, ON)


def _told(scope, events, adds, grouped, n, condition, step, how_long):
    what, _n, _at = adds
    topic = scope.branch_of_event
    if not scope.join:
        return (
            f"SELECT {scope.value}, {topic}, {step}, {how_long}, {what}, CAST({n} AS bigint) FROM {events} "
            f"WHERE {condition} GROUP BY {grouped}{_and(scope.value)}{_and(topic)}{_and(step)}"
        )
    by_area = (  # each area is looked up once, not each event
        f"SELECT e.area AS area, {topic} AS topic, {step} AS step, {what}, {n} AS n FROM {events} "
        f"WHERE {condition} GROUP BY {grouped}, e.area{_and(topic)}{_and(step)}"
    )
    return (
        f"SELECT {scope.value}, e.topic, e.step, {how_long}, e.kind, e.was, e.now, CAST(SUM(e.n) AS bigint) "
        f"FROM ({by_area}) e {scope.join} GROUP BY {scope.value}, e.topic, e.step, e.kind, e.was, e.now"
    )


def _and(column):
    """A further column to group by, unless it is the same for all."""
    return "" if column in ("''", "0") else f", {column}"
