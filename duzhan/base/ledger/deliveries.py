"""What follows an event. Promised with it, carried out by the worker: no broker, nothing lost, nothing twice."""

import logging
from collections import defaultdict
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F

from duzhan.base import sweeping
from duzhan.base.clock.instants import now as clock_now

from .models import Delivery

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)  # renewed while a worker is at it; who dies leaves what it had leased for so long
TRIES = 5
# Promises that share a transaction. On PostgreSQL each has its own: the rows it locks must not wait for the next one. On
# SQLite nobody else can write in any case, and each transaction waits for the disk.
TOGETHER = {"postgresql": 1, "sqlite": 20}

PROMISE = ("event_id", "handler", "not_before", "failures", "error")

_handlers = defaultdict(dict)  # event kind -> {name: function}


def subscribe(*kinds):
    """Call the decorated function, once and in a transaction, after each event of these kinds."""

    def register(handler):
        name = f"{handler.__module__}.{handler.__name__}"
        for kind in kinds:
            _handlers[kind][name] = handler
        return handler

    return register


def subscriptions() -> dict:
    """Event kind -> names of what follows it."""
    return {kind: sorted(handlers) for kind, handlers in sorted(_handlers.items())}


def promised(events) -> list[tuple]:
    """The rows that promise what follows these events, to be written with them: the values of `PROMISE`."""
    return [(event.id, name, event.recorded_at, 0, "") for event in events for name in _handlers.get(event.kind, ())]


def carry_out(limit=100) -> int:
    """Carry out up to `limit` promises that are due, the oldest first; returns how many were tried."""
    leased, until = _lease(limit)
    together = TOGETHER[connection.vendor]
    for start in range(0, len(leased), together):
        until = _renewed(leased[start:], until)
        _keep(leased[start : start + together], until)
    return len(leased)


def _lease(limit):
    """Take promises that are due, so that no other worker takes them; and until when."""
    now = clock_now()
    due = Delivery.objects.filter(done_at=None, failures__lt=TRIES, not_before__lte=now).order_by("not_before", "pk")
    if not due.exists():  # a look costs no lock
        return [], None
    until = now + LEASE
    with transaction.atomic():
        free = due.select_related("event").select_for_update(skip_locked=connection.vendor != "sqlite", of=("self",))
        leased = list(free[:limit])
        Delivery.objects.filter(pk__in=[each.pk for each in leased]).update(not_before=until)
    return leased, until


def _renewed(promises, until):
    """Until when these are leased: for longer, once half of the time has gone."""
    now = clock_now()
    if until - now > LEASE / 2:
        return until
    Delivery.objects.filter(pk__in=[each.pk for each in promises], not_before=until).update(not_before=now + LEASE)
    return now + LEASE


def _keep(promises, until):
    """Carry out promises in one transaction: what one wrote that fails is undone with it, and with it alone.

    They are marked as done first. So their rows are locked as long as it takes: no other worker takes them, even when
    the lease runs out meanwhile; and who dies leaves neither the mark nor what was written.
    """
    ours = Delivery.objects.filter(pk__in=[each.pk for each in promises], done_at=None, not_before=until)
    try:
        with transaction.atomic():
            if ours.update(done_at=clock_now()) < len(promises):
                raise _Lost
            for each in promises:
                if error := _error_of(each):
                    _put_off(each, error, Delivery.objects.filter(pk=each.pk))
    except _Lost:
        log.warning("the lease of %s promises ran out before they were carried out", len(promises))
    except Exception as error:
        if len(promises) == 1:  # undone, the mark too: by now somebody else may have taken it and carried it out
            _put_off(promises[0], error, ours)
            return
        for each in promises:  # one of them left behind what the database refuses in the end
            _keep([each], until)


class _Lost(Exception):
    """The lease ran out and somebody else took one of them."""


def _error_of(promise):
    """Carry out one promise; what it failed with, or None."""
    handler = _handlers[promise.event.kind].get(promise.handler)
    try:
        with transaction.atomic():
            if handler:  # one that no longer exists has nothing left to do
                handler(promise.event)
    except Exception as error:
        return error
    return None


def _put_off(promise, error, where):
    log.error("%s failed on %s", promise.handler, promise.event_id, exc_info=error)
    wait = timedelta(seconds=10 * 4**promise.failures)
    where.update(
        done_at=None, failures=F("failures") + 1, not_before=clock_now() + wait,
        error=f"{type(error).__name__}: {error}"[:2000],
    )  # fmt: skip


def forget_done(older_than, limit=sweeping.PORTION) -> int:
    """清理: remove promises that were kept so long ago, the oldest first and no more than `limit`; returns how many.

    What waits, and what was given up, stays however old it is.
    """
    return sweeping.remove(Delivery.objects.filter(done_at__lt=clock_now() - older_than).order_by("done_at"), limit)


def waiting():
    """Promises not carried out yet and not given up."""
    return Delivery.objects.filter(done_at=None, failures__lt=TRIES)


def failed():
    """Promises given up after five tries: an office looks at these."""
    return Delivery.objects.filter(done_at=None, failures__gte=TRIES)


def try_again(delivery_ids):
    """Give promises that were given up five more tries."""
    failed().filter(pk__in=delivery_ids).update(failures=0, not_before=clock_now())
