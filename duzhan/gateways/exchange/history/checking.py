"""核对: is a folder of history what was exported, and is what was exported what the ledger sealed?

Each file against the manifest, each event against its digest, all digests in their order against the seals. What it says
is worth as much as the newest seal: compare that with the one printed on a daily report.
"""

import json
from pathlib import Path

from duzhan.base.extras import extra
from duzhan.base.ledger import digests, proof
from duzhan.base.ledger.verify import Fault

from . import columns, manifest
from .manifest import Manifest

CHUNK = 5000
TOLD = ("book", "rows", "first", "last", "at", "recorded_at")  # what the manifest says of a file's content


def faults_in(folder: Path, told: Manifest, progress=lambda done, of: None):
    """Yield what is wrong, each thing named; nothing when the folder is whole. `progress` is called with event counts."""
    duckdb = extra("duckdb", "olap")
    yield from _strangers(folder, told)
    yield from _seal_faults(told)
    order = _Order(told.seals)
    with duckdb.connect() as connection:
        for window in told.windows:
            yield from order.comes_to(window.first)
            sound = []
            for file in window.files:
                faults = list(_file_faults(duckdb, connection, folder, file))
                yield from faults
                sound += [] if faults else [folder / file.path]
            for row in _rows(connection, sound):
                yield from _event_faults(row)
                yield from order.add(row["position"], row["digest"])
            yield from order.comes_to(window.last + 1)
            progress(window.last, told.last)


def _strangers(folder, told):
    known = {file.path for file in told.files}
    for path in sorted(folder.rglob("*.parquet")):
        name = path.relative_to(folder).as_posix()
        if name not in known:
            yield Fault(name, "is not in the manifest")


def _file_faults(duckdb, connection, folder, file):
    path = folder / file.path
    if not path.is_file():
        yield Fault(file.path, "is gone")
    elif path.stat().st_size != file.size or manifest.digest_of(path) != file.sha256:
        yield Fault(file.path, "was changed after it was written")
    elif (found := _content(duckdb, connection, path)) != {name: getattr(file, name) for name in TOLD}:
        yield Fault(file.path, f"holds {found or 'nothing that can be read'}, the manifest says something else")


def _content(duckdb, connection, path):
    """What a file holds, as the manifest should say it; None where it cannot be read as a table of events."""
    first_at, first_recorded_at = (f"coalesce({_text(f'min({name})')}, '')" for name in ('"at"', '"recorded_at"'))
    told = f"any_value(book), count(*), min(position), max(position), {first_at}, {first_recorded_at}"
    try:
        rows = connection.read_parquet(str(path), hive_partitioning=False)
        [found] = rows.aggregate(told).fetchall()
        rows.project(", ".join(f'"{name}"' for name in columns.EVENT))
    except duckdb.Error:
        return None
    return dict(zip(TOLD, found, strict=True))


# --- events -----------------------------------------------------------------------------------------------------


def _rows(connection, paths):
    """What some files hold, in the order of the ledger."""
    if not paths:
        return
    rows = connection.read_parquet([str(path) for path in paths], hive_partitioning=False).order("position")
    rows = rows.project(
        ", ".join(_text(f'"{name}"') if name in columns.INSTANTS else f'"{name}"' for name in columns.EVENT)
    )
    while chunk := rows.fetchmany(CHUNK):
        for row in chunk:
            yield dict(zip(columns.EVENT, row, strict=True))


def _text(column):
    """An instant as the ledger writes it."""
    return f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"


def _event_faults(row):
    if row["id"] is None:
        return  # masked or withheld: its digest speaks for it, under a seal
    content = {name: row[name] for name in proof.EVENT_FIELDS}
    content |= {name: json.loads(row[name]) for name in columns.JSON}
    if digests.event_digest(content) != row["digest"]:
        yield Fault(f"event {row['id']}", "its content does not fit its digest")


# --- order and seals --------------------------------------------------------------------------------------------


def _seal_faults(told):
    prev, first = proof.FIRST, 1
    for number, seal in enumerate(told.seals, 1):
        name = f"seal {seal['number']}"
        if (seal["number"], seal["first"], seal["prev"]) != (number, first, prev):
            yield Fault(name, "does not follow the seal before it")
        if proof.seal_digest(seal) != seal["digest"]:
            yield Fault(name, "was changed after it was made")
        prev, first = seal["digest"], seal["last"] + 1


class _Order:
    """Walks through the places of the ledger's order, and compares each seal with what it was laid over."""

    def __init__(self, seals):
        self.expected, self.seals, self.tree = 1, list(reversed(seals)), proof.Merkle()

    def comes_to(self, position):
        """Every place before this one has been seen."""
        if self.expected < position:
            yield Fault(f"entries {self.expected} to {position - 1}", "are missing")
            self.expected = position
        yield from self._sealed()

    def add(self, position, digest):
        if position < self.expected:
            yield Fault(f"entry {position}", "is there twice")
            return
        yield from self.comes_to(position)
        self.expected += 1
        try:
            self.tree.add(digest)
        except ValueError:
            yield Fault(f"entry {position}", f"{digest[:80]!r} is no digest")
        yield from self._sealed()

    def _sealed(self):
        while self.seals and self.seals[-1]["last"] < self.expected:
            seal, tree = self.seals.pop(), self.tree
            self.tree = proof.Merkle()
            if tree.root() != seal["root"]:
                yield Fault(
                    f"seal {seal['number']}", f"entries {seal['first']} to {seal['last']} are not what was sealed"
                )
