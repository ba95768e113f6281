"""Visits with one problem each, durable: one by one through the whole stack, and in batches of fifty.

Ours: HTTP on loopback, personal token, visibility, rules, hash chain, deliveries, commit on disk. The limit: the very
rows that such visits leave behind, with other numbers, in one statement and one transaction over a connection of its
own, prepared, by raw SQL.
"""

import random
from dataclasses import dataclass
from statistics import mean

from django.db import connection

from bench import district, lives, raw
from bench.conversation import Conversation
from bench.machine import Row, p99, throughput
from bench.processes import parent_of, processor_seconds
from bench.serving import serving
from duzhan.base.ledger.plain import uuid7
from duzhan.base.ledger.verify import verify
from duzhan.supervision.inspections.models import Visit

BATCH = 50
TURNS = 3
PROBLEM = {"title": "采样点排队间距不足", "field": "testing", "cause": "careless_measures"}
SORTS = {1: "single", BATCH: f"batches of {BATCH}"}
ASKED = {  # (visits of one request, clients): what each row is asked to reach
    (1, 8): {"rate": {"asked": 640, "share": 0.20}, "cpu": {"asked": 4}},
    (1, 32): {"p99": {"asked": 100}},
    (BATCH, 8): {"rate": {"asked": 5000, "share": 0.55}, "p99": {"asked": 250}},
}


def measure(options, say) -> list[Row]:
    operation, points, inspector, _units, token = district.build("bench-visits")
    rows, empty = [], {}
    with serving() as (port, server):
        ours = {1: _singles(port, token, operation, points), BATCH: _batches(port, token, operation, points)}
        for visits, name in SORTS.items():
            ours[visits](0)()  # so that there is something whose rows can be written again
            left = raw.left_by(newest(visits))
            for clients in options.clients if visits == 1 else options.clients[:2]:
                say(f"visits, {name}, {clients} clients")
                told, limit = _by_turns(ours[visits], left, clients, options.seconds, server, visits)
                empty[visits, clients] = told.rate
                rows += told.rows(
                    f"visit with a problem, {name}, {clients} clients", limit, ASKED.get((visits, clients), {})
                )
        raw.forget()
        if options.quick:
            assert not list(verify()), "the ledger does not verify after the bench"
        else:
            rows += _in_a_full_ledger(options, say, operation, points, inspector, ours, server, empty)
    return rows


def _in_a_full_ledger(options, say, operation, points, inspector, ours, server, empty):
    """The same again when the ledger holds `--rows` problems; the limit is what the empty one gave."""
    lives.fill(operation, points, inspector, options.rows, say)
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")  # what filling left for the disk to do is not what a full ledger costs
    clients = options.clients[1] if len(options.clients) > 1 else options.clients[0]
    for visits, name in SORTS.items():
        say(f"visits, {name}, {options.rows:,} problems in the ledger")
        told = _told([_measured(ours[visits], clients, options.seconds, server)], clients, visits)
        what = f"the same, {name}, {clients} clients, beside {options.rows:,} (limit: empty)"
        yield from told.rows(what, empty[visits, clients], {"rate": {"share": 0.9}})


@dataclass(frozen=True)
class Told:
    """Visits a second, the slowest hundredth of the requests (ms), the processor time of one visit (ms) and by whom."""

    rate: float
    p99: float
    cpu: float
    by: str

    def rows(self, what, limit, asked):
        """The rate beside its limit, then what else is asked."""
        note = f"p99 {self.p99:.0f} ms, {self.cpu:.2f} ms of CPU each ({self.by})"
        yield Row(what, self.rate, limit, "/s", note, **asked.get("rate", {}))
        for name, meaning in (("p99", "p99 of a request"), ("cpu", "processor time of a visit")):
            if name in asked:
                yield Row(f"{what}: {meaning}", getattr(self, name), 0, "ms", **asked[name])


def _by_turns(ours, left, clients, seconds, server, visits):
    """(what was measured, the limit): a part of the time each in turn, so that a slow minute meets both alike."""
    told, limits = [], []
    for _ in range(TURNS):
        told.append(_measured(ours, clients, seconds / TURNS, server))
        limits.append(throughput(clients, seconds / TURNS, lambda _n: raw.writing(left))[0])
    return _told(told, clients, visits), visits * mean(limits)


def _measured(work, clients, seconds, server):
    """(calls a second, how long each took, processor seconds of the server and of the database)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        database = parent_of(cursor.fetchone()[0])
    before = [processor_seconds(server.pid), processor_seconds(database)]
    rate, took = throughput(clients, seconds, work)
    after = [processor_seconds(server.pid), processor_seconds(database)]
    return rate, took, *(later - then for later, then in zip(after, before, strict=True))


def _told(measured, clients, visits) -> Told:
    rates, took, server, database = zip(*measured, strict=True)
    times = [each for some in took for each in some]
    many = visits * (len(times) + clients * len(measured))  # each client calls once to warm up
    mine, theirs = 1000 * sum(server) / many, 1000 * sum(database) / many
    return Told(visits * mean(rates), 1000 * p99(times), mine + theirs, f"{mine:.2f} server, {theirs:.2f} database")


# --- what is sent -----------------------------------------------------------------------------------------------


def _visit(points):
    return {"id": str(uuid7()), "point": random.choice(points).pk, "problems": [PROBLEM]}


def _singles(port, token, operation, points):
    def work(_number):
        client = Conversation(port, token)
        return lambda: client.post("/api/visits", {"operation": operation.code, **_visit(points)}, 201)

    return work


def _batches(port, token, operation, points):
    def work(_number):
        client = Conversation(port, token)
        return lambda: client.post(
            "/api/visits/batch",
            {"operation": operation.code, "visits": [_visit(points) for _ in range(BATCH)]},
            200,
        )

    return work


def newest(visits) -> list[int]:
    """The numbers of the visits that came last through the product."""
    return list(Visit.objects.filter(pk__lt=lives.FIRST).order_by("-pk").values_list("pk", flat=True)[:visits])
