"""日报: the sheet of today, of any moment, frozen or corrected, with every number open to its records."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from duzhan.base.clock.instants import day_of, now
from duzhan.base.errors import BadInput, NotAllowed, NotFound, Refused
from duzhan.base.ledger.queries import ALL
from duzhan.base.ui.paging import page_of
from duzhan.base.ui.spelling import day_text
from duzhan.operations.queries import READERS, slice_for
from duzhan.places.models import Area
from duzhan.places.queries import area_with_code

from .. import rules
from ..actions import reports as actions
from ..forms import MomentForm, ReasonForm, SectionsForm, day_in
from ..models import Amendment, Report
from ..queries import differences as told_differences
from ..queries import papers, sheets
from ..queries.late import late_events
from . import shown as views

LISTED = 5  # reports named beside the sheet
MOST_LATE = 200  # late records listed one by one


# --- which one, and who may read it -----------------------------------------------------------------------------


def _bounds(person, operation):
    """How much of the figures this person may read. Raises NotAllowed for somebody who reads no area at all."""
    posts = [post for post in person.hats() if post.operation in (None, operation.pk)]
    if not any(post.role in READERS for post in posts):
        raise NotAllowed(_("日报供督导办、督导组和领导阅看；责任单位请看收件箱。"))
    return slice_for(person, operation)


def _report(person, pk) -> Report:
    """A frozen report, for whoever reads the whole operation. Raises NotFound."""
    report = Report.objects.select_related("operation__area", "operation__office", "frozen_by").filter(pk=pk).first()
    if report is None or not report.is_frozen or slice_for(person, report.operation) != ALL:
        raise NotFound()
    return report


def _no_operation(request):
    return render(request, "briefing/none.html", {"title": _("日报")})


@login_required
@require_GET
def report_list(request):
    """Every report of the current operation, the newest first."""
    operation = request.operation
    if operation is None:
        return _no_operation(request)
    bounds = _bounds(request.user, operation)
    rows = operation.reports.none() if bounds != ALL else operation.reports.select_related("frozen_by")
    page = page_of(rows, ("-cut_off_at", "-pk"), request.GET)
    context = {"page": page, "rows": [_listed(report) for report in page.rows], "reads_all": bounds == ALL}
    return render(request, "briefing/reports.html", context)


STATED = ("points_visited", "problems_handed_over", "problems_rectified", "problems_in_progress")


def _listed(report):
    return {
        "report": report,
        "state": state_of(report),
        "numbers": [sheets.written(report.figures.get(key)) for key in STATED],
    }


def state_of(report) -> dict:
    """已定稿 第 7 号, 已更正 n 次, 草稿: the words and the clothes of the state."""
    if report is None or not report.is_frozen:
        return {"text": _("草稿"), "kind": "draft"}
    if report.amended:
        told = {"number": report.number, "times": report.amended}
        return {"text": _("第 %(number)s 号 · 已更正 %(times)s 次") % told, "kind": "amended"}
    return {"text": _("已定稿 · 第 %(number)s 号") % {"number": report.number}, "kind": ""}


# --- today, and other days --------------------------------------------------------------------------------------


@login_required
@require_GET
def today(request):
    """Today's report: its draft counted now, or the frozen one."""
    operation = request.operation
    if operation is None:
        return _no_operation(request)
    return _day(request, operation, day_of(now(), operation.tz))


@login_required
@require_GET
def day(request, day):
    """The report of a day: its draft, or the frozen one."""
    if request.operation is None:
        return _no_operation(request)
    return _day(request, request.operation, day_in(day, request.operation))


def _day(request, operation, day, *, form=None, status=200):
    bounds = _bounds(request.user, operation)
    report = operation.reports.filter(day=day).select_related("operation").first()
    if report and report.is_frozen and bounds == ALL:
        return redirect("report", report.pk)
    if not day_of(operation.started_at, operation.tz) <= day <= day_of(now(), operation.tz):
        raise NotFound(_("%(day)s没有日报。") % {"day": day_text(day, with_year=True)})
    as_of = actions.cut_off_of(operation, day)
    told = views.of_sheet(sheets.sheet(operation, as_of, now(), bounds), report=report, day=day)
    context = _beside(request.user, operation, told) | {
        "state": state_of(None),
        "is_whole": bounds == ALL,
        "is_before_cut_off": now() < as_of,
        "cut_off_at": as_of,
        "form": form or SectionsForm(initial={"highlights": told.highlights, "tomorrow": told.tomorrow}),
        "writes": rules.WRITES_REPORT(request.user, operation),
        "freezes": rules.FREEZES_REPORT(request.user, operation),
        "why_not": rules.FREEZES_REPORT.why_not(request.user, operation),
    }
    return render(request, "briefing/report.html", context, status=status)


