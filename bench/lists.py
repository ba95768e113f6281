"""A page of the ledger at any size, and looking for words: through the whole stack, as three people see it.

Ours: HTTP on loopback, to a personal token (JSON) or a session (HTML), rights in the query, the middle of many calls. The
limit: the best single statement that gives the rows of the same page, prepared, on a connection of its own. Answers are
held against what the database finds by looking at every row.
"""

import json
import re
import time
import zlib
from contextlib import closing
from http.client import HTTPConnection
from statistics import median
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from bench import problems
from bench.machine import Row, connection_parameters, milliseconds, p99, timed
from bench.serving import serving
from duzhan.supervision.problems import texts
from duzhan.supervision.problems.flow import COUNTED

SHOWN = 25  # rows on a page
MOST_WORDS = 2_000_000  # beyond, only pages are measured
WORDS = (  # what is looked for, and what sort of words it is
    ("椰", "one letter"), ("排队", "two letters, in one of ten"), ("通风不良", "four letters, in one of twenty"),
    ("松柏", "two letters, in one of ten thousand"), ("路17号", "letters and digits"), ("查无此字", "nowhere"),
)  # fmt: skip
PAGE = (
    "SELECT * FROM problems_problem WHERE operation_id = %s AND stage = %s AND area_path ~>=~ %s AND area_path ~<~ %s "
)
HAVING = "SELECT problem_id FROM problems_text WHERE {} AND problems_pairs(letters) @> problems_pairs(%s) AND letters LIKE %s"
FOUND = (
    f"SELECT p.* FROM ({HAVING.format('is_open')} UNION ALL {HAVING.format('NOT is_open')}) t "
    "JOIN problems_problem p ON p.id = t.problem_id WHERE p.operation_id = %s ORDER BY p.due_at, p.id LIMIT 26"
)
HAVING_BY_HAND = (
    "SELECT id FROM problems_problem WHERE operation_id = %s AND stage = ANY(%s) AND klass <> 'conduct' AND area_path LIKE %s "
    "AND (title LIKE %s OR detail LIKE %s)"
)


