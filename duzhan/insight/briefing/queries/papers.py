"""A report on paper: its text in Chinese as it is sent, and which of its versions is the one in force."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from duzhan.base.ui.spelling import day_text, seal_instant

from ..models import Amendment, Report
from .sheets import COLUMNS, label_of, name_of, written


def newest_of(report) -> Report | Amendment:
    """The version in force: the last amendment, or the report as it was frozen."""
    return report.amendments.order_by("number").last() or report


def paper(report, sheet, amendment=None) -> str:
    """The whole sheet as text, whatever language its reader uses: it is a paper of the office."""
    with override("zh-hans"):
        return "\n".join(_lines(report, sheet, amendment))


def _lines(report, sheet, amendment):
    operation = report.operation
    yield _("%(operation)s日报") % {"operation": operation}
    yield _("第 %(number)s 号　%(office)s　%(day)s") % {
        "number": report.number, "office": operation.office, "day": day_text(report.day, with_year=True),
    }  # fmt: skip
    if amendment:
        yield _("第 %(number)s 次更正　%(at)s　%(reason)s") % {
            "number": amendment.number, "at": seal_instant(amendment.amended_at, operation), "reason": amendment.reason,
        }  # fmt: skip
        for each in amendment.differences:
            yield difference_text(each)
    yield spoken(sheet.sentence["zh"]["summary"])
    yield from (f"{check.text}　{check.words}" for check in sheet.checks)
    yield from _table("areas", _("各区域情况"), sheet.tables)
    yield from _table("groups", _("各组情况"), sheet.tables)
    for name in ("today", "overdue", "lower_bodies"):
        if said := spoken(sheet.sentence["zh"].get(name, ())):
            yield said
    for title, text in ((_("突出问题"), report.highlights), (_("明日重点"), report.tomorrow)):
        if text:
            yield title
            yield text
    yield _("截至 %(as_of)s，已知至 %(known_at)s。") % {
        "as_of": seal_instant(sheet.as_of, operation), "known_at": seal_instant(sheet.known_at, operation),
    }  # fmt: skip


def _table(name, title, tables):
    if tables[name]:
        yield title
        yield "\t".join(["", *(label_of(key) for key in COLUMNS)])
        for row in (row for row in tables[name] if any(row["figures"].values())):
            yield "\t".join([name_of(name, row), *(written(row["figures"][key]) for key in COLUMNS)])


def spoken(pieces) -> str:
    """A sentence kept as pieces, as text."""
    return "".join(text for text, _figure in pieces)


def difference_text(difference) -> str:
    """已整改 233 改为 232."""
    table = difference["table"]
    where = _("%(name)s：") % {"name": name_of(table, difference)} if table else ""
    values = {
        "figure": label_of(difference["figure"]),
        "was": written(difference["was"]),
        "is": written(difference["is"]),
    }
    return where + _("%(figure)s %(was)s 改为 %(is)s") % values
