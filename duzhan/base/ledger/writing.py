"""How numbers are taken and rows are written: in one statement for all tables on PostgreSQL, one a table on SQLite.

Rows come as the names of their columns and the values of each. PostgreSQL gets each table's rows as JSON, which of all ways costs client and
server least (docs/build/performance.md): what all of them have in common once, and of each row the rest. Its statements are prepared once per
connection.
"""

from datetime import UTC
from functools import cache, lru_cache

import orjson
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Max

from duzhan.base.statements import execute, quoted, rows_of

WRITERS = 7_105_002  # the advisory lock that writers share on PostgreSQL, and that `still` takes alone


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
    """Write rows: {model: (names of columns, [values of a row, …])}."""
    tables = {model: (columns, rows) for model, (columns, rows) in tables.items() if rows}
    if not tables:
        return
    if is_postgresql():
        shapes = tuple((model, columns) for model, (columns, _rows) in tables.items())
        execute(_insertion(shapes), [document for told in tables.values() for document in _documents(*told)])
        return
    for model, (columns, rows) in tables.items():
        conversions = _conversions(model, columns)
        with _connection().cursor() as cursor:
            cursor.executemany(_insertion_on_sqlite(model, columns), [_for_sqlite(row, conversions) for row in rows])


def _documents(columns, rows):
    """As JSON: what stands in every row, and of each row what is its own. Most of a value's price is its column's name."""
    return [orjson.dumps(told, default=str).decode() for told in _apart(columns, rows)]


def _apart(columns, rows):
    if len(rows) == 1:
        return dict(zip(columns, rows[0], strict=True)), [{}]
    values = dict(zip(columns, zip(*rows, strict=True), strict=True))
    common = {name: each[0] for name, each in values.items() if _is_one(each)}
    own = [name for name in columns if name not in common]
    rest = [dict(zip(own, row, strict=True)) for row in zip(*map(values.get, own), strict=True)]
    return common, rest or [{}] * len(rows)


def _is_one(values):
    """Is it the same in every row? Of documents, only empty ones: to Python, a 1 in them is also true."""
    first = values[0]
    return first == values[-1] and values.count(first) == len(values) and not (first and type(first) in DOCUMENTS)


@cache
def _insertion(shapes):
    parts = [_insertion_of(model, columns) for model, columns in shapes]
    before = ", ".join(f"written_{number} AS ({part})" for number, part in enumerate(parts[:-1]))
    return f"WITH {before} {parts[-1]}" if before else parts[-1]


def _insertion_of(model, columns):
    names, table = ", ".join(quoted(name) for name in columns), quoted(model._meta.db_table)
    has_documents = any(isinstance(_columns(model)[name], models.JSONField) for name in columns)
    way = "jsonb" if has_documents else "json"  # as json, a document in a row would be read three times
    common = f"json_populate_record(NULL::{table}, %s::json)"
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {way}_populate_recordset({common}, %s::{way})"  # noqa: S608


@cache
def _columns(model):
    return {field.column: field for field in model._meta.concrete_fields}


@cache
def _insertion_on_sqlite(model, columns):
    names, places = ", ".join(quoted(name) for name in columns), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 names of our tables


def _for_sqlite(row, conversions):
    """The values of a row as Django keeps them in SQLite."""
    told = list(row)
    for place, convert in conversions:
        told[place] = convert(told[place])
    return told


@cache
def _conversions(model, columns):
    """Of the columns that SQLite does not know: (its place, what makes of it what is kept)."""
    found = [(place, _conversion(_columns(model)[name])) for place, name in enumerate(columns)]
    return tuple((place, convert) for place, convert in found if convert)


def _conversion(field):
    while field.is_relation:
        field = field.target_field
    if isinstance(field, AS_THEY_ARE):
        return None
    known = (convert for kind, convert in CONVERSIONS.items() if isinstance(field, kind))
    return next(known, lambda value: field.get_db_prep_save(value, _connection()))


@lru_cache(4096)  # a batch holds few different instants, each in many places
def _instant(in_utc):
    return str(in_utc.replace(tzinfo=None))


DOCUMENTS = {dict, list}
AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)
CONVERSIONS = {
    models.JSONField: lambda value: orjson.dumps(value).decode(),
    models.DateTimeField: lambda value: value and _instant(value if value.tzinfo is UTC else value.astimezone(UTC)),
    models.UUIDField: lambda value: value and value.hex,
}
