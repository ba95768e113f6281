"""Where a number opens: the records behind it, as of the same instants and for the same part."""

from django.urls import reverse
from django.utils.http import urlencode


def records_url(key, *, as_of, known_at, area="", group=None) -> str:
    """The page of the records behind a figure. `area` is a code, `group` a number."""
    asked = {"as_of": as_of.isoformat(), "known_at": known_at.isoformat(), "area": area, "group": group}
    return f"{reverse('figure-records', args=[key])}?{urlencode({name: each for name, each in asked.items() if each})}"
