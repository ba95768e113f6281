"""What follows an event. Promised with it, carried out by the worker: no broker, nothing lost, nothing twice."""

import logging
from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from duzhan.base.clock.instants import now as clock_now

from .models import Delivery

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
TRIES = 5

_handlers = defaultdict(dict)  # event kind -> {name: function}


def subscribe(*kinds):
    """Call the decorated function, once and in a transaction of its own, after each event of these kinds."""

    def register(handler):
        name = f"{handler.__module__}.{handler.__name__}"
        for kind in kinds:
            _handlers[kind][name] = handler
        return handler

    return register


def subscriptions() -> dict:
    """Event kind -> names of what follows it."""
    return {kind: sorted(handlers) for kind, handlers in sorted(_handlers.items())}


def promised(events) -> list[dict]:
    """The rows that promise what follows these events, to be written with them."""
    return [
        {"event_id": event.pk, "handler": name, "not_before": event.recorded_at, "failures": 0, "error": ""}
        for event in events
        for name in _handlers.get(event.kind, ())
    ]


def carry_out(limit=100) -> int:
    """Carry out up to `limit` promises that are due; returns how many were tried."""
    for tried in range(limit):
        if not _carry_out_next():
            return tried
    return limit


def _carry_out_next() -> bool:
    """Lease the oldest due promise by a conditional UPDATE, so that two workers never hold the same one."""
    now = clock_now()
    open_ = Delivery.objects.filter(done_at=None, failures__lt=TRIES, not_before__lte=now)
    due = open_.select_related("event").order_by("not_before", "pk").first()
    if due is None:
        return False
    lease = Delivery.objects.filter(pk=due.pk, done_at=None, not_before=due.not_before)
    if lease.update(not_before=now + LEASE):
        _carry_out_one(due)
    return True


def _carry_out_one(delivery):
    handler = _handlers[delivery.event.kind].get(delivery.handler)
    try:
        with transaction.atomic():
            if handler:  # one that no longer exists has nothing left to do
                handler(delivery.event)
            Delivery.objects.filter(pk=delivery.pk).update(done_at=clock_now())
    except Exception as error:
        log.exception("%s failed on %s", delivery.handler, delivery.event_id)
        wait = timedelta(seconds=10 * 4**delivery.failures)
        Delivery.objects.filter(pk=delivery.pk).update(
            failures=F("failures") + 1, not_before=clock_now() + wait, error=f"{type(error).__name__}: {error}"[:2000]
        )


def waiting():
    """Promises not carried out yet and not given up."""
    return Delivery.objects.filter(done_at=None, failures__lt=TRIES)


def failed():
    """Promises given up after five tries: an office looks at these."""
    return Delivery.objects.filter(done_at=None, failures__gte=TRIES)


def try_again(delivery_ids):
    """Give promises that were given up five more tries."""
    failed().filter(pk__in=delivery_ids).update(failures=0, not_before=clock_now())
