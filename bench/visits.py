"""Visits with one problem each, durable: one by one through the whole stack, and in batches of fifty.

Ours: HTTP on loopback, personal token, visibility, rules, hash chain, deliveries, commit on disk. The limit: the very
rows that such visits leave behind, with other numbers, in one statement and one transaction over a connection of its
own, prepared, by raw SQL. On SQLite there is one writer: ours is the action in one process, the limit the same rows.
"""

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from statistics import mean, median

from django.db import connection

from bench import district, lives, raw
from bench.conversation import Conversation
from bench.machine import Row, p99, throughput
from bench.processes import parent_of, processor_seconds
from duzhan.base.ledger.plain import uuid7
from duzhan.base.ledger.verify import verify
from duzhan.config.server import command
from duzhan.supervision.inspections.actions import record_visits
from duzhan.supervision.inspections.models import Visit

BATCH = 50
STARTS = 5
TURNS = 3


def measure(options, say) -> list[Row]:
    operation, points, inspector, _units, token = district.build("bench-visits")
    if connection.vendor == "sqlite":
        return [_on_sqlite(options, say, operation, points, inspector)]
    rows, empty = [], {}
    with serving() as (port, server):
        ours = {1: _singles(port, token, operation, points), BATCH: _batches(port, token, operation, points)}
        for visits, name in ((1, "single"), (BATCH, f"batches of {BATCH}")):
            ours[visits](0)()  # so that there is something whose rows can be written again
            left = raw.left_by(_newest(visits))
            for clients in options.clients if visits == 1 else options.clients[:2]:
                say(f"visits, {name}, {clients} clients")
                rate, limit, note = _by_turns(ours[visits], left, clients, options.seconds, server, visits)
                empty[visits, clients] = rate
                rows.append(Row(f"visit with a problem, {name}, {clients} clients", rate, limit, "/s", note))
        raw.forget()
        if options.quick:
            assert not list(verify()), "the ledger does not verify after the bench"
        else:
            rows += _in_a_full_ledger(options, say, operation, points, inspector, ours, server, empty)
    return [*rows, *_in_a_process_on_sqlite(options, say), _start(options, say)]


def _in_a_full_ledger(options, say, operation, points, inspector, ours, server, empty):
    """The same again when the ledger holds `--rows` problems; the limit is what the empty one gave."""
    lives.fill(operation, points, inspector, options.rows, say)
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")  # what filling left for the disk to do is not what a full ledger costs
    clients = options.clients[1] if len(options.clients) > 1 else options.clients[0]
    for visits, name in ((1, "single"), (BATCH, f"batches of {BATCH}")):
        say(f"visits, {name}, {options.rows:,} problems in the ledger")
        rate, note = _told([_measured(ours[visits], clients, options.seconds, server)], clients, visits)
        yield Row(
            f"the same, {name}, {clients} clients, beside {options.rows:,} (limit: empty)", rate,
            empty[visits, clients], "/s", note,
        )  # fmt: skip


def _by_turns(ours, left, clients, seconds, server, visits):
    """(visits a second, their limit, note): a part of the time each in turn, so that a slow minute meets both alike."""
    told, limits = [], []
    for _ in range(TURNS):
        told.append(_measured(ours, clients, seconds / TURNS, server))
        limits.append(throughput(clients, seconds / TURNS, lambda _n: raw.writing(left))[0])
    rate, note = _told(told, clients, visits)
    return rate, visits * mean(limits), note


