"""What time it is in an operation of the demo: its story ended years ago, and its clock runs on from there."""

import time
from datetime import datetime, timedelta

from django.db.models import Max

from duzhan.base.clock.instants import now
from duzhan.base.ledger.models import Event

_began = {}  # operation → (where its story stood when this process first asked, the machine's seconds then)


def instant_in(operation) -> datetime:
    """This instant, in the told time of the operation; the real one where it is no demo."""
    if not operation.is_demo:
        return now()
    if operation.pk not in _began:
        newest = Event.objects.filter(book=operation.pk).aggregate(at=Max("recorded_at"))["at"]
        _began[operation.pk] = (newest or operation.started_at, time.monotonic())
    stood, since = _began[operation.pk]
    return stood + timedelta(seconds=time.monotonic() - since)
