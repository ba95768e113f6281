"""Questions about places that more than one page asks."""

import re
from itertools import chain
from math import cos, radians

from django.db.models import FloatField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from duzhan.base.errors import NotFound
from duzhan.base.geo.positions import Datum, Position, metres_between
from duzhan.base.statements import Question
from duzhan.people.models import running

from . import rules
from .models import Area, Point, PointPost

SORT_OF_AREA = re.compile(  # what people leave out of an area's name
    r"省|[市州县区旗]|地区|盟|特别行政区|新区|林区|街道|镇|乡|苏木|社区|村|"
    r"(?:[^族]{1,5}族|蒙古|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯|撒拉)*(?:自治[区州县旗]|[族民]乡)"
)
MOST_ALIKE = 200


def area_named(text, *, under="") -> Area:
    """The area with this code, name or short name, below the path `under`, or with the name as people shorten it:
    西宁 for 西宁市, 伊犁 for 伊犁哈萨克自治州. Raises NotFound.

    Where a name stands for several, the highest is meant.
    """
    text = text.strip().replace("\x00", "")
    areas = Area.objects.filter(path__startswith=under)
    area = area_with_code(text, under=under)
    if area is None and text:
        area = areas.filter(Q(name=text) | Q(short_name=text)).order_by("depth", "path").first()
    if area is None and len(text) > 1:
        longer = areas.filter(name__startswith=text).order_by("depth", "path")
        area = next((each for each in longer[:MOST_ALIKE] if _shortens(text, each.name)), None)
    return area or _refuse(text)


def area_with_code(code, *, under="") -> Area | None:
    """The area with this code, if there is one and it lies below the path `under`."""
    found = [] if "\x00" in code else _with_code(code)
    return next((area for area in found if area.path.startswith(under)), None)


_with_code = Question(lambda code: Area.objects.filter(code=code), str)


def area_among(areas, text) -> Area:
    """`area_named` among areas at hand, given from the highest down."""
    text, areas = text.strip(), list(areas)
    ways = (
        (each for each in areas if text and text == each.code),
        (each for each in areas if text and text in (each.name, each.short_name)),
        (each for each in areas if len(text) > 1 and _shortens(text, each.name)),
    )
    return next(chain.from_iterable(ways), None) or _refuse(text)


def _shortens(text, name):
    return name.startswith(text) and SORT_OF_AREA.fullmatch(name, len(text)) is not None


def _refuse(text):
    raise NotFound(_("没有叫“%(text)s”的区域。") % {"text": text[:40]}, field="area")


def suggested_areas(under, most=300):
    """Areas below a path, the great ones first: what is offered while one is typed."""
    return Area.objects.filter(path__startswith=under).order_by("depth", "code")[:most]


def holds_post_at(person, point_id, at=None) -> bool:
    """Does this person have a duty at this point at that instant (M14)?"""
    return point_id is not None and PointPost.objects.filter(running(at), point_id=point_id, person=person).exists()


def points_visible_to(person, at=None):
    """Points within the areas of a person's posts, and those that their body runs."""
    found = Q(pk__in=[])
    for post in person.hats(at):
        found |= Q(body=post.body) if post.role == "unit" else Q(area_path__startswith=post.area)
    return Point.objects.filter(found)


def keeps_point(person, point, operation, at=None) -> bool:
    """May this person change this point in an operation, whose words its kind is one of?"""
    return rules.may_register(person, point.area_path, operation.pk, at) and point.area_path.startswith(
        operation.area_path
    )


_points = Question(lambda ids: Point.objects.filter(pk__in=ids), [int])


def points_with(ids, person, at=None) -> dict:
    """Of the points with these numbers those that are `points_visible_to` this person: {number: point}."""
    hats, ids = person.hats(at), list(ids)
    found = _points(ids) if ids else ()
    return {point.pk: point for point in found if any(_reaches(post, point) for post in hats)}


def _reaches(post, point):
    return point.body_id == post.body_id if post.role == "unit" else point.area_path.startswith(post.area)


DATUMS = {Point.Datum.WGS84: Datum.WGS84, Point.Datum.GCJ02: Datum.GCJ02, Point.Datum.CGCS2000: Datum.WGS84}
SPARE = 60
NEAR = 0.5  # degrees: what is farther away is not offered as near


def position_of(point) -> Position | None:
    """Where a point is, None where nobody has said."""
    if point.lat is None:
        return None
    return Position(float(point.lat), float(point.lon), DATUMS[Point.Datum(point.datum)])


def nearest(points, here: Position, most=20) -> list:
    """The nearest of some points, each with `metres`, the distance as the crow flies, nearest first."""
    here = here.to(Datum.WGS84)
    flat = max(cos(radians(here.lat)), 0.01)
    box = Q(lat__range=(here.lat - NEAR, here.lat + NEAR), lon__range=(here.lon - NEAR / flat, here.lon + NEAR / flat))
    north, east = Cast("lat", FloatField()) - here.lat, (Cast("lon", FloatField()) - here.lon) * flat
    rough = points.filter(box).annotate(away=north * north + east * east).order_by("away", "pk")
    found = list(rough[: most + SPARE])  # roughly, because data differ by some hundred metres; then exactly
    for point in found:
        point.metres = metres_between(here, position_of(point))
    return sorted(found, key=lambda point: (point.metres, point.pk))[:most]
