"""What a file really is: its first bytes say which sort it claims to be, that sort's own reader if it is."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from PIL import Image

from duzhan.base.errors import BadInput
from duzhan.base.uploads import office

HEAD = 4096  # bytes
TAIL = 4096
MARKUP = (b"<script", b"<html", b"<!doctype", b"<svg", b"<?php", b"<iframe", b"<body")


@dataclass(frozen=True)
class Sort:
    """A sort of file that is taken in. `pillow` names its reader if it is a picture."""

    label: str
    kind: str
    content_type: str
    endings: tuple[str, ...]
    pillow: str = ""


JPEG = Sort("JPEG", "photo", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), "JPEG")
PNG = Sort("PNG", "photo", "image/png", (".png",), "PNG")
WEBP = Sort("WebP", "photo", "image/webp", (".webp",), "WEBP")
HEIC = Sort("HEIC", "photo", "image/heic", (".heic", ".heif"), "HEIF")
PDF = Sort("PDF", "file", "application/pdf", (".pdf",))
OPEN_XML = "application/vnd.openxmlformats-officedocument."
XLSX = Sort("XLSX", "file", OPEN_XML + "spreadsheetml.sheet", (".xlsx",))
DOCX = Sort("DOCX", "file", OPEN_XML + "wordprocessingml.document", (".docx",))
TEXT = Sort("TXT", "file", "text/plain", (".txt", ".htm", ".html", ".shtml"))  # kept as words, never shown as a page
OFFICE = {"xl/workbook.xml": XLSX, "word/document.xml": DOCX}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}

BEGINNINGS = (  # first bytes -> the sort, for those that have fixed ones
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"%PDF-", PDF),
)
TOLD_APART = (  # first bytes -> why it is not taken in, where more can be said than "unknown"
    (b"MZ", gettext_noop("这是可执行程序，不能上传。")),
    (b"\x7fELF", gettext_noop("这是可执行程序，不能上传。")),
    (b"\xca\xfe\xba\xbe", gettext_noop("这是可执行程序，不能上传。")),
    (b"\xcf\xfa\xed\xfe", gettext_noop("这是可执行程序，不能上传。")),
    (b"#!", gettext_noop("这是可执行程序，不能上传。")),
    (b"\xd0\xcf\x11\xe0", gettext_noop("这是旧版 Office 文件，请另存为 .xlsx 或 .docx 后再上传。")),
    (b"GIF8", gettext_noop("不接收 GIF 图片，请改存为 JPEG 或 PNG 后再上传。")),
    (b"BM", gettext_noop("不接收 BMP 图片，请改存为 JPEG 或 PNG 后再上传。")),
)


def recognise(path: Path, *, texts=False) -> Sort:
    """The sort a file is, with its content checked as far as that sort can be without decoding it.

    Pictures are decoded afterwards. `texts`: whatever is of no other sort is kept as a text, for one who has read it.
    Raises BadInput: not of a sort that is taken in, damaged, or two at once.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise BadInput(_("文件是空的（0 字节），请重新选择。"), field="file")
    if head.startswith(b"PK\x03\x04"):
        return OFFICE[office.main_part(path, OFFICE)]
    sort = _by_beginning(head, TEXT if texts else None)
    if sort is TEXT:
        return sort
    _refuse_unreadable(sort)
    _refuse_double_life(path, head, sort)
    if sort is PDF:
        _refuse_torn_pdf(path)
    return sort


def _by_beginning(head, otherwise):
    for beginning, sort in BEGINNINGS:
        if head.startswith(beginning):
            return sort
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return HEIC
    if otherwise is None:
        raise BadInput(_not_taken(head), field="file")
    return otherwise


def _not_taken(head):
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<") or any(word in text for word in MARKUP):
        return _("不接收网页、SVG 或其他标记文件，其中可能藏有脚本。")
    for beginning, why in TOLD_APART:
        if head.startswith(beginning):
            return _(why)
    return _("不认识这种文件。可以上传 JPEG、PNG、WebP 照片，以及 PDF、XLSX、DOCX 文件。")


def _refuse_unreadable(sort):
    if sort.pillow:
        Image.init()
        if sort.pillow not in Image.OPEN:
            raise BadInput(
                _("服务器读不了 %(label)s 照片，请改存为 JPEG 后再上传。") % {"label": sort.label},
                field="file",
            )


def _refuse_double_life(path, head, sort):
    """A file that is also a page or an archive is made to be taken for something else (a polyglot)."""
    if any(word in head.lower() for word in MARKUP):
        raise BadInput(_("这个 %(label)s 文件里夹有网页代码，不能上传。") % {"label": sort.label}, field="file")
    if zipfile.is_zipfile(path):
        raise BadInput(_("这个 %(label)s 文件后面还接着一个压缩包，不能上传。") % {"label": sort.label}, field="file")


def _refuse_torn_pdf(path):
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(-min(TAIL, file.tell()), 2)
        if b"%%EOF" not in file.read():
            raise BadInput(_("PDF 文件不完整，可能没有传完，请重新上传。"), field="file")
