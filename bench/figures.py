"""The figures of one report at a million problems: as of now, and as of a past hour.

Ours: every figure of the catalogue with its identities, by the product's own question. The limit: the best single
statement over the same data that gives the four numbers of the sentence, as of now from the current rows, as of a
past instant from the events (what an office would write by hand; it knows nothing of what was known when).
"""

from datetime import timedelta

from django.db import connection

from bench import district
from bench.machine import Row, milliseconds
from duzhan.base.clock.instants import now
from duzhan.base.ledger import rollups
from duzhan.base.ledger.queries import Slice
from duzhan.insight.figures import queries

DAYS = 30
TIMES = 15

# One problem's life in steps: (kind, was, now, hours after it was found, share of the problems that come this far)
LIFE = [
    ("problem.find", "", "found", 0, 1.00),
    ("problem.hand_over", "found", "handed_over", 1, 0.98),
    ("problem.accept", "handed_over", "accepted", 3, 0.95),
    ("problem.report_rectified", "accepted", "rectified", 20, 0.92),
    ("problem.close", "rectified", "closed", 44, 0.85),
]


def measure(options, say) -> list[Row]:
    operation, points, inspector, units, _token = district.build("bench-figures")
    _fill(operation, points, inspector, units, options.rows, say)
    rows = []
    past = now() - timedelta(days=DAYS / 2, minutes=17)
    street = points[0].area_path
    for what, as_of, area in (
        ("as of now", None, ""), ("as of a past hour", past, ""), ("as of a past hour, one street", past, street),
    ):  # fmt: skip
        say(f"figures {what}")
        slice = Slice(area=area)
        ours = milliseconds(
            TIMES, lambda at=as_of, part=slice: queries.figures(operation, as_of=at, slice=part).identities
        )
        limit = milliseconds(TIMES, lambda at=as_of, path=area: _by_hand(operation, at, path))
        _compare(operation, as_of, slice, _by_hand(operation, as_of, area))
        rows.append(Row(f"all figures, {options.rows:,} problems, {what}", ours, limit, "ms"))
    return rows


def _compare(operation, as_of, slice, by_hand):
    """The answers are the same, or nothing is worth measuring."""
    told = queries.figures(operation, as_of=as_of, slice=slice).values
    ours = tuple(told[key] for key in ("points_visited", "problems_handed_over", "problems_rectified"))
    if ours != by_hand:
        raise AssertionError(f"figures say {ours}, counted by hand {by_hand}")


def _by_hand(operation, as_of, area):
    visits = "SELECT count(DISTINCT place) FROM ledger_event WHERE book = %s AND kind = 'visit.record' AND area LIKE %s"
    if as_of is None:
        problems = (
            "SELECT count(*), count(*) FILTER (WHERE stage IN ('rectified', 'closed')) FROM problems_problem "
            "WHERE operation_id = %s AND area_path LIKE %s AND stage IN ('handed_over', 'accepted', 'rectified', 'closed')"
        )
        values = [operation.pk, f"{area}%"]
    else:
        visits += " AND at <= %s"
        problems = (
            "SELECT count(*) FILTER (WHERE now = 'handed_over'), "
            "count(*) FILTER (WHERE now IN ('rectified', 'closed')) - count(*) FILTER (WHERE was IN ('rectified', 'closed')) "
            "FROM ledger_event WHERE book = %s AND area LIKE %s AND at <= %s"
        )
        values = [operation.pk, f"{area}%", as_of]
    with connection.cursor() as cursor:
        cursor.execute(visits, values)
        [points] = cursor.fetchone()
        cursor.execute(problems, values)
        return (points, *cursor.fetchone())


def _fill(operation, points, inspector, units, many, say):
    """So many visits with a problem each, and the problems' lives, straight into the tables, with the sums.

    The digests are not those of a true chain: this measures questions, and `verify` is not asked.
    """
    say(f"filling {many:,} problems with their events")
    began, span = now() - timedelta(days=DAYS), DAYS * 86400
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(
            "CREATE TEMP TABLE bench_point AS SELECT p.id, p.area_id, p.area_path, p.body_id, p.kind, "
            "row_number() OVER (ORDER BY p.id) - 1 AS n FROM places_point p WHERE p.id = ANY(%s)",
            [[point.pk for point in points]],
        )
        cursor.execute("CREATE UNIQUE INDEX ON bench_point (n)")
        cursor.execute("SELECT setseed(0.42)")
        cursor.execute(
            "CREATE TEMP TABLE bench_life AS SELECT i, (random() * %s)::int AS point, %s + random() * %s * interval '1 s' "
            "AS found_at, random() AS luck, CASE WHEN random() < 0.03 THEN (1 + 47 * random()) * interval '1 hour' "
            "ELSE interval '0' END AS delay FROM generate_series(1, %s) i",
            [len(points) - 1, began, span, many],
        )
        _events(cursor, operation, inspector, "visit.record", "visit", "", "", 0, 1.0)
        for kind, was, now_, hours, share in LIFE:
            _events(cursor, operation, inspector, kind, "problem", was, now_, hours, share)
        say("rows")
        _rows(cursor, operation, inspector)
        say("order and sums")
        cursor.execute(
            "INSERT INTO ledger_entry (position, event_id, digest) SELECT (SELECT coalesce(max(position), 0) FROM ledger_entry) "
            "+ row_number() OVER (ORDER BY recorded_at), id, digest FROM ledger_event e "
            "WHERE NOT EXISTS (SELECT 1 FROM ledger_entry x WHERE x.event_id = e.id) "
            "AND NOT EXISTS (SELECT 1 FROM ledger_tail t WHERE t.event_id = e.id)"
        )
        _sums(cursor, operation)
        cursor.execute("ANALYZE")
    while rollups.settle():
        pass


