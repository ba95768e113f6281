"""Questions about places that more than one page asks."""

from django.db.models import Q
from django.utils.translation import gettext as _

from duzhan.base.errors import NotFound
from duzhan.people.models import running

from .models import Area, Point, PointPost


def area_named(text, *, under="") -> Area:
    """The area with this code, name or short name, below the path `under`. Raises NotFound.

    Where a name stands for several, the highest is meant.
    """
    text = text.strip()
    named = Q(code=text) | Q(name=text) | Q(short_name=text)
    area = Area.objects.filter(named, path__startswith=under).order_by("depth", "path").first()
    if area is None:
        raise NotFound(_("没有叫“%(text)s”的区域。") % {"text": text[:40]}, field="area")
    return area


def holds_post_at(person, point_id, at=None) -> bool:
    """Does this person have a duty at this point at that instant (M14)?"""
    return point_id is not None and PointPost.objects.filter(running(at), point_id=point_id, person=person).exists()


def points_visible_to(person, at=None):
    """Points within the areas of a person's posts, and those that their body runs."""
    found = Q(pk__in=[])
    for post in person.hats(at):
        found |= Q(body=post.body) if post.role == "unit" else Q(area_path__startswith=post.area)
    return Point.objects.filter(found)
