from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duzhan.base.ledger.models import Recorded
from duzhan.operations.models import Operation
from duzhan.people.models import Body


class Bulletin(Recorded):
    """外来通报: an outside text (or our own draft) with the figures read out of it, as corrected by hand.

    JSON: `figures` [{"type", "value", "unit", "approx", "scope", "as_of", "text", "start", "end", "part", "state"}, …], with
    offsets into `text` and a state of `read`, `corrected`, `added` or `dropped`; `damage` {"repairs": [{"start", "end",
    "before", "after"}], "unreadable": [[start, end]]}.
    """

    subject_kind = "bulletin"
    subject_word = pgettext_lazy("subject", "外来通报")
    recorded_fields = (
        "operation_id", "name", "body_id", "is_ours", "said_at", "text", "kind", "encoding", "script", "as_of", "figures",
        "damage", "taken_in_by_id", "taken_in_at", "stage", "self_report", "looked_into",
    )  # fmt: skip

    class Stage(models.TextChoices):
        READ = "read", _("已读取")
        FILED = "filed", _("已报送")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="bulletins")
    name = models.CharField(_("名称"), max_length=120)
    body = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="bulletins", verbose_name=_("谁发的")
    )
    is_ours = models.BooleanField(_("我方拟稿"), default=False)
    said_at = models.DateTimeField(_("发布时刻"), null=True, blank=True)
    text = models.TextField()
    kind = models.CharField(max_length=5)
    encoding = models.CharField(_("编码"), max_length=20, blank=True)
    script = models.CharField(max_length=12)
    as_of = models.DateTimeField(_("截至"), null=True, blank=True)
    figures = models.JSONField(default=list)
    damage = models.JSONField(default=dict)
    taken_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_in_at = models.DateTimeField(_("收到"))
    stage = models.CharField(max_length=5, choices=Stage.choices, default=Stage.READ)
    self_report = models.BigIntegerField(null=True, blank=True)
    looked_into = models.TextField(_("核对情况"), blank=True, max_length=1000)

    class Meta:
        verbose_name = _("外来通报")
        verbose_name_plural = _("外来通报")
        indexes = [
            models.Index(fields=["operation", "-taken_in_at"], name="bulletin_newest"),
            models.Index(fields=["operation", "body", "as_of"], name="bulletin_of_body"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage="read", self_report=None) | Q(stage="filed", self_report__isnull=False),
                name="bulletin_filed_as_self_report",
            ),
        ]

    def __str__(self):
        return self.name

    def book(self):
        return self.operation_id

    def dimensions(self):
        return {"unit": self.body_id}

    @property
    def standing(self) -> list:
        """The figures that count, each with its number: what was dropped is left out."""
        return [(number, each) for number, each in enumerate(self.figures) if each["state"] != "dropped"]
