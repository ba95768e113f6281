"""Questions to the ledger: sums as of any instant, known at any instant, along any dimension."""

from collections import Counter
from dataclasses import dataclass, replace

from django.db.models import Q, Sum

from duzhan.base.clock.instants import now as clock_now

from .models import Event, Rollup
from .rollups import day_of, hour_of


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

    def axes(self):
        """The conditions by axis of the sums: {axis: Q over `value`}."""
        found = {}
        areas = [prefix for prefix in ((self.area,) if self.area else self.areas or ()) if prefix]
        if areas and not (self.areas and "" in self.areas and not self.area):
            found["area"] = _any(Q(value__startswith=prefix) for prefix in areas)
        units = (self.unit,) if self.unit is not None else self.units
        if units is not None:
            found["unit"] = Q(value__in=[str(unit) for unit in units])
        if self.group is not None:
            found["group"] = Q(value=str(self.group))
        if self.place_kind:
            found["place_kind"] = Q(value=self.place_kind)
        if self.topic:
            found["topic"] = Q(value__startswith=self.topic)
        return found

    def events(self) -> Q:
        """The same conditions over events."""
        found = Q()
        if self.area:
            found &= Q(area__startswith=self.area)
        if self.areas is not None:
            found &= _any(Q(area__startswith=prefix) for prefix in self.areas)
        if self.unit is not None:
            found &= Q(unit=self.unit)
        if self.units is not None:
            found &= Q(unit__in=self.units)
        if self.group is not None:
            found &= Q(group=self.group)
        if self.place_kind:
            found &= Q(place_kind=self.place_kind)
        if self.topic:
            found &= Q(topic__startswith=self.topic)
        return found

    def fits_sums(self) -> bool:
        """The sums are kept along one axis at a time; two bounds at once are counted from the events."""
        both_areas = bool(self.area and self.areas is not None and "" not in self.areas)
        both_units = self.unit is not None and self.units is not None
        return len(self.axes()) <= 1 and not both_areas and not both_units


def _any(conditions):
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found


ALL = Slice()


def until(as_of=None, known_at=None):
    """The two instants of a question, in order: nothing can be known before it happened."""
    known_at = known_at or clock_now()
    return min(as_of or known_at, known_at), known_at


def known_events(book, as_of=None, known_at=None, slice=ALL):
    """Events of a book that had taken effect as of one instant and were known at another."""
    as_of, known_at = until(as_of, known_at)
    return Event.objects.filter(slice.events(), book=book, at__lte=as_of, recorded_at__lte=known_at)


def totals(book, as_of=None, known_at=None, slice=ALL) -> Counter:
    """How often each step (kind, was, now) was taken: exact at any size and for any pair of instants.

    Whole days and hours come from the sums; the running hour and what is not yet settled from the events; what
    was recorded later than `known_at` is taken away again, found by the index of late events (ARCHITECTURE §4).
    """
    as_of, known_at = until(as_of, known_at)
    if not slice.fits_sums():
        return _count(known_events(book, as_of, known_at, slice))
    events = Event.objects.filter(slice.events(), book=book)
    day, hour = day_of(as_of), hour_of(as_of)
    found = _settled(book, day, hour, slice)
    found.update(_count(events.filter(tail__isnull=False, at__lt=hour)))
    found.update(_count(events.filter(at__gte=hour, at__lte=as_of, recorded_at__lte=known_at)))
    found.subtract(_count(events.filter(late=True, recorded_at__gt=known_at, at__lt=hour)))
    return found


def _settled(book, day, hour, slice):
    [(axis, values)] = slice.axes().items() or [("all", Q(value=""))]
    whole = Q(level="d", bucket__lt=day) | Q(level="h", bucket__gte=day, bucket__lt=hour)
    return _count(Rollup.objects.filter(whole, values, book=book, axis=axis), "total")


def _count(rows, column="amount"):
    counted = rows.order_by().values_list("kind", "was", "now").annotate(n=Sum(column))
    return Counter({(kind, was, now): n for kind, was, now, n in counted})


def story(subject):
    """Everything that happened to one subject, oldest first."""
    return Event.objects.filter(subject_kind=subject.subject_kind, subject_id=subject.pk).order_by("seq")
