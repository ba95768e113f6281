"""The areas in which the five operations take place, with the middle of each."""

import tomllib
from functools import cache
from pathlib import Path

from duzhan.places import actions as places
from duzhan.places.models import Area

FOLDER = Path(__file__).parent / "data"


@cache
def _rows():
    return tomllib.loads((FOLDER / "areas.toml").read_text(encoding="utf-8"))


def enter_areas():
    """Enter the whole tree, in the order of the codes; what is there already stays as it is."""
    rows = [
        {"code": code, "name": name, "short_name": short_name, "level": level, "parent": above}
        for code, (name, short_name, level, above, *_middle) in _rows().items()
    ]
    places.enter_areas(rows)


def area(code) -> Area:
    """The area with this code."""
    return Area.objects.get(code=code)


def middle(code) -> tuple[float, float]:
    """Latitude and longitude of the middle of an area, WGS 84, to some hundred metres."""
    *_words, lat, lon = _rows()[code]
    return lat, lon
