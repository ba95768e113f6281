"""DuckDB: one machine, no server; extra `olap`."""

import re
from contextlib import contextmanager

from duzhan.base.extras import extra

from .kept import not_counted

NAMED = re.compile(r":(\w+)")


@contextmanager
def asking(files):
    """Within the block, a function that answers statements over the events in these Parquet files."""
    duckdb = extra("duckdb", "olap")
    try:
        with duckdb.connect() as connection:
            connection.read_parquet(files, hive_partitioning=False).create_view("events")
            yield lambda statement, values: connection.execute(NAMED.sub(r"$\1", statement), values).fetchall()
    except duckdb.Error as error:
        raise not_counted("DuckDB", error) from error
