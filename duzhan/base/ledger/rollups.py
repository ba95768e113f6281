"""Settling: new events get their place in the order and are added to the hourly and daily sums, with set-based SQL."""

from django.db import connection, transaction
from django.db.models import Max

from . import met
from .cells import AXES, STEPLEN
from .models import Entry, Met, Rollup

SETTLERS = 7_105_001  # the advisory lock that lets one process settle at a time on PostgreSQL
# Events to a transaction. On SQLite writers wait for it; on PostgreSQL whoever commits waits until the disk has all that
# was logged before, and this is what of it.
AT_ONCE = {"postgresql": 10_000, "sqlite": 5_000}

ORDER = """
    INSERT INTO ledger_entry (position, event_id, digest)
    SELECT %(last)s + row_number() OVER (ORDER BY t.id), e.id, e.digest
    FROM (SELECT id, event_id FROM ledger_tail ORDER BY id LIMIT %(limit)s) t JOIN ledger_event e ON e.id = t.event_id
"""
UNTAIL = "DELETE FROM ledger_tail WHERE event_id IN (SELECT event_id FROM ledger_entry WHERE position > %(last)s)"

# What events add to the sums. `moves`: hours of steps and of deadlines, grouped by what they are counted by; `cells`:
# the same along each axis; `hours`: how much each cell grows. An area's cell holds everything below it; the empty path is
# everything.
ADD_UP = """
    WITH batch AS (
        SELECT e.book, e.subject_kind, e.kind, e.was, e.now, e.at, e.due, e.was_due, e.amount, {dimensions} {source}
    ), moves AS (
        SELECT book, kind, was, now, {at} AS bucket, {dimensions}, SUM(amount) AS n
        FROM batch e GROUP BY book, kind, was, now, {at}, {dimensions}
        UNION ALL
        SELECT book, subject_kind || ':due', '', '', {due}, {dimensions}, COUNT(*)
        FROM batch e WHERE due IS NOT NULL GROUP BY book, subject_kind, {due}, {dimensions}
        UNION ALL
        SELECT book, subject_kind || ':due', '', '', {was_due}, {dimensions}, -COUNT(*)
        FROM batch e WHERE was_due IS NOT NULL GROUP BY book, subject_kind, {was_due}, {dimensions}
    ), paths AS (
        SELECT a.area, substr(a.area, 1, d.depth) AS value
        FROM (SELECT DISTINCT area FROM batch) a JOIN ({depths}) d ON d.depth <= length(a.area)
    ), cells AS (
        SELECT book, 'area' AS axis, p.value AS value, {topic} AS topic, kind, was, now, bucket, n
        FROM moves e JOIN paths p ON p.area = e.area
        {axes}
    ), hours AS (
        SELECT book, axis, bucket, value, topic, kind, was, now, SUM(n) AS n FROM cells
        GROUP BY book, axis, bucket, value, topic, kind, was, now
    )
    INSERT INTO ledger_rollup (book, axis, level, bucket, value, topic, kind, was, now, total)
    SELECT book, axis, 'h', bucket, value, topic, kind, was, now, n FROM hours WHERE n <> 0
    UNION ALL
    SELECT book, axis, 'd', {day}, value, topic, kind, was, now, SUM(n) FROM hours
    GROUP BY book, axis, {day}, value, topic, kind, was, now HAVING SUM(n) <> 0
    ON CONFLICT (book, axis, level, value, bucket, topic, kind, was, now)
    DO UPDATE SET total = ledger_rollup.total + excluded.total
"""
SETTLED = """
    FROM ledger_entry n JOIN ledger_event e ON e.id = n.event_id WHERE n.position > %(after)s AND n.position <= %(upto)s
"""
CUT = {  # an instant cut to the hour, an hour cut to the day, a topic cut after its first colon, as each database does it
    "postgresql": (
        "date_trunc('hour', {}, 'UTC')", "date_trunc('day', {}, 'UTC')", "substr(e.topic, 1, strpos(e.topic, ':'))",
    ),
    "sqlite": (
        "substr({}, 1, 13) || ':00:00'", "substr({}, 1, 10) || ' 00:00:00'", "substr(e.topic, 1, instr(e.topic, ':'))",
    ),
}  # fmt: skip


def settle(limit=None) -> int:
    """Take up to `limit` events out of the tail into the order and the sums; returns how many.

    A reader sees each event either in the tail or in the sums, never in both: all of it is one transaction.
    A writer never waits for it.
    """
    with transaction.atomic():
        one_at_a_time()
        last = Entry.objects.aggregate(last=Max("position"))["last"] or 0
        with connection.cursor() as cursor:
            cursor.execute(ORDER, {"last": last, "limit": limit or AT_ONCE[connection.vendor]})
            many = cursor.rowcount
            if many:
                cursor.execute(UNTAIL, {"last": last})
                _add_up(cursor, last, last + many)
        return many


def one_at_a_time():
    """Until the transaction ends, nobody else settles or seals (on SQLite nobody else writes at all)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETTLERS])


def _add_up(cursor, after, upto):
    """Add the events at positions `after` + 1 to `upto` to the sums."""
    if (
        connection.vendor == "postgresql"
    ):  # tens of thousands of cells, summed in memory; compiling costs more than it gives
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
    cursor.execute(adding_up(connection.vendor), {"after": after, "upto": upto})
    met.add_up(cursor, after, upto)


def adding_up(vendor, source=SETTLED) -> str:
    """The statement that adds events to the sums, those at the positions `after` + 1 to `upto` or of another source."""
    hour, day, topic = CUT[vendor]
    axes = (
        f"UNION ALL SELECT book, '{axis}', CAST(\"{axis}\" AS varchar(255)), {topic}, kind, was, now, bucket, n FROM moves e "
        f'WHERE "{axis}" IS NOT NULL AND CAST("{axis}" AS varchar(255)) <> \'\''
        for axis in AXES
    )
    depths = " UNION ALL SELECT ".join(map(str, range(STEPLEN, 256, STEPLEN)))
    return ADD_UP.format(
        dimensions='e.area, e.unit, e."group", e.place_kind, e.topic', axes=" ".join(axes), day=day.format("bucket"),
        source=source, topic=topic,
        depths=f"SELECT 0 AS depth UNION ALL SELECT {depths}",
        **{name: hour.format(f"e.{name}") for name in ("at", "due", "was_due")},
    )  # fmt: skip


def rebuild(progress=lambda done, of: None) -> int:
    """Throw the sums away and add them up again from the settled events; returns how many events these are.

    For an office that has moved databases. Whoever asks for figures meanwhile sees the sums as they were before.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        one_at_a_time()
        Rollup.objects.all().delete()
        Met.objects.all().delete()
        of = Entry.objects.aggregate(last=Max("position"))["last"] or 0
        for after in range(0, of, AT_ONCE[connection.vendor]):
            upto = min(after + AT_ONCE[connection.vendor], of)
            _add_up(cursor, after, upto)
            progress(upto, of)
        return of
