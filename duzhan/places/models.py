from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from treebeard.mp_tree import MP_Node

from duzhan.base.ledger.models import Recorded
from duzhan.people.models import Body, Person, Running, ends_after_it_starts


class Area(Recorded, MP_Node):
    """区域: a node of the tree of areas, GB/T 2260 down to county, then street, community, grid, building (M16).

    Functional zones (两江新区) break the code's prefix, so the tree's own path is what everything is scoped by.
    How many children it has (`numchild`) is the tree's own count and is not recorded.
    """

    subject_kind = "area"
    subject_word = pgettext_lazy("subject", "区域")
    recorded_fields = ("path", "depth", "name", "short_name", "code", "level")

    class Level(models.TextChoices):
        COUNTRY = "country", _("全国")
        PROVINCE = "province", _("省")
        CITY = "city", _("市州")
        COUNTY = "county", _("县区")
        STREET = "street", _("街道乡镇")
        COMMUNITY = "community", _("村社区")
        GRID = "grid", _("网格")
        BUILDING = "building", _("楼栋")
        ZONE = "zone", _("功能区")

    steplen = 4
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=30, blank=True)
    code = models.CharField(_("代码"), max_length=12, unique=True)
    level = models.CharField(_("层级"), max_length=10, choices=Level.choices)

    def __str__(self):
        return self.name

    def dimensions(self):
        return {"area": self.path}


class Point(Recorded):
    """点位: a place that is visited, of a kind from the pack, with coordinates and whoever runs it (M32, M35)."""

    subject_kind = "point"
    subject_word = pgettext_lazy("subject", "点位")
    recorded_fields = (
        "name", "kind", "area_id", "area_path", "body_id", "address", "lat", "lon", "datum", "is_open", "is_demo",
    )  # fmt: skip

    class Datum(models.TextChoices):
        WGS84 = "wgs84", "WGS-84"
        GCJ02 = "gcj02", "GCJ-02"
        CGCS2000 = "cgcs2000", "CGCS2000"

    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=40)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="points")
    area_path = models.CharField(max_length=255)
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="points")
    address = models.CharField(_("地址"), max_length=200, blank=True)
    lat = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    lon = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    datum = models.CharField(max_length=10, choices=Datum.choices, default=Datum.WGS84)
    is_open = models.BooleanField(_("启用"), default=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["area_path", "kind"], name="point_by_area_and_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="point_has_both_coordinates_or_none",
            )
        ]

    def __str__(self):
        return self.name

    def dimensions(self):
        return {"area": self.area_path, "place": self.pk, "place_kind": self.kind}


class PointPost(Recorded, Running):
    """点位职责: point chief, guard, volunteer. Who holds one does not verify there (M14, M34)."""

    subject_kind = "point_post"
    subject_word = pgettext_lazy("subject", "点位职责")
    recorded_fields = ("point_id", "person_id", "duty", "starts_at", "ends_at")

    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="posts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="point_posts")
    duty = models.CharField(_("职责"), max_length=60)

    class Meta:
        constraints = [ends_after_it_starts("point_post_ends_after_it_starts")]

    def dimensions(self):
        return {"place": self.point_id}
