"""A ledger of many problems, straight into the tables: each found on a visit and led through its life in steps.

The digests are not those of a true chain, and no current rows are written: this is for questions to the sums and the
events. Sums and first encounters are made by the product's own statements.
"""

import time
from datetime import timedelta

from django.db import connection

from bench.machine import room_in_the_database
from duzhan.base.clock.instants import now
from duzhan.base.ledger import met, rollups
from duzhan.base.ledger.cells import hour_of
from duzhan.base.ledger.models import Dense

DAYS = 30
FIRST = 1_000_000_000  # the number of the first subject, far from those that actions give
BYTES = 4_000  # of disk for one problem with its visit, its events and their sums, at most
PART = 200_000  # visits whose first encounters are worked out together

# Lives are written in the order in which they begin, as a ledger grows: what happened in one hour lies together.
# A life in steps: (kind, was, now, hours after it was found, share of the problems that come this far, due, was_due).
# One in five goes slower and is mended after its deadline; 3 % are learned of an hour to two days late.
LIFE = (
    ("problem.find", "", "found", 0, 1.00, "NULL", "NULL"),
    ("problem.hand_over", "found", "handed_over", 1, 0.98, "deadline", "NULL"),
    ("problem.accept", "handed_over", "accepted", 3, 0.95, "NULL", "NULL"),
    ("problem.report_rectified", "accepted", "rectified", 20, 0.92, "NULL", "greatest(deadline, at)"),
    ("problem.close", "rectified", "closed", 44, 0.85, "NULL", "NULL"),
)
LIVES = """
    CREATE TEMP TABLE bench_life AS
    SELECT i, found_at, luck, pace, delay, found_at + pace + interval '24 hours 1 microsecond' AS deadline, p.* FROM (
        SELECT i, (random() * %(last)s)::int AS n, %(began)s + random() * %(span)s * interval '1 s' AS found_at,
        random() AS luck, CASE WHEN random() < 0.2 THEN interval '1.6 hours' ELSE interval '1 hour' END AS pace,
        CASE WHEN random() < 0.03 THEN (1 + 47 * random()) * interval '1 hour' ELSE interval '0' END AS delay
        FROM generate_series(1, %(many)s) i
    ) l JOIN (
        SELECT id AS point, area_path AS area, body_id AS unit, kind AS place_kind, row_number() OVER (ORDER BY id) - 1 AS n
        FROM places_point WHERE id = ANY(%(points)s)
    ) p USING (n) ORDER BY found_at
"""
STEP = """
    INSERT INTO ledger_event (id, book, kind, subject_kind, subject_id, seq, at, recorded_at, late, actor, via, was, now, area,
    unit, "group", place, place_kind, topic, due, was_due, amount, facts, changes, prev, digest)
    SELECT lpad(to_hex(%(which)s * 1000000000::bigint + i), 32, '0')::uuid, %(book)s, %(kind)s, %(subject)s, %(first)s + i, %(seq)s,
    at, at + delay, date_trunc('hour', at, 'UTC') <> date_trunc('hour', at + delay, 'UTC'), %(actor)s, 'web', %(was)s, %(now)s,
    area, unit, NULL, point, place_kind, %(topic)s, {due}, {was_due}, 1, '{{}}', '{{}}', %(prev)s, %(prev)s
    FROM (SELECT *, found_at + %(hours)s * pace AS at FROM bench_life) l WHERE luck < %(share)s AND at + delay <= %(until)s
"""


def fill(operation, points, person, many, say, days=DAYS):
    """So many visits with a problem each and the problems' lives; `bench_life` is left for counting by hand."""
    began = time.perf_counter()
    write(operation, points, person, many, say, days)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET work_mem = '256MB'; SET jit = off")
        _add_up(cursor, operation, say)
        say("first encounters")
        _meet(cursor, operation)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET ALL")
    while rollups.settle():
        pass
    say(f"{many / (time.perf_counter() - began):,.0f} problems a second, each with its visit and some six events")


