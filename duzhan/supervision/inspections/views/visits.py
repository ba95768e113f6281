"""走访: choosing a point, the paper, the list, one visit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotFound, Refused
from duzhan.base.geo.positions import Position
from duzhan.base.ui.counting import counted
from duzhan.base.ui.fields import add_refusal
from duzhan.base.ui.paging import page_of
from duzhan.base.uploads.queries import about
from duzhan.operations.queries import focus_word
from duzhan.people.queries import reads_areas
from duzhan.places.models import Point
from duzhan.places.queries import nearest
from duzhan.supervision.problems import queries as problems

from .. import actions, queries, rules
from ..forms.paper import ANSWERS, OUTCOMES, Paper, WhichPaper
from ..forms.sought import VisitsSought, WhereForm
from .current import operation_of
from .lines import distance_text, line_of, told

MOST_OFFERED = 25
FIELDS = {"at": "visited_at", "difficulty": "difficulty_text"}  # what the action calls a field: what the paper does


@login_required
@require_GET
def visit_list(request):
    """The visits of the current operation that this person may see, the latest entered first."""
    operation = operation_of(request)
    sought = VisitsSought(operation, request.GET)
    rows = queries.visits_visible_to(request.user).filter(sought.where(), operation=operation)
    with_problems = queries.with_problems(request.user)
    gone_to = Point.objects.filter(Exists(rows.filter(point=OuterRef("pk"))))
    counts = counted({"every": rows, "points": gone_to, "yes": (rows, with_problems), "no": (rows, ~with_problems)})
    found = sought.cleaned_data["found"]
    if found:
        rows = rows.filter(with_problems if found == "yes" else ~with_problems)
    page = page_of(rows, ("-pk",), request.GET)
    theirs = problems.visible_to(request.user).filter(
        source_kind="visit", source_id__in=[visit.pk for visit in page.rows]
    )
    numbers = dict(theirs.order_by().values_list("source_id").annotate(number=Count("pk")))
    for visit in page.rows:
        visit.found_count = numbers.get(visit.pk, 0)
    return render(request, "inspections/visits.html", {
        "page": page,
        "sought": sought,
        "tags": sought.tags(request.GET),
        "counts": counts,
        "tabs": sought.tabs(request.GET, {"": counts["every"], "yes": counts["yes"], "no": counts["no"]}),
        "reads_helps": reads_areas(request.user),
        "may_visit": bool(rules.visiting_posts(request.user, operation)),
        "at": now(),
    })  # fmt: skip


@login_required
@require_GET
def choose(request):
    """登记走访, first: which point. By words or number, by where one stands, or from one's own area."""
    operation = operation_of(request)
    rules.check_goes_out(request.user, operation)
    asked = WhereForm(request.GET)
    where = asked.cleaned_data if asked.is_valid() else {}
    heading, found = _offered(where, request.user, operation)
    found = queries.add_coverage(found, request.user, operation)
    for point in found:
        point.kind_word = operation.words.label("place_kinds", point.kind)
        point.away_words = distance_text(point.metres) if hasattr(point, "metres") else ""
    return render(request, "inspections/choose.html", {
        "asked": asked, "heading": heading, "found": found, "accuracy": where.get("accuracy"), "at": now(),
        "is_sought": bool(where.get("q")), "is_near": where.get("lat") is not None,
    })  # fmt: skip


def _offered(where, person, operation):
    """A heading, and the points under it."""
    points = queries.points_to_visit(person, operation)
    if where.get("q"):
        named = points.filter(queries.point_named(where["q"])).order_by("name", "pk")
        return _("查到的点位"), named[:MOST_OFFERED]
    if where.get("lat") is not None and where.get("lon") is not None:
        return _("附近的点位"), nearest(points, Position(where["lat"], where["lon"]), MOST_OFFERED)
    heading, group = _("久未走访的点位"), queries.group_of(person, operation)
    if group and group.area:
        heading = _("%(group)s的点位，久未走访的在前") % {"group": group}
        points = points.filter(area_path__startswith=group.area)
    return heading, queries.longest_unvisited(points, person, operation, MOST_OFFERED)


