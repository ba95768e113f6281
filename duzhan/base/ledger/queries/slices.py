"""Which part of a book is asked for, as of which instant and as known at which."""

from dataclasses import dataclass, replace

from django.db.models import Q

from duzhan.base.clock.instants import now as clock_now

from ..models import Event

PATHS = {"area", "topic"}  # along these a bound takes everything below it


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
        return {axis: values for axis, values in found.items() if values not in (None, ("",))}

    def _areas(self):
        """What is asked for and what may be seen, of each two that overlap the narrower."""
        return (
            None
            if self.areas is None and not self.area
            else _met(self.area, ("",) if self.areas is None else self.areas)
        )

    def below(self, area) -> tuple:
        """The paths that an area and this slice have in common."""
        return _met(area, self.bounds().get("area", ("",)))

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


def _met(area, others) -> tuple:
    """The paths below both an area and one of the others; none of them lies in another."""
    pairs = [(area, other) for other in others if area.startswith(other) or other.startswith(area)]
    return tuple(outermost({max(pair, key=len) for pair in pairs}))


def outermost(areas) -> list:
    """Those of some areas that lie in no other of them."""
    return sorted(area for area in areas if not any(area != other and area.startswith(other) for other in areas))


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
