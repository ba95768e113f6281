"""Areas to look up, and points to enter, one by one or as a table. Where points stand and who went there: see visits."""

import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from duzhan.base.errors import BadInput, NotAllowed, NotFound, Refused
from duzhan.base.ui.fields import add_refusal, posted
from duzhan.base.ui.paging import page_of
from duzhan.people.models import Body

from . import actions, rules
from .actions import register_point, register_points
from .forms.areas import Sought
from .forms.points import COLUMNS, ChangeForm, ImportForm, PointForm, brought_back, check_table, kept_for_entering
from .models import Area
from .queries import area_named, points_visible_to, suggested_areas

MOST_BODIES = 300
MOST_TOLD = 100  # mistakes of a table that are listed
SAMPLE = ("示例点位 01-01", "核酸采样点", "500112016", "", "示例路 1 号", "29.718000", "106.631000", "GCJ-02")


@login_required
@require_GET
def area_list(request):
    """The tree of areas: what lies below one, or where one of this name or code is."""
    if not request.user.hats():
        raise NotAllowed(_("区域供有岗位的人查询。"))
    sought = Sought(request.GET)
    asked = sought.cleaned_data if sought.is_valid() else {"q": "", "under": ""}
    under = None if asked["q"] else area_named(asked["under"]) if asked["under"] else _beginning(request)
    rows = (
        _found(asked["q"])
        if asked["q"]
        else Area.objects.get_children(under)
        if under
        else Area.objects.filter(depth=1)
    )
    page = page_of(rows, ("path",), request.GET)
    above = _above([*page.rows, *([under] if under else [])])
    counts = {} if asked["q"] else _points_by_area(request.user, under, page.rows)
    for area in page.rows:
        area.parents = [above[path] for path in _paths_above(area.path) if path in above]
        area.points_here = None if asked["q"] else counts.get(area.path, 0)
    return render(request, "places/areas.html", {
        "page": page,
        "sought": sought,
        "under": under,
        "trail": [above[path] for path in _paths_above(under.path) if path in above] if under else [],
    })  # fmt: skip


def _beginning(request):
    return request.operation.area if request.operation else None


def _found(text):
    return Area.objects.filter(Q(name__icontains=text) | Q(code__startswith=text) | Q(short_name__icontains=text))


def _paths_above(path):
    return [path[:end] for end in range(Area.steplen, len(path), Area.steplen)]


def _above(areas):
    paths = {path for area in areas for path in _paths_above(area.path)}
    return {area.path: area for area in Area.objects.filter(path__in=paths)}


def _points_by_area(person, under, areas):
    """How many points this person sees in each of these areas right below one (None: at the top)."""
    if not areas:
        return {}
    points = points_visible_to(person).filter(area_path__startswith=under.path if under else "")
    rows = points.annotate(beginning=Substr("area_path", 1, len(areas[0].path))).order_by()
    return dict(rows.values_list("beginning").annotate(number=Count("pk")))


def _operation(request):
    """The operation whose words the kinds of points are. Raises NotAllowed for somebody who enters none."""
    rules.check_registers(request.user)
    if request.operation is None:
        raise NotAllowed(_("先启动行动，再登记点位：点位类别取自行动的词库。"))
    return request.operation


