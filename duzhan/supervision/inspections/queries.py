"""Questions about visits that more than one page asks. Who may see what is decided here, in the query."""

from django.db.models import Count, Exists, Max, OuterRef, Q

from duzhan.base.clock.instants import now
from duzhan.base.ledger.models import Event
from duzhan.base.statements import Question
from duzhan.operations.pack import covert_methods
from duzhan.operations.queries import READERS
from duzhan.people.models import Membership, Role
from duzhan.places.models import Point
from duzhan.supervision.problems import queries as problems

from . import rules
from .models import Help, Visit


def visits_visible_to(person, at=None):
    """The visits this person may open: in the areas of their posts, or made to their bodies' points.

    A covert visit is need-to-know (M40): a unit never sees one.
    """
    found = Q(visited_by=person)
    for post in person.hats(at):
        if post.role in READERS:
            found |= _within(post)
        elif post.role == Role.UNIT:
            found |= Q(unit=post.body) & ~Q(method__in=covert_methods())
    return Visit.objects.filter(found).select_related("operation", "point", "area", "group", "visited_by", "unit")


def helps_visible_to(person, at=None):
    """Calls for help in the areas of a person's posts."""
    found = Q(pk__in=[])
    for post in person.hats(at):
        if post.role in READERS:
            found |= _within(post)
    return Help.objects.filter(found).select_related("operation", "point", "group", "visit")


def _within(post):
    where = Q(area_path__startswith=post.area)
    return where & Q(operation=post.operation) if post.operation else where


def visit_with_key(key, person):
    """The visit that this person recorded under this id before, if any: a paper sent twice is one visit."""
    event = Event.objects.filter(pk=key, kind="visit.record", actor=person.pk).first()
    return Visit.objects.filter(pk=event.subject_id).first() if event else None


def with_problems(person):
    """A condition on visits: a problem came from it that this person may see."""
    return Exists(
        problems.visible_to(person).filter(point=OuterRef("point"), source_kind="visit", source_id=OuterRef("pk"))
    )


_seats_of = Question(
    lambda person, operation: Membership.objects.filter(person=person, operation=operation).order_by("pk"), int, int
)


def seats_of(person, operation) -> list:
    """The places in groups that this person has, had or will have in an operation."""
    return _seats_of(person.pk, operation.pk)


def seat_at(seats, at) -> Membership | None:
    """Of the places in groups of one person, the one that is held at an instant."""
    return next((seat for seat in seats if seat.runs_at(at)), None)


def group_of(person, operation, at=None):
    """The group that this person is out with in an operation, if any."""
    seat = seat_at(seats_of(person, operation), at or now())
    return seat and seat.group


def points_to_visit(person, operation, at=None):
    """The open points of an operation to which this person may go."""
    within = Q(pk__in=[])
    for post in rules.visiting_posts(person, operation, at):
        within |= Q(area_path__startswith=post.area)
    points = Point.objects.filter(within, area_path__startswith=operation.area_path, is_open=True)
    return points.select_related("area", "body")


def point_named(text) -> Q:
    """A condition on points: this in the name or the address, or this number."""
    found = Q(name__icontains=text) | Q(address__icontains=text)
    return found | Q(pk=text) if text.isascii() and text.isdigit() and len(text) < 19 else found


# --- coverage: which points have been visited (M26, M32) --------------------------------------------------------


def _visits_in(person, operation, **more):
    return visits_visible_to(person).filter(operation=operation, **more).order_by()


def not_visited(person, operation, since=None) -> Q:
    """A condition on points: no visit in this operation (since an instant) that this person sees."""
    went = _visits_in(person, operation, point=OuterRef("pk"), **({"visited_at__gte": since} if since else {}))
    return ~Q(Exists(went))


def add_coverage(points, person, operation) -> list:
    """Give points what this person sees of them in this operation: last_visit_at, visit_count, open_count."""
    points = list(points)
    went = _visits_in(person, operation, point__in=points).values_list("point")
    visits = {point: told for point, *told in went.annotate(last=Max("visited_at"), number=Count("pk"))}
    open_ = problems.visible_to(person).filter(problems.in_progress(), operation=operation, point__in=points)
    counts = dict(open_.order_by().values_list("point").annotate(number=Count("pk")))
    for point in points:
        point.last_visit_at, point.visit_count = visits.get(point.pk, (None, 0))
        point.open_count = counts.get(point.pk, 0)
    return points


def longest_unvisited(points, person, operation, most) -> list:
    """Of some points, those never visited, then those not visited for longest."""
    found = list(points.filter(not_visited(person, operation)).order_by("pk")[:most])
    if len(found) < most:
        went = _visits_in(person, operation, point__in=points.values("pk")).values_list("point")
        oldest = went.annotate(last=Max("visited_at")).order_by("last", "point")[: most - len(found)]
        ids = [point for point, _last in oldest]
        rows = points.in_bulk(ids)
        found += [rows[pk] for pk in ids]
    return found
