"""截至: instants as a text states them, in the zone of the operation."""

from datetime import datetime


def instant_of(text, operation):
    """The instant that a cut-off names; None where there is none, or the year or the day is missing."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or operation.tz) if found else None
