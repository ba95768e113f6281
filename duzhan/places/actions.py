"""Everything that changes where: the tree of areas, the points, the duties at a point."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput, Conflict
from duzhan.base.ledger.actions import Fact, locked, record, record_many

from . import rules
from .models import Area, Point, PointPost
from .tree import Growth


@transaction.atomic
def add_area(name, code, level, *, by=None, parent=None, short_name="") -> Area:
    """Add an area to the tree. Raises BadInput when the code is taken or the level unknown."""
    if Area.objects.filter(code=code).exists():
        raise BadInput(_("代码 %(code)s 已被使用。") % {"code": code}, field="code")
    area, growth = _new_area(name, code, level, short_name), Growth()
    growth.place(area, parent)
    record(area, "area.add", by=by)
    growth.count()
    return area


def _new_area(name, code, level, short_name):
    if level not in Area.Level.values:
        raise BadInput(_("没有这种层级：%(level)s。") % {"level": level}, field="level")
    if not 0 < len(code) <= 12:
        raise BadInput(_("区域代码须是 1 到 12 个字符。"), field="code")
    return Area(name=name, code=code, level=level, short_name=short_name)


LEVELS = ((2, "province"), (4, "city"), (6, "county"), (9, "street"), (12, "community"))  # GB/T 2260 and GB/T 10114


@transaction.atomic
def enter_areas(rows: list[dict], *, by=None) -> list[Area]:
    """Enter many areas at once, the upper ones first; those that are there already are left as they are.

    A row holds code and name; and, if wanted, short_name, level and parent (a code). Without them the level and the
    parent are read from the code (GB/T 2260: 500112 lies in 500000; 500112016 in 500112). Raises BadInput with the
    row's number and enters none of them.
    """
    known, entered, growth = {area.code: area for area in Area.objects.all()}, [], Growth()
    for number, row, parent in _upper_first(rows, known):
        code, level = row["code"].strip(), row.get("level") or _level_of(row["code"])
        if code in known:
            continue
        try:
            if parent and parent not in known:
                raise BadInput(_("上级代码 %(parent)s 不存在。") % {"parent": parent}, field="parent")
            area = _new_area(row["name"].strip(), code, level, row.get("short_name", ""))
            growth.place(area, known.get(parent))
        except BadInput as error:
            raise BadInput(_("第 %(number)s 行：%(why)s") % {"number": number, "why": error}, row=number) from error
        known[code] = area
        entered.append(area)
    record_many([Fact(area, "area.add") for area in entered], by=by)
    growth.count()
    return entered


def _level_of(code):
    short = code.rstrip("0") if len(code) == 6 else code
    return next((level for length, level in LEVELS if len(short) <= length), "")


def _upper_first(rows, known) -> list:
    """(number, row, code of the parent) of each row, a parent before its children."""
    told = {row["code"] for row in rows} | known.keys()
    parents = {row["code"]: row.get("parent") or _parent_of(row["code"], told) for row in rows}
    numbered = [(number, row, parents[row["code"]]) for number, row in enumerate(rows, 1)]
    return sorted(numbered, key=lambda each: (_steps_up(each[1]["code"], parents), each[1]["code"]))


def _steps_up(code, parents):
    steps = 0
    while (code := parents.get(code)) and steps <= len(parents):  # rows that name each other as parents never end
        steps += 1
    return steps


def _parent_of(code, told):
    """The nearest code above that is known or told: 500112 is asked for 500100, then 500000, then the country."""
    shorter = [code[:length].ljust(6, "0") for length in (9, 6, 4, 2) if length < len(code)]
    return next((each for each in [*shorter, "000000"] if each != code and each in told), "")


def register_point(name, kind, area, *, by=None, **row) -> Point:
    """登记点位: a place that can be visited; if wanted with body, lat, lon, datum, address, is_demo."""
    return register_points([{"name": name, "kind": kind, "area": area, **row}], by=by)[0]


def register_points(rows: list[dict], *, by=None) -> list[Point]:
    """Register many points at once; the keys are those of `register_point`. Raises BadInput and enters none of them."""
    points = []
    for number, row in enumerate(rows, 1):
        if not row["name"].strip():
            raise BadInput(_("第 %(number)s 个点位没有名称。") % {"number": number}, field="name")
        if (row.get("lat") is None) != (row.get("lon") is None):
            raise BadInput(_("点位“%(name)s”的经纬度缺一个。") % {"name": row["name"]}, field="lat")
        degrees = {name: _degrees(row.get(name)) for name in ("lat", "lon")}
        points.append(Point(**{**row, **degrees}, area_path=row["area"].path))
    record_many([Fact(point, "point.register") for point in points], by=by)
    return points


LONGEST_NAME = Point._meta.get_field("name").max_length


@transaction.atomic
def change_point(point, *, by, operation=None, seen=None, **columns) -> Point:
    """修改点位: columns of `register_point` or `is_open` (停用) as they are from now on; what was found there keeps its area.

    `seen` is how many events the point had when it was read: with another one since, nothing is changed. Raises
    NotAllowed where the office of the old and of the new area (`operation`: its number) is another, BadInput, Conflict.
    """
    point = locked(point)
    for area in (point.area, columns.get("area", point.area)):
        rules.check_keeps(by, area.path, operation)
    if seen not in (None, point.seq):
        raise Conflict(_("这个点位刚由别人改过，没有覆盖；请看一看现在的样子再改。"))
    _take_over(point, columns)
    if point.changes():
        record(point, "point.change", by=by)
    return point


def _take_over(point, columns):
    for name, value in columns.items():
        setattr(point, name, _degrees(value) if name in ("lat", "lon") else value)
    point.area_path = point.area.path
    if not 0 < len(point.name.strip()) <= LONGEST_NAME:
        raise BadInput(_("名称要有，且不超过 100 字。"), field="name")
    if (point.lat is None) != (point.lon is None):
        raise BadInput(_("经度和纬度要么都填，要么都不填。"), field="lat" if point.lat is None else "lon")


def _degrees(value):
    """To six places, as the column keeps it: the ledger must say what can be read there."""
    return None if value is None else round(Decimal(str(value)), 6)


def post_at_point(point, person, duty, *, by=None, starts_at=None, ends_at=None) -> PointPost:
    """任职点位: give somebody a duty at a point."""
    post = PointPost(point=point, person=person, duty=duty, starts_at=starts_at or now(), ends_at=ends_at)
    record(post, "point_post.appoint", by=by)
    return post


@transaction.atomic
def end_duties_of(person_id, *, by=None) -> int:
    """卸任点位: whatever duties at points this person (a number) has, or would have later, end now; returns how many."""
    duties = list(PointPost.objects.filter(person=person_id).exclude(ends_at__lte=now()).order_by("pk"))
    for duty in duties:
        duty.ends_at = max(now(), duty.starts_at)
    record_many([Fact(duty, "point_post.end") for duty in duties], by=by)
    return len(duties)
