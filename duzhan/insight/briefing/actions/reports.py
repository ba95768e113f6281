"""The daily report: drafted, frozen with a number and a seal, amended in the open (M110, M111).

One day, told from outside::

    draft(operation, day, by=office, highlights="……", tomorrow="一查……")   # texts only; the numbers are counted
    report = freeze(operation, day, by=leader)                             # number, figures, tables, text, seal
    amend(report, by=leader, reason="一件核验退回补记")                       # differences, new seal; the report stays

Each takes `at` (None: now), `request_key` and `via`, and raises a Refused with its sentence; then nothing is changed.
A report counts what had taken effect by the operation's cut-off, as it is known at the instant of freezing.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import day_of
from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput, CannotMove
from duzhan.base.ledger.actions import locked, once, record, seal, still
from duzhan.base.typed import text_of

from .. import rules
from ..models import Amendment, Report
from ..queries import differences, papers, sheets

SECTION, REASON = 4000, 1000


def cut_off_of(operation, day) -> datetime:
    """The instant at which a day's report is cut off."""
    return datetime.combine(day, operation.cut_off, operation.tz)


# --- drafted ----------------------------------------------------------------------------------------------------


@transaction.atomic
def draft(operation, day=None, *, by, highlights=None, tomorrow=None, at=None, request_key=None, via="web") -> Report:
    """起草: the draft of a day (None: today) with the texts given; what is None stays as it was written."""
    instant = at or clock_now()
    rules.WRITES_REPORT.check(by, operation, instant)
    report = _report_of(operation, day, instant)
    was = "" if report._state.adding else report.stage
    _write(report, highlights, tomorrow)
    record(report, "report.draft", by=by, at=at, request_key=request_key, via=via, was=was, now=Report.Stage.DRAFT)
    return report


def _report_of(operation, day, instant):
    """The draft of a day, locked, or a new one. Raises CannotMove when the day's report is frozen."""
    day = day or day_of(instant, operation.tz)
    if day < day_of(operation.started_at, operation.tz) or day > day_of(instant, operation.tz):
        raise BadInput(_("%(day)s没有日报：行动还没有启动，或这一天还没有到。") % {"day": day.isoformat()}, field="day")
    locked(operation)  # one draft a day, one number after another
    report = operation.reports.filter(day=day).first()
    if report is None:
        return Report(operation=operation, day=day, cut_off_at=cut_off_of(operation, day))
    if report.is_frozen:
        raise CannotMove(_("这一天的日报已经定稿（第 %(number)s 号），只能更正。") % {"number": report.number})
    return report


def _write(report, highlights, tomorrow):
    for name, text in (("highlights", highlights), ("tomorrow", tomorrow)):
        if text is not None:
            setattr(report, name, text_of(text, name, SECTION, needed=False))


# --- frozen -----------------------------------------------------------------------------------------------------


@transaction.atomic
def freeze(operation, day=None, *, by, highlights=None, tomorrow=None, at=None, via="web") -> Report:
    """定稿: give a day's report its number, keep its figures as they are known now, and seal the ledger.

    Raises CannotMove before the cut-off, when it is frozen already, and, with the sum in question, when one of
    its checks does not hold.
    """
    known_at = still()  # before any row is locked: writers in flight may want it
    instant = at or known_at
    rules.FREEZES_REPORT.check(by, operation, instant)
    report = _report_of(operation, day, instant)
    if instant < report.cut_off_at:
        raise CannotMove(_("还没有到截止时刻 %(at)s，不能定稿。") % {"at": f"{report.cut_off_at:%Y-%m-%d %H:%M}"})
    sheet = sheets.sheet(operation, report.cut_off_at, known_at)
    _check(sheet)
    was = "" if report._state.adding else report.stage
    _write(report, highlights, tomorrow)
    report.stage, report.number = Report.Stage.FROZEN, _next_number(operation)
    report.figures_known_at, report.frozen_at, report.frozen_by = known_at, instant, by
    _fill(report, sheet, papers.paper(report, sheet))
    record(report, "report.freeze", by=by, at=at, via=via, was=was, now="frozen")
    return _sealed(report, "report.seal", by, via)


def _check(sheet):
    """An identity that does not hold stops the report, and is named."""
    broken = [check for check in sheet.checks if not check.holds]
    if broken:
        said = _("；").join(_("%(what)s：%(why)s") % {"what": check.words, "why": check.text} for check in broken)
        raise CannotMove(
            _("数字对不上，不能定稿：%(checks)s。") % {"checks": said}, checks=[check.text for check in broken]
        )


def _next_number(operation):
    return (operation.reports.aggregate(last=Max("number"))["last"] or 0) + 1


def _fill(paper, sheet, text):
    paper.figures, paper.tables, paper.sentence, paper.text = sheet.figures, sheet.tables, sheet.sentence, text


def _sealed(paper, kind, by, via):
    """Seal everything up to this paper, then note on it which seal that was."""
    paper.seal_number = seal().number
    stage = getattr(paper, "stage", "")
    record(paper, kind, by=by, via=via, was=stage, now=stage)
    return paper


# --- amended ----------------------------------------------------------------------------------------------------


@once
def amend(report, *, by, reason, at=None, request_key=None, via="web") -> Amendment:
    """更正: what the report says differently by what is known now, each difference with the events that make it.

    The frozen figures stay; the amendment stands beside them with its own seal. Raises CannotMove when nothing
    differs or a check does not hold.
    """
    known_at = still()
    instant = at or known_at
    rules.FREEZES_REPORT.check(by, report.operation, instant)
    report = locked(report)
    if not report.is_frozen:
        raise CannotMove(_("日报还没有定稿，直接改草稿即可。"))
    sheet = sheets.sheet(report.operation, report.cut_off_at, known_at)
    _check(sheet)
    last = papers.newest_of(report)
    found = differences.between(report.operation, report.cut_off_at, last, sheet)
    if not found:
        raise CannotMove(_("按现在所知，各数与第 %(number)s 号日报一致，没有可更正的。") % {"number": report.number})
    amendment = Amendment(
        operation_id=report.operation_id, report=report, number=report.amended + 1, differences=found,
        reason=text_of(reason, "reason", REASON), figures_known_at=known_at, amended_by=by, amended_at=instant,
    )  # fmt: skip
    _fill(amendment, sheet, papers.paper(report, sheet, amendment))
    was, report.stage, report.amended = report.stage, Report.Stage.AMENDED, amendment.number
    record(report, "report.amend", by=by, at=at, via=via, was=was, now="amended", facts={"reason": amendment.reason})
    record(amendment, "amendment.make", by=by, at=at, request_key=request_key, via=via)
    return _sealed(amendment, "amendment.seal", by, via)
