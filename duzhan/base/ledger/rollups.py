"""Settling: new events get their place in the order and are added to the hourly and daily sums."""

from collections import Counter
from datetime import UTC

from django.db import connection, transaction
from django.db.models import Max

from .models import Entry, Rollup, Tail

AXES = ("area", "unit", "group", "place_kind", "topic")
SETTLERS = 7_105_001  # the advisory lock that lets one process settle at a time on PostgreSQL

UPSERT = """
    INSERT INTO ledger_rollup (book, axis, level, bucket, value, kind, was, now, total)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (book, axis, level, bucket, value, kind, was, now)
    DO UPDATE SET total = ledger_rollup.total + excluded.total
"""


@transaction.atomic
def settle(limit=5000) -> int:
    """Take up to `limit` events out of the tail into the order and the sums; returns how many.

    A reader sees each event either in the tail or in the sums, never in both: all of it is one transaction.
    A writer never waits for it.
    """
    one_at_a_time()
    waiting = list(Tail.objects.select_related("event").order_by("pk")[:limit])
    if not waiting:
        return 0
    last = Entry.objects.aggregate(last=Max("position"))["last"] or 0
    Entry.objects.bulk_create(
        [Entry(position=last + n, event=tail.event, digest=tail.event.digest) for n, tail in enumerate(waiting, 1)],
        batch_size=500,
    )
    _add_up([tail.event for tail in waiting])
    Tail.objects.filter(pk__in=[tail.pk for tail in waiting]).delete()
    return len(waiting)


def one_at_a_time():
    """Until the transaction ends, nobody else settles or seals (on SQLite nobody else writes at all)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETTLERS])


def _add_up(events):
    cells = Counter()
    for event in events:
        for level, bucket in (("h", hour_of(event.at)), ("d", day_of(event.at))):
            for axis, value in cells_of(event):
                cells[event.book, axis, level, bucket, value, event.kind, event.was, event.now] += event.amount
    adapt = connection.ops.adapt_datetimefield_value
    rows = [(b, axis, level, adapt(bucket), *rest, total) for (b, axis, level, bucket, *rest), total in cells.items()]
    with connection.cursor() as cursor:
        cursor.executemany(UPSERT, sorted(rows))  # sorted: cells are locked in one order


def cells_of(event):
    """The columns of the sums that an event is added to: all together, and along each axis where it has a value."""
    yield "all", ""
    for axis in AXES:
        value = getattr(event, axis)
        if value not in ("", None):
            yield axis, str(value)


def hour_of(instant):
    """The hour of an instant, cut in UTC whatever zone it is written in: so the sums are cut."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def day_of(instant):
    """The day of an instant, cut in UTC whatever zone it is written in."""
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def rebuild():
    """Throw the sums away and add them up again from the settled events: for an office that has moved databases."""
    with transaction.atomic():
        one_at_a_time()
        Rollup.objects.all().delete()
        batch = []
        for entry in Entry.objects.select_related("event").order_by("position").iterator(chunk_size=5000):
            batch.append(entry.event)
            if len(batch) == 5000:
                _add_up(batch)
                batch = []
        _add_up(batch)
