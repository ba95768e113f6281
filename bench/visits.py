"""Visits with one problem each, durable: one by one through the whole stack, and in batches of fifty.

Ours: HTTP on loopback, personal token, visibility, rules, hash chain, deliveries, commit on disk. The limit: the very
rows that one such visit leaves behind, with other numbers, in one statement per table and one transaction over a
connection of its own, by raw SQL in a pipeline.
"""

import contextlib
import http.client
import itertools
import json
import os
import random
import socket
import subprocess
import sys
import time

import psycopg
from django.db import connection

from bench import district
from bench.machine import Row, connection_parameters, p99, throughput
from duzhan.base.ledger.models import uuid7
from duzhan.base.ledger.verify import verify
from duzhan.supervision.inspections.models import Visit

BATCH = 50
TABLES = ("inspections_visit", "problems_problem", "ledger_event", "ledger_tail", "ledger_delivery")


def measure(options, say) -> list[Row]:
    operation, points, _inspector, _units, token = district.build("bench-visits")
    rows = []
    with serving(threads=max(options.clients)) as port:
        for clients in options.clients:
            say(f"visits one by one, {clients} clients")
            ours, took = throughput(clients, options.seconds, lambda _n: _single(port, token, operation, points))
            limit, _took = throughput(clients, options.seconds, lambda _n: _raw(_left_by(1)))
            rows.append(
                Row(
                    f"visit with a problem, single, {clients} clients",
                    ours,
                    limit,
                    "/s",
                    f"p99 {1000 * p99(took):.0f} ms",
                )
            )
        for clients in options.clients[:2]:
            say(f"visits in batches of {BATCH}, {clients} clients")
            ours, took = throughput(clients, options.seconds, lambda _n: _batch(port, token, operation, points))
            limit, _took = throughput(clients, options.seconds, lambda _n: _raw(_left_by(BATCH)))
            what = f"visits with a problem, batches of {BATCH}, {clients} clients"
            rows.append(Row(what, ours * BATCH, limit * BATCH, "/s", f"p99 {1000 * p99(took):.0f} ms"))
    if options.quick:
        _forget_raw()
        assert not list(verify()), "the ledger does not verify after the bench"
    return rows


@contextlib.contextmanager
def serving(threads):
    """The product's own server on a free port of loopback, ended with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    workers = max(1, os.cpu_count() or 1)
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "duzhan.config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class",
         "gthread", "--workers", str(workers), "--threads", str(max(4, threads // workers)), "--log-level", "warning"],
    )  # fmt: skip
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(port, server):
    for _ in range(100):
        if server.poll() is not None:
            raise RuntimeError("the server did not start")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise RuntimeError("the server does not answer")


def _visit(points):
    return {
        "id": str(uuid7()), "point": random.choice(points).pk, "problems": [
            {"title": "采样点排队间距不足", "field": "testing", "cause": "careless_measures"}]}  # fmt: skip


def _poster(port, token, path, body_of, expected):
    conversation = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post():
        conversation.request("POST", path, json.dumps(body_of()), headers)
        answer = conversation.getresponse()
        told = answer.read()
        if answer.status != expected:
            raise RuntimeError(f"{answer.status}: {told[:300]!r}")

    return post


def _single(port, token, operation, points):
    return _poster(port, token, "/api/visits", lambda: {"operation": operation.code, **_visit(points)}, 201)


def _batch(port, token, operation, points):
    return _poster(
        port, token, "/api/visits/batch",
        lambda: {"operation": operation.code, "visits": [_visit(points) for _ in range(BATCH)]}, 200,
    )  # fmt: skip


RAW = 10_000_000_000  # numbers of raw rows begin here, far from ours
_numbers = itertools.count(RAW)


def _left_by(visits):
    """The rows that the newest visits have left in each table, as JSON objects."""
    newest = list(Visit.objects.filter(pk__lt=RAW).order_by("-pk").values_list("pk", flat=True)[:visits])
    problems = "SELECT id FROM problems_problem WHERE source_kind = 'visit' AND source_id = ANY(%(visits)s)"
    events = (
        "SELECT id FROM ledger_event WHERE subject_kind = 'visit' AND subject_id = ANY(%(visits)s) "
        f"OR subject_kind = 'problem' AND subject_id IN ({problems})"
    )
    wanted = {
        "inspections_visit": "id = ANY(%(visits)s)",
        "problems_problem": f"id IN ({problems})",
        "ledger_event": f"id IN ({events})",
        "ledger_tail": f"event_id IN ({events})",
        "ledger_delivery": f"event_id IN ({events})",
    }
    left = {}
    with connection.cursor() as cursor:
        for table, where in wanted.items():
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {where}", {"visits": newest})
            left[table] = [row if isinstance(row, dict) else json.loads(row) for (row,) in cursor.fetchall()]
    return left


def _renumbered(left):
    """The same rows with numbers of their own, so that each writing is a new one."""
    subjects, events = {}, {}
    told = {}
    for table in TABLES:
        told[table] = rows = []
        for row in left[table]:
            row = dict(row)
            if table in ("inspections_visit", "problems_problem"):
                subjects[table, row["id"]] = number = next(_numbers)
                row["id"] = number
            elif table == "ledger_event":
                kind = {"visit": "inspections_visit", "problem": "problems_problem"}[row["subject_kind"]]
                row["subject_id"] = subjects[kind, row["subject_id"]]
                events[row["id"]] = event = str(uuid7())
                row["id"] = event
            else:
                row["id"], row["event_id"] = next(_numbers), events[row["event_id"]]
            rows.append(row)
    return told


def _raw(left):
    with connection.cursor() as cursor:  # opens Django's connection, so that its parameters are there
        cursor.execute("SELECT 1")
    conversation = psycopg.connect(**connection_parameters(), autocommit=True)
    conversation.prepare_threshold = 1

    def write():
        told = _renumbered(left)
        with conversation.pipeline(), conversation.transaction():
            for table in TABLES:
                if told[table]:
                    conversation.execute(
                        f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s)",
                        [json.dumps(told[table])],
                    )

    return write


def _forget_raw():
    """Raw rows have no digests of their own: they go before the ledger is verified."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM ledger_tail WHERE id >= %s", [RAW])
        cursor.execute("DELETE FROM ledger_delivery WHERE id >= %s", [RAW])
        cursor.execute("DELETE FROM ledger_event WHERE subject_id >= %s", [RAW])
        cursor.execute("ALTER TABLE ledger_event ENABLE TRIGGER USER")
        cursor.execute("DELETE FROM problems_problem WHERE id >= %s", [RAW])
        cursor.execute("DELETE FROM inspections_visit WHERE id >= %s", [RAW])
