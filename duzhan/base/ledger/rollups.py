"""Settling: new events get their place in the order and are added to the sums by steps of time, with set-based SQL."""

from datetime import UTC, datetime
from functools import cache

from django.db import connection, transaction
from django.db.models import Max

from . import met
from .cells import AXES, BRANCH, DAY, FINE, HOUR, MONTH, STEPLEN, cutting
from .lags import CLASSES, class_of
from .models import Dense, Entry, Late, Met, Rollup

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

# What events add to the sums. `moves`: steps and deadlines by when they count, grouped by what they are counted by; `cells`:
# the same along each axis. An area's cell holds everything below it; the empty path is everything.
CELLS = """
    WITH batch AS (
        SELECT e.book, e.subject_kind, e.kind, e.was, e.now, e.at, e.recorded_at, e.late, e.due, e.was_due, e.amount, {dimensions}
        {since} {source}
    ), moves AS ({moves}), paths AS (
        SELECT a.area, substr(a.area, 1, d.depth) AS value
        FROM (SELECT DISTINCT area FROM batch) a JOIN ({depths}) d ON d.depth <= length(a.area)
    ), cells AS (
        SELECT book, 'area' AS axis, p.value AS value, {topic} AS topic, kind, was, now, {bucket}, n
        FROM moves e JOIN paths p ON p.area = e.area
        {axes}
    )
"""
# How much each cell grows: each step of time is summed from the finer one.
ADD_UP = """
    {cells}, hours AS (
        SELECT book, axis, bucket, value, topic, kind, was, now, SUM(n) AS n FROM cells
        GROUP BY book, axis, bucket, value, topic, kind, was, now
    ), days AS ({days}), months AS ({months})
    INSERT INTO ledger_rollup (book, axis, level, bucket, value, topic, kind, was, now, total)
    SELECT book, axis, 'h', bucket, value, topic, kind, was, now, n FROM hours WHERE n <> 0
    UNION ALL SELECT book, axis, 'd', bucket, value, topic, kind, was, now, n FROM days WHERE n <> 0
    UNION ALL SELECT book, axis, 'M', bucket, value, topic, kind, was, now, n FROM months WHERE n <> 0
    {add}
"""
COARSER = """
    SELECT book, axis, {bucket} AS bucket, value, topic, kind, was, now, SUM(n) AS n FROM {finer}
    GROUP BY book, axis, {bucket}, value, topic, kind, was, now
"""
ADD = """
    ON CONFLICT (book, axis, level, value, bucket, topic, kind, was, now)
    DO UPDATE SET total = ledger_rollup.total + excluded.total
"""
ADD_FINE = """
    {cells}
    INSERT INTO ledger_rollup (book, axis, level, bucket, value, topic, kind, was, now, total)
    SELECT book, axis, 'm', bucket, value, topic, kind, was, now, SUM(n) FROM cells
    GROUP BY book, axis, bucket, value, topic, kind, was, now HAVING SUM(n) <> 0
    {add}
"""
ADD_LATE = """
    {cells}
    INSERT INTO ledger_late (book, axis, lag, step, at, recorded, value, topic, kind, was, now, total)
    {steps}
    ON CONFLICT (book, axis, value, lag, step, at, recorded, topic, kind, was, now)
    DO UPDATE SET total = ledger_late.total + excluded.total
"""
LATE_STEP = """
    SELECT book, axis, lag, {step}, {bucket}, {recorded}, value, topic, kind, was, now, SUM(n) FROM cells WHERE lag = {lag}
    GROUP BY book, axis, lag, {bucket}, {recorded}, value, topic, kind, was, now HAVING SUM(n) <> 0
"""
# What an event adds: its step, and deadlines that it sets or ends, each counted from its own instant on.
MOVES = {
    "at": ("kind, was, now", "SUM(amount)", "kind, was, now"),
    "due": ("subject_kind || ':due', '', ''", "COUNT(*)", "subject_kind"),
    "was_due": ("subject_kind || ':due', '', ''", "-COUNT(*)", "subject_kind"),
}
DIMENSIONS = 'e.area, e.unit, e."group", e.place_kind, e.topic'
SETTLED = """
    FROM ledger_entry n JOIN ledger_event e ON e.id = n.event_id WHERE n.position > %(after)s AND n.position <= %(upto)s
"""
SINCE = ", (SELECT d.since FROM ledger_dense d WHERE d.book = e.book) AS since"

DENSE = 10_000  # events in an hour from which on finer sums pay
NEWLY_DENSE = """
    SELECT book, MIN(bucket) FROM (
        SELECT r.book, r.bucket FROM (SELECT DISTINCT e.book, {hour} AS bucket {source} AND n.position %% %(every)s = 0) b
        JOIN ledger_rollup r ON r.book = b.book AND r.axis = 'area' AND r.value = '' AND r.level = 'h' AND r.bucket = b.bucket
        WHERE r.kind NOT LIKE '%%:%%' AND NOT EXISTS (SELECT 1 FROM ledger_dense d WHERE d.book = b.book)
        GROUP BY r.book, r.bucket HAVING SUM(r.total) >= %(dense)s
    ) h GROUP BY book
"""
SINCE_THEN = """
    FROM ledger_entry n JOIN ledger_event e ON e.id = n.event_id
    WHERE n.position <= %(upto)s AND e.book = %(book)s AND (e.at >= %(since)s OR e.due >= %(since)s OR e.was_due >= %(since)s)
"""


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
    if connection.vendor == "postgresql":
        # tens of thousands of cells, summed in memory; compiling costs more than it gives
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
    settled = {"after": after, "upto": upto}
    cursor.execute(adding_up(connection.vendor), settled)
    if Dense.objects.exists():
        for statement in adding_finely(connection.vendor):
            cursor.execute(statement, settled)
    met.add_up(cursor, after, upto)
    _thicken(cursor, settled)


