"""Where an event stands in the sums: in which hour and day, and in which cells along which axes."""

from datetime import UTC

AXES = ("unit", "group", "place_kind", "topic")  # and the area, with all that lies around it
STEPLEN = 4  # letters of an area's path for each step down the tree


def hour_of(instant):
    """The hour of an instant, cut in UTC whatever zone it is written in: so the sums are cut."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def day_of(instant):
    """The day of an instant, cut in UTC whatever zone it is written in."""
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def cells_of(event):
    """The cells that an event belongs to, as (axis, value): each area around it from the root "", then the axes.

    An area's cell holds everything below it; the empty path is everything.
    """
    for depth in range(0, len(event.area) + 1, STEPLEN):
        yield "area", event.area[:depth]
    for axis in AXES:
        value = getattr(event, axis)
        if value not in ("", None):
            yield axis, str(value)
