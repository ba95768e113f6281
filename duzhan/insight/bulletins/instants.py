"""截至: instants as a text states them, in the zone of the operation."""

from datetime import date, datetime

from duzhan.base.clock.instants import end_of_day
from duzhan.base.clock.instants import now as clock_now


def instant_of(text, operation):
    """The instant that a cut-off names, a day without an hour to its end; None where the year or the day is missing."""
    try:
        if text and "T" not in text:
            return end_of_day(date.fromisoformat(text), operation.tz)
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or operation.tz) if found else None


def with_its_year(text, operation):
    """A cut-off without a year (--11-25T18:00) in the one year in which it falls into the operation; else as it was."""
    if not text or not text.startswith("--"):
        return text
    first, last = operation.started_at, operation.ended_at or clock_now()
    years = range(first.astimezone(operation.tz).year, last.astimezone(operation.tz).year + 1)
    told = [f"{year}{text[1:]}" for year in years]
    inside = [each for each in told if (at := instant_of(each, operation)) and first <= at <= end_of(last, operation)]
    return inside[0] if len(inside) == 1 else text


def end_of(instant, operation):
    """The end of an instant's day where the operation runs."""
    return end_of_day(instant.astimezone(operation.tz).date(), operation.tz)
