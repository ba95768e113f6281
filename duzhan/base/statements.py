"""Statements that are sent again and again: worked out once, and prepared once per connection on PostgreSQL."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from sys import maxsize
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.query import ModelIterable, get_related_populators

PLACE = re.compile("%[s%]")


class _Prepared(psycopg.RawCursor):
    """A cursor whose statements the server keeps: it reads and plans each of them once."""

    def execute(self, query, params=None):
        query, conversation = _numbered(query), self.connection
        conversation.prepare_threshold = maxsize  # Django says None, and then psycopg prepares nothing, asked or not
        try:
            return super().execute(query, params, prepare=True)
        finally:
            conversation.prepare_threshold = None  # Django's own statements hold their values: none comes twice


@cache
def _numbered(statement):
    """Django's places for values (%s) as PostgreSQL's own ($1): psycopg would look for them anew each time."""
    numbers = count(1)
    return PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", statement)


def execute(statement, parameters=()):
    """Carry out a statement that gives no rows."""
    with _cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(statement, parameters)


def rows_of(statement, parameters=()) -> list:
    """The rows that a statement gives."""
    with _cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def _cursor(connection):
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    return connection._prepare_cursor(_Prepared(connection.connection))  # as Django makes its own, with our kind


@cache
def quoted(name) -> str:
    """A name of ours as it stands in a statement."""
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


# --- questions --------------------------------------------------------------------------------------------------


class Question:
    """A queryset that is worked out once, and then asked again and again with other values.

    `Question(lambda digest, at: Token.objects.filter(digest=digest, expires_at__gt=at), str, datetime)`, then
    `question(digest, at)`, gives the rows. A value is an int, str, datetime or UUID, or a list of them (`[int]`), and
    stands in the queryset as it is: it may be compared with, not reckoned with. To Django, working out a queryset is
    most of what asking it costs. A `values_list` gives tuples.
    """

    def __init__(self, queryset, *kinds):
        self.queryset, self.kinds, self._plans = queryset, kinds, {}

    def __call__(self, *values) -> list:
        values = [_filled_up(value) if isinstance(value, list) else value for value in values]
        lengths = tuple(len(value) if isinstance(value, list) else -1 for value in values)
        plan = self._plans.get(lengths)
        if plan is None:
            plan = self._plans[lengths] = self._worked_out(lengths)
        flat = [each for value in values for each in (value if isinstance(value, list) else (value,))]
        return plan.rows(flat)

    def _worked_out(self, lengths):
        marks = [
            [_mark(kind[0], f"{place}.{n}") for n in range(length)] if isinstance(kind, list) else _mark(kind, str(place))
            for place, (kind, length) in enumerate(zip(self.kinds, lengths, strict=True))
        ]  # fmt: skip
        flat = [each for mark in marks for each in (mark if isinstance(mark, list) else (mark,))]
        return _Plan.of(self.queryset(*marks), flat)


def _filled_up(values):
    """A list to a round length, its last value repeated, which asks for nothing more: few plans for all lengths."""
    wanted = 1 << (len(values) - 1).bit_length() if values else 0
    return values + values[-1:] * (wanted - len(values))


@cache
def _mark(kind, place):
    """A value that stands for another until it is asked: none that anybody means."""
    number = _number_of(place)
    if kind is datetime:
        return datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return {int: -(2**62) + number, str: f"\ue000{number}", UUID: UUID(int=number)}[kind]


_places = {}


def _number_of(place):
    return _places.setdefault(place, len(_places) + 1)


@dataclass(frozen=True)
class _Plan:
    """A queryset in SQL: which value stands where, and how its rows become objects."""

    sql: str
    parameters: tuple  # of each: (kind, which of the values), or (None, the parameter itself)
    converters: dict
    compiler: object
    model: type | None  # None: tuples are wanted
    columns: slice
    names: tuple
    related: tuple

    @classmethod
    def of(cls, queryset, marks):
        connection = connections[queryset.db]
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        places = {_as_sent(mark, connection): number for number, mark in enumerate(marks)}
        if missing := places.keys() - set(parameters):
            raise ValueError(f"these values do not stand in the queryset as they are: {missing}")
        told, select = compiler.klass_info, compiler.select
        sent = tuple((type(each), places[each]) if each in places else (None, each) for each in parameters)
        converters = compiler.get_converters([each[0] for each in select])
        if queryset._iterable_class is not ModelIterable:
            return cls(sql, sent, converters, compiler, None, slice(None), (), ())
        start, end = told["select_fields"][0], told["select_fields"][-1] + 1
        return cls(
            sql, sent, converters, compiler, told["model"], slice(start, end),
            tuple(column[0].target.attname for column in select[start:end]),
            tuple(get_related_populators(told, select, queryset.db)),
        )  # fmt: skip

    def rows(self, values):
        connection = connections[DEFAULT_DB_ALIAS]
        sent = [_as_sent(values[each], connection, kind) if kind else each for kind, each in self.parameters]
        with _cursor(connection) as cursor:
            cursor.execute(self.sql, sent)
            rows = cursor.fetchall()
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        return [self._object(row) for row in rows] if self.model else list(rows)

    def _object(self, row):
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.columns])
        for related in self.related:
            related.populate(row, made)
        return made


def _as_sent(value, connection, kind=None):
    """A value as Django sends it; `kind` is what it has made of the value that stood in its place."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return kind(value) if kind and issubclass(kind, int) else value