def _events(cursor, operation, person, kind, subject, was, now_, hours, share):
    """One step of every life that comes this far: 3 % of lives are learned of an hour to two days late."""
    cursor.execute(
        "INSERT INTO ledger_event (id, book, kind, subject_kind, subject_id, seq, at, recorded_at, late, actor, via, was, now, "
        'area, unit, "group", place, place_kind, topic, amount, facts, changes, prev, digest) '
        "SELECT gen_random_uuid(), %(book)s, %(kind)s, %(subject)s, 1000000000 + l.i, %(seq)s, l.at, l.at + l.delay, "
        "date_trunc('hour', l.at, 'UTC') <> date_trunc('hour', l.at + l.delay, 'UTC'), %(actor)s, 'web', %(was)s, %(now)s, "
        "p.area_path, p.body_id, NULL, p.id, p.kind, %(topic)s, 1, '{}', '{}', %(prev)s, %(prev)s FROM "
        "(SELECT i, point, luck, delay, found_at + %(hours)s * interval '1 hour' AS at FROM bench_life) l "
        "JOIN bench_point p ON p.n = l.point WHERE l.luck < %(share)s AND l.at + l.delay <= now()",
        {
            "book": operation.pk, "kind": kind, "subject": subject, "seq": 1 + [each[0] for each in LIFE].index(kind)
            if subject == "problem" else 1, "actor": person.pk, "was": was, "now": now_, "hours": hours, "share": share,
            "topic": "ordinary:testing:careless_measures" if subject == "problem" else "inspect", "prev": "0" * 64,
        },
    )  # fmt: skip


def _rows(cursor, operation, person):
    """The current row of each problem: where its newest event left it."""
    cursor.execute(
        "INSERT INTO problems_problem (id, seq, head, changed_at, known_at, operation_id, title, detail, klass, field, cause, "
        "clause, responsibility, point_id, place_kind, area_id, area_path, unit_id, source_kind, stage, is_sent_back, relapses, "
        "found_by_id, found_at, handed_over_at, due_at, due_rule, rectified_by_id, rectified_at, closed_by_id, closed_at) "
        "SELECT 1000000000 + l.i, e.seq, e.digest, e.at, e.recorded_at, %(book)s, '采样点排队间距不足', '', 'ordinary', 'testing', "
        "'careless_measures', '', '', p.id, p.kind, p.area_id, p.area_path, p.body_id, '', e.now, false, 0, %(by)s, l.found_at, "
        "CASE WHEN e.now <> 'found' THEN l.found_at + interval '1 hour' END, CASE WHEN e.now <> 'found' THEN l.found_at + "
        "interval '25 hours' END, '', CASE WHEN e.now IN ('rectified', 'closed') THEN %(by)s END, CASE WHEN e.now IN "
        "('rectified', 'closed') THEN l.found_at + interval '20 hours' END, CASE WHEN e.now = 'closed' THEN %(by)s END, "
        "CASE WHEN e.now = 'closed' THEN e.at END FROM bench_life l JOIN bench_point p ON p.n = l.point JOIN LATERAL "
        "(SELECT seq, digest, at, recorded_at, now FROM ledger_event WHERE subject_kind = 'problem' AND subject_id = "
        "1000000000 + l.i ORDER BY seq DESC LIMIT 1) e ON true",
        {"book": operation.pk, "by": person.pk},
    )


def _sums(cursor, operation):
    for axis, value in [("all", "''"), *((axis, f'"{axis}"::text') for axis in rollups.AXES)]:
        for level, unit in (("h", "hour"), ("d", "day")):
            cursor.execute(
                f"INSERT INTO ledger_rollup (book, axis, level, bucket, value, kind, was, now, total) "
                f"SELECT book, %s, %s, date_trunc('{unit}', at, 'UTC'), {value}, kind, was, now, count(*) FROM ledger_event "
                f"WHERE book = %s AND subject_id >= 1000000000 AND {value} IS NOT NULL AND ({value} <> '' OR %s = 'all') "
                f"GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
                [axis, level, operation.pk, axis],
            )
