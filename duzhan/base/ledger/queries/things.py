"""Different things that were met, each counted once however often; exact at any size and for any pair of instants."""

from django.db.models import Count, Q

from ..met import meets
from ..models import Met
from .asked import BY_EDGE, ON, THERE, WAITING, Instants, rows_of
from .cells import NUMBERS, Scope
from .slices import ALL, known_events, outermost, until
from .sums import _and, within


def distinct(book, kind, dimensions, as_of=None, known_at=None, slice=ALL) -> dict[str, int]:
    """How many different values of each dimension (place, unit) the encounters of a kind have: {dimension: n}."""
    return distinct_at(book, kind, dimensions, [until(as_of, known_at)[0]], known_at, slice)[0]


def distinct_at(book, kind, dimensions, instants, known_at=None, slice=ALL) -> list[dict[str, int]]:
    """`distinct` as of several instants, given in order, all known at the same one; one statement for all of them."""
    asked, scope = Instants.of(instants, known_at, may_pass=False), Scope.of(slice)
    if not _is_summed(scope):
        return [_different(encounters(book, kind, each, asked.known_at, slice), dimensions) for each in asked.each]
    rows = _sums(book, kind, dimensions, scope, asked)
    counted = asked.counted((step, how_long, _dimension(what), n) for _value, step, how_long, what, n in rows)
    return [{each: counter[each] for each in dimensions} for counter in counted]


def distinct_by(book, kind, dimensions, axis, as_of=None, known_at=None, slice=ALL) -> dict[str, dict[str, int]]:
    """`distinct` for each value along an axis (unit, group, place_kind, topic): {value: {dimension: n}}."""
    as_of, known_at = until(as_of, known_at)
    scope = Scope.of(slice, axis)
    if scope.bounds is not None or scope.topic:
        events = encounters(book, kind, as_of, known_at, slice).exclude(**{axis: None if axis in NUMBERS else ""})
        counts = {f"n{number}": Count(each, distinct=True) for number, each in enumerate(dimensions)}
        rows = events.values_list(axis).annotate(**counts)
        return {str(value): dict(zip(dimensions, numbers, strict=True)) for value, *numbers in rows}
    return _by_value(book, kind, dimensions, scope, as_of, known_at)


def distinct_within(
    book, kind, dimensions, areas, as_of=None, known_at=None, slice=ALL, *, elsewhere=True
) -> dict[str, dict[str, int]]:
    """`distinct` for each of some areas with everything below it; under "" what was met in none of them.

    What was met in two parts of an area is one thing in it: this is no sum of parts. What was met elsewhere is counted
    from the events, so say that there is nothing `elsewhere` where that is known.
    """
    as_of, known_at = until(as_of, known_at)
    scope, parts = within(slice, areas)
    nothing = dict.fromkeys(dimensions, 0)
    single = {area for area in areas if len(parts[area]) < 2 and scope.bounds is None and not scope.topic}
    told = _by_value(book, kind, dimensions, _of_areas(parts, single), as_of, known_at) if single else {}
    found = {area: told.get(parts[area][0], nothing) if parts[area] else nothing for area in single}
    for area in areas:
        if area not in single:
            found[area] = _different(encounters(book, kind, as_of, known_at, _in(slice, area)), dimensions)
    found[""] = _different(_elsewhere(book, kind, areas, as_of, known_at, slice), dimensions) if elsewhere else nothing
    return found


def _of_areas(parts, single):
    return Scope(values=tuple(sorted({value for area in single for value in parts[area]})))


def _in(slice, area):
    return slice.narrowed(area="", areas=slice.below(area))


def _elsewhere(book, kind, areas, as_of, known_at, slice):
    events = encounters(book, kind, as_of, known_at, slice).exclude(area="")
    for area in outermost(areas):
        events = events.exclude(area__startswith=area)
    return events


def things(book, kind, dimension, as_of=None, known_at=None, slice=ALL) -> Q:
    """The things themselves, as a condition on their primary key: as many as `distinct` says."""
    as_of, known_at = until(as_of, known_at)
    met, scope = encounters(book, kind, as_of, known_at, slice).exclude(**{dimension: None}), Scope.of(slice)
    if not _is_summed(scope):
        return Q(pk__in=met.values(dimension))
    firsts = Met.objects.filter(
        book=book, kind=f"{kind}:{dimension}", axis=scope.axis, value__in=scope.values, at__lte=as_of, recorded_at__lte=known_at
    )  # fmt: skip
    return Q(pk__in=firsts.values("thing")) | Q(pk__in=met.filter(tail__isnull=False).values(dimension))


