"""Tables as files. Nothing that somebody typed can become a formula in the reader's spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_767  # characters, by the format
MARK = "\ufeff"  # so that spreadsheets read the CSV as UTF-8


def defused(value):
    """A value as a cell may hold it: text that would start a formula gets an apostrophe before it (CWE-1236)."""
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[: LONGEST_CELL - 1]
    return f"'{text}" if text.lstrip(" \u3000\xa0").startswith(STARTS_A_FORMULA) else text


def xlsx(title, headings, widths, rows: Iterable[list], about_title, about: Callable) -> BytesIO:
    """A workbook of two sheets: the table, and what it is; `about()` gives [(word, what)] once the rows are written."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_styled(sheet, heading) for heading in headings])
    for row in rows:
        sheet.append([defused(value) for value in row])
    sheet = book.create_sheet(about_title)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 80
    for word, what in about():
        sheet.append([_styled(sheet, word), _styled(sheet, what, bold=False)])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _styled(sheet, text, *, bold=True):
    cell = WriteOnlyCell(sheet, defused(str(text)))
    cell.font, cell.alignment = Font(bold=bold), Alignment(vertical="top", wrap_text=not bold)
    return cell


def csv_lines(headings, rows: Iterable[list]) -> Iterator[str]:
    """The lines of a CSV (RFC 4180), the mark of UTF-8 first."""
    writer = csv.writer(_Lines())
    yield MARK + writer.writerow(headings)
    for row in rows:
        yield writer.writerow([_text(value) for value in row])


def _text(value):
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else defused(value)


class _Lines:
    """What csv writes into, to hand each line on."""

    def write(self, line):
        return line
