"""The manifest of a folder of history: what it holds, how each file is known again, and the seals over all of it."""

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput
from duzhan.operations.models import Operation
from duzhan.places.models import Area

FORMAT = "duzhan history 1"
NAME = "manifest.json"
PLACES = re.compile(r"(?:events/operation=[\w-]+/day=\d{4}-\d\d-\d\d|withheld)/(\d+)-(\d+)\.parquet")
OPERATION = ("code", "name", "prefix", "pack", "zone", "area_path")
AREA = ("path", "code", "name", "short_name", "level")
SEAL = {"number": int, "first": int, "last": int, "root": str, "prev": str, "at": str, "digest": str}


@dataclass(frozen=True)
class File:
    """One Parquet file. `book` is the operation's; None where it holds what is withheld. Instants are the ledger's text."""

    path: str
    book: int | None
    rows: int
    first: int  # places in the ledger's order
    last: int
    at: str  # when the earliest of its events took effect; "" for what is withheld
    recorded_at: str  # when the earliest of its events was recorded
    size: int
    sha256: str


FILE = File.__annotations__


@dataclass(frozen=True)
class Window:
    """The events from `first` to `last` of the ledger's order, without a gap, in one or more files."""

    first: int
    last: int
    files: tuple


@dataclass
class Manifest:
    """What a folder holds. `known_at`: up to which instant nothing is missing; "" until an export has come to its end."""

    only: list = field(default_factory=list)  # the operations asked for; none: all of them
    with_conduct: bool = False
    known_at: str = ""
    operations: list = field(default_factory=list)
    areas: list = field(default_factory=list)
    seals: list = field(default_factory=list)
    windows: list = field(default_factory=list)

    @property
    def last(self) -> int:
        """The last place in the ledger's order that is here."""
        return self.windows[-1].last if self.windows else 0

    @property
    def files(self):
        return [file for window in self.windows for file in window.files]

    def operation(self, code) -> Operation | None:
        """An operation as it was when it was exported; it stands in no database."""
        told = next((each for each in self.operations if each["code"] == code), None)
        if told is None:
            return None
        area = next(area for area in self.areas_below(told["area_path"]))
        return Operation(pk=told["book"], area=area, **{name: told[name] for name in OPERATION})

    def areas_below(self, path):
        """The areas there, the highest first."""
        for row in self.areas:
            if row[0].startswith(path):
                yield Area(depth=len(row[0]) // Area.steplen, **dict(zip(AREA, row, strict=True)))


def read(folder: Path) -> Manifest | None:
    """The manifest in a folder; None where there is none. Raises BadInput where it cannot be read."""
    path = folder / NAME
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told.pop("format") != FORMAT:
            raise ValueError
        windows = [_window(each) for each in told.pop("windows")]
        found = Manifest(**told, windows=windows)
        _check(
            isinstance(found.known_at, str),
            all(_is_like(seal, SEAL) for seal in found.seals),
            all(_is_like(each, {"book": int} | dict.fromkeys(OPERATION, str)) for each in found.operations),
            all(len(area) == len(AREA) and all(isinstance(word, str) for word in area) for area in found.areas),
        )
        return found
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else _("不是历史数据的清单")
        raise BadInput(_("%(path)s 读不了：%(why)s。") % {"path": path, "why": why}) from None


def _window(told):
    files = told["files"]
    _check(_is_like(told, {"first": int, "last": int, "files": list}), all(_is_like(row, FILE) for row in files))
    _check(all(PLACES.fullmatch(row["path"]) for row in files))
    return Window(told["first"], told["last"], tuple(File(**row) for row in files))


def _is_like(told, kinds) -> bool:
    return told.keys() == kinds.keys() and all(isinstance(told[name], kind) for name, kind in kinds.items())


def _check(*conditions):
    if not all(conditions):
        raise ValueError


def write(manifest: Manifest, folder: Path):
    """Put it in the place of the one before, whole or not at all."""
    made = folder / f".{NAME}"
    with open(made, "w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, **asdict(manifest)}, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(made, folder / NAME)


def digest_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
