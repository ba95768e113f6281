"""Everything that changes where: the tree of areas, the points, the duties at a point."""

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput

from .models import Area, Point, PointPost


def add_area(name, code, level, *, parent=None, short_name="") -> Area:
    """Add an area to the tree. Raises BadInput when the code is taken or the level unknown."""
    if level not in Area.Level.values:
        raise BadInput(_("没有这种层级：%(level)s。") % {"level": level}, field="level")
    if not 0 < len(code) <= 12:
        raise BadInput(_("区域代码须是 1 到 12 个字符。"), field="code")
    if Area.objects.filter(code=code).exists():
        raise BadInput(_("代码 %(code)s 已被使用。") % {"code": code}, field="code")
    values = {"name": name, "code": code, "level": level, "short_name": short_name}
    if parent is None:
        return Area.objects.add_root(instance=Area(**values))
    return Area.objects.add_child(Area.objects.get(pk=parent.pk), instance=Area(**values))


def register_point(name, kind, area, *, body=None, lat=None, lon=None, datum="wgs84", address="", is_demo=False) -> Point:
    """Register a point that can be visited."""
    return register_points(
        [dict(name=name, kind=kind, area=area, body=body, lat=lat, lon=lon, datum=datum, address=address, is_demo=is_demo)]
    )[0]


@transaction.atomic
def register_points(rows: list[dict]) -> list[Point]:
    """Register many points at once; the keys are those of `register_point`. Raises BadInput and enters none of them."""
    points = []
    for number, row in enumerate(rows, 1):
        if not row["name"].strip():
            raise BadInput(_("第 %(number)s 个点位没有名称。") % {"number": number}, field="name")
        if (row.get("lat") is None) != (row.get("lon") is None):
            raise BadInput(_("点位“%(name)s”的经纬度缺一个。") % {"name": row["name"]}, field="lat")
        points.append(Point(area_path=row["area"].path, **row))
    return Point.objects.bulk_create(points, batch_size=500)


def post_at_point(point, person, duty, *, starts_at=None, ends_at=None) -> PointPost:
    """Give somebody a duty at a point."""
    return PointPost.objects.create(point=point, person=person, duty=duty, starts_at=starts_at or now(), ends_at=ends_at)
