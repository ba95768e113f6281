"""How numbers are taken and rows are written: in one statement for all tables on PostgreSQL, one a table on SQLite.

Rows come as dictionaries of columns. PostgreSQL gets each table's rows as one JSON document, which of all ways costs
client and server least (docs/build/performance.md); its statements are prepared once per connection.
"""

from datetime import UTC, datetime
from functools import cache
from types import NoneType
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import JSONField, Max

from duzhan.base.statements import execute, quoted, rows_of

WRITERS = 7_105_002  # the advisory lock that writers share on PostgreSQL, and that `still` takes alone

_AS_THEY_ARE = {str, int, bool, NoneType}


def _connection():
    return connections[DEFAULT_DB_ALIAS]


def is_postgresql() -> bool:
    return _connection().vendor == "postgresql"


# --- numbers ----------------------------------------------------------------------------------------------------


def announce_and_number(counts: dict) -> dict:
    """Say that a writer is at work until its transaction ends, and take numbers: {model: how many} → {model: numbers}.

    Writers do not wait for each other here; `still` waits for all of them.
    """
    if not is_postgresql():
        # one writer at a time, so the counter cannot move until this transaction ends
        return {model: _next_on_sqlite(model, count) for model, count in counts.items()}
    numbers = {model: [] for model in counts}
    models = list(counts)
    for which, number in rows_of(_numbering(tuple(models)), [WRITERS, *counts.values()]):
        if which >= 0:
            numbers[models[which]].append(number)
    return numbers


def wait_for_writers():
    """Until the transaction ends, nobody else writes: those at work end first, new ones wait."""
    if is_postgresql():
        execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS])


@cache
def _numbering(models):
    announced = "SELECT -1, count(*) FROM (SELECT pg_advisory_xact_lock_shared(%s)) AS announced"
    taken = [
        # (SELECT %s): how many it is must not make PostgreSQL plan anew
        f"SELECT {which}, nextval('{_sequence(model)}') FROM generate_series(1, (SELECT %s::int))"  # noqa: S608 our names
        for which, model in enumerate(models)
    ]
    return " UNION ALL ".join([announced, *taken])


def _sequence(model):
    [(name,)] = rows_of("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, model._meta.pk.column])
    return name


def _next_on_sqlite(model, count):
    told = rows_of("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
    last = told[0][0] if told else model.objects.aggregate(last=Max("pk"))["last"] or 0
    return range(last + 1, last + count + 1)


# --- rows -------------------------------------------------------------------------------------------------------


def insert(tables: dict):
    """Write rows: {model: [row, …]}, each row a dictionary with the same columns as the first of its table."""
    tables = {model: rows for model, rows in tables.items() if rows}
    if not tables:
        return
    if is_postgresql():
        shapes = tuple((model, tuple(rows[0])) for model, rows in tables.items())
        execute(_insertion(shapes), [orjson.dumps(rows, default=str).decode() for rows in tables.values()])
        return
    for model, rows in tables.items():
        columns = tuple(rows[0])
        told = [[_for_sqlite(row[name], field) for name, field in _fields(model, columns)] for row in rows]
        with _connection().cursor() as cursor:
            cursor.executemany(_insertion_on_sqlite(model, columns), told)


@cache
def _insertion(shapes):
    parts = [_insertion_of(model, columns) for model, columns in shapes]
    before = ", ".join(f"written_{number} AS ({part})" for number, part in enumerate(parts[:-1]))
    return f"WITH {before} {parts[-1]}" if before else parts[-1]


def _insertion_of(model, columns):
    names = ", ".join(quoted(name) for name in columns)
    kinds = ", ".join(f"{quoted(name)} {_kind(model, name)}" for name in columns)
    table = quoted(model._meta.db_table)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM json_to_recordset(%s::json) AS told({kinds})"  # noqa: S608


@cache
def _columns(model):
    return {field.column: field for field in model._meta.concrete_fields}


def _kind(model, name):
    kind = _columns(model)[name].db_type(_connection())
    return "text" if kind.startswith("varchar") else kind  # the table itself says how long it may be


@cache
def _insertion_on_sqlite(model, columns):
    names, places = ", ".join(quoted(name) for name in columns), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 names of our tables


@cache
def _fields(model, columns):
    return tuple((name, _columns(model)[name]) for name in columns)


def _for_sqlite(value, field):
    """A value as Django keeps it in SQLite."""
    if isinstance(field, JSONField):
        return orjson.dumps(value).decode()
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is datetime:
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value.hex if kind is UUID else field.get_db_prep_save(value, _connection())
