"""The figures of one report over exported history, on DuckDB and on Spark, beside one query written by hand.

Ours: every figure of the catalogue, by the product's own question to a folder of history. The limit: one statement over
the same files that gives nine of them, with their areas and both instants, as somebody would write it who needs just
these. The answers are compared first. The events are generated inside DuckDB, a day at a time; columns that nothing is
counted by stand empty in them, and neither side reads such columns.
"""

import os
import shutil
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.machine import Row, milliseconds, room_for
from duzhan.base.extras import extra
from duzhan.base.ledger.plain import plain
from duzhan.base.ledger.queries import Slice
from duzhan.gateways.exchange.history import columns, manifest
from duzhan.gateways.exchange.history.manifest import File, Manifest, Window
from duzhan.gateways.exchange.history.reading import ENGINES, History
from duzhan.insight.figures import queries
from duzhan.insight.figures.engines.kept import kept_by

BEGAN, DAYS = datetime(2022, 11, 1, tzinfo=UTC), 30
LONGEST = 4  # days from the first event of a life to the last
HALF_A_DAY = 0.5  # that the first days fall short of: lives begin in them and do not end
STREETS, POINTS = 200, 20_000
BYTES = 40  # of disk for one event, at most
TIMES = {"duckdb": 3, "spark": 2}
MOST = {"duckdb": 100_000_000, "spark": 10_000_000}
WORKERS = "--master local[2] --driver-memory 4g pyspark-shell"

# One life in steps: (kind, was, now, hours after it was found, share of the lives that come this far)
LIFE = [
    ("visit.record", "", "", 0, 1.00),
    ("problem.find", "", "found", 0, 1.00),
    ("problem.hand_over", "found", "handed_over", 1, 0.98),
    ("problem.accept", "handed_over", "accepted", 3, 0.95),
    ("problem.report_rectified", "accepted", "rectified", 20, 0.92),
    ("problem.close", "rectified", "closed", 44, 0.85),
]
EACH = sum(share for *_step, share in LIFE)

BY_HAND = {
    "inspections": "count(*) FILTER (WHERE e.kind = 'visit.record')",
    "points_visited": "count(DISTINCT e.place) FILTER (WHERE e.kind = 'visit.record')",
    "units_inspected": "count(DISTINCT e.unit) FILTER (WHERE e.kind = 'visit.record')",
    "problems_found": "count(*) FILTER (WHERE e.kind = 'problem.find')",
    "problems_handed_over": "count(*) FILTER (WHERE e.kind = 'problem.hand_over')",
    "problems_rectified": "count(*) FILTER (WHERE e.kind = 'problem.report_rectified')",
    "problems_closed": "count(*) FILTER (WHERE e.kind = 'problem.close')",
    "problems_overdue": "count(*) FILTER (WHERE e.due <= :as_of) - count(*) FILTER (WHERE e.was_due <= :as_of)",
    "over_enforcement": "count(*) FILTER (WHERE e.kind = 'problem.find' AND e.topic LIKE 'over_enforcement:%')",
}
STATEMENT = (
    f"SELECT {', '.join(BY_HAND.values())} FROM events e WHERE e.at <= :as_of AND e.recorded_at <= :known_at "
    "AND e.area LIKE :below"
)


def measure(options, say) -> list[Row]:
    rows = []
    for engine, times in TIMES.items():
        many = min(options.events, MOST[engine])
        if engine == "spark" and not shutil.which("java"):
            say("no Java: Spark is left out")
            continue
        with tempfile.TemporaryDirectory(prefix="duzhan-history-") as folder:
            history = _filled(Path(folder), many, say)
            os.environ.setdefault("PYSPARK_SUBMIT_ARGS", WORKERS)
            rows += _measured(history, engine, times, history.told.last, say)
    return rows


