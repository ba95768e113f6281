from datetime import time
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duzhan.base.ledger.models import Recorded
from duzhan.people.models import Body, Running, ends_after_it_starts
from duzhan.places.models import Area

from . import pack


class Operation(Recorded):
    """行动: a response that runs from the minute it is switched on until it is stood down (M19).

    Its number is the book that its events stand in.
    """

    subject_kind = "operation"
    subject_word = pgettext_lazy("subject", "行动")
    recorded_fields = (
        "code", "name", "prefix", "pack", "area_id", "area_path", "office_id", "zone", "level",
        "stage", "started_at", "ended_at", "cut_off", "keeps_conduct", "is_demo",
    )  # fmt: skip

    class Stage(models.TextChoices):
        RUNNING = "running", _("进行中")
        ENDED = "ended", _("已结束")

    code = models.SlugField(_("代号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    prefix = models.CharField(_("编号前缀"), max_length=8)
    pack = models.CharField(_("词库"), max_length=40, default="epidemic")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="operations")
    area_path = models.CharField(max_length=255)
    office = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="operations")
    zone = models.CharField(_("时区"), max_length=40, default="Asia/Shanghai")
    level = models.CharField(_("响应级别"), max_length=40, blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.RUNNING)
    started_at = models.DateTimeField(_("启动时刻"))
    ended_at = models.DateTimeField(_("结束时刻"), null=True, blank=True)
    cut_off = models.TimeField(_("日报截止"), default=time(18))
    keeps_conduct = models.BooleanField(
        _("登记作风纪律问题"), default=False
    )  # ARCHITECTURE §1.7: off until switched on
    is_demo = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["area_path"], name="operation_by_area")]

    def __str__(self):
        return self.name

    def book(self):
        return self.pk

    def dimensions(self):
        return {"area": self.area_path}

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def words(self) -> "pack.Pack":
        """The vocabulary it speaks: field, cause, place kind and the rest."""
        return pack.load(self.pack)


class Focus(Recorded, Running):
    """重点: what visits look at, from an instant on (M23, M24). Later visits are tagged with it."""

    subject_kind = "focus"
    subject_word = pgettext_lazy("subject", "重点")
    recorded_fields = ("operation_id", "code", "name", "reason", "starts_at", "ends_at")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="focuses")
    code = models.CharField(_("代码"), max_length=40, blank=True)
    name = models.CharField(_("名称"), max_length=100)
    reason = models.CharField(_("由来"), max_length=200, blank=True)

    class Meta:
        constraints = [ends_after_it_starts("focus_ends_after_it_starts")]

    def __str__(self):
        return self.name

    def book(self):
        return self.operation_id
