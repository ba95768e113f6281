"""Positions with the datum they were measured in, and how far apart they are.

Chinese maps and many phones in China give GCJ-02, which is WGS-84 bent by some hundred metres; receivers, and
maps in CGCS2000, give WGS-84. A position keeps what it was given as, and is converted when two are compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, degrees, hypot, isfinite, pi, radians, sin, sqrt

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput

EARTH_RADIUS = 6_371_008.8  # metres, the mean radius (IUGG)
KRASOVSKY_AXIS = 6_378_245.0  # metres; the ellipsoid the bending is computed on
KRASOVSKY_E2 = 0.006_693_421_622_965_943
BENT_LATITUDES = (0.8293, 55.8271)  # the rectangle within which map makers bend
BENT_LONGITUDES = (72.004, 137.8347)
FARTHEST_BEND = 0.02  # degrees
CLOSE_ENOUGH = 1e-10  # degrees, about 0.01 mm
MOST_ROUNDS = 30


class Datum(StrEnum):
    """What a latitude and longitude are measured against. CGCS2000 differs from WGS-84 by centimetres."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"


def read_datum(text) -> Datum:
    """The datum of that name, `WGS-84` or `GCJ-02`. Raises BadInput for any other."""
    try:
        return Datum(text)
    except ValueError:
        raise BadInput(
            _("没有“%(datum)s”这个坐标系；可用 WGS-84 或 GCJ-02。") % {"datum": str(text)[:20]}, field="datum"
        ) from None


@dataclass(frozen=True)
class Position:
    """A latitude and longitude in degrees, with their datum. Raises BadInput if they are none."""

    lat: float
    lon: float
    datum: Datum = Datum.WGS84

    def __post_init__(self):
        try:
            object.__setattr__(self, "lat", _degrees(self.lat, 90))
            object.__setattr__(self, "lon", _degrees(self.lon, 180))
            object.__setattr__(self, "datum", read_datum(self.datum))
        except (TypeError, ValueError, OverflowError):
            raise BadInput(
                _("“%(lat)s，%(lon)s”不是位置；纬度应在 ±90 度、经度在 ±180 度以内。")
                % {"lat": str(self.lat)[:20], "lon": str(self.lon)[:20]},
                field="position",
            ) from None

    def to(self, datum: Datum | str) -> "Position":
        """The same place in another datum; there and back again is within a millimetre."""
        wanted = read_datum(datum)
        if wanted is self.datum:
            return self
        return Position(*CONVERSIONS[self.datum, wanted](self.lat, self.lon), wanted)


def _degrees(value, most):
    number = float(value)
    if not isfinite(number) or abs(number) > most:
        raise ValueError(value)
    return number


def metres_between(one: Position, other: Position) -> float:
    """The distance along the ground as the crow flies, in metres: haversine, within 0.6 %."""
    here, there = one.to(Datum.WGS84), other.to(Datum.WGS84)
    lat1, lat2 = radians(here.lat), radians(there.lat)
    across = sin((lat2 - lat1) / 2) ** 2
    across += cos(lat1) * cos(lat2) * sin(radians(there.lon - here.lon) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(across)))


def is_bent(lat: float, lon: float, margin: float = 0.0) -> bool:
    """Does GCJ-02 differ from WGS-84 at this WGS-84 place? It does in one rectangle around China."""
    (south, north), (west, east) = BENT_LATITUDES, BENT_LONGITUDES
    return south - margin <= lat <= north + margin and west - margin <= lon <= east + margin


def wgs84_to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """Bend a WGS-84 latitude and longitude, in degrees, to GCJ-02. Outside the rectangle nothing changes."""
    if not is_bent(lat, lon):
        return lat, lon
    north, east = _bend(lat, lon)
    return lat + north, lon + east


def gcj02_to_wgs84(lat: float, lon: float) -> tuple[float, float]:
    """Unbend a GCJ-02 latitude and longitude, in degrees: found by going there and correcting the miss."""
    straight = lat, lon
    if not is_bent(lat, lon, FARTHEST_BEND):  # out there the formula means nothing and runs away
        return straight
    for _round in range(MOST_ROUNDS):
        north, east = _bend(*straight)
        missed = lat - straight[0] - north, lon - straight[1] - east
        straight = straight[0] + missed[0], straight[1] + missed[1]
        if hypot(*missed) < CLOSE_ENOUGH:
            break
    return straight if is_bent(*straight) else (lat, lon)


CONVERSIONS: dict[tuple[Datum, Datum], Callable] = {
    (Datum.WGS84, Datum.GCJ02): wgs84_to_gcj02,
    (Datum.GCJ02, Datum.WGS84): gcj02_to_wgs84,
}


def _bend(lat, lon):
    """How far GCJ-02 lies north and east of WGS-84, in degrees (the published formula)."""
    x, y = lon - 105.0, lat - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += _waves(x, ((20.0, 6.0), (20.0, 2.0)))
    north += _waves(y, ((20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30)))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += _waves(x, ((20.0, 6.0), (20.0, 2.0), (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30)))
    return _to_degrees(north, east, lat)


def _waves(angle, terms):
    return sum(height * sin(angle * often * pi) for height, often in terms) * 2.0 / 3.0


def _to_degrees(north, east, lat):
    flattened = 1 - KRASOVSKY_E2 * sin(radians(lat)) ** 2
    meridian = KRASOVSKY_AXIS * (1 - KRASOVSKY_E2) / flattened**1.5
    parallel = KRASOVSKY_AXIS / sqrt(flattened) * cos(radians(lat))
    return degrees(north / meridian), degrees(east / parallel)
