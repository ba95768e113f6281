"""Questions to the ledger: sums as of any instant, known at any instant, along any dimension."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Case, CharField, Count, Exists, IntegerField, Min, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Cast, Substr

from duzhan.base.clock.instants import now as clock_now

from .models import Event, Rollup
from .rollups import day_of, hour_of

PATHS = {"area", "topic"}  # along these a bound takes everything below it
NUMBERS = {"unit", "group"}
STEP = ("kind", "was", "now")
TICK = timedelta(microseconds=1)  # instants have no finer parts


@dataclass(frozen=True)
class Slice:
    """Which part of a book is asked for. None or "" leaves a dimension open.

    `area` and `topic` take everything below them (paths, so prefixes); `areas` and `units` bound what the asker
    may see at all.
    """

    area: str = ""
    unit: int | None = None
    group: int | None = None
    place_kind: str = ""
    topic: str = ""
    areas: tuple | None = None
    units: tuple | None = None

    def narrowed(self, **more):
        return replace(self, **more)

    def bounds(self) -> dict:
        """The values that are let through along each bounded axis; for paths, their beginnings."""
        found = {
            "area": self._areas(),
            "unit": self._units(),
            "group": None if self.group is None else (self.group,),
            "place_kind": (self.place_kind,) if self.place_kind else None,
            "topic": (self.topic,) if self.topic else None,
        }
        return {axis: values for axis, values in found.items() if values is not None}

    def _areas(self):
        """What is asked for and what may be seen, of each two that overlap the narrower."""
        pairs = [(self.area, allowed) for allowed in self.areas] if self.areas is not None else [(self.area, "")]
        met = {max(pair, key=len) for pair in pairs if pair[0].startswith(pair[1]) or pair[1].startswith(pair[0])}
        return None if "" in met else tuple(sorted(met))

    def _units(self):
        if self.unit is None:
            return self.units
        return (self.unit,) if self.units is None or self.unit in self.units else ()

    def events(self) -> Q:
        """The bounds as a condition over events."""
        found = Q()
        for axis, values in self.bounds().items():
            found &= _within(axis, axis, values)
        return found


ALL = Slice()


def _within(axis, column, values):
    if axis not in PATHS:
        return Q(**{f"{column}__in": values})
    found = Q(pk__in=[])
    for beginning in values:
        found |= Q(**{f"{column}__startswith": beginning})
    return found


def until(as_of=None, known_at=None):
    """The two instants of a question, in order: nothing can be known before it happened."""
    known_at = known_at or clock_now()
    return min(as_of or known_at, known_at), known_at


def known_events(book, as_of=None, known_at=None, slice=ALL):
    """Events of a book that had taken effect as of one instant and were known at another."""
    as_of, known_at = until(as_of, known_at)
    return Event.objects.filter(slice.events(), book=book, at__lte=as_of, recorded_at__lte=known_at)


# --- sums of steps ----------------------------------------------------------------------------------------------


def totals(book, as_of=None, known_at=None, slice=ALL) -> Counter:
    """How often each step (kind, was, now) was taken: exact at any size and for any pair of instants."""
    return totals_at(book, [until(as_of, known_at)[0]], known_at, slice)[0]


def totals_at(book, instants, known_at=None, slice=ALL) -> list[Counter]:
    """`totals` as of several instants, given in order, all known at the same one; one statement for all of them."""
    known_at = known_at or clock_now()
    instants = [min(instant, known_at) for instant in instants]
    added, running = [Counter() for _ in instants], [Counter() for _ in instants]
    for step, alone, kind, was, now, n in _sums(book, instants, known_at, slice):
        (running if alone else added)[step][kind, was, now] += n
    sofar, found = Counter(), []
    for here, alone in zip(added, running, strict=True):
        sofar.update(here)
        found.append(Counter({step: sofar[step] + alone[step] for step in sofar.keys() | alone.keys()}))
    return found


def totals_by(book, axis, as_of=None, known_at=None, slice=ALL, *, length=None) -> dict[str, Counter]:
    """`totals` for each value along an axis (area, unit, group, place_kind, topic), in one statement.

    Values are text, also those of units and groups. With `length`, paths are cut to their first `length` letters.
    """
    as_of, known_at = until(as_of, known_at)
    found = {}
    for value, _step, _alone, kind, was, now, n in _sums(book, [as_of], known_at, slice, axis, length):
        found.setdefault(value, Counter())[kind, was, now] += n
    return found


def _sums(book, instants, known_at, slice, axis=None, length=None):
    """Rows (value where an axis is given, step, alone, kind, was, now, n).

    Whole days and hours come from the sums, the running hours and what is not yet settled from the events; what was
    recorded later than `known_at` is taken away again, found by the index of late events (ARCHITECTURE §4). All in
    one statement: an event that is settled meanwhile is seen on exactly one side.
    A row counts from the instant number `step` on, or, when `alone`, at that instant only.
    """
    events, bounds = Event.objects.filter(slice.events(), book=book), slice.bounds()
    if len({*bounds, *([axis] if axis else [])}) > 1:  # the sums are kept along one axis at a time
        known = events.filter(at__lte=instants[-1], recorded_at__lte=known_at)
        return _counted(known, _first("at__lte", instants), Sum("amount"), axis, length)
    hours = [hour_of(instant + TICK) for instant in instants]
    before, step = events.filter(at__lt=hours[-1]), _first("at__lt", hours)
    parts = [
        _counted(_settled(book, bounds, axis, hours), _first("bucket__lt", hours), Sum("total"), axis, length),
        _counted(before.filter(tail__isnull=False), step, Sum("amount"), axis, length),
        _counted(before.filter(late=True, recorded_at__gt=known_at), step, -Sum("amount"), axis, length),
    ]
    for number, (hour, instant) in enumerate(zip(hours, instants, strict=True)):
        if hour <= instant:
            running = events.filter(at__gte=hour, at__lte=instant, recorded_at__lte=known_at)
            parts.append(_counted(running, Value(number), Sum("amount"), axis, length, alone=1))
    return parts[0].union(*parts[1:], all=True)


def _settled(book, bounds, axis, hours):
    """The sums before the last of these hours: by days up to the first, then by hours."""
    rows = Rollup.objects.filter(book=book, axis=axis or next(iter(bounds), "all"))
    for bound, values in bounds.items():
        rows = rows.filter(_within(bound, "value", values if bound in PATHS else [str(each) for each in values]))
    day = day_of(hours[0])
    return rows.filter(Q(level="d", bucket__lt=day) | Q(level="h", bucket__gte=day, bucket__lt=hours[-1]))


def _first(condition, instants):
    """The number of the first of these instants for which the condition holds."""
    steps = [When(**{condition: instant}, then=Value(number)) for number, instant in enumerate(instants)]
    return Case(*steps, output_field=IntegerField())


def _counted(rows, step, total, axis, length, alone=0):
    rows = rows.annotate(step_=step, alone_=Value(alone)).order_by()
    if axis is None:
        return rows.values_list("step_", "alone_", *STEP).annotate(n=total)
    return _valued(rows, axis, length).values_list("value_", "step_", "alone_", *STEP).annotate(n=total)


def _valued(rows, axis, length):
    """Rows with their value along an axis as a column of text; of events, those that have one, as in the sums."""
    column = axis if rows.model is Event else "value"
    if rows.model is Event:
        rows = rows.exclude(**{axis: None if axis in NUMBERS else ""})
    return rows.annotate(value_=Substr(column, 1, length) if length else Cast(column, CharField()))


# --- different things -------------------------------------------------------------------------------------------


def distinct(book, kinds, dimensions, as_of=None, known_at=None, slice=ALL) -> dict[str, int]:
    """How many different values of each dimension (place, unit …) the encounters of these kinds have: {dimension: n}."""
    return different(encounters(book, kinds, as_of, known_at, slice), dimensions)


def encounters(book, kinds, as_of=None, known_at=None, slice=ALL):
    """Events of these kinds with a thing that moves through no stages, such as visits: they have an index of their own."""
    return known_events(book, as_of, known_at, slice).filter(kind__in=kinds, was="", now="").order_by()


def different(events, dimensions) -> dict[str, int]:
    """How many different values of each dimension some events have."""
    return events.aggregate(**{dimension: Count(dimension, distinct=True) for dimension in dimensions})


def distinct_by(
    book, kinds, dimensions, axis, as_of=None, known_at=None, slice=ALL, *, length=None
) -> dict[str, dict[str, int]]:
    """`distinct` for each value along an axis: {value: {dimension: n}}."""
    events = encounters(book, kinds, as_of, known_at, slice)
    counts = {f"n{number}": Count(each, distinct=True) for number, each in enumerate(dimensions)}
    rows = _valued(events, axis, length).values_list("value_").annotate(**counts)
    return {value: dict(zip(dimensions, numbers, strict=True)) for value, *numbers in rows}


def distinct_at(book, kinds, dimensions, instants, known_at=None, slice=ALL) -> list[dict[str, int]]:
    """`distinct` as of several instants, given in order: each thing counts from its first event on."""
    known_at = known_at or clock_now()
    instants = [min(instant, known_at) for instant in instants]
    events = encounters(book, kinds, instants[-1], known_at, slice)
    found = [dict.fromkeys(dimensions, 0) for _ in instants]
    for dimension in dimensions:
        firsts = events.exclude(**{dimension: None}).values_list(dimension).annotate(first=Min("at"))
        for _value, first in firsts:
            for each in found[bisect_left(instants, first) :]:
                each[dimension] += 1
    return found


# --- what is behind them ----------------------------------------------------------------------------------------


def standing(book, subject_kind, stages, as_of=None, known_at=None, slice=ALL):
    """The subjects that stood in one of these stages: of each, the event that brought it there or last touched it.

    As many as the sum of steps says: within a subject both instants never decrease, so what is known and has taken
    effect is the beginning of its story, and the last step of that beginning says where it stands.
    """
    as_of, known_at = until(as_of, known_at)
    newer = Event.objects.filter(
        subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id"), seq__gt=OuterRef("seq"),
        at__lte=as_of, recorded_at__lte=known_at,
    ).exclude(was="", now="")  # fmt: skip
    events = known_events(book, as_of, known_at, slice).filter(subject_kind=subject_kind, now__in=stages)
    return events.filter(~Exists(newer))


def states(subject_kind, ids, as_of=None, known_at=None, columns=None) -> dict[int, dict]:
    """The recorded columns of subjects as they stood: {id: {column: value}}, instants as the ledger writes them.

    With `columns`, only events that changed one of these are read.
    """
    as_of, known_at = until(as_of, known_at)
    events = Event.objects.filter(
        subject_kind=subject_kind, subject_id__in=ids, at__lte=as_of, recorded_at__lte=known_at
    )
    if columns:
        events = events.filter(changes__has_any_keys=list(columns))
    found = {}
    for subject, changes in events.order_by("subject_id", "seq").values_list("subject_id", "changes"):
        kept = {name: value for name, value in changes.items() if not columns or name in columns}
        found.setdefault(subject, {}).update(kept)
    return found


def story(subject):
    """Everything that happened to one subject, oldest first."""
    return Event.objects.filter(subject_kind=subject.subject_kind, subject_id=subject.pk).order_by("seq")