def _measured(history, engine, times, many, say):
    end, half, street = BEGAN + timedelta(days=DAYS), BEGAN + timedelta(days=DAYS / 2, minutes=17), _street(7)
    questions = {
        "as of the end": (end, end, ""), "as of half-way": (half, half, ""), "as of half-way, one street": (half, end, street),
    }  # fmt: skip
    files = [str(history.folder / file.path) for file in history.told.files]
    started = time.perf_counter()
    with ENGINES[engine](files) as ask:
        say(f"{engine} is there after {time.perf_counter() - started:.1f} s")
        for what, (as_of, known_at, area) in questions.items():
            say(f"{engine}, {many:,} events, {what}")
            asked = {"as_of": as_of, "known_at": known_at}

            def ours(asked=asked, area=area):
                return queries.figures(history.operation, **asked, slice=Slice(area=area), lens=kept_by(ask)).values

            def by_hand(asked=asked, area=area):
                return ask(STATEMENT, {**asked, "below": f"{area}%"})

            _compare(ours(), by_hand())
            yield Row(
                f"all on {engine}, {many:,} events, {what}",
                milliseconds(times, ours),
                milliseconds(times, by_hand),
                "ms",
            )


def _compare(ours, by_hand):
    """The answers are the same, or nothing is worth measuring."""
    told = tuple(ours[key] for key in BY_HAND)
    if [told] != by_hand:
        raise AssertionError(f"figures say {told}, counted by hand {by_hand}")


# --- the events -------------------------------------------------------------------------------------------------


def _filled(folder, many, say) -> History:
    """A folder of history with about so many events, a file for each day on which they were recorded."""
    room_for(many * BYTES * 2, folder)
    say(f"generating {many:,} events")
    lives, files, first = round(many / EACH * DAYS / (DAYS - HALF_A_DAY)), [], 1
    area = ["00010001", "1", "基准区", "", "county"]
    operation = {"book": 1, "code": "bench", "name": "基准行动", "prefix": "BM", "pack": "epidemic",
                 "zone": "UTC", "area_path": area[0]}  # fmt: skip
    config = {"memory_limit": "4GB", "temp_directory": str(folder / ".sorting")}
    with extra("duckdb", "olap").connect(config=config) as connection:
        for day in range(DAYS):
            files.append(_written(connection, folder, day, lives, first))
            first = files[-1].last + 1
    shutil.rmtree(folder / ".sorting", ignore_errors=True)
    say(f"{first - 1:,} events, {sum(file.size for file in files) / 2**30:.2f} GiB")
    window = Window(1, first - 1, tuple(files))
    told = Manifest(
        known_at=plain(BEGAN + timedelta(days=DAYS)), operations=[operation], areas=[area], windows=[window]
    )
    return History(folder, told, "bench")