def write(operation, points, person, many, say, days=DAYS):
    """The events alone: in no order, in no sums."""
    room_in_the_database(many * BYTES)
    say(f"filling {many:,} problems with their events")
    with connection.cursor() as cursor:
        cursor.execute(
            "SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'; SET jit = off"
        )
        cursor.execute("SELECT setseed(0.42)")
        lives = {"last": len(points) - 1, "began": now() - timedelta(days=days), "span": days * 86400, "many": many}
        cursor.execute(LIVES, lives | {"points": [point.pk for point in points]})
        indexes = without_indexes(cursor)
        _step(cursor, operation, person, ("visit.record", "", "", 0, 1.0, "NULL", "NULL"), 0)
        for number, step in enumerate(LIFE, 1):
            _step(cursor, operation, person, step, number)
        say("indexes")
        for statement in indexes:
            cursor.execute(statement)
        cursor.execute("RESET ALL")


def _step(cursor, operation, person, step, number):
    kind, was, stage, hours, share, due, was_due = step
    is_problem = kind.startswith("problem.")
    cursor.execute(
        STEP.format(due=due, was_due=was_due),
        {
            "which": number, "book": operation.pk, "kind": kind, "subject": "problem" if is_problem else "visit", "first": FIRST,
            "seq": max(number, 1), "actor": person.pk, "was": was, "now": stage, "hours": hours, "share": share, "until": now(),
            "topic": "ordinary:testing:careless_measures" if is_problem else "inspect", "prev": "0" * 64,
        },
    )  # fmt: skip


def without_indexes(cursor):
    """Drop the indexes of the events but that of their ids: making them anew is faster. Gives the statements for that."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'ledger_event' AND indexname !~ 'pkey'"
    )
    found, once = dict(cursor.fetchall()), "event_once_per_subject_and_seq"
    cursor.execute(f"ALTER TABLE ledger_event DROP CONSTRAINT {once}")
    for name in found.keys() - {once}:
        cursor.execute(f'DROP INDEX "{name}"')
    return [*found.values(), f"ALTER TABLE ledger_event ADD CONSTRAINT {once} UNIQUE USING INDEX {once}"]


def _add_up(cursor, operation, say):
    """The sums, some days at a time: all at once would want as much room again as the events take."""
    cursor.execute("ANALYZE ledger_event")
    counting = "SELECT min(at), count(*) FROM ledger_event WHERE book = %s AND subject_id > %s"
    cursor.execute(counting, [operation.pk, FIRST])
    start, many = cursor.fetchone()
    source = "FROM ledger_event e WHERE e.book = %(book)s AND e.subject_id > %(first)s AND e.at >= %(start)s AND e.at < %(end)s"
    statements = [rollups.adding_up("postgresql", source)]
    if many > rollups.DENSE * (now() - start) / timedelta(hours=1):  # as settling would find out in the first hour
        Dense.objects.create(book=operation.pk, since=hour_of(start))
        statements += rollups.adding_finely("postgresql", source)
    while start < now():
        say(f"sums from {start:%d %B} on")
        end = start + timedelta(days=5)
        for statement in statements:
            cursor.execute(statement, {"book": operation.pk, "first": FIRST, "start": start, "end": end})
        start = end


def _meet(cursor, operation):
    cursor.execute("SELECT coalesce(max(position), 0) FROM ledger_entry")
    [last] = cursor.fetchone()
    cursor.execute("SET session_replication_role = replica")  # no look at the events for each entry: they are there
    cursor.execute(
        "INSERT INTO ledger_entry (position, event_id, digest) SELECT %s + row_number() OVER (ORDER BY recorded_at), id, digest "
        "FROM ledger_event WHERE book = %s AND kind = 'visit.record' AND subject_id > %s",
        [last, operation.pk, FIRST],
    )
    made = cursor.rowcount
    cursor.execute("SET session_replication_role = origin; ANALYZE ledger_entry, ledger_event")
    for after in range(last, last + made, PART):
        met.add_up(cursor, after, min(after + PART, last + made))
