"""XLSX and DOCX are ZIP archives (ECMA-376 part 2): one is looked through here before anybody opens it."""

import re
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput

MOST_ENTRIES = 5_000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes
HIGHEST_RATIO = 150  # unpacked to packed; honest workbooks stay below 60
RATIO_MATTERS_FROM = 8 * 1024 * 1024  # bytes unpacked; below, no ratio does harm
PIECE = 64 * 1024
CONTENTS = "[Content_Types].xml"
ENCRYPTED = 0x1
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
PROGRAM = re.compile(r"vbaproject\.bin$|\.(exe|dll|com|bat|cmd|js|jse|vbs|vbe|ps1|scr|msi|jar|sh|hta|lnk|html?)$", re.I)
MARKED_UP = re.compile(r"\.(xml|rels|vml)$", re.I)
DECLARATIONS = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)


def main_part(path: Path, known: Collection[str]) -> str:
    """Which of the `known` main parts the archive has. Raises BadInput if it is no sound office document."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries, path.stat().st_size)
            _refuse_entries(entries)
            part = _main_part({entry.filename for entry in entries}, known)
            _read_through(archive, entries)
            return part
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise BadInput(_("文件已损坏或没有传完，请重新上传。"), field="file") from None


def _refuse_bomb(entries, size):
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES:
        raise BadInput(_("文件内部的部件太多，不像正常的 Office 文件。"), field="file")
    if unpacked > MOST_UNPACKED or unpacked > RATIO_MATTERS_FROM and unpacked > HIGHEST_RATIO * size:
        raise BadInput(_("文件解开后过大，可能是压缩炸弹，不能上传。"), field="file")
    # Entries that share the same packed bytes are how a small archive unpacks to petabytes.
    if sum(entry.compress_size for entry in entries) > size:
        raise BadInput(_("文件内部的部件互相重叠，可能是压缩炸弹，不能上传。"), field="file")


def _refuse_entries(entries):
    seen = set()
    for entry in entries:
        name = entry.filename
        if _is_odd(name) or _is_odd(entry.orig_filename) or name.casefold() in seen:
            raise BadInput(_("文件内部有不正常的路径，不能上传。"), field="file")
        if PROGRAM.search(name):
            raise BadInput(_("文件里含有宏或程序，请去掉后另存为 .xlsx 或 .docx 再上传。"), field="file")
        if entry.flag_bits & ENCRYPTED:
            raise BadInput(_("文件加了密，请去掉密码后再上传。"), field="file")
        if entry.compress_type not in METHODS:
            raise BadInput(_("文件的压缩方式不是 Office 所用的，不能上传。"), field="file")
        seen.add(name.casefold())


def _is_odd(name):
    parts = name.split("/")
    return (
        ".." in parts
        or name.startswith("/")
        or "\\" in name
        or ":" in name
        or any(ord(sign) < 32 or ord(sign) == 127 for sign in name)
    )


def _main_part(names, known):
    found = [part for part in known if part in names]
    if CONTENTS not in names or len(found) != 1:
        raise BadInput(_("压缩包不能上传；这里只接收 .xlsx 和 .docx 这两种 Office 文件。"), field="file")
    return found[0]


def _read_through(archive, entries):
    """Unpack every entry once, keeping nothing: sizes and checksums must be as declared."""
    for entry in entries:
        with archive.open(entry) as file:
            piece = file.read(PIECE)
            # Office writes no document type, and a reader that meets one may expand it a billionfold.
            if MARKED_UP.search(entry.filename) and DECLARATIONS.search(piece.replace(b"\0", b"")):
                raise BadInput(_("文件内部的 XML 带有实体声明，不能上传。"), field="file")
            while piece:
                piece = file.read(PIECE)