def _thicken(cursor, settled):
    """Keep finer sums from now on where so much has happened in an hour that they pay."""
    hour = cutting(connection.vendor, "e.at", HOUR)
    every = max(DENSE // 100, 1)  # of so many events in an hour a hundredth will do to find it
    cursor.execute(NEWLY_DENSE.format(hour=hour, source=SETTLED), settled | {"dense": DENSE, "every": every})
    for book, since in cursor.fetchall():
        if isinstance(since, str):  # SQLite knows no instants
            since = datetime.fromisoformat(since).replace(tzinfo=UTC)
        Dense.objects.create(book=book, since=since)
        bounds = {"upto": settled["upto"], "book": book, "since": connection.ops.adapt_datetimefield_value(since)}
        for statement in adding_finely(connection.vendor, SINCE_THEN):
            cursor.execute(statement, bounds)


@cache
def adding_up(vendor, source=SETTLED) -> str:
    """The statement that adds events to the sums, those at the positions `after` + 1 to `upto` or of another source."""
    days = COARSER.format(bucket=cutting(vendor, "bucket", DAY), finer="hours")
    months = COARSER.format(bucket=MONTH[vendor].format("bucket"), finer="days")
    return ADD_UP.format(cells=_cells(vendor, source, _moved(vendor, HOUR), AXES), add=ADD, days=days, months=months)


@cache
def adding_finely(vendor, source=SETTLED) -> tuple[str, str]:
    """The statements that add events of dense books to the finer sums: by five minutes, and late ones by two instants."""
    late = {"lag": class_of(vendor), "recorded": cutting(vendor, "recorded_at", FINE)}
    moves = _moved(vendor, FINE, "AND {column} >= since")
    late_moves = _moved(vendor, FINE, "AND late AND at >= since", late)
    steps = (
        LATE_STEP.format(lag=number, step=which, bucket=cutting(vendor, "bucket", step), recorded=recorded)
        for number, lag in CLASSES.items()
        for recorded in [lag.recorded and cutting(vendor, "recorded", lag.recorded)]
        for which, step in enumerate(lag.steps)
    )
    return (
        ADD_FINE.format(cells=_cells(vendor, source, moves, AXES, since=SINCE), add=ADD),
        ADD_LATE.format(cells=_cells(vendor, source, late_moves, (), late, SINCE), steps=" UNION ALL ".join(steps)),
    )


def _cells(vendor, source, moves, axes, more=(), since=""):
    """What events add to each cell along each axis, by the bucket of their moves and by `more` that is told apart."""
    topic, bucket = BRANCH[vendor], ", ".join(["bucket", *more])
    along = (
        f"UNION ALL SELECT book, '{axis}', CAST(\"{axis}\" AS varchar(255)), {topic}, kind, was, now, {bucket}, n FROM moves e "
        f'WHERE "{axis}" IS NOT NULL AND CAST("{axis}" AS varchar(255)) <> \'\''
        for axis in axes
    )
    depths = " UNION ALL SELECT ".join(map(str, range(STEPLEN, 256, STEPLEN)))
    return CELLS.format(
        dimensions=DIMENSIONS, since=since, source=source, moves=moves, depths=f"SELECT 0 AS depth UNION ALL SELECT {depths}",
        topic=topic, bucket=bucket, axes=" ".join(along),
    )  # fmt: skip


def _moved(vendor, step, condition="", more=()):
    each = (_moves(column, cutting(vendor, f"e.{column}", step), condition, dict(more)) for column in MOVES)
    return " UNION ALL ".join(each)


def _moves(column, bucket, condition, more):
    what, n, grouped = MOVES[column]
    told = "".join(f", {expression} AS {name}" for name, expression in more.items())
    apart = "".join(f", {expression}" for expression in more.values())
    return (
        f"SELECT book, {what}, {bucket} AS bucket{told}, {DIMENSIONS}, {n} AS n FROM batch e "
        f"WHERE {column} IS NOT NULL {condition.format(column=column)} GROUP BY book, {grouped}, {bucket}{apart}, {DIMENSIONS}"
    )


def rebuild(progress=lambda done, of: None) -> int:
    """Throw the sums away and add them up again from the settled events; returns how many events these are.

    For an office that has moved databases. Whoever asks for figures meanwhile sees the sums as they were before.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        one_at_a_time()
        Rollup.objects.all().delete()
        Late.objects.all().delete()
        Met.objects.all().delete()
        of = Entry.objects.aggregate(last=Max("position"))["last"] or 0
        for after in range(0, of, AT_ONCE[connection.vendor]):
            upto = min(after + AT_ONCE[connection.vendor], of)
            _add_up(cursor, after, upto)
            progress(upto, of)
        return of
