"""`duzhan verify` over a true ledger of `--events`, ten million at most: with digests, current rows, order and a seal.

One visit and one problem are entered and moved by real actions; all others are their like, with numbers and digests of
their own. The limit: all bytes of the events read by COPY in as many processes as there are cores, and a SHA-256 of each.
"""

import os
import resource
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from django.db import connection

from bench import district, lives
from bench.machine import Row, room_in_the_database
from duzhan.base.ledger import actions, met, proof, rollups
from duzhan.base.ledger.digests import canonical
from duzhan.base.ledger.drafts import columns_of
from duzhan.base.ledger.queries import story
from duzhan.base.ledger.workers import Workers
from duzhan.people.models import Person
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.inspections.models import Visit
from duzhan.supervision.problems import actions as problems
from duzhan.supervision.problems.models import Problem

PART = 200_000  # what is written, read and worked out at a time
MOST = 10_000_000
BYTES = 1_500  # of disk for one event with its place in the order, at most
EACH = 10  # events of one visit and one problem
SUBJECT = 987_654_321_987


def measure(options, say) -> list[Row]:
    operation, points, person, _units, _token = district.build("bench-verifying")
    lifes, cores = min(options.events, MOST) // EACH, os.cpu_count() or 1
    many = EACH * lifes
    room_in_the_database(many * BYTES)
    say(f"writing {many:,} true events")
    filled = many / _took(lambda: _fill(operation, _one_life(operation, points, person), lifes, say))
    say(f"written at {filled:,.0f} /s; verifying")
    limit = many / _took(lambda: _hash_all(lifes, cores))
    read = many / _took(_read_all)
    command = [Path(sys.executable).with_name("duzhan"), "verify", "--processes", str(cores)]
    ours = many / _took(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000  # of the largest; also of those that only hash
    told = f"no process holds more than {held:,.0f} MB; one that only reads the table: {read:,.0f} /s"
    return [Row(f"duzhan verify over {many:,} events, {cores} processes", ours, limit, "/s", told, asked=150_000)]


def _fill(operation, subjects, lifes, say):
    _write_many(operation, subjects, lifes, say)
    say("order and sums")
    _settle(operation, lifes)
    actions.seal()


def _read_all():
    with connection.cursor() as cursor:
        cursor.execute(
            "SET max_parallel_workers_per_gather = 0; SELECT count(digest), max(length(prev)) FROM ledger_event"
        )


def _took(do):
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def _one_life(operation, points, person):
    """A visit of one event and a problem of nine."""
    office = Person.objects.get(username="bench-verifying-office")
    visit = record_visit(operation, {"point": points[0]}, by=person)
    problem = problems.find(
        operation, by=person, title="采样点排队间距不足", field="testing", cause="careless_measures", point=points[0], unit=points[0].body
    )  # fmt: skip
    problem = problems.hand_over(problem, by=office, unit=points[0].body)
    for _each in range(2):
        problem = problems.press(problem, by=office, note="请抓紧整改。")
        problem = problems.pause(problem, by=office, reason="封控。")
        problem = problems.resume(problem, by=office)
    problem = problems.press(problem, by=office, note="请抓紧整改。")
    while rollups.settle():
        pass
    return Visit.objects.get(pk=visit.pk), Problem.objects.get(pk=problem.pk)


def _write_many(operation, subjects, many, say):
    """The like of these subjects, so many of each, digest upon digest; then their current rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET session_replication_role = replica; SET jit = off"
        )
        indexes = lives.without_indexes(cursor)
        for subject in subjects:
            statement = _alike(list(story(subject)))
            for first in range(1, many + 1, PART):
                cursor.execute(statement, {"first": first, "last": min(first + PART - 1, many)})
        say("indexes and current rows")
        for statement in indexes:
            cursor.execute(statement)
        cursor.execute("ANALYZE ledger_event")
        for subject in subjects:
            _write_rows(cursor, subject)
        cursor.execute("RESET ALL")


def _alike(events):
    """The statement that writes stories like this one under other numbers, with ids and digests of their own.

    OFFSET 0 keeps PostgreSQL from working out a digest more than once.
    """
    own = ("id", "subject_id", "prev", "digest")
    columns = [f'"{name}"' for name in columns_of(type(events[0])) if name not in own]
    kind, subject = events[0].subject_kind, events[0].subject_id
    chain = "".join(
        f"CROSS JOIN LATERAL (SELECT {_id(event)} AS id{event.seq}, {_digest(event)} AS digest{event.seq} OFFSET 0) d{event.seq} "
        for event in events
    )
    told = ", ".join(f"({n}, id{n}, digest{n - 1}, digest{n})" for n in (event.seq for event in events))
    return f"""
        INSERT INTO ledger_event (id, subject_id, prev, digest, {", ".join(columns)})
        SELECT n.id, {lives.FIRST} + n.n, n.prev, n.digest, {", ".join(f"t.{name}" for name in columns)} FROM (
            SELECT n, each.* FROM generate_series(%(first)s::bigint, %(last)s) AS n
            CROSS JOIN (SELECT '{proof.FIRST}' AS digest0) AS d0 {chain}
            CROSS JOIN LATERAL (VALUES {told}) AS each(seq, id, prev, digest) OFFSET 0
        ) n JOIN ledger_event t ON t.seq = n.seq AND t.subject_kind = '{kind}' AND t.subject_id = {subject}
    """


def _id(event):
    """A number for each event, as the 128 bits of an id."""
    which = {"visit": 1, "problem": 2}[event.subject_kind]
    return f"CAST(lpad(to_hex({which} * 10000000000000 + 100 * n + {event.seq}), 32, '0') AS uuid)"


def _digest(event):
    """The digest of an event like this one: its canonical JSON, where id, number and the digest before are filled in."""
    gaps = {
        "@id@": f"CAST({_id(event)} AS text)",
        "@prev@": f"digest{event.seq - 1}",
        str(SUBJECT): f"({lives.FIRST} + n)",
    }
    content = event.content() | {"id": "@id@", "subject_id": SUBJECT, "prev": "@prev@"}
    told = "'" + canonical(content).decode().replace("'", "''").replace("%", "%%") + "'"
    for gap, filled in gaps.items():
        told = told.replace(gap, f"' || {filled} || '", 1)
    return f"encode(sha256(convert_to({told}, 'UTF8')), 'hex')"


def _write_rows(cursor, subject):
    table, fields = subject._meta.db_table, [f'"{field.column}"' for field in subject._meta.concrete_fields]
    new = {'"id"': "e.subject_id", '"head"': "e.digest"}
    columns = ", ".join(new.get(name, f"s.{name}") for name in fields)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(fields)}) SELECT {columns} FROM {table} s JOIN ledger_event e "
        "ON e.subject_kind = %s AND e.subject_id > %s AND e.seq = s.seq WHERE s.id = %s",
        [subject.subject_kind, lives.FIRST, subject.pk],
    )


def _settle(operation, many):
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET work_mem = '256MB'; SET session_replication_role = replica")
        cursor.execute("SELECT max(position) FROM ledger_entry")
        [last] = cursor.fetchone()
        cursor.execute(
            "INSERT INTO ledger_entry (position, event_id, digest) SELECT %s + row_number() OVER (ORDER BY kind <> 'visit.record', id), "
            "id, digest FROM ledger_event WHERE book = %s AND subject_id > %s",
            [last, operation.pk, lives.FIRST],
        )
        cursor.execute("RESET ALL")
        cursor.execute("VACUUM ANALYZE")
        source = "FROM ledger_event e WHERE e.book = %(book)s AND e.subject_id > %(first)s"
        cursor.execute(rollups.adding_up("postgresql", source), {"book": operation.pk, "first": lives.FIRST})
        for after in range(last, last + many, PART):  # the visits come first
            met.add_up(cursor, after, min(after + PART, last + many))


def _hash_all(many, cores):
    parts = [(lives.FIRST + start, lives.FIRST + start + PART // EACH) for start in range(0, many + 1, PART // EACH)]
    with Workers(cores) as workers:
        for _arguments, _many in workers.ask_each(_hash, parts):
            pass


def _hash(start, end):
    many = 0
    with connection.cursor() as cursor, cursor.copy(
        f"COPY (SELECT * FROM ledger_event WHERE subject_kind IN ('problem', 'visit') AND subject_id >= {start} AND subject_id < {end}) "
        "TO STDOUT"
    ) as copy:  # fmt: skip
        for row in copy:
            sha256(row).digest()
            many += 1
    return many
