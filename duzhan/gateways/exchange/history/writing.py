"""导出: the ledger's events as Parquet, what is new since the last time into new files.

Written by DuckDB from rows read a few thousand at a time, so that memory does not grow with the ledger. An export that
is interrupted goes on where it stopped: a window of the ledger's order is there whole, with the manifest, or not at all.
"""

import csv
import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import day_of
from duzhan.base.errors import BadInput, Conflict
from duzhan.base.extras import extra
from duzhan.base.ledger.actions import still
from duzhan.base.ledger.models import Entry, Seal
from duzhan.base.ledger.plain import plain
from duzhan.base.ledger.rollups import settle
from duzhan.operations.models import Operation
from duzhan.places.models import Area
from duzhan.supervision.problems.flow import Class
from duzhan.supervision.problems.models import Problem

from . import columns, manifest
from .manifest import File, Manifest, Window

WINDOW = 500_000  # places in the order that are written together
CHUNK = 5000
LOCK, MAKING = ".lock", ".making-"
MEMORY = "1GB"  # what sorting may take; beyond it, the disk
SORTED = ("area", "kind", "at", "position")  # alike beside alike: the files are small, and one area is read alone


def export(
    folder: Path, operations=(), *, with_conduct=False, progress=lambda done, of: None, window=WINDOW
) -> Manifest:
    """Bring a folder of history up to this instant; returns its manifest.

    `operations` (none: all) are exported in full, except that of conduct problems only what they are counted by is
    written (decision 7), unless `with_conduct`; of everything else only place and digest. Raises BadInput for a folder
    that holds something else, was begun otherwise or from another ledger, Conflict while another export writes there.
    """
    duckdb = extra("duckdb", "olap")
    with _alone(folder):
        told = _begun(folder, sorted(operation.code for operation in operations), with_conduct)
        _sweep(folder, told.last)
        known_at, last = _settled()
        _check_ledger(folder, told, last)
        rules = _Rules(operations, with_conduct)
        while told.last < last:
            progress(told.last, last)
            first = told.last + 1
            told.windows.append(_window(duckdb, folder, first, min(first + window - 1, last), rules))
            manifest.write(told, folder)
        _describe(told, rules, known_at)
        manifest.write(told, folder)
        progress(last, last)
    return told


# --- the folder -------------------------------------------------------------------------------------------------


@contextmanager
def _alone(folder):
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / manifest.NAME).exists() and any(each.name != LOCK for each in folder.iterdir()):
            raise BadInput(_("%(path)s 里有别的东西；请给一个空目录。") % {"path": folder})
        lock = open(folder / LOCK, "w")  # noqa: SIM115 - closed by the with below
    except OSError as error:
        raise BadInput(_("目录 %(path)s 写不了：%(error)s。") % {"path": folder, "error": error.strerror}) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(_("另一次导出正在写 %(path)s，请等它写完。") % {"path": folder}) from None
        yield


def _begun(folder, only, with_conduct):
    """The manifest to go on from; a new one in an empty folder."""
    told = manifest.read(folder)
    if told is None:
        told = Manifest(only=only, with_conduct=with_conduct)
        manifest.write(told, folder)
    if (told.only, told.with_conduct) != (only, with_conduct):
        words = {"path": folder, "only": "、".join(told.only) or _("全部行动")}
        conduct = _("含作风纪律问题") if told.with_conduct else _("不含作风纪律问题")
        raise BadInput(_("%(path)s 是按别的范围导出的：%(only)s，%(conduct)s。") % {**words, "conduct": conduct})
    return told


def _check_ledger(folder, told, last):
    """What was exported before is the beginning of this ledger."""
    sealed = all(Seal.objects.filter(digest=seal["digest"]).exists() for seal in told.seals[-1:])
    if told.last > last or not sealed:
        raise BadInput(_("%(path)s 里是另一本账的历史数据；请给一个空目录。") % {"path": folder})


def _sweep(folder, last):
    """Throw away what an interrupted export left: it stands in no manifest."""
    for making in folder.glob(f"{MAKING}*"):
        shutil.rmtree(making)
    for path in folder.rglob("*.parquet"):
        found = manifest.PLACES.fullmatch(path.relative_to(folder).as_posix())
        if found and int(found[1]) > last:
            path.unlink()


# --- what is written --------------------------------------------------------------------------------------------


@transaction.atomic
def _settled():
    """An instant up to which every event has its place in the order, and the last place."""
    known_at = still()
    while settle():
        pass
    return known_at, Entry.objects.aggregate(last=Max("position"))["last"] or 0


