"""What the tests read out of a folder of history."""

import duckdb

from duzhan.gateways.exchange.history import columns
from duzhan.gateways.exchange.history.checking import faults_in
from duzhan.gateways.exchange.history.reading import opened


def faults(folder):
    return [str(each) for each in faults_in(folder, opened(folder))]


def rows(folder, told=None):
    files = [str(folder / file.path) for file in (told or opened(folder)).files]
    with duckdb.connect() as connection:
        found = connection.read_parquet(files, hive_partitioning=False).order("position")
        return [dict(zip(found.columns, row, strict=True)) for row in found.project(SHOWN).fetchall()]


SHOWN = ", ".join(
    f'epoch_us("{name}") AS "{name}"' if name in columns.INSTANTS else f'"{name}"' for name in columns.EVENT
)


def largest(folder):
    return max((file for file in opened(folder).files if file.book), key=lambda file: file.rows)
