"""Does a place lie inside an outline: a zone, a community, a county as GeoJSON draws it (RFC 7946)?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import itemgetter

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput
from duzhan.base.geo.positions import Datum, Position, read_datum

Ring = Sequence[tuple[float, float]]  # (lon, lat) in degrees, as in GeoJSON; first and last the same


@dataclass(frozen=True)
class Box:
    """The smallest upright rectangle around an outline, in degrees."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, lat: float, lon: float) -> bool:
        """Is the place in the rectangle or on its edge?"""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


@dataclass(frozen=True)
class Patch:
    """One closed line with the holes in it. An edge belongs to what it bounds, a hole's edge too."""

    rings: tuple[tuple[tuple[float, float], ...], ...]

    @cached_property
    def box(self) -> Box:
        """The rectangle around its outer ring."""
        lons, lats = zip(*self.rings[0], strict=True)
        return Box(min(lats), min(lons), max(lats), max(lons))

    @cached_property
    def edges(self) -> list:
        """Every edge, southern end first: whichever way a ring runs, the same edge rounds the same."""
        return [sorted(edge, key=itemgetter(1, 0)) for ring in self.rings for edge in pairwise(ring)]

    def contains(self, lat: float, lon: float) -> bool:
        """Is the place inside, not in a hole, or on an edge?"""
        if not self.box.contains(lat, lon):
            return False
        crossings = 0
        for south, north in self.edges:
            if _is_on(lat, lon, south, north):
                return True
            crossings += _is_crossed(lat, lon, south, north)
        return crossings % 2 == 1


@dataclass(frozen=True)
class Outline:
    """An area of one or several patches, in one datum. It does not reach across the 180th meridian."""

    patches: tuple[Patch, ...]
    datum: Datum = Datum.WGS84

    @cached_property
    def box(self) -> Box:
        """The rectangle around all patches."""
        boxes = [patch.box for patch in self.patches]
        return Box(
            min(box.south for box in boxes),
            min(box.west for box in boxes),
            max(box.north for box in boxes),
            max(box.east for box in boxes),
        )

    def contains(self, position: Position) -> bool:
        """Does the position, whatever its datum, lie inside or on the edge?"""
        here = position.to(self.datum)
        return self.box.contains(here.lat, here.lon) and any(
            patch.contains(here.lat, here.lon) for patch in self.patches
        )


def read_outline(geometry, datum: Datum = Datum.WGS84) -> Outline:
    """An outline from a GeoJSON Polygon or MultiPolygon (a dict). Raises BadInput for anything else."""
    drawn = geometry if isinstance(geometry, dict) else {}
    coordinates = drawn.get("coordinates")
    patches = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(str(drawn.get("type")))
    if not isinstance(patches, list | tuple) or not patches:
        raise _not_drawn()
    return Outline(tuple(_patch(rings) for rings in patches), read_datum(datum))


def _patch(rings):
    if not isinstance(rings, list | tuple) or not rings:
        raise _not_drawn()
    return Patch(tuple(_ring(ring) for ring in rings))


def _ring(ring):
    try:
        corners = [(float(lon), float(lat)) for lon, lat, *_height in ring]
    except (TypeError, ValueError, OverflowError):
        raise _not_drawn() from None
    if corners and corners[0] != corners[-1]:
        corners.append(corners[0])
    if len(corners) < 4 or not all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in corners):
        raise _not_drawn()
    return tuple(corners)


def _not_drawn():
    return BadInput(
        _("边界读不出来；应为 GeoJSON 的 Polygon 或 MultiPolygon，每个环至少三个角，先经度后纬度。"),
        field="geometry",
    )


def _is_crossed(lat, lon, south, north):
    """Does the edge cross the line due east of the place? Half-open, so that a corner counts once."""
    (lon1, lat1), (lon2, lat2) = south, north
    return lat1 <= lat < lat2 and lon < lon1 + (lat - lat1) / (lat2 - lat1) * (lon2 - lon1)


def _is_on(lat, lon, south, north):
    (lon1, lat1), (lon2, lat2) = south, north
    if not (lat1 <= lat <= lat2 and min(lon1, lon2) <= lon <= max(lon1, lon2)):
        return False
    return (lon2 - lon1) * (lat - lat1) == (lat2 - lat1) * (lon - lon1)