class _Rules:
    """Which events are written in full, which masked, which withheld."""

    def __init__(self, operations, with_conduct):
        found = operations or Operation.objects.select_related("area").order_by("pk")
        self.operations = {operation.pk: operation for operation in found}
        rows = Problem.objects.filter(operation__in=self.operations, klass=Class.CONDUCT)
        self.sealed = None if with_conduct else set(rows.values_list("pk", flat=True))

    def row(self, row):
        """What of an event is written. Conduct problems are known by what they are now or were then."""
        if row["book"] not in self.operations:
            return {"position": row["position"], "digest": row["digest"]}
        if self.sealed is None or row["subject_kind"] != Problem.subject_kind:
            return row
        is_sealed = row["subject_id"] in self.sealed or row["topic"].startswith(f"{Class.CONDUCT}:")
        return columns.masked(row) if is_sealed else row


@dataclass
class _Lot:
    """The events of one window that go into one file."""

    number: int
    folder: str
    book: int | None = None
    rows: int = 0
    first: int = 0
    last: int = 0
    at: datetime | None = None
    recorded_at: datetime | None = None

    def count(self, row):
        if not self.rows:
            self.first, self.at, self.recorded_at = row["position"], row.get("at"), row.get("recorded_at")
        self.rows, self.last = self.rows + 1, row["position"]
        if self.book is not None:
            self.at, self.recorded_at = min(self.at, row["at"]), min(self.recorded_at, row["recorded_at"])

    def file(self, size, sha256) -> File:
        path = f"{self.folder}/{self.first:010}-{self.last:010}.parquet"
        at, recorded_at = (plain(instant) if instant else "" for instant in (self.at, self.recorded_at))
        return File(path, self.book, self.rows, self.first, self.last, at, recorded_at, size, sha256)


def _window(duckdb, folder, first, last, rules):
    """The events of one window, written and put in place."""
    with tempfile.TemporaryDirectory(prefix=MAKING, dir=folder) as name:
        making = Path(name)
        lots = _spool(making, first, last, rules)
        try:
            with _connected(duckdb, making) as connection:
                _load(connection, making)
                made = [(making / f"{lot.number}.parquet", _written(connection, making, lot)) for lot in lots]
        except duckdb.Error as error:  # such as a full disk
            raise OSError(str(error)) from error
        for path, file in made:
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, folder / file.path)
    return Window(first, last, tuple(file for _path, file in made))


def _spool(making, first, last, rules) -> list[_Lot]:
    """The events as lines of CSV, each behind the number of the lot it belongs to."""
    lots = {}
    entries = Entry.objects.filter(position__range=(first, last)).order_by("position").values_list(*columns.FROM_ENTRY)
    with open(making / "events.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for cells in entries.iterator(chunk_size=CHUNK):
            row = dict(zip(columns.EVENT, cells, strict=True))
            lot = _lot(lots, row, rules.operations.get(row["book"]))
            row = rules.row(row)
            lot.count(row)
            writer.writerow([lot.number, *columns.written(row)])
    return list(lots.values())


def _lot(lots, row, operation):
    folder = "withheld"
    if operation is not None:
        day = day_of(row["recorded_at"], operation.tz)
        folder = f"events/operation={operation.code}/day={day}"
    if folder not in lots:
        lots[folder] = _Lot(len(lots), folder, operation and operation.pk)
    return lots[folder]


@contextmanager
def _connected(duckdb, making):
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(making / "sorting")}) as connection:
        yield connection


def _load(connection, making):
    heads = ", ".join(f'"{name}" {sort}' for name, sort in {"lot": "INTEGER", **columns.EVENT}.items())
    connection.execute(f"CREATE TABLE spool ({heads})")
    told = f"(FORMAT csv, HEADER false, NULLSTR '{columns.NOTHING}', AUTO_DETECT false)"
    connection.execute(f"COPY spool FROM $path {told}", {"path": str(making / "events.csv")})


def _written(connection, making, lot) -> File:
    """One file with its digest, still under a name of its own."""
    path = making / f"{lot.number}.parquet"
    rows = connection.table("spool").filter(f"lot = {lot.number}").order(_quoted(SORTED))
    rows.project(_quoted(columns.EVENT)).write_parquet(str(path), compression="zstd")
    with open(path, "rb") as file:
        os.fsync(file.fileno())
    return lot.file(path.stat().st_size, manifest.digest_of(path))


def _quoted(names):
    return ", ".join(f'"{name}"' for name in names)


def _describe(told, rules, known_at):
    """What the figures need to know besides events: the operations, their areas, the seals."""
    told.known_at = plain(known_at)
    told.operations = [
        {"book": operation.pk, **{name: getattr(operation, name) for name in manifest.OPERATION}}
        for operation in rules.operations.values()
    ]
    told.areas = []
    for path in _outermost(operation.area_path for operation in rules.operations.values()):
        areas = Area.objects.filter(path__startswith=path).order_by("depth", "path")
        told.areas += areas.values_list(*manifest.AREA)
    seals = Seal.objects.filter(last__lte=told.last).order_by("number")
    told.seals = [{**seal.content(), "digest": seal.digest} for seal in seals]


def _outermost(paths):
    found = []
    for path in sorted(set(paths)):
        if not (found and path.startswith(found[-1])):
            found.append(path)
    return found