def encounters(book, kind, as_of=None, known_at=None, slice=ALL):
    """Events of a kind by which things are met, such as visits; they have an index of their own."""
    return known_events(book, as_of, known_at, slice).filter(kind=kind, was="", now="").order_by()


def _different(events, dimensions) -> dict[str, int]:
    return events.aggregate(**{dimension: Count(dimension, distinct=True) for dimension in dimensions})


# --- from the sums ----------------------------------------------------------------------------------------------


def _is_summed(scope) -> bool:
    """Is one cell the answer? Things met in two cells are no sum of both."""
    return scope.bounds is None and not scope.topic and scope.values is not None and len(scope.values) < 2


def _by_value(book, kind, dimensions, scope, as_of, known_at):
    found, asked = {}, Instants.of([as_of], known_at, may_pass=False)
    for value, _step, _how_long, what, n in _sums(book, kind, dimensions, scope, asked):
        each = found.setdefault(value, dict.fromkeys(dimensions, 0))
        each[_dimension(what)] += n
    return found


def _dimension(what):
    return what.rpartition(":")[2]


def _sums(book, kind, dimensions, scope, asked):
    """Rows (value, step, how long, what, n): from the sums as steps are, and things that only unsettled events have met."""
    if scope.is_empty or scope.values == ():
        return []
    if unknown := set(dimensions) - set(meets().get(kind, ())):
        raise LookupError(f"no sums of different {', '.join(sorted(unknown))} are kept for {kind}: see Recorded.meets")
    kinds = ", ".join(f"'{kind}:{dimension}'" for dimension in dimensions)
    parts = [_settled(scope, kinds, *level) for level in asked.levels]
    for at, sign in (("m.at", ""), ("m.before", "-")):
        parts += _moved(scope, asked, at, sign, kinds)
    parts += [_unsettled(scope, asked, kind, dimension) for dimension in dimensions]
    return rows_of(book, scope, asked, parts, [("asked(step, instant)", _asked(asked)), WAITING])


def _asked(asked):
    return " UNION ALL ".join(f"SELECT {step}, {asked.at(instant)}" for step, instant in enumerate(asked.each))


def _settled(scope, kinds, level, condition, step, how_long):
    return (
        f"SELECT r.value, {step}, {how_long}, r.kind, CAST(SUM(r.total) AS bigint) FROM ledger_rollup r WHERE {scope.cells('r')} "
        f"AND r.level = '{level}' AND {condition} AND r.kind IN ({kinds}) GROUP BY r.value, r.kind{_and(step)}"
    )


def _moved(scope, asked, at, sign, kinds):
    """What became known too late is taken away again; then the first encounters between the edges and the instants."""
    step, where = asked.step(at, asked.edges), f"{scope.cells('m')} AND m.kind IN ({kinds})"
    yield (
        f"SELECT m.value, {step}, {ON}, m.kind, -({sign}COUNT(*)) FROM ledger_met m WHERE {where} AND m.late "
        f"AND m.recorded_at > {asked.known} AND {at} < {asked.at(asked.edges[-1])} GROUP BY m.value, m.kind{_and(step)}"
    )
    between = asked.up_to_the_instant(at)
    if between:
        step = asked.step(at, asked.each, "<=")
        yield (
            f"SELECT m.value, {step}, {BY_EDGE}, m.kind, {sign}COUNT(*) FROM ledger_met m WHERE {where} AND {between} "
            f"AND m.recorded_at <= {asked.known} GROUP BY m.value, m.kind{_and(step)}"
        )


def _unsettled(scope, asked, kind, dimension):
    return (
        f"SELECT {scope.value}, a.step, {THERE}, '{kind}:{dimension}', COUNT(DISTINCT e.{dimension}) FROM asked a "
        f"CROSS JOIN waiting e {scope.join} WHERE {scope.where} AND e.at <= a.instant AND e.kind = '{kind}' AND e.was = '' AND e.now = '' AND e.recorded_at <= {asked.known} "
        f"AND e.{dimension} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_met m WHERE m.book = e.book "
        f"AND m.kind = '{kind}:{dimension}' AND m.axis = '{scope.axis}' AND m.value = {scope.value} "
        f"AND m.thing = e.{dimension} AND m.at <= a.instant AND m.recorded_at <= {asked.known}) GROUP BY a.step{_and(scope.value)}"
    )