def _written(connection, folder, day, lives, first) -> File:
    """One day. From the fifth on, lives begin and end every day alike: each is the fifth again, moved by whole days."""
    if day <= LONGEST:
        connection.execute(_day(), _of_day(day, lives))
        ordered = connection.table("made").order('area, kind, "at"')
        ordered.project('* REPLACE (row_number() OVER () AS "position")').create("day")
    rows = connection.table("day").project(_moved(first, max(day - LONGEST, 0), lives // DAYS))
    [(many, *instants)] = rows.aggregate('count(*), epoch_us(min("at")), epoch_us(min(recorded_at))').fetchall()
    path = (
        f"events/operation=bench/day={(BEGAN + timedelta(days=day)).date()}/{first:010}-{first + many - 1:010}.parquet"
    )
    (folder / path).parent.mkdir(parents=True)
    rows.write_parquet(str(folder / path), compression="zstd")
    if day < LONGEST:
        connection.execute("DROP TABLE day")
    at, recorded_at = (plain(datetime.fromtimestamp(instant / 1_000_000, UTC)) for instant in instants)
    size, digest = (folder / path).stat().st_size, manifest.digest_of(folder / path)
    return File(path, 1, many, first, first + many - 1, at, recorded_at, size, digest)


def _moved(first, days, lives):
    """The columns of the table `day`, so many days later and of as many later lives, numbered on from `first`."""
    told = dict.fromkeys((name for name in columns.INSTANTS), '"{name}" + INTERVAL {days} DAY')
    told |= {"position": "position + {first} - 1", "subject_id": "subject_id + {days} * {lives}"}
    cells = (
        (name, told.get(name, '"{name}"').format(name=name, days=days, first=first, lives=lives))
        for name in columns.EVENT
    )
    return ", ".join(f'{cell} AS "{name}"' for name, cell in cells)


def _street(number):
    return f"00010001{number:04}"


def _of_day(day, lives):
    return {
        "lives": lives, "began": BEGAN, "day": BEGAN + timedelta(days=day), "next": BEGAN + timedelta(days=day + 1),
        "day_number": day, "from": max(0, (day - LONGEST) * lives // DAYS), "to": min(lives, (day + 1) * lives // DAYS),
    }  # fmt: skip


def _day():
    """The statement that makes the table `made`: what was recorded on one day; three lives in a hundred become known late."""
    steps = ", ".join(
        f"({seq}, '{kind}', '{was}', '{now}', {hours}, {share})"
        for seq, (kind, was, now, hours, share) in enumerate(LIFE)
    )
    told = {
        "id": "''", "book": "1", "kind": "kind",
        "subject_kind": "split_part(kind, '.', 1)", "subject_id": "i", "seq": "greatest(seq, 1)", "at": "happened_at",
        "recorded_at": "happened_at + late", "via": "'web'", "was": "was", "now": "now",
        "area": f"printf('00010001%04d', point % {STREETS})", "unit": f"point % {STREETS}", "place": "point",
        "place_kind": "'sampling_point'",
        "topic": "CASE WHEN kind = 'visit.record' THEN 'inspect' WHEN luck % 20 = 0 THEN "
                 "'over_enforcement:testing:added_layers' ELSE 'ordinary:testing:careless_measures' END",
        "due": "CASE WHEN kind = 'problem.hand_over' THEN found_at + INTERVAL 18 HOUR + INTERVAL 1 HOUR * (luck % 9) END",
        "was_due": "CASE WHEN kind = 'problem.report_rectified' THEN greatest(happened_at, "
                   "found_at + INTERVAL 18 HOUR + INTERVAL 1 HOUR * (luck % 9)) END",
        "amount": "1", "facts": "'{}'", "changes": "'{}'", "prev": "''", "digest": "''",
    }  # fmt: skip
    cells = ", ".join(f'CAST({told.get(name, "NULL")} AS {sort}) AS "{name}"' for name, sort in columns.EVENT.items())
    lives = f"SELECT i, i * {DAYS * 86400} // $lives AS second FROM range($from, $to) r(i)"
    steps = (
        f"SELECT *, $began + INTERVAL 1 SECOND * second AS found_at FROM ({lives}) CROSS JOIN "
        f"(VALUES {steps}) step(seq, kind, was, now, hours, share) WHERE second + hours * 3600 >= ($day_number - 2) * 86400 "
        "AND second + hours * 3600 < ($day_number + 1) * 86400"
    )
    steps = (
        f"SELECT *, hash(i) % 10000 AS luck, hash(i + 1) % {POINTS} AS point, found_at + INTERVAL 1 HOUR * hours AS happened_at, "
        "INTERVAL 1 HOUR * CASE WHEN hash(i + 2) % 100 < 3 THEN 1 + hash(i + 3) % 47 ELSE 0 END AS late "
        f"FROM ({steps}) WHERE hash(i) % 10000 < share * 10000"
    )
    return (
        f"CREATE OR REPLACE TEMP TABLE made AS SELECT {cells} FROM ({steps}) "
        "WHERE happened_at + late >= $day AND happened_at + late < $next"
    )