def measure(options, say) -> list[Row]:
    crowd = problems.build("bench-lists", options.rows, say)
    rows = _read_in(options, say) if options.rows <= MOST_WORDS else []
    with connection.cursor() as cursor:
        for table in ("problems_problem", "problems_text", "problems_unread"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")  # what filling left for the disk to do is not what a list costs
    with serving() as (port, _server), psycopg.connect(**connection_parameters(), autocommit=True) as raw:
        raw.prepare_threshold = 0
        for name in crowd.readers:
            say(f"first and last page, {name}")
            rows += _pages(crowd, name, port, raw, options)
        if options.rows <= MOST_WORDS:
            say("words")
            rows += _searches(crowd, port, raw, options)
    return rows


def _read_in(options, say):
    say("reading the words in")
    started = time.perf_counter()
    while texts.read_new(20_000):
        pass
    took = time.perf_counter() - started
    return [Row(f"words of {options.rows:,} problems read in by the worker", options.rows / took, 0, "/s")]


def _pages(crowd, name, port, raw, options):
    operation, times, told = crowd.operation, options.times, []
    for stage, area in (("accepted", crowd.street), ("found", crowd.community), ("closed", crowd.community)):
        if (name, stage) == ("unit", "found"):
            continue  # a unit sees nothing before it is handed over
        address = {"operation": operation.code, "stage": stage, "area": area.code}
        bounds = [operation.pk, stage, area.path, f"{area.path}~"]
        limit = milliseconds(times, lambda: raw.execute(PAGE + "ORDER BY id DESC LIMIT 51", bounds).fetchall())  # noqa: B023
        html_limit = milliseconds(times, lambda: raw.execute(PAGE + "ORDER BY due_at, id LIMIT 26", bounds).fetchall())  # noqa: B023
        last = {**address, "after": _second_last(raw, bounds)}
        with closing(HTTPConnection("127.0.0.1", port)) as api, closing(HTTPConnection("127.0.0.1", port)) as page:
            ask = _asker(api, Authorization=f"Bearer {crowd.tokens[name]}")
            look = _asker(page, Cookie=f"{settings.SESSION_COOKIE_NAME}={session_of(crowd.readers[name])}")
            _agree(ask(f"/api/problems?{urlencode(address)}"), raw, bounds, crowd, name)
            first = timed(times, lambda: ask(f"/api/problems?{urlencode(address)}"))  # noqa: B023
            end = timed(times, lambda: ask(f"/api/problems?{urlencode(last)}"))  # noqa: B023
            del address["operation"]
            html = timed(times, lambda: look(f"/problems/?{urlencode(address)}"))  # noqa: B023
        what = f"{options.rows:,} problems, {name}, {stage} in a {area.level}"
        told += [
            Row(f"API, {what}", median(first), limit, "ms", f"p99 {p99(first):.0f} ms", asked=8),
            Row(
                f"API, {what}: last page (limit: first)",
                median(end),
                median(first),
                "ms",
                f"p99 {p99(end):.0f} ms",
                asked=8,
            ),
            Row(f"HTML, {what}", median(html), html_limit, "ms", f"p99 {p99(html):.0f} ms", asked=25),
        ]
    return told


def _searches(crowd, port, raw, options):
    told = []
    for name in ("office", "street officer"):
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(crowd.readers[name])}"
        for words, sort in WORDS:
            address = f"/problems/?q={quote(words)}"
            with closing(HTTPConnection("127.0.0.1", port)) as page:
                look = _asker(page, Cookie=cookie)
                _find(look(address).decode(), raw, crowd, name, words)
                ours = timed(options.times, lambda: look(address))  # noqa: B023
            asked = [*(words, f"%{words}%") * 2, crowd.operation.pk]
            limit = milliseconds(options.times, lambda: raw.execute(FOUND, asked).fetchall())  # noqa: B023
            what = f"HTML, {options.rows:,} problems, {name} looks for {words} ({sort})"
            told.append(Row(what, median(ours), limit, "ms", f"p99 {p99(ours):.0f} ms", asked=30))
    return told


def _asker(conversation, **headers):
    def ask(address):
        conversation.request("GET", address, headers={"Accept-Encoding": "gzip", **headers})
        answer = conversation.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{address}: {answer.status}")
        return told if answer.headers.get("Content-Encoding") != "gzip" else zlib.decompress(told, 31)

    return ask


def _second_last(raw, bounds) -> int:
    """A number behind which less than a page is left."""
    rows = raw.execute(PAGE.replace("*", "id") + "ORDER BY id LIMIT 50", bounds).fetchall()
    return rows[-1][0] if rows else 1


def _agree(answer, raw, bounds, crowd, name):
    """The page holds the rows that looking at every row finds: nothing about conduct, or only what one's unit was handed."""
    told = [item["id"] for item in json.loads(answer)["items"]]
    rows = raw.execute(PAGE.replace("*", "id, klass, unit_id") + "ORDER BY id DESC", bounds)
    expected = [pk for pk, klass, unit in rows if (unit == crowd.unit if name == "unit" else klass != "conduct")]
    if told != expected[:50]:
        raise AssertionError(f"{name}: the page does not hold the rows that it should")


def _find(page, raw, crowd, name, words):
    """The page shows as many rows with these words as fit on it, and no others."""
    told = {int(number) for number in re.findall(r'data-href="/problems/(\d+)/[?"]', page)}
    area = crowd.street.path if name == "street officer" else crowd.operation.area_path
    asked = [crowd.operation.pk, list(COUNTED), f"{area}%", f"%{words}%", f"%{words}%"]
    expected = {number for (number,) in raw.execute(HAVING_BY_HAND, asked)}
    if not told <= expected or len(told) != min(SHOWN, len(expected)):
        raise AssertionError(
            f"{name} looks for {words}: {len(told)} rows of {len(expected)}, {len(told - expected)} of them without it"
        )


def session_of(person) -> str:
    """The key of a session in which this person has signed in."""
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session.create()
    return session.session_key
