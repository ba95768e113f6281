"""The limit of writing: rows that were written before, written again by raw SQL with numbers of their own."""

import itertools
import json

import orjson
import psycopg
from django.db import connection

from bench.machine import connection_parameters
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.plain import uuid7
from duzhan.supervision.problems.models import Problem

FIRST = 10_000_000_000  # numbers of raw rows begin here, far from ours
TABLES = ("inspections_visit", "problems_problem", "ledger_event", "ledger_tail", "ledger_delivery")
NUMBERED = {"inspections_visit": "visit", "problems_problem": "problem"}  # table: kind of subject
_numbers = itertools.count(FIRST)


def left_by(visits) -> dict:
    """The rows that these visits have left in each table: {table: [{column: value}]}, as the database keeps them."""
    problems = list(Problem.objects.filter(source_kind="visit", source_id__in=visits).values_list("pk", flat=True))
    subjects = {"visit": visits, "problem": problems}
    events = [
        key
        for kind, ids in subjects.items()
        for key in Event.objects.filter(subject_kind=kind, subject_id__in=ids).values_list("pk", flat=True)
    ]
    if connection.vendor == "sqlite":
        events = [key.hex for key in events]
    wanted = {
        "inspections_visit": ("id", visits), "problems_problem": ("id", problems), "ledger_event": ("id", events),
        "ledger_tail": ("event_id", events), "ledger_delivery": ("event_id", events),
    }  # fmt: skip
    return {table: _rows(table, *which) for table, which in wanted.items()}


def _rows(table, column, keys):
    places = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {column} IN ({places})", keys)
        names = [each[0] for each in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def renumbered(left) -> dict:
    """The same rows with numbers of their own, so that each writing is a new one."""
    subjects, events, told = {}, {}, {}
    for table in TABLES:
        told[table] = rows = []
        for row in left[table]:
            row = dict(row)
            if table in NUMBERED:
                subjects[NUMBERED[table], row["id"]] = row["id"] = next(_numbers)
                if row.get("source_id"):
                    row["source_id"] = subjects["visit", row["source_id"]]
            elif table == "ledger_event":
                row["subject_id"] = subjects[row["subject_kind"], row["subject_id"]]
                key = uuid7()
                events[row["id"]] = row["id"] = key if connection.vendor == "postgresql" else key.hex
            else:
                row["id"], row["event_id"] = next(_numbers), events[row["event_id"]]
            rows.append(row)
    return told


def writing(left):
    """A function that writes these rows once more and waits for the disk: one statement on PostgreSQL."""
    return (_on_postgresql if connection.vendor == "postgresql" else _on_sqlite)(left)


def _on_postgresql(left):
    conversation = psycopg.connect(**connection_parameters(), autocommit=True)
    tables = [table for table in TABLES if left[table]]
    parts = [f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s::json)" for table in tables]
    before = ", ".join(f"written_{number} AS ({part})" for number, part in enumerate(parts[:-1]))
    statement = f"WITH {before} {parts[-1]}"

    def write():
        told = renumbered(left)
        documents = [orjson.dumps(_read(told[table])).decode() for table in tables]
        conversation.execute(statement, documents, prepare=True)

    return write


def _read(rows):
    """Documents inside rows as documents: Django reads them as text."""
    documents = ("facts", "changes", "answers")
    return [
        {name: json.loads(each) if name in documents and isinstance(each, str) else each for name, each in row.items()}
        for row in rows
    ]


def _on_sqlite(left):
    statements = {}
    for table in TABLES:
        if left[table]:
            names = ", ".join(f'"{name}"' for name in left[table][0])
            places = ", ".join("?" * len(left[table][0]))
            statements[table] = f"INSERT INTO {table} ({names}) VALUES ({places})"

    def write():
        told = renumbered(left)
        database = connection.connection
        database.execute("BEGIN IMMEDIATE")
        for table, statement in statements.items():
            database.executemany(statement, [tuple(row.values()) for row in told[table]])
        database.execute("COMMIT")

    return write


def forget():
    """Raw rows have no digests of their own: they go before the ledger is verified."""
    if connection.vendor == "postgresql":  # no trigger is asked, nor any reference, of which each would be a search
        lift, back = ["SET session_replication_role = replica"], ["SET session_replication_role = DEFAULT"]
    else:
        lift = ["PRAGMA foreign_keys = OFF", "DROP TRIGGER IF EXISTS ledger_event_no_delete"]
        back = ["PRAGMA foreign_keys = ON"]
    raw_events = f"SELECT id FROM ledger_event WHERE subject_kind IN ('visit', 'problem') AND subject_id >= {FIRST}"
    with connection.cursor() as cursor:
        for statement in (
            *lift, f"DELETE FROM ledger_tail WHERE id >= {FIRST}", f"DELETE FROM ledger_delivery WHERE id >= {FIRST}",
            f"DELETE FROM ledger_event WHERE id IN ({raw_events})", f"DELETE FROM problems_problem WHERE id >= {FIRST}",
            f"DELETE FROM inspections_visit WHERE id >= {FIRST}", *back,
        ):  # fmt: skip
            cursor.execute(statement)
