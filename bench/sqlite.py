"""Visits with one problem each in batches of fifty on SQLite, which has one writer: ours is the action in one process."""

import random
import time

from django.db import connection

from bench import district, raw
from bench.machine import Row, p99
from bench.visits import BATCH, PROBLEM, newest
from duzhan.base.ledger.plain import uuid7
from duzhan.base.ledger.verify import verify
from duzhan.supervision.inspections.actions import record_visits


def measure(options, say) -> list[Row]:
    operation, points, inspector, _units, _token = district.build("bench-sqlite")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,), "the bench is about synchronous=FULL"

    def ours():
        rows = [{"id": uuid7(), "point": random.choice(points), "problems": [PROBLEM]} for _ in range(BATCH)]
        record_visits(operation, rows, by=inspector, via="api")

    ours()
    say(f"visits, batches of {BATCH}, one process on SQLite")
    write, took, limit = raw.writing(raw.left_by(newest(BATCH))), [], []
    until = time.perf_counter() + 2 * options.seconds
    while time.perf_counter() < until:  # by turns, so that whatever else the machine does meets both alike
        for work, times in ((ours, took), (write, limit)):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
    raw.forget()
    assert not list(verify()), "the ledger does not verify after the bench"
    rates = (BATCH * len(each) / sum(each) for each in (took, limit))
    what, note = f"visit with a problem, batches of {BATCH}, SQLite, one process", f"p99 {1000 * p99(took):.0f} ms"
    return [Row(what, *rates, "/s", note, share=0.60)]
