"""Where the bytes lie: `uploads/aa/bb/<sha256>` under DUZHAN_DATA_DIR, readable by this account alone.

A file is named after its content, so it is written once and never changed; what a broken transaction leaves
behind does no harm and is swept up later (`actions.forget_orphans`).
"""

import hashlib
import math
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput, Refused

PIECE = 64 * 1024
ENDINGS = {"original": "", "shown": ".shown.jpg", "thumbnail": ".thumbnail.jpg"}
INCOMING = "incoming"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Arrival:
    """A file that has come in whole: where it lies for the moment, its fingerprint, its size in bytes."""

    path: Path
    sha256: str
    size: int


def folder() -> Path:
    """The folder of everything that was uploaded."""
    return Path(settings.DUZHAN_DATA_DIR) / "uploads"


def path_of(sha256: str, copy: str = "original") -> Path:
    """Where the `original`, `shown` or `thumbnail` of this content lies."""
    return folder() / sha256[:2] / sha256[2:4] / (sha256 + ENDINGS[copy])


@contextmanager
def arrival(file) -> Iterator[Arrival]:
    """Write a file to disk as it comes, counting and hashing. It is gone after the block unless it was kept.

    Raises BadInput as soon as it is larger than DUZHAN_MAX_UPLOAD_MB.
    """
    most = settings.DUZHAN_MAX_UPLOAD_BYTES
    if (getattr(file, "size", None) or 0) > most:
        raise _too_large()
    path = _incoming()
    try:
        yield _write(file, path, most)
    finally:
        path.unlink(missing_ok=True)


def _write(file, path, most):
    digest, size = hashlib.sha256(), 0
    with _disk(), path.open("wb") as kept:
        for piece in _pieces(file):
            size += len(piece)
            if size > most:
                raise _too_large()
            digest.update(piece)
            kept.write(piece)
        kept.flush()
        os.fsync(kept.fileno())
    return Arrival(path, digest.hexdigest(), size)


def _pieces(file):
    return file.chunks(PIECE) if hasattr(file, "chunks") else iter(lambda: file.read(PIECE), b"")


def keep(arrived: Arrival) -> None:
    """Put the original in its place; one already there is made young again, so that no sweep takes it."""
    _put(arrived.path, path_of(arrived.sha256))


def keep_copy(sha256: str, copy: str, save) -> None:
    """Put a clean copy in its place: `save(file)` writes it."""
    path = _incoming()
    try:
        with _disk(), path.open("wb") as file:
            save(file)
        _put(path, path_of(sha256, copy))
    finally:
        path.unlink(missing_ok=True)


def _put(path, place):
    with _disk():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if place.exists():
            os.utime(place)
        else:
            path.replace(place)


def _incoming():
    with _disk():
        waiting = folder() / INCOMING
        waiting.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=waiting)  # mode 600
        os.close(handle)
        return Path(name)


@contextmanager
def _disk():
    try:
        yield
    except OSError:
        raise Refused(_("附件存不进服务器的磁盘，什么也没有改动；请联系系统管理员。")) from None


def _too_large():
    most = f"{settings.DUZHAN_MAX_UPLOAD_BYTES / MEGABYTE:g}"
    return BadInput(_("文件超过 %(most)s MB 的上限，请压缩后再上传。") % {"most": most}, field="file")


def touch(sha256: str) -> None:
    """Make an original young again."""
    with _disk():
        path_of(sha256).touch()


def is_old(sha256: str, older_than: timedelta) -> bool:
    """Has nobody written or touched this original for so long? One that is not there is old."""
    try:
        return path_of(sha256).stat().st_mtime < _before(older_than)
    except FileNotFoundError:
        return True


def old_files(shelf: str, older_than: timedelta) -> Iterator[Path]:
    """Files on one shelf (`aa`, or the incoming ones) that nobody has written or touched for so long.

    Each is looked at only when its turn comes: one that was made young in the meantime is left out.
    """
    for path in sorted((folder() / shelf).rglob("*")):
        if path.is_file() and _changed(path) < _before(older_than):
            yield path


def _before(older_than):
    # The disk's own clock, not the told one: a story set in another year must not make a file look old.
    return time.time() - older_than.total_seconds()


def _changed(path):
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # it has just been put in its place
        return math.inf


def shelves() -> list[str]:
    """The first-level folders in use, each named by the first two digits of what lies in it."""
    return sorted(path.name for path in folder().glob("[0-9a-f][0-9a-f]") if path.is_dir())