@login_required
@require_http_methods(["GET", "POST"])
def enter(request, point):
    """登记走访: the paper of one point. Sent twice, it is recorded once."""
    operation = operation_of(request)
    rules.check_goes_out(request.user, operation)
    if request.method == "POST" and (known := _known(request)):  # first: the point may have been put out of use since
        messages.info(request, _("这次走访已经登记过，没有重复登记。"))
        return redirect("visit", known.pk)
    point = _point(request.user, operation, point)
    if request.method == "GET":
        return _paper(request, Paper(operation, point, request.user))
    paper = Paper(operation, point, request.user, request.POST, request.FILES)
    if not paper.is_valid():
        return _paper(request, paper, 400)
    try:
        visit = actions.record_visit(operation, paper.row(), by=request.user)
    except Refused as refused:
        add_refusal(paper.form, refused, FIELDS)
        return _paper(request, paper, refused.status)
    messages.success(request, _done(visit))
    return redirect("visit", visit.pk)


def _point(person, operation, number):
    point = queries.points_to_visit(person, operation).filter(pk=number).first()
    if point is None:
        raise NotFound(_("没有编号为 %(number)s 的点位，或者它不在您负责的区域内、已经停用。") % {"number": number})
    return point


def _known(request):
    key = WhichPaper(request.POST)
    return queries.visit_with_key(key.cleaned_data["id"], request.user) if key.is_valid() else None


def _done(visit):
    found = getattr(visit, "found", ())
    if not found:
        return _("已登记，未发现问题。")
    return _("已登记，发现 %(count)d 个问题：%(numbers)s。") % {
        "count": len(found), "numbers": "、".join(problem.number for problem in found),
    }  # fmt: skip


def _paper(request, paper, status=200):
    context = {
        "paper": paper,
        "point": paper.point,
        "form": paper.form,
        "mistakes": paper.mistakes() if paper.data is not None else [],
        "kind": paper.operation.words.label("place_kinds", paper.point.kind),
        "outcomes": OUTCOMES,
    }
    return render(request, "inspections/paper.html", context, status=status)


@login_required
@require_GET
def visit(request, pk):
    """One visit: what was asked and answered, what was found, what is hard there, and the story of it."""
    shown = queries.visits_visible_to(request.user).filter(pk=pk).select_related("focus").first()
    if shown is None:
        raise NotFound()
    at, words = now(), shown.operation.words
    found = problems.visible_to(request.user).filter(point=shown.point_id, source_kind="visit", source_id=shown.pk)
    helps = list(queries.helps_visible_to(request.user).filter(visit=shown).order_by("pk"))
    story = told([shown, *helps])
    return render(request, "inspections/visit.html", {
        "visit": shown,
        "kind": words.label("place_kinds", shown.place_kind),
        "focus": focus_word(shown.operation, shown.focus) if shown.focus else "",
        "method": words.label("methods", shown.method) if shown.method else "",
        "answers": _answers(shown),
        "problems": [line_of(problem) for problem in found.order_by("pk")],
        "helps": helps,
        "photos": about("visit", shown.pk),
        "story": story,
        "key": next((line.event_id for line in story if line.event_kind == "visit.record"), ""),
        "at": at,
    })  # fmt: skip


def _answers(visit):
    """The answers as (question, word, is it "no"); a question that has left the list stands for itself."""
    words = dict(ANSWERS)
    lists = visit.operation.words.questions
    asked = lists[visit.answers["list"]].questions if visit.answers.get("list") in lists else {}
    return [
        (asked[code].label if code in asked else code, words.get(answer, answer), answer == "no")
        for code, answer in visit.answers.items()
        if code not in ("list", "version")
    ]
