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


LEVELS = ((2, "province"), (4, "city"), (6, "county"), (9, "street"), (12, "community"))  # GB/T 2260 and GB/T 10114


@transaction.atomic
def enter_areas(rows: list[dict]) -> list[Area]:
    """Enter many areas at once, the upper ones first; those that are there already are left as they are.

    A row holds code and name; and, if wanted, short_name, level and parent (a code). Without them the level and the
    parent are read from the code (GB/T 2260: 500112 lies in 500000; 500112016 in 500112). Raises BadInput with the
    row's number and enters none of them.
    """
    known, entered = {area.code: area for area in Area.objects.all()}, []
    told = {row["code"] for row in rows} | known.keys()
    for number, row in sorted(enumerate(rows, 1), key=lambda each: _depth(each[1])):
        code, level = row["code"].strip(), row.get("level") or _level_of(row["code"])
        if code in known:
            continue
        parent = row.get("parent") or _parent_of(code, told)
        try:
            if parent and parent not in known:
                raise BadInput(_("上级代码 %(parent)s 不存在。") % {"parent": parent}, field="parent")
            area = add_area(
                row["name"].strip(), code, level, parent=known.get(parent), short_name=row.get("short_name", "")
            )
        except BadInput as error:
            raise BadInput(_("第 %(number)s 行：%(why)s") % {"number": number, "why": error}, row=number) from error
        known[code] = area
        entered.append(area)
    return entered


def _level_of(code):
    short = code.rstrip("0") if len(code) == 6 else code
    return next((level for length, level in LEVELS if len(short) <= length), "")


def _depth(row):
    levels = [*Area.Level.values]
    level = row.get("level") or _level_of(row["code"])
    return (bool(row.get("parent")), levels.index(level) if level in levels else len(levels), row["code"])


def _parent_of(code, told):
    """The nearest code above that is known or told: 500112 is asked for 500100, then 500000, then the country."""
    shorter = [code[:length].ljust(6, "0") for length in (9, 6, 4, 2) if length < len(code)]
    return next((each for each in [*shorter, "000000"] if each != code and each in told), "")


def register_point(
    name, kind, area, *, body=None, lat=None, lon=None, datum="wgs84", address="", is_demo=False
) -> Point:
    """Register a point that can be visited."""
    return register_points(
        [
            dict(
                name=name,
                kind=kind,
                area=area,
                body=body,
                lat=lat,
                lon=lon,
                datum=datum,
                address=address,
                is_demo=is_demo,
            )
        ]
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
    return PointPost.objects.create(
        point=point, person=person, duty=duty, starts_at=starts_at or now(), ends_at=ends_at
    )
