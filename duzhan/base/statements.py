"""Statements that are sent again and again: worked out once, and prepared once per connection on PostgreSQL."""

from functools import cache

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections


class _Prepared(psycopg.Cursor):
    """A cursor whose statements the server keeps: it reads and plans each of them once."""

    def execute(self, query, params=None):
        return super().execute(query, params, prepare=True)


def execute(statement, parameters=()) -> list:
    """The rows that a statement gives; [] for one that gives none."""
    connection = connections[DEFAULT_DB_ALIAS]
    with _cursor(connection) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def _cursor(connection):
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    return connection._prepare_cursor(_Prepared(connection.connection))  # as Django makes its own, with our kind


@cache
def quoted(name) -> str:
    """A name of ours as it stands in a statement."""
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)
