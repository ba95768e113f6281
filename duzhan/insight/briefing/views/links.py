"""Where a number opens: the records behind it, as of the same instants and for the same part."""

from django.urls import reverse
from django.utils.http import urlencode


def records_url(operation, key, *, as_of, known_at, area="", group=None, since=None) -> str:
    """The page of the records behind a figure. `area` is a code, `group` a number, `since` leaves out what was there."""
    asked = {
        "operation": operation.code, "as_of": as_of.isoformat(), "known_at": known_at.isoformat(), "area": area,
        "group": group, "since": since and since.isoformat(),
    }  # fmt: skip
    return f"{reverse('figure-records', args=[key])}?{urlencode({name: each for name, each in asked.items() if each})}"
