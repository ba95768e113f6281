"""One window of a folder of history: are its files what the manifest says, does each event fit its digest?"""

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from duzhan.base.extras import extra
from duzhan.base.ledger import digests, proof
from duzhan.base.ledger.verify import Fault

from . import columns, manifest
from .manifest import Window

CHUNK = 5000
MEGABYTES, LEAST_MEGABYTES = 2048, 256  # that sorting may take, of all processes and of one; beyond it, the disk
WIDTH = 32  # bytes of a digest
TOLD = ("book", "rows", "first", "last", "at", "recorded_at")  # what the manifest says of a file's content


@dataclass
class Found:
    """What is in a window: its faults, and its digests as runs (first place, digests one behind the other)."""

    faults: list = field(default_factory=list)
    runs: list = field(default_factory=list)

    def add(self, position, digest):
        """The digest of one place; a text that is none is a fault, and leaves a seal that does not fit."""
        try:
            known = bytes.fromhex(digest or "")
        except ValueError:
            known = b""
        if len(known) != WIDTH:
            what = _("次序第 %(position)s 项") % {"position": position}
            self.faults.append(Fault(what, _("%(text)s 不是指纹") % {"text": repr(digest and digest[:80])}))
            known = bytes(WIDTH)
        if not self.runs or position != self.runs[-1][0] + len(self.runs[-1][1]) // WIDTH:
            self.runs.append((position, bytearray()))
        self.runs[-1][1].extend(known)


def checked(folder: Path, window: Window, processes=1) -> Found:
    """Look at one window; other processes, so many in all, look at others."""
    found, sound = Found(), []
    with _connected(processes) as (duckdb, connection):
        for file in window.files:
            faults = list(_file_faults(duckdb, connection, folder, file))
            found.faults += faults
            sound += [] if faults else [folder / file.path]
        for row in _rows(connection, sound):
            found.faults += _event_faults(row)
            found.add(row["position"], row["digest"])
    return found


@contextmanager
def _connected(processes):
    duckdb = extra("duckdb", "olap")
    with tempfile.TemporaryDirectory(prefix="duzhan-") as sorting:
        limits = {
            "memory_limit": f"{max(MEGABYTES // processes, LEAST_MEGABYTES)}MB",
            "temp_directory": sorting,
        } | ({"threads": 1} if processes > 1 else {})
        with duckdb.connect(config=limits) as connection:
            yield duckdb, connection


def _file_faults(duckdb, connection, folder, file):
    path = folder / file.path
    if not path.is_file():
        yield Fault(file.path, _("文件不在了"))
    elif path.stat().st_size != file.size or manifest.digest_of(path) != file.sha256:
        yield Fault(file.path, _("写下以后文件被改过"))
    elif (content := _content(duckdb, connection, path)) is None:
        yield Fault(file.path, _("读不出事件"))
    elif content != (told := {name: getattr(file, name) for name in TOLD}):
        words = {"found": _told(content), "told": _told(told)}
        yield Fault(file.path, _("文件里是 %(found)s，清单说是 %(told)s") % words)


def _told(content):
    return ", ".join(f"{name} {value}" for name, value in content.items())


def _content(duckdb, connection, path):
    """What a file holds, as the manifest should say it; None where it cannot be read as a table of events."""
    first_at, first_recorded_at = (f"coalesce({_text(f'min({name})')}, '')" for name in ('"at"', '"recorded_at"'))
    told = f"any_value(book), count(*), min(position), max(position), {first_at}, {first_recorded_at}, count(position)"
    try:
        rows = connection.read_parquet(str(path), hive_partitioning=False)
        kinds = dict(zip(rows.columns, map(str, rows.types), strict=True))
        if kinds != {name: str(duckdb.sqltype(sort)) for name, sort in columns.EVENT.items()}:
            return None
        [(*found, placed)] = rows.aggregate(told).fetchall()
    except duckdb.Error:
        return None
    found = dict(zip(TOLD, found, strict=True))
    return found if found["rows"] == placed else None


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
    if _digest_of(row) != row["digest"]:
        yield Fault(_("事件 %(id)s") % {"id": row["id"]}, _("写下以后内容被改过"))


def _digest_of(row) -> str | None:
    """None where no event can have told this."""
    content = {name: row[name] for name in proof.EVENT_FIELDS}
    try:
        content |= {name: json.loads(row[name]) for name in columns.JSON}
        return digests.event_digest(content)
    except (ValueError, TypeError, RecursionError):  # no JSON, or a number or a letter that none can hold
        return None
