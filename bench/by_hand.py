"""Figures counted by hand: life by life, by another engine, for random instants and areas.

What happened in a life is read off the life itself, as `lives` was told it, not off the events: neither the ledger nor
PostgreSQL counts here. DuckDB counts ten million lives in half a second, so that two hundred questions are asked at
any size.
"""

import random
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection

from duzhan.base.extras import extra
from duzhan.base.ledger.queries import Slice
from duzhan.insight.figures import queries
from duzhan.places.models import Area

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPANS = {
    name: f"(extract(epoch FROM {name}) * 1000000)::bigint" for name in ("found_at", "pace", "delay", "deadline")
}  # in microseconds
LIFE = {name: (told, "BIGINT") for name, told in SPANS.items()} | {  # column: (what PostgreSQL tells, type in DuckDB)
    "luck": ("luck", "DOUBLE"), "point": ("point", "BIGINT"), "unit": ("unit", "BIGINT"), "area": ("area", "VARCHAR"),
}  # fmt: skip
COUNTED = {
    "inspections": "count(*) FILTER (visited)",
    "points_visited": "count(DISTINCT point) FILTER (visited)",
    "units_inspected": "count(DISTINCT unit) FILTER (visited)",
    "problems_found": "count(*) FILTER (visited)",
    "problems_handed_over": "count(*) FILTER (handed_over)",
    "problems_rectified": "count(*) FILTER (rectified)",
    "problems_in_progress": "count(*) FILTER (handed_over AND NOT rectified)",
    "problems_closed": "count(*) FILTER (closed)",
    "problems_overdue": "count(*) FILTER (handed_over AND NOT rectified AND deadline <= $as_of)",
}
NONE_OF_THESE = ("fixed_on_the_spot", "sent_back", "relapses", "over_enforcement", "help_asked", "help_answered")


def _happened(hours, share):
    at = f"found_at + {hours} * pace"
    return f"luck < {share} AND {at} <= $as_of AND {at} + delay <= $known_at"


QUESTION = f"""
    SELECT {", ".join(COUNTED.values())} FROM (
        SELECT point, unit, deadline, {_happened(0, 1)} AS visited, {_happened(1, 0.98)} AS handed_over,
        {_happened(20, 0.92)} AS rectified, {_happened(44, 0.85)} AS closed
        FROM lives WHERE starts_with(area, $area) AND found_at <= $as_of
    )
"""


def compare(operation, days, written, times, say):
    """So many random questions, all figures each: AssertionError for the first that differs from counting by hand.

    `written`: the instant from which on a life may be told of what was not written.
    """
    chance, keys = random.Random(17), (*COUNTED, *NONE_OF_THESE)
    areas = [*Area.objects.filter(path__startswith=operation.area_path).values_list("path", flat=True)]
    say(f"{times} random questions, counted by hand")
    with tempfile.TemporaryDirectory(prefix="duzhan-by-hand-") as folder:
        count = _counter(Path(folder))
        for _each in range(times):
            as_of = written - timedelta(minutes=chance.uniform(0, 60 * 24 * (days + 1)))
            known_at = min(as_of + timedelta(minutes=chance.choice([0, 1, 59, 300, 3000])), written)
            area = chance.choice(["", *areas])
            told = queries.figures(operation, as_of=as_of, known_at=known_at, slice=Slice(area=area)).values
            expected = count(as_of, known_at, area) | dict.fromkeys(NONE_OF_THESE, 0)
            if wrong := {key: (told[key], expected[key]) for key in keys if told[key] != expected[key]}:
                raise AssertionError(
                    f"as of {as_of}, known at {known_at}, {area!r}: (told, counted by hand) differ: {wrong}"
                )


def _counter(folder):
    """The lives of `bench_life` in DuckDB; gives the function that counts them."""
    path = folder / "lives.csv"
    told = ", ".join(each for each, _type in LIFE.values())
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY (SELECT {told} FROM bench_life) TO STDOUT (FORMAT csv)") as copy,
        path.open("wb") as file,
    ):
        for part in copy:
            file.write(part)
    duckdb = extra("duckdb", "olap").connect()
    columns = {name: kind for name, (_told, kind) in LIFE.items()}
    duckdb.read_csv(str(path), columns=columns, header=False).create("lives")

    def count(as_of, known_at, area):
        asked = {"as_of": _microseconds(as_of), "known_at": _microseconds(known_at), "area": area}
        return dict(zip(COUNTED, duckdb.execute(QUESTION, asked).fetchone(), strict=True))

    return count


def _microseconds(instant):
    return (instant - EPOCH) // timedelta(microseconds=1)
