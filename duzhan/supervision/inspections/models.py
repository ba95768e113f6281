from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duzhan.base.ledger.models import Recorded
from duzhan.operations.models import Focus, Operation
from duzhan.operations.pack import covert_methods
from duzhan.people.models import Body, Group
from duzhan.places.models import Area, Point


class Visit(Recorded):
    """走访: one inspection of one point, with or without a problem found (M38). Nil results count too."""

    subject_kind = "visit"
    subject_word = pgettext_lazy("subject", "走访")
    recorded_fields = (
        "operation_id", "point_id", "place_kind", "area_id", "area_path", "unit_id", "group_id", "focus_id",
        "visited_by_id", "purpose", "method", "visited_at", "minutes", "answers", "note",
    )  # fmt: skip
    meets = (("visit.record", ("place", "unit")),)

    class Purpose(models.TextChoices):
        INSPECT = "inspect", _("检查")
        VERIFY = "verify", _("核验")
        GUIDE = "guide", _("指导")

    # found by the indexes below, or never looked for: an index of its own would only be written at every visit
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="visits", db_index=False)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="visits", db_index=False)
    place_kind = models.CharField(max_length=40)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="visits", db_index=False)
    area_path = models.CharField(max_length=255)
    unit = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    focus = models.ForeignKey(Focus, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    visited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits")
    purpose = models.CharField(_("目的"), max_length=10, choices=Purpose.choices, default=Purpose.INSPECT)
    method = models.CharField(_("方式"), max_length=40, blank=True)
    visited_at = models.DateTimeField(_("走访时刻"))
    minutes = models.PositiveSmallIntegerField(_("用时（分钟）"), null=True, blank=True)
    answers = models.JSONField(_("检查表"), default=dict, blank=True)
    note = models.TextField(_("情况"), blank=True, max_length=2000)

    class Meta:
        indexes = [
            models.Index(fields=["operation", "area_path", "-id"], name="visit_by_area"),
            models.Index(fields=["point", "-visited_at"], name="visit_by_point"),
        ]

    def __str__(self):
        return f"{self.point} · {self.visited_at:%Y-%m-%d %H:%M}"

    def book(self):
        return self.operation_id

    @property
    def is_covert(self) -> bool:
        """暗访: made without the unit knowing, and not shown to it afterwards (M40)."""
        return self.method in covert_methods()

    def dimensions(self):
        """A covert visit is counted for its area, group and point, never for the unit that is not to know of it."""
        return {
            "area": self.area_path, "unit": None if self.is_covert else self.unit_id, "group": self.group_id,
            "place": self.point_id, "place_kind": self.place_kind, "topic": self.purpose,
        }  # fmt: skip


class Help(Recorded):
    """求助: what is hard for those who were visited. Asked for on each visit; not a fault (M44)."""

    subject_kind = "help"
    subject_word = pgettext_lazy("subject", "求助")
    recorded_fields = (
        "operation_id", "visit_id", "point_id", "area_path", "group_id", "text", "stage", "asked_at", "answered_by_id",
        "answered_at", "answer",
    )  # fmt: skip

    class Stage(models.TextChoices):
        OPEN = "open", _("待协调")
        ANSWERED = "answered", _("已答复")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="helps")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="helps")
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="helps")
    area_path = models.CharField(max_length=255)
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="helps")
    text = models.TextField(_("困难"), max_length=1000)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.OPEN)
    asked_at = models.DateTimeField(_("提出时刻"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("答复时刻"), null=True, blank=True)
    answer = models.TextField(_("答复"), max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage="open") | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="help_answered_by_and_at_together",
            )
        ]
        indexes = [models.Index(fields=["operation", "stage", "-id"], name="help_by_stage")]

    def book(self):
        return self.operation_id

    def dimensions(self):
        return {"area": self.area_path, "group": self.group_id, "place": self.point_id}
