"""`duzhan verify` over a true ledger: ten events for each of `--rows`, with digests, current rows, order and a seal.

One visit and one problem are entered and moved by real actions; all others are their like, with numbers and digests of
their own. The limit: all bytes of the events read by COPY in as many processes as there are cores, and a SHA-256 of each.
"""

import json
import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from django.db import connection

from bench import district, lives
from bench.machine import Row
from duzhan.base.ledger import actions, met, proof, rollups
from duzhan.base.ledger.digests import canonical
from duzhan.base.ledger.drafts import columns_of
from duzhan.base.ledger.models import plain
from duzhan.base.ledger.queries import story
from duzhan.base.ledger.workers import Workers
from duzhan.people.models import Person
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.inspections.models import Visit
from duzhan.supervision.problems import actions as problems
from duzhan.supervision.problems.models import Problem

PART = 200_000  # what is read and worked out at a time
ID, SUBJECT, PREV, DIGEST = "@id@", 987_654_321_987, "@prev@", "@digest@"


def measure(options, say) -> list[Row]:
    operation, points, person, _units, _token = district.build("bench-verifying")
    say(f"writing {10 * options.rows:,} true events")
    _write_many(operation, _one_life(operation, points, person), options.rows)
    say("order and sums")
    _settle(operation, options.rows)
    actions.seal()
    say("verifying")
    many, cores = 10 * options.rows, os.cpu_count() or 1
    limit = many / _took(lambda: _hash_all(options.rows, cores))
    command = [Path(sys.executable).with_name("duzhan"), "verify", "--processes", str(cores)]
    ours = many / _took(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    return [Row(f"duzhan verify over {many:,} events, {cores} processes", ours, limit, "/s")]


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


def _write_many(operation, subjects, many):
    """The like of these subjects, so many of each: events by COPY, current rows by SQL."""
    stories = [[_Alike(event) for event in story(subject)] for subject in subjects]
    columns = ", ".join(f'"{name}"' for name in columns_of(story(subjects[0])[0]))
    with connection.cursor() as cursor:
        cursor.execute(
            "SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET session_replication_role = replica"
        )
        indexes = lives.without_indexes(cursor)
        cursor.execute("CREATE TEMP TABLE bench_head (n bigint, which int, head text)")
        heads, number = [], 0
        with cursor.copy(f"COPY ledger_event ({columns}) FROM STDIN") as copy:
            for n in range(1, many + 1):
                for which, alike in enumerate(stories):
                    head = proof.FIRST
                    for event in alike:
                        number += 1
                        line, head = event.told(number, lives.FIRST + n, head)
                        copy.write(line)
                    heads.append(f"{n}\t{which}\t{head}\n")
        with cursor.copy("COPY bench_head FROM STDIN") as copy:
            for start in range(0, len(heads), PART):
                copy.write("".join(heads[start : start + PART]))
        for statement in indexes:
            cursor.execute(statement)
        for which, subject in enumerate(subjects):
            _write_rows(cursor, which, subject)
        cursor.execute("RESET ALL")


class _Alike:
    """An event, to be written again with another id, subject and digest."""

    def __init__(self, event):
        content = event.content() | {"id": ID, "subject_id": SUBJECT, "prev": PREV}
        self.hashed = _with_gaps(canonical(content).decode(), ID, PREV, str(SUBJECT)).encode()
        columns = columns_of(event) | {"id": ID, "subject_id": SUBJECT, "prev": PREV, "digest": DIGEST}
        told = "\t".join(_copied(value) for value in columns.values()) + "\n"
        self.written = _with_gaps(told, ID, str(SUBJECT), PREV, DIGEST)

    def told(self, number, subject, prev):
        """The line for COPY, and the digest."""
        told = f"{number:032x}"
        key = f"{told[:8]}-{told[8:12]}-{told[12:16]}-{told[16:20]}-{told[20:]}"
        digest = sha256(self.hashed % (key.encode(), prev.encode(), b"%d" % subject)).hexdigest()
        return self.written % (key, subject, prev, digest), digest


def _with_gaps(text, *gaps):
    text = text.replace("%", "%%")
    for gap in gaps:
        text = text.replace(gap, "%s", 1)
    return text


def _copied(value):
    """A value as COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    return str(plain(value)).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _write_rows(cursor, which, subject):
    table, fields = subject._meta.db_table, [f'"{field.column}"' for field in subject._meta.concrete_fields]
    new = {'"id"': f"{lives.FIRST} + h.n", '"head"': "h.head"}
    columns = ", ".join(new.get(name, f"s.{name}") for name in fields)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(fields)}) SELECT {columns} FROM {table} s, bench_head h WHERE s.id = %s AND h.which = %s",
        [subject.pk, which],
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
    parts = [(lives.FIRST + start, lives.FIRST + start + PART // 10) for start in range(0, many + 1, PART // 10)]
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