def _beside(person, operation, told):
    """What stands around any sheet: the moment it is of, and the other reports."""
    recent = operation.reports.exclude(stage=Report.Stage.DRAFT).order_by("-day")[:LISTED]
    reads_all = slice_for(person, operation) == ALL
    amendments = {each.report_id: each for each in _last_amendments(recent)} if reads_all else {}
    return {
        "operation": operation,
        "shown": told,
        "moment": MomentForm(operation, initial={"as_of": told.as_of, "known_at": told.known_at, "area": told.area}),
        "recent": [_recent(report, amendments.get(report.pk)) for report in recent] if reads_all else [],
        "areas": Area.objects.filter(path__startswith=operation.area_path, depth=operation.area.depth + 1).order_by(
            "code"
        ),
    }


def _last_amendments(reports):
    numbers = Q()
    for report in reports:
        if report.amended:
            numbers |= Q(report=report, number=report.amended)
    return Amendment.objects.filter(numbers) if numbers else ()


def _recent(report, amendment):
    changed = [each for each in amendment.differences if not each["table"]] if amendment else []
    return {
        "report": report,
        "state": state_of(report),
        "changed": "；".join(papers.difference_text(each) for each in changed[:2]),
    }


@login_required
@require_POST
def draft(request, day):
    """存草稿: the texts of a day's report."""
    operation, day, form = _posted(request, day, SectionsForm)
    try:
        if form.is_valid():
            said = {name: form.cleaned_data[name] for name in ("highlights", "tomorrow")}
            actions.draft(operation, day, by=request.user, **said)
            messages.success(request, _("草稿已存。"))
            return redirect("report-day", day.isoformat())
    except BadInput as refused:
        form.refuse(refused)
    return _day(request, operation, day, form=form, status=400)


@login_required
@require_POST
def freeze(request, day):
    """定稿: asked twice, it is frozen once."""
    operation, day, form = _posted(request, day, SectionsForm)
    frozen = operation.reports.filter(day=day).exclude(stage=Report.Stage.DRAFT).first()
    if frozen and frozen.frozen_by_id == request.user.pk:
        return redirect("report", frozen.pk)
    try:
        if form.is_valid():
            said = {name: form.cleaned_data[name] for name in ("highlights", "tomorrow") if name in form.data}
            report = actions.freeze(operation, day, by=request.user, **said)
            messages.success(request, _("已定稿：第 %(number)s 号，并已封存账本。") % {"number": report.number})
            return redirect("report", report.pk)
    except Refused as refused:
        if frozen or isinstance(refused, NotAllowed):
            raise
        form.refuse(refused)
    return _day(request, operation, day, form=form, status=400)


def _posted(request, day, form):
    if request.operation is None:
        raise NotFound()
    return request.operation, day_in(day, request.operation), form(request.POST)


@login_required
@require_GET
def live(request):
    """换个时刻看: the sheet as of any moment, as known at any moment, for any area; nothing is kept."""
    operation = request.operation
    if operation is None:
        return _no_operation(request)
    bounds = _bounds(request.user, operation)
    moment = MomentForm(operation, request.GET)
    if not moment.is_valid():
        raise BadInput("；".join(error for errors in moment.errors.values() for error in errors))
    asked = moment.cleaned_data
    area = _area(operation, asked["area"])
    slice = bounds.narrowed(area=area.path) if area else bounds
    told = views.of_sheet(sheets.sheet(operation, asked["as_of"], asked["known_at"], slice), area=asked["area"])
    context = _beside(request.user, operation, told)
    return render(request, "briefing/report.html", context | {"is_live": True, "area": area, "is_whole": slice == ALL})


