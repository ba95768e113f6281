"""How the worker stands: its last sign of life, how far behind it is, what it has given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from duzhan.base.clock.instants import now
from duzhan.base.ledger import deliveries
from duzhan.base.ledger.models import Delivery, Tail

from . import rules
from .models import Beat

SILENT_AFTER = timedelta(minutes=1)  # a worker that lives says so every ten seconds

keeps_the_system = rules.keeps_the_system


@dataclass(frozen=True)
class Health:
    """The worker at one instant."""

    at: datetime
    beat_at: datetime | None
    workers: int  # heard of within the last minute
    unsettled: int
    unsettled_since: datetime | None
    waiting: int
    waiting_since: datetime | None
    given_up: int

    @property
    def is_silent(self) -> bool:
        return self.workers == 0


def health() -> Health:
    """In a fixed number of statements, each over what is open alone."""
    at = now()
    beats = Beat.objects.order_by("-at")
    tail = Tail.objects.aggregate(since=Min("event__recorded_at"))
    open_ = deliveries.waiting()
    return Health(
        at=at,
        beat_at=beats.values_list("at", flat=True).first(),
        workers=beats.filter(at__gt=at - SILENT_AFTER).count(),
        unsettled=Tail.objects.count(),
        unsettled_since=tail["since"],
        waiting=open_.count(),
        waiting_since=open_.aggregate(since=Min("event__recorded_at"))["since"],
        given_up=deliveries.failed().count(),
    )


def stuck():
    """Deliveries that have failed at least once and are not done: given up, or to be tried again."""
    return Delivery.objects.filter(done_at=None, failures__gt=0).select_related("event")
