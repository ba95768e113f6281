"""Folding new events into the sums while somebody writes; and whether the writer waits for it.

Ours: `settle`, as the worker calls it, until nothing waits. The limit: the same events put in their order and counted
once by hour, step and area with plain SQL, in one transaction.
"""

import threading
import time
from statistics import median

from django.db import connection, transaction

from bench import by_hand, district, lives
from bench.machine import Row, p99
from duzhan.base.clock.instants import now
from duzhan.base.ledger import rollups
from duzhan.base.ledger.models import Tail
from duzhan.supervision.problems.actions import find

QUESTIONS = 20  # at random instants, counted by hand once all is folded
MANY, DAYS = 50_000, 4  # problems, and the days in which they are found: some two thousand events an hour

LIMIT = (
    "CREATE TEMP TABLE bench_order AS SELECT row_number() OVER (ORDER BY t.id) AS position, e.id, e.digest "
    "FROM ledger_tail t JOIN ledger_event e ON e.id = t.event_id",
    "CREATE UNIQUE INDEX ON bench_order (position)",
    "CREATE UNIQUE INDEX ON bench_order (id)",
    "CREATE TEMP TABLE bench_sums AS SELECT e.book, e.kind, e.was, e.now, e.area, date_trunc('hour', e.at) AS hour, count(*) "
    "FROM bench_order o JOIN ledger_event e ON e.id = o.id GROUP BY 1, 2, 3, 4, 5, 6",
    "DROP TABLE bench_order, bench_sums",
)


def measure(options, say) -> list[Row]:
    operation, points, person, _units, _token = district.build("bench-folding")
    while rollups.settle():
        pass
    written = now()
    lives.write(operation, points, person, min(options.rows, MANY), say, DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_tail (event_id) SELECT id FROM ledger_event WHERE book = %s AND subject_id > %s ORDER BY recorded_at",
            [operation.pk, lives.FIRST],
        )
        cursor.execute("VACUUM ANALYZE")
    many = Tail.objects.count()
    say(f"folding {many:,} events")
    limit = many / _took(_limit)
    quiet = _writing(operation, points, person, lambda: time.sleep(3))
    took = []
    busy = _writing(operation, points, person, lambda: took.append(_took(_fold)))
    by_hand.compare(operation, DAYS, written, QUESTIONS, say)
    told = f"p99 {1000 * p99(busy):.0f} ms, {1000 * p99(quiet):.0f} ms without"
    return [
        Row("folding new events into the sums", many / took[0], limit, "/s", asked=20_000),
        Row("a write while events are folded", 1000 * median(busy), 1000 * median(quiet), "ms", told),
    ]


def _took(do):
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def _limit():
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in LIMIT:
            cursor.execute(statement)


def _fold():
    while rollups.settle():
        pass


def _writing(operation, points, person, meanwhile) -> list:
    """How long each write takes that somebody makes meanwhile, ten a second (seconds)."""
    took, stop = [], threading.Event()

    def write():
        try:
            while not stop.wait(0.1):
                took.append(_took(lambda: _enter(operation, points, person)))
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        meanwhile()
    finally:
        stop.set()
        writer.join()
    return took


def _enter(operation, points, person):
    find(operation, by=person, title="采样点排队间距不足", field="testing", cause="careless_measures", point=points[0])