def _measured(work, clients, seconds, server):
    """(calls a second, how long each took, processor seconds of the server and of the database)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        database = parent_of(cursor.fetchone()[0])
    before = [processor_seconds(server.pid), processor_seconds(database)]
    rate, took = throughput(clients, seconds, work)
    after = [processor_seconds(server.pid), processor_seconds(database)]
    return rate, took, *(later - then for later, then in zip(after, before, strict=True))


def _told(measured, clients, visits):
    """(visits a second, a note: the slowest hundredth, and the processor time that one visit took, by whom)."""
    rates, took, server, database = zip(*measured, strict=True)
    times = [each for some in took for each in some]
    many = visits * (len(times) + clients * len(measured))  # each client calls once to warm up
    mine, theirs = 1000 * sum(server) / many, 1000 * sum(database) / many
    note = f"{mine + theirs:.2f} ms of CPU each ({mine:.2f} server, {theirs:.2f} database)"
    return visits * mean(rates), f"p99 {1000 * p99(times):.0f} ms, {note}"


@contextlib.contextmanager
def serving():
    """The product's own server, as `duzhan run` starts it, on a free port of loopback; ended with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(command(port, workers=os.cpu_count()))
    try:
        _wait_for(port, server)
        yield port, server
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(port, server):
    """Until it answers; a connection may be taken before there is anybody to answer."""
    for _ in range(2000):
        if server.poll() is not None:
            raise RuntimeError("the server did not start")
        with contextlib.suppress(OSError):
            Conversation(port, "dz_nobody").get("/api/me", 401)
            return
        time.sleep(0.01)
    raise RuntimeError("the server does not answer")


def _start(options, say):
    """From the start of the process to its first answer; the limit is Python with Django and nothing of ours."""
    say("start to the first answer")
    took, bare = [], []
    for _ in range(2 if options.quick else STARTS):
        began = time.perf_counter()
        with serving():
            took.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import django.core.handlers.wsgi, psycopg, ninja"], check=True)
        bare.append(1000 * (time.perf_counter() - began))
    return Row("start of the server to its first answer (limit: imports)", median(took), median(bare), "ms")


# --- what is sent -----------------------------------------------------------------------------------------------


def _visit(points):
    return {
        "id": str(uuid7()), "point": random.choice(points).pk, "problems": [
            {"title": "采样点排队间距不足", "field": "testing", "cause": "careless_measures"}]}  # fmt: skip


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


def _newest(visits):
    return list(Visit.objects.filter(pk__lt=lives.FIRST).order_by("-pk").values_list("pk", flat=True)[:visits])


# --- SQLite -----------------------------------------------------------------------------------------------------


def _in_a_process_on_sqlite(options, say):
    """The rows of this bench on a new SQLite file, which wants a process that never heard of PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="duzhan-bench-") as folder:
        environment = {name: each for name, each in os.environ.items() if name != "DUZHAN_DATABASE_URL"}
        say("SQLite")
        asked = ["-m", "bench", "visits", "--json", "--seconds", str(options.seconds)]
        told = subprocess.run(
            [sys.executable, *asked], env=environment | {"DUZHAN_DATA_DIR": folder}, stdout=subprocess.PIPE, check=True
        )
    for row in json.loads(told.stdout)["rows"]:
        del row["ratio"]
        yield Row(**row)


def _on_sqlite(options, say, operation, points, inspector):
    say(f"visits, batches of {BATCH}, one process on SQLite")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,), "the bench is about synchronous=FULL"
    found = {"title": "采样点排队间距不足", "field": "testing", "cause": "careless_measures"}

    def ours():
        rows = [{"id": uuid7(), "point": random.choice(points), "problems": [found]} for _ in range(BATCH)]
        record_visits(operation, rows, by=inspector, via="api")

    ours()
    write, took, limit = raw.writing(raw.left_by(_newest(BATCH))), [], []
    until = time.perf_counter() + 2 * options.seconds
    while time.perf_counter() < until:  # by turns, so that whatever else the machine does meets both alike
        for work, times in ((ours, took), (write, limit)):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
    raw.forget()
    assert not list(verify()), "the ledger does not verify after the bench"
    rates = (BATCH * len(each) / sum(each) for each in (took, limit))
    return Row(
        f"visit with a problem, batches of {BATCH}, SQLite, one process", *rates, "/s", f"p99 {1000 * p99(took):.0f} ms"
    )
