"""Who may see which problems, decided in the query, and what several pages ask of them."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from duzhan.base.below import Below
from duzhan.base.clock.instants import day_of, now, start_of_day
from duzhan.base.errors import NotFound
from duzhan.operations.queries import READERS, above
from duzhan.people.models import Body, Role

from ..flow import IN_PROGRESS, Class
from ..models import Problem


def visible_to(person, at=None):
    """The problems this person may open: by the areas of their posts, or handed over to their bodies.

    The same answer as `rules.may_see`, for many at once.
    """
    found = _by_posts(person, person.hats(at)) | _own_conduct(person)
    return Problem.objects.filter(found).select_related("operation", "unit", "area", "point", "group")


def listed_for(person, operation, at=None, area=None):
    """`visible_to` in one operation and in one area (None: all), asked so that an index is entered soonest: for long lists.

    Posts for other operations are left out, and so is what somebody has found about conduct where they have found
    nothing of the kind; of two areas, one in the other, only the smaller is asked for. Then all that is left is one area or
    one unit, and the database guesses rightly how much that is.
    """
    found = _by_posts(person, [post for post in person.hats(at) if post.operation in (None, operation.pk)], area)
    if Problem.objects.filter(_own_conduct(person)).exists():
        found |= _own_conduct(person) & _in(area)
    return Problem.objects.filter(found, operation=operation)


def units_for(person, operation, at=None):
    """The units with something in an operation that this person may want to choose from: those of their areas and of
    the areas around these, or their own. Each is asked for one problem, whoever may see it, so that it costs nothing."""
    posts = [post for post in person.hats(at) if post.operation in (None, operation.pk)]
    near = Q(pk__in=[post.body_id for post in posts if post.role == Role.UNIT])
    for post in posts:
        if post.role in READERS:
            near |= Q(area__startswith=post.area) | Q(area__in=["", *above(post.area)])
    theirs = Problem.objects.filter(operation=operation, unit=OuterRef("pk"))
    return Body.objects.filter(near, Exists(theirs)).order_by("area", "pk")


def _by_posts(person, posts, area=None):
    """What these posts let a person see in an area (None: everywhere)."""
    found, path = Q(pk__in=[]), area.path if area else ""
    for post in posts:
        if post.role == Role.UNIT:
            found |= Q(unit=post.body, handed_over_at__isnull=False) & _in(area)
        elif post.role in READERS and (post.area.startswith(path) or path.startswith(post.area)):
            where = _in(area) if len(path) >= len(post.area) else Q(Below("area_path", post.area))
            if post.operation:
                where &= Q(operation=post.operation)
            if post.role != Role.DISCIPLINE:
                where &= ~Q(klass=Class.CONDUCT) | Q(found_by=person)
            found |= where
    return found


def _in(area):
    """Of an area with nothing below it the index gives rows in their order; of several, it must be sorted or passed over."""
    if area is None:
        return Q()
    return Q(Below("area_path", area.path)) if area.numchild else Q(area_path=area.path)


def _own_conduct(person):
    return Q(found_by=person, klass=Class.CONDUCT)


def problem_for(person, number, at=None) -> Problem:
    """The problem with this number, if this person may see it. Raises NotFound."""
    problem = visible_to(person, at).filter(pk=number).first()
    if problem is None:
        raise NotFound()
    return problem


def in_progress():
    """Handed over and not rectified."""
    return Q(stage__in=IN_PROGRESS)


def overdue(at=None):
    """In progress, the clock running, past the deadline."""
    return in_progress() & Q(paused_at=None, due_at__lt=at or now())


def similar(problem):
    """Other problems at the same point, newest first: has it been here before (M57)?"""
    if problem.point_id is None:
        return Problem.objects.none()
    return Problem.objects.filter(point_id=problem.point_id).exclude(pk=problem.pk).order_by("-pk")


def due_today(operation, at=None):
    """In progress, not late, and due by the midnight at which the operation's day ends: `today 24:00` too (M31)."""
    at = at or now()
    tonight = start_of_day(day_of(at, operation.tz) + timedelta(days=1), operation.tz)
    return in_progress() & Q(paused_at=None, due_at__gte=at, due_at__lte=tonight)


def problems_from(source_kind, source_ids) -> dict:
    """The numbers of the problems that came from each of some sources: {source id: [number, ...]}."""
    found = {}
    rows = Problem.objects.filter(source_kind=source_kind, source_id__in=source_ids).order_by("pk")
    for source_id, pk in rows.values_list("source_id", "pk"):
        found.setdefault(source_id, []).append(pk)
    return found
