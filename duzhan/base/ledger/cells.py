"""Where an event stands in the sums: in which steps of time, and in which cells along which axes."""

from datetime import UTC, datetime, timedelta

AXES = ("unit", "group", "place_kind", "topic")  # and the area, with all that lies around it
STEPLEN = 4  # letters of an area's path for each step down the tree

FINE, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
ORIGIN = datetime(1, 1, 1, tzinfo=UTC)  # steps are counted from here, on SQLite too
# A step of time as each database cuts it; the month has no fixed length.
CUT = {
    "postgresql": "date_bin('{seconds} seconds', {instant}, '0001-01-01 00:00:00+00')",
    "sqlite": (
        "datetime((strftime('%%s', substr({instant}, 1, 19)) + {origin}) / {seconds} * {seconds} - {origin}, 'unixepoch')"
    ),
}
MONTH = {"postgresql": "date_trunc('month', {}, 'UTC')", "sqlite": "substr({}, 1, 7) || '-01 00:00:00'"}
BRANCH = {"postgresql": "substr(e.topic, 1, strpos(e.topic, ':'))", "sqlite": "substr(e.topic, 1, instr(e.topic, ':'))"}


def cut(instant, step):
    """The beginning of the step in which an instant lies, in UTC whatever zone it is written in."""
    instant = instant.astimezone(UTC)
    return instant - (instant - ORIGIN) % step


def hour_of(instant):
    """The hour of an instant."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def day_of(instant):
    """The day of an instant, in UTC."""
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def month_of(instant):
    """The month of an instant, in UTC."""
    return day_of(instant).replace(day=1)


LEVELS = {"h": hour_of, "d": day_of, "M": month_of}  # in which steps sums are kept; in dense books by five minutes too


def cutting(vendor, instant, step) -> str:
    """`cut` as an expression of a database."""
    seconds, origin = step // timedelta(seconds=1), (datetime(1970, 1, 1, tzinfo=UTC) - ORIGIN) // timedelta(seconds=1)
    return CUT[vendor].format(instant=instant, seconds=seconds, origin=origin)


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
