"""Questions about problems that more than one page asks. Who may see what is decided here, in the query."""

from django.db.models import Q

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotFound
from duzhan.operations.queries import READERS
from duzhan.people.models import Role

from .flow import IN_PROGRESS, Class, Stage
from .models import Problem


def visible_to(person, at=None):
    """The problems this person may open: by the areas of their posts, or handed over to their bodies.

    The same answer as `rules.may_see`, for many at once.
    """
    found = Q(pk__in=[])
    for post in person.hats(at):
        where = Q(area_path__startswith=post.area)
        if post.operation:
            where &= Q(operation=post.operation)
        if post.role == Role.DISCIPLINE:
            found |= where
        elif post.role in READERS:
            found |= where & (~Q(klass=Class.CONDUCT) | Q(found_by=person))
        elif post.role == Role.UNIT:
            found |= Q(unit=post.body) & ~Q(stage=Stage.FOUND)
    found |= Q(found_by=person, klass=Class.CONDUCT)
    return Problem.objects.filter(found).select_related("operation", "unit", "area", "point", "group")


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


def inbox(person, at=None):
    """What the person's own bodies must do, the most urgent first."""
    bodies = [post.body_id for post in person.hats(at) if post.role == Role.UNIT]
    return visible_to(person, at).filter(in_progress(), unit__in=bodies).order_by("due_at", "pk")


def similar(problem):
    """Other problems at the same point, newest first: has it been here before (M57)?"""
    if problem.point_id is None:
        return Problem.objects.none()
    return Problem.objects.filter(point_id=problem.point_id).exclude(pk=problem.pk).order_by("-pk")
