"""The figures of one report at a million problems and more: as of any instant, known at any instant, by area and stage.

Ours: every figure of the catalogue with its identities, by the product's own question, and through the API. The limit:
the best single statement over the same data that gives the numbers of the sentence and those overdue, from the events
and an index (what an office would write by hand). Before anything is measured the answers are held against
counting by hand for random instants and areas.
"""

import http.client
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.db import connection

from bench import by_hand, district, lives
from bench.machine import Row, milliseconds
from bench.serving import serving
from duzhan.base.clock.instants import now
from duzhan.base.ledger.queries import Slice
from duzhan.insight.figures import queries
from duzhan.places.models import Area

QUESTIONS = 200  # at random instants and areas, counted by hand
MANY = 1_000_000  # beyond this the limit, a reading of all events, is measured once

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
    by_hand.compare(operation, options.days, written, QUESTIONS, say)
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
            told, times = f"{options.rows:,} problems, {what}", options.times
            rows.append(Row(f"all figures, {told}", milliseconds(times, ask), limit, "ms", asked=15))
            api = milliseconds(times, _through_the_api(port, operation, token, as_of, known_at, area))
            rows.append(Row(f"figures through the API, {told}", api, limit, "ms", asked=30))
    say("figures by street")
    streets = queries.areas_below(Area.objects.get(path=street.path[:-4]))
    rows.append(Row(
        f"table of {len(streets)} streets, {options.rows:,} problems, as of a past instant",
        milliseconds(options.times, lambda: queries.by_area(operation, streets, as_of=past)), 0, "ms",
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


def _ask(statement, operation, as_of, known_at, area):
    known_at = known_at or now()
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"book": operation.pk, "as_of": as_of or known_at, "known_at": known_at, "area": f"{area}%"}
        )
        return cursor.fetchone()
