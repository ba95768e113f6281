"""The figures of one report at a million problems and more: as of any instant, known at any instant, by area and stage.

Ours: every figure of the catalogue with its identities, by the product's own question, and through the API. The limit:
the best single statement over the same data that gives the numbers of the sentence and those overdue, from the events
and an index (what an office would write by hand). Before anything is measured the answers are held against
counting by hand for random instants and areas.
"""

import http.client
import random
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.db import connection

from bench import district, lives
from bench.machine import Row, milliseconds
from bench.visits import serving
from duzhan.base.clock.instants import now
from duzhan.base.ledger.queries import Slice
from duzhan.insight.figures import queries
from duzhan.places.models import Area

TIMES = 15
SMALL = 100_000  # up to here two hundred random questions are counted by hand, above ten
MANY = 1_000_000  # beyond this the limit, a reading of all events, is measured once
KEYS = ("points_visited", "problems_handed_over", "problems_rectified", "problems_overdue")

# Steps and deadlines are read off the lives themselves, not off the events: a life is what it was told to be.
BY_HAND = """
    SELECT (SELECT count(DISTINCT place) FROM ledger_event WHERE book = %(book)s AND kind = 'visit.record' AND was = '' AND now = ''
            AND at <= %(as_of)s AND recorded_at <= %(known_at)s AND area LIKE %(area)s),
    count(*) FILTER (WHERE handed_over), count(*) FILTER (WHERE mended),
    count(*) FILTER (WHERE handed_over AND NOT mended AND deadline <= %(as_of)s)
    FROM (SELECT deadline, luck < 0.98 AND found_at + pace <= %(as_of)s AND found_at + pace + delay <= %(known_at)s AS handed_over,
          luck < 0.92 AND found_at + 20 * pace <= %(as_of)s AND found_at + 20 * pace + delay <= %(known_at)s AS mended
          FROM bench_life WHERE area LIKE %(area)s) l
"""
LIMIT = """
    SELECT (SELECT count(DISTINCT place) FROM ledger_event WHERE book = %(book)s AND kind = 'visit.record' AND was = '' AND now = ''
            AND at <= %(as_of)s AND recorded_at <= %(known_at)s AND area LIKE %(area)s),
    count(*) FILTER (WHERE now = 'handed_over'), count(*) FILTER (WHERE now = 'rectified'),
    count(*) FILTER (WHERE due <= %(as_of)s) - count(*) FILTER (WHERE was_due <= %(as_of)s)
    FROM ledger_event WHERE book = %(book)s AND at <= %(as_of)s AND recorded_at <= %(known_at)s AND area LIKE %(area)s
"""


def measure(options, say) -> list[Row]:
    operation, points, person, _units, token = district.build("bench-figures")
    written = now()  # what is recorded later may be told of a life and not be written
    lives.fill(operation, points, person, options.rows, say, options.days)
    _compare_all(operation, options, written, say)
    past, street = now() - timedelta(days=options.days / 2, minutes=17), Area.objects.get(path=points[0].area_path)
    asked = (
        ("as of now", None, None, None), ("as of a past instant", past, None, None),
        ("as of a past instant, known at another", past, past + timedelta(hours=5), None),
        ("as of a past instant, one street", past, None, street),
    )  # fmt: skip
    rows = []
    with serving() as (port, _server):
        for what, as_of, known_at, area in asked:
            say(f"figures {what}")
            slice = Slice(area=area.path if area else "")
            ask = partial(_identities, operation, as_of, known_at, slice)
            limit = milliseconds(
                2 if options.rows <= MANY else 1, partial(_ask, LIMIT, operation, as_of, known_at, slice.area)
            )
            rows.append(Row(f"all figures, {options.rows:,} problems, {what}", milliseconds(TIMES, ask), limit, "ms"))
            api = milliseconds(TIMES, _through_the_api(port, operation, token, as_of, known_at, area))
            rows.append(Row(f"… through the API, {what}", api, limit, "ms"))
    say("figures by street")
    streets = queries.areas_below(Area.objects.get(path=street.path[:-4]))
    rows.append(Row(
        f"table of {len(streets)} streets, {options.rows:,} problems, as of a past instant",
        milliseconds(TIMES, lambda: queries.by_area(operation, streets, as_of=past)), 0, "ms",
    ))  # fmt: skip
    return rows


def _identities(operation, as_of, known_at, slice):
    return queries.figures(operation, as_of=as_of, known_at=known_at, slice=slice).identities


def _through_the_api(port, operation, token, as_of, known_at, area):
    conversation, question = http.client.HTTPConnection("127.0.0.1", port), {"operation": operation.code}
    question |= {name: at.isoformat() for name, at in (("as_of", as_of), ("known_at", known_at)) if at}
    question |= {"area": area.code} if area else {}

    def ask():
        conversation.request("GET", f"/api/figures?{urlencode(question)}", headers={"Authorization": f"Bearer {token}"})
        answer = conversation.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {told[:300]!r}")

    return ask


def _compare_all(operation, options, written, say):
    """The answers are the same, or nothing is worth measuring."""
    chance, areas = (
        random.Random(17),
        list(Area.objects.filter(path__startswith=operation.area_path).values_list("path", flat=True)),
    )
    times = 200 if options.rows <= SMALL else 10
    say(f"{times} random questions, counted by hand")
    for _each in range(times):
        as_of = written - timedelta(minutes=chance.uniform(0, 60 * 24 * (options.days + 1)))
        known_at = min(as_of + timedelta(minutes=chance.choice([0, 1, 59, 300, 3000])), written)
        area = chance.choice(["", *areas])
        told = queries.figures(operation, as_of=as_of, known_at=known_at, slice=Slice(area=area)).values
        ours, by_hand = tuple(told[key] for key in KEYS), _ask(BY_HAND, operation, as_of, known_at, area)
        if ours != by_hand:
            raise AssertionError(
                f"as of {as_of}, known at {known_at}, {area!r}: {KEYS} say {ours}, counted by hand {by_hand}"
            )


def _ask(statement, operation, as_of, known_at, area):
    known_at = known_at or now()
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"book": operation.pk, "as_of": as_of or known_at, "known_at": known_at, "area": f"{area}%"}
        )
        return cursor.fetchone()
