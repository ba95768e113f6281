"""Records as rows of a table: for a page, and as CSV for a file or a pipe."""

import csv
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from duzhan.base.ui.spelling import digest_text, short_instant, time_left
from duzhan.supervision.problems.flow import RECTIFIED, Stage

from .catalogue import Distinct, Figure
from .records import COLUMNS, Record

STEPS = {str(stage): number for number, stage in enumerate(Stage, 1)}
PAGES = {"problem": "problem", "visit": "visit", "point": "point", "help": "help"}  # where a record opens
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins so

HEADS = {
    "number": _("编号"), "title": _("内容"), "area": _("区域"), "unit": _("单位"), "group": _("督导组"), "topic": _("性质:领域:成因"), "stage": _("阶段"),
    "at": _("发生"), "recorded_at": _("录入"), "due_at": _("时限"), "paused_at": _("暂停于"), "found_at": _("发现时刻"),
    "handed_over_at": _("交办时刻"), "rectified_at": _("报整改时刻"), "closed_at": _("销号时刻"), "first_at": _("首次"),
    "last_at": _("末次"), "times": _("次数"), "counts": _("计入"), "event": _("事件"), "digest": _("摘要"),
}  # fmt: skip
SHOWN = {  # the columns of a page by what a record is; a phone shows those with a mark as lines of a card
    "problem": ("number", "title", "area", "unit", "stage", "left", "at", "digest"),
    "visit": ("number", "title", "area", "unit", "group", "at", "recorded_at", "digest"),
    "thing": ("title", "area", "unit", "first_at", "last_at", "times"),
    "other": ("title", "area", "unit", "group", "at", "recorded_at", "digest"),
}
CLASSES = {
    "number": "c-no dz-second", "title": "c-t", "unit": "c-un", "stage": "c-st", "left": "c-lf", "area": "c-x dz-second",
    "group": "c-x dz-second", "at": "dz-second", "recorded_at": "c-x dz-second", "first_at": "dz-second",
    "last_at": "dz-second", "times": "dz-num", "digest": "c-x dz-mono dz-second",
}  # fmt: skip
LINES = {"at", "first_at", "last_at", "times"}  # on a phone with their head beside them
WIDTHS = {"number": "w-no", "area": "w-unit", "unit": "w-unit", "group": "w-unit", "stage": "w-st", "left": "w-lf",
          "at": "w-dt", "recorded_at": "w-dt", "first_at": "w-dt", "last_at": "w-dt", "times": "w-kind", "digest": "w-unit"}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One cell: its text, and as wanted an address, a stage in steps, the state of a clock."""

    css: str
    text: str = ""
    label: str = ""
    url: str = ""
    step: int = 0
    is_back: bool = False
    left: object = None


@dataclass(frozen=True)
class Line:
    """One record on a page."""

    record: Record
    cells: list
    url: str = ""
    is_late: bool = False


def shape(figure: Figure) -> str:
    """What the records behind a figure are, for their columns."""
    if isinstance(figure.counts, Distinct):
        return "thing"
    kinds = getattr(figure.counts, "kinds", ())
    kind = getattr(figure.counts, "subject_kind", kinds[0].partition(".")[0] if kinds else "problem")
    return kind if kind in SHOWN else "other"


def heads(figure) -> list:
    """The columns of a page: [(css of the column, label), ...]."""
    labels = HEADS | {"left": HEADS["due_at"]}
    return [(WIDTHS.get(name, ""), labels[name], "dz-num" if name == "times" else "") for name in SHOWN[shape(figure)]]


def lines(figure, records, operation, as_of) -> list[Line]:
    """Records as lines of a page that is read as of an instant."""
    return [_line(SHOWN[shape(figure)], record, operation, as_of) for record in records]


def _line(columns, record, operation, as_of):
    left = _left(record, as_of)
    url = "" if record.is_masked else _page(record)
    cells = [_cell(name, record, operation, as_of, left, url) for name in columns]
    return Line(record, cells, url, left is not None and left.kind == "late")


def _cell(name, record, operation, as_of, left, url):
    label = HEADS[name] if name in LINES else ""
    if name == "left":
        return Cell(CLASSES[name], left=left)
    if name == "stage":
        return Cell(CLASSES[name], record.stage_label, step=STEPS.get(record.stage, 0), is_back=record.is_back)
    value = getattr(record, name)
    if name.endswith("at") and value is not None:
        value = short_instant(value, operation, read_at=as_of)
    if name == "digest" and value:
        value = digest_text(value, 2)
    return Cell(CLASSES[name], "" if value is None else str(value), label, url if name == "title" else "")


def _left(record, as_of):
    """How a problem stood with its clock at that instant."""
    if record.kind != "problem" or record.is_masked:
        return None
    if record.stage in RECTIFIED:
        done = {"started_at": record.handed_over_at, "done_at": record.closed_at or record.rectified_at}
        return time_left(record.due_at, at=as_of, **done)
    if record.stage == Stage.FOUND:
        return time_left(None, at=as_of, waiting_since=record.found_at)
    return time_left(record.due_at, at=as_of, paused_at=record.paused_at)


def _page(record):
    try:
        return reverse(PAGES[record.kind], args=[record.pk]) if record.kind in PAGES else ""
    except NoReverseMatch:
        return ""


def csv_rows(records, write, head=COLUMNS):
    """Records as lines of CSV, a head first; `write` makes text of an instant."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield writer.writerow([str(each) for each in head])
    for record in records:
        yield writer.writerow([_plain(getattr(record, name), write) for name in COLUMNS])


class _Echo:
    def write(self, text):
        return text


def _plain(value, write):
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return write(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
