"""Places for programs: the points that you may visit, and the tree of areas."""

from ninja import Query, Router, Schema

from duzhan.base.wire import Limit, Number, ShortText, errors, one_of, page

from .models import Area
from .queries import area_named, points_visible_to

router = Router(tags=["places"])


class PointOut(Schema):
    id: int
    name: str
    kind: str
    area: str
    body: int | None
    address: str
    lat: float | None
    lon: float | None
    datum: str
    is_open: bool


class PointPage(Schema):
    items: list[PointOut]
    next: int | None


class AreaOut(Schema):
    code: str
    name: str
    level: str
    path: str


class Filter(Schema):
    area: ShortText = ""
    kind: ShortText = ""
    after: Number | None = None
    limit: Limit = 50


def point_out(point) -> dict:
    same = ("name", "kind", "address", "lat", "lon", "datum", "is_open")
    return {name: getattr(point, name) for name in same} | {
        "id": point.pk, "area": point.area.code, "body": point.body_id,
    }  # fmt: skip


@router.get("/points", response={200: PointPage, **errors()})
def list_points(request, asked: Query[Filter]):
    """Points that you may see, newest first."""
    rows = points_visible_to(request.auth).select_related("area")
    if asked.area:
        rows = rows.filter(area_path__startswith=area_named(asked.area).path)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    return page(rows, asked.after, asked.limit, point_out)


@router.get("/points/{int:number}", response={200: PointOut, **errors()})
def read_point(request, number: Number):
    """One point."""
    return point_out(one_of(points_visible_to(request.auth).select_related("area"), number, "point"))


@router.get("/areas", response={200: list[AreaOut], **errors()})
def list_areas(request, under: ShortText = ""):
    """The areas right below one (a code or a name), or the roots of the tree."""
    rows = Area.objects.get_children(area_named(under)) if under else Area.objects.filter(depth=1)
    return list(rows.order_by("code")[:1000])
