"""点位: which have been visited, which never or not for long, and the story of one."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, Sum
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotFound
from duzhan.base.geo.positions import Datum
from duzhan.base.ui.counting import counted
from duzhan.base.ui.paging import page_of
from duzhan.base.ui.spelling import short_instant
from duzhan.people.models import Role, running
from duzhan.places.models import Area
from duzhan.places.queries import keeps_point, points_visible_to, position_of
from duzhan.supervision.problems import queries as problems

from .. import queries, rules
from ..forms.sought import PointsSought
from .current import operation_of
from .lines import line_of

MOST_SHOWN = 20
DAYS = ("1", "3", "7")


@login_required
@require_GET
def point_list(request):
    """The points of the current operation that this person may see, with when each was last visited (M26, M32)."""
    operation, at = operation_of(request), now()
    sought = PointsSought(operation, request.GET)
    points = points_visible_to(request.user).filter(sought.where(), area_path__startswith=operation.area_path)
    unvisited = {
        "never": queries.not_visited(request.user, operation),
        **{days: queries.not_visited(request.user, operation, at - timedelta(days=int(days))) for days in DAYS},
    }
    counts = counted({"": points, "visited": (points, ~unvisited["never"])} | {
        name: (points, where) for name, where in unvisited.items()
    })  # fmt: skip
    chosen = sought.cleaned_data["unvisited"]
    rows = points.filter(unvisited[chosen]) if chosen else points
    page = page_of(rows.select_related("area", "body"), ("area_path", "pk"), request.GET)
    for point in queries.add_coverage(page.rows, request.user, operation):
        point.kind_word = operation.words.label("place_kinds", point.kind)
    return render(request, "inspections/points.html", {
        "page": page,
        "sought": sought,
        "tags": sought.tags(request.GET),
        "tabs": sought.tabs(request.GET, counts),
        "counts": {"every": counts[""], "visited": counts["visited"]},
        "marks": [mark for point in page.rows if (mark := _mark(point, operation))],
        "registers": any(post.role == Role.OFFICE for post in request.user.hats()),
        "at": at,
    })  # fmt: skip


def _mark(point, operation):
    """A point on the sketch, in one datum for all."""
    position = position_of(point)
    if position is None:
        return None
    drawn = position.to(Datum.WGS84)
    visited = point.last_visit_at
    return {
        "name": point.name, "lat": f"{drawn.lat:.6f}", "lon": f"{drawn.lon:.6f}", "still": visited is not None,
        "note": short_instant(visited, operation) if visited else _("从未走访"), "url": reverse("point", args=[point.pk]),
    }  # fmt: skip


@login_required
@require_GET
def point(request, pk):
    """One point: where it is, who answers for it, who went there, and what was found over time."""
    operation, at = operation_of(request), now()
    shown = points_visible_to(request.user).select_related("area", "body").filter(pk=pk).first()
    if shown is None:
        raise NotFound()
    visits = queries.visits_visible_to(request.user).filter(point=shown)
    found = problems.visible_to(request.user).filter(point=shown)
    shown.last_visit_at = visits.order_by("-visited_at").values_list("visited_at", flat=True).first()
    return render(request, "inspections/point.html", {
        "point": shown,
        "kind": operation.words.label("place_kinds", shown.kind),
        "trail": list(Area.objects.get_ancestors(shown.area)),
        "posts": shown.posts.filter(running(at)).select_related("person").order_by("pk"),
        "visits": visits.order_by("-visited_at", "-pk")[:MOST_SHOWN],
        "problems": [line_of(problem, at) for problem in found.order_by("-pk")[:MOST_SHOWN]],
        "counts": {"visits": visits.order_by().count(), **_problem_counts(found)},
        "may_visit": shown.is_open and rules.may_visit(request.user, operation, shown.area_path, at)
        and shown.area_path.startswith(operation.area_path),
        "may_change": keeps_point(request.user, shown, operation, at),
        "here": request.build_absolute_uri(reverse("visit-enter", args=[shown.pk])),
        "mark": _mark(shown, operation),
        "most": MOST_SHOWN,
        "at": at,
    })  # fmt: skip


def _problem_counts(found):
    counted = found.order_by().aggregate(
        problems=Count("pk"), open=Count("pk", filter=problems.in_progress()), late=Count("pk", filter=problems.overdue()),
        relapses=Sum("relapses", filter=Q(relapses__gt=0)),
    )  # fmt: skip
    return {name: number or 0 for name, number in counted.items()}
