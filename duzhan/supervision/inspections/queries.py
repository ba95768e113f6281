"""Questions about visits that more than one page asks. Who may see what is decided here, in the query."""

from django.db.models import Q

from duzhan.operations.queries import READERS
from duzhan.people.models import Role

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
            found |= Q(unit=post.body) & ~Q(method="covert")
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