@login_required
@require_http_methods(["GET", "POST"])
def new_point(request):
    """登记点位: one point."""
    operation = _operation(request)
    kinds = operation.words.choices("place_kinds")
    asked = PointForm(kinds, operation.area_path, posted(request))
    if request.method == "POST" and asked.is_valid():
        given = asked.cleaned_data
        try:
            if not rules.may_register(request.user, given["area"].path, operation.pk):
                raise BadInput(_("这个区域不在您的督导办负责的范围内。"), field="area")
            point = register_point(**given, by=request.user)
        except Refused as refused:
            add_refusal(asked, refused)
        else:
            messages.success(request, _("点位“%(point)s”已登记。") % {"point": point})
            return redirect("point", point.pk)
    context = {"form": asked, **_offers(operation)}
    return render(request, "places/new.html", context, status=400 if asked.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def change_point(request, pk):
    """修改点位: name, kind, area, body, address, position; and whether it is open."""
    operation, point = _operation(request), _kept(request, pk)
    asked = ChangeForm(point, operation.words.choices("place_kinds"), operation.area_path, posted(request))
    if request.method == "POST" and asked.is_valid():
        try:
            actions.change_point(point, by=request.user, operation=operation.pk, **asked.cleaned_data)
        except Refused as refused:
            add_refusal(asked, refused)
        else:
            messages.success(request, _("点位“%(point)s”已修改。") % {"point": asked.cleaned_data["name"]})
            return redirect("point", point.pk)
    context = {"form": asked, "point": point, **_offers(operation)}
    return render(request, "places/change.html", context, status=400 if asked.errors else 200)


def _kept(request, pk):
    """The point, where this person keeps it in the current operation. Raises NotFound or NotAllowed."""
    point = points_visible_to(request.user).select_related("area", "body").filter(pk=pk).first()
    if point is None:
        raise NotFound()
    rules.check_keeps(request.user, point.area_path, request.operation.pk)
    if not point.area_path.startswith(request.operation.area_path):
        raise NotAllowed(_("这个点位不在本行动的区域里；请先换到它所在区域的行动。"))
    return point


def _offers(operation):
    bodies = Body.objects.filter(area__startswith=operation.area_path).order_by("name")[:MOST_BODIES]
    return {"areas": suggested_areas(operation.area_path), "bodies": bodies}


@login_required
@require_http_methods(["GET", "POST"])
def import_points(request):
    """导入点位: the table is checked first; then all of it is entered, or nothing."""
    operation = _operation(request)
    if "checked" in request.POST:
        return _enter(request, operation)
    asked = ImportForm(posted(request), request.FILES if request.method == "POST" else None)
    checked = None
    if request.method == "POST" and asked.is_valid():
        try:
            checked = check_table(asked.cleaned_data["file"], request.user, operation)
        except BadInput as refused:
            add_refusal(asked, refused)
    return _answer(request, operation, asked, checked)


def _enter(request, operation):
    asked = ImportForm()
    try:
        cells = brought_back(request.POST["checked"], request.user, operation)
        checked = check_table(cells, request.user, operation)  # the world may have changed since it was looked through
        if checked.errors:
            return _answer(request, operation, asked, checked)
        points = register_points(checked.rows, by=request.user)
    except Refused as refused:
        asked = ImportForm({})
        asked.errors.clear()
        add_refusal(asked, refused)
        return _answer(request, operation, asked, None)
    messages.success(
        request,
        ngettext("已登记 %(count)d 个点位。", "已登记 %(count)d 个点位。", len(points)) % {"count": len(points)},
    )
    return redirect("point-list")


def _answer(request, operation, asked, checked):
    kept = ""
    if checked and not checked.errors:
        cells = asked.cleaned_data["file"]
        kept = kept_for_entering(cells, request.user, operation)
    context = {
        "form": asked,
        "checked": checked,
        "kept": kept,
        "told": checked.errors[:MOST_TOLD] if checked else [],
        "preview": checked.rows[:10] if checked else [],
        "columns": list(zip((words[0] for words in COLUMNS.values()), SAMPLE, strict=True)),
        "kinds": dict(operation.words.choices("place_kinds")),
    }
    is_wrong = asked.errors or (checked and checked.errors)
    return render(request, "places/import.html", context, status=400 if is_wrong else 200)


@login_required
@require_GET
def table_sample(request):
    """A table to fill in: the heads and one row."""
    _operation(request)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="points.csv"'
    writer = csv.writer(response)
    writer.writerow(words[0] for words in COLUMNS.values())
    writer.writerow(SAMPLE)
    return response