def _area(operation, code):
    """The area with this code, within the operation. Raises NotFound."""
    if not code:
        return None
    area = area_with_code(code, under=operation.area_path)
    if area is None:
        raise NotFound(_("没有代码为 %(code)s 的区域。") % {"code": code})
    return area


# --- a frozen report --------------------------------------------------------------------------------------------


@login_required
@require_GET
def detail(request, pk):
    """A report as it is in force; `?version=0` as it was frozen, `?seal=…` compares a paper's seal with ours."""
    report = _report(request.user, pk)
    told = views.of_report(report, _version(request, report))
    context = _beside(request.user, report.operation, told) | {
        "report": report,
        "state": state_of(report),
        "versions": range(report.amended + 1) if report.amended else (),
        "is_whole": True,
        "amends": rules.FREEZES_REPORT(request.user, report.operation),
        "paper_seal": _paper_seal(request, told),
    }
    return render(request, "briefing/report.html", context)


def _version(request, report):
    wanted = request.GET.get("version")
    if wanted is None:
        return None
    if not (wanted.isascii() and wanted.isdigit() and int(wanted) <= report.amended):
        raise NotFound(_("这份日报没有第 %(version)s 版。") % {"version": wanted[:10]})
    return int(wanted)


def _paper_seal(request, told):
    """Does the digest that a paper carries fit ours? None where none was asked about."""
    asked = request.GET.get("seal", "").replace(" ", "").lower()
    if not asked or told.seal is None:
        return None
    fits = len(asked) >= 16 and told.seal.digest.startswith(asked)
    return {"fits": fits, "asked": asked[:64]}


@login_required
@require_GET
def text(request, pk):
    """导出公文: the sheet in force as plain text."""
    report = _report(request.user, pk)
    paper = papers.newest_of(report)
    answer = HttpResponse(paper.text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{report.operation.code}-{report.number:03d}.txt"'
    return answer


@login_required
@require_GET
def compare(request, pk):
    """与昨日对照: each figure of this report beside the one before."""
    report = _report(request.user, pk)
    before = (
        report.operation.reports.filter(day__lt=report.day).exclude(stage=Report.Stage.DRAFT).order_by("day").last()
    )
    now_, then = papers.newest_of(report).figures, papers.newest_of(before).figures if before else {}
    rows = [
        {
            "label": sheets.label_of(key),
            "then": sheets.written(then.get(key)),
            "now": sheets.written(value),
            "change": value - then[key] if isinstance(value, int) and isinstance(then.get(key), int) else None,
        }
        for key, value in now_.items()
    ]
    return render(request, "briefing/compare.html", {"report": report, "before": before, "rows": rows})


@login_required
@require_GET
def differences(request, pk):
    """看差异: what this report would say by what is known now, and the records that make each difference."""
    return _differences(request, _report(request.user, pk), ReasonForm())


def _differences(request, report, form, status=200):
    sheet, last = sheets.sheet(report.operation, report.cut_off_at, now()), papers.newest_of(report)
    found = told_differences.between(report.operation, report.cut_off_at, last, sheet)
    context = {
        "report": report,
        "operation": report.operation,
        "state": state_of(report),
        "known_at": sheet.known_at,
        "lines": [views.line_of(each) for each in found],
        "late": [
            views.late_line(each, report.operation) for each in late_events(report, last.figures_known_at)[:MOST_LATE]
        ],
        "form": form,
        "amends": rules.FREEZES_REPORT(request.user, report.operation),
        "why_not": rules.FREEZES_REPORT.why_not(request.user, report.operation),
    }
    return render(request, "briefing/differences.html", context, status=status)


@login_required
@require_POST
def amend(request, pk):
    """更正: with its reason, in the open."""
    report, form = _report(request.user, pk), ReasonForm(request.POST)
    try:
        if form.is_valid():
            said = form.cleaned_data
            amendment = actions.amend(report, by=request.user, reason=said["reason"], request_key=said["request_key"])
            messages.success(request, _("已更正：第 %(number)s 次。原稿仍可查看。") % {"number": amendment.number})
            return redirect("report", report.pk)
    except NotAllowed:
        raise
    except Refused as refused:
        form.refuse(refused)
    return _differences(request, report, form, status=400)
