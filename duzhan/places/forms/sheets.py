"""A table from somebody's computer, CSV or XLSX, as rows of text. It is measured before it is read."""

import csv
import io
import re
import zipfile
from zlib import error as BadDeflate

import python_calamine
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput

MOST_BYTES = 5 * 1_048_576
MOST_UNPACKED = 50 * 1_048_576  # an XLSX is a ZIP: what it becomes counts, not what it says it becomes
MOST_ROWS = 5_000  # below the head
MOST_COLUMNS = 60
LONGEST_CELL = 500

TAG = re.compile(rb"<(?:[\w.\-]+:)?(?:c|row)(?:\s[^>]*)?/?>")  # of a cell or a row
PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")  # C17, or 17
OTHER_SORTS = {"xl/workbook.bin", "content.xml", "mimetype"}  # what else the reader would open: XLSB, ODS


def read_sheet(file) -> list[list[str]]:
    """The rows of an uploaded CSV or XLSX file (its first sheet), each cell as text without space around it.

    The first row is row 1, empty rows stand in their places. Raises BadInput for a file that is too large, too
    long, too wide, damaged or of another sort.
    """
    if file.size > MOST_BYTES:
        raise _bad(_("文件超过 %(most)s MB，请分几次导入。") % {"most": MOST_BYTES // 1_048_576})
    content = file.read()
    if not content.strip():
        raise _bad(_("文件是空的，请重新选择。"))
    rows = _from_xlsx(content) if content.startswith(b"PK\x03\x04") else _from_csv(content)
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > MOST_ROWS + 1:
        raise _bad(_("超过 %(most)s 行，请分几次导入。") % {"most": MOST_ROWS})
    for number, row in enumerate(rows, 1):
        _check_row(number, row)
    return rows


def _bad(sentence):
    return BadInput(sentence, field="file")


def _check_row(number, row):
    if len(row) > MOST_COLUMNS:
        raise _bad(_("第 %(row)s 行超过 %(most)s 列。") % {"row": number, "most": MOST_COLUMNS})
    for cell in row:
        if len(cell) > LONGEST_CELL:
            raise _bad(_("第 %(row)s 行有一格超过 %(most)s 字。") % {"row": number, "most": LONGEST_CELL})
        if "\x00" in cell:
            raise _bad(_("第 %(row)s 行有不可读的字符。") % {"row": number})


def _from_csv(content):
    text = _decoded(content)
    comma = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        rows = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True):
            rows.append([cell.strip() for cell in row])
            if len(rows) > MOST_ROWS + 1:
                break
        return rows
    except csv.Error:
        raise _bad(_("CSV 从第 %(row)s 行起读不下去，请检查引号是否成对。") % {"row": len(rows) + 1}) from None


def _decoded(content):
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _bad(_("文件不是 XLSX，也不是 UTF-8 或 GB18030 编码的 CSV。"))


def _from_xlsx(content):
    _measure(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MOST_ROWS + 2)
    except (python_calamine.CalamineError, IndexError, ValueError, OSError):
        raise _bad(_("XLSX 打不开，可能已损坏或加了密码；请另存一份再导入。")) from None
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell):
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _measure(content):
    """A small XLSX may unpack to anything, and one cell far out makes a reader set aside room for all before it."""
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
            if "xl/workbook.xml" not in names or names & OTHER_SORTS:
                raise _bad(_("这不是 XLSX；请在表格软件里另存为 XLSX 或 CSV。"))
            for part in archive.infolist():
                with archive.open(part) as file:
                    unpacked = file.read(left + 1)
                left -= len(unpacked)
                if left < 0:
                    raise _bad(_("XLSX 解压后太大，请只留下要导入的一张表。"))
                if b"sheetData" in unpacked:
                    _check_reach(unpacked)
    except (zipfile.BadZipFile, BadDeflate, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _bad(_("XLSX 打不开，可能已损坏或加了密码；请另存一份再导入。")) from None


def _check_reach(sheet):
    """Every row and cell says where it stands, and none stands too far out."""
    for tag in TAG.findall(sheet):
        place = PLACE.search(tag)
        if place is None:
            raise _bad(_("这份 XLSX 的格子没有写明位置；请在表格软件里另存一份再导入。"))
        column, row = place.groups()
        if int(row[:9]) > MOST_ROWS + 1:
            raise _bad(_("超过 %(most)s 行，请分几次导入。") % {"most": MOST_ROWS})
        if len(column) > 2:
            raise _bad(_("表里有远在 %(column)s 列的内容，请删去表外的格子再导入。") % {"column": column.decode()[:9]})
