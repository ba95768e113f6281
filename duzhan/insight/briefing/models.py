from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duzhan.base.ledger.models import Recorded
from duzhan.operations.models import Operation
from duzhan.people.models import Body, Group
from duzhan.supervision.problems.models import Problem


def _person(**more):
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **more)


class OfOperation(Recorded):
    """What stands in the ledger of its operation."""

    class Meta:
        abstract = True

    def book(self):
        return self.operation_id


class Sheet(OfOperation):
    """The numbers of one day as they are printed: what a report and its correction have in common.

    JSON: `figures` {key: number}; `tables` as `sheets.Sheet.tables` says; `sentence` {language: [[text, key of the
    figure or ""], …]}; `text` is the whole sheet as it was sent, in Chinese.
    """

    figures = models.JSONField(default=dict, blank=True)
    tables = models.JSONField(default=dict, blank=True)
    sentence = models.JSONField(default=dict, blank=True)
    text = models.TextField(blank=True)
    seal_number = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class Report(Sheet):
    """日报: one day of an operation as of the cut-off, as it was known when it was frozen (M110, M111).

    A draft has texts and no number. Frozen, its figures, tables and sentence stay as they are; what turns out later
    is an `Amendment` beside them.
    """

    subject_kind = "report"
    subject_word = pgettext_lazy("subject", "日报")
    recorded_fields = (
        "operation_id", "day", "stage", "number", "cut_off_at", "figures_known_at", "figures", "tables", "sentence",
        "highlights", "tomorrow", "text", "frozen_by_id", "frozen_at", "seal_number", "amended",
    )  # fmt: skip

    class Stage(models.TextChoices):
        DRAFT = "draft", _("草稿")
        FROZEN = "frozen", _("已定稿")
        AMENDED = "amended", _("已更正")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="reports")
    day = models.DateField(_("日期"))
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    number = models.PositiveIntegerField(_("号"), null=True, blank=True)
    cut_off_at = models.DateTimeField(_("截至"))
    figures_known_at = models.DateTimeField(_("已知至"), null=True, blank=True)
    highlights = models.TextField(_("突出问题"), blank=True, max_length=4000)
    tomorrow = models.TextField(_("明日重点"), blank=True, max_length=4000)
    frozen_by = _person(null=True, blank=True)
    frozen_at = models.DateTimeField(_("定稿时刻"), null=True, blank=True)
    amended = models.PositiveSmallIntegerField(_("更正次数"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "day"], name="report_once_a_day"),
            models.UniqueConstraint(fields=["operation", "number"], name="report_number_once"),
            models.CheckConstraint(
                condition=Q(stage="draft", number=None)
                | Q(
                    ~Q(stage="draft"), number__isnull=False, figures_known_at__isnull=False, frozen_at__isnull=False,
                    frozen_by__isnull=False,
                ),
                name="report_frozen_has_number_and_instants",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["operation", "-day"], name="report_by_day")]

    def __str__(self):
        return _("日报第 %(number)s 号") % {"number": self.number} if self.number else _("日报草稿")

    @property
    def is_frozen(self) -> bool:
        return self.stage != self.Stage.DRAFT


class Amendment(Sheet):
    """更正: what a frozen report says differently now, why, and the events that make each difference (M110).

    `differences`: [{"figure", "was", "is", "area" ("" for the whole), "name", "events": [ids]}, …]; figures, tables,
    sentence and text are the report as corrected.
    """

    subject_kind = "amendment"
    subject_word = pgettext_lazy("subject", "更正")
    recorded_fields = (
        "operation_id", "report_id", "number", "differences", "reason", "figures_known_at", "figures", "tables",
        "sentence", "text", "amended_by_id", "amended_at", "seal_number",
    )  # fmt: skip

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    differences = models.JSONField(default=list)
    reason = models.TextField(_("更正原因"), max_length=1000)
    figures_known_at = models.DateTimeField(_("已知至"))
    amended_by = _person()
    amended_at = models.DateTimeField(_("更正时刻"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="amendment_number_once")]


class SelfReport(OfOperation):
    """下级自报: what a lower body says of itself, approximations kept, never counted into our own figures (M113).

    `figures`: {key: {"value": 310, "approx": "余", "text": "310余"}}; approx is "", 余, 多, 近, 约 or 达.
    """

    subject_kind = "self_report"
    subject_word = pgettext_lazy("subject", "自报")
    recorded_fields = ("operation_id", "body_id", "as_of", "figures", "said_at", "filed_by_id")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="self_reports")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="self_reports")
    as_of = models.DateTimeField(_("截至"))
    figures = models.JSONField(default=dict)
    said_at = models.DateTimeField(_("报送时刻"))
    filed_by = _person()

    class Meta:
        indexes = [models.Index(fields=["operation", "body", "-as_of"], name="self_report_by_body")]

    def dimensions(self):
        return {"unit": self.body_id}


class Meeting(OfOperation):
    """晚间调度会: the day is gone through group by group, and what is decided starts at once (M109).

    `attendance`: [names]; `minutes`: the agenda as it stood when the meeting ended, for the paper.
    """

    subject_kind = "meeting"
    subject_word = pgettext_lazy("subject", "会议")
    recorded_fields = (
        "operation_id", "day", "stage", "starts_at", "chair_id", "recorder_id", "opened_at", "ended_at", "attendance",
        "minutes",
    )  # fmt: skip

    class Stage(models.TextChoices):
        PLANNED = "planned", _("未开")
        OPEN = "open", _("正在开")
        HELD = "held", _("已散会")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="meetings")
    day = models.DateField(_("日期"))
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.PLANNED)
    starts_at = models.DateTimeField(_("开会时刻"))
    chair = _person(null=True, blank=True)
    recorder = _person(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attendance = models.JSONField(_("到会"), default=list, blank=True)
    minutes = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "day"], name="meeting_once_a_day"),
            models.CheckConstraint(
                condition=Q(stage="planned") | Q(opened_at__isnull=False), name="meeting_open_since_an_instant"
            ),
            models.CheckConstraint(
                condition=~Q(stage="held") | Q(ended_at__isnull=False), name="meeting_held_until_an_instant"
            ),
        ]


class Hearing(OfOperation):
    """汇报: one group at one meeting: its words, what it asks the meeting to decide, how long it spoke."""

    subject_kind = "hearing"
    subject_word = pgettext_lazy("subject", "汇报")
    recorded_fields = (
        "operation_id", "meeting_id", "group_id", "stage", "words", "asks", "reported_at", "reported_by_id",
        "started_at", "heard_at", "seconds",
    )  # fmt: skip

    class Stage(models.TextChoices):
        AWAITED = "awaited", _("待汇报")
        SPEAKING = "speaking", _("正在汇报")
        HEARD = "heard", _("已汇报")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="hearings")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="hearings")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.AWAITED)
    words = models.TextField(_("汇报"), blank=True, max_length=4000)
    asks = models.JSONField(_("提请决定"), default=list, blank=True)
    reported_at = models.DateTimeField(_("报到时刻"), null=True, blank=True)
    reported_by = _person(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(_("已讲"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "group"], name="hearing_once_per_group"),
            models.CheckConstraint(
                condition=~Q(stage="speaking") | Q(started_at__isnull=False), name="hearing_speaking_since_an_instant"
            ),
        ]

    def dimensions(self):
        return {"group": self.group_id}


class Decision(OfOperation):
    """会议决定: written down where it is heard, and carried out at once by the move it stands for (M24, M51, M109)."""

    subject_kind = "decision"
    subject_word = pgettext_lazy("subject", "会议决定")
    recorded_fields = (
        "operation_id", "meeting_id", "group_id", "kind", "stage", "text", "problem_id", "unit_id", "due_at",
        "decided_by_id", "decided_at", "done_by_id", "done_at", "note",
    )  # fmt: skip

    class Kind(models.TextChoices):
        TASK = "task", _("交任务")
        HAND_OVER = "hand_over", _("交办问题")
        TRANSFER = "transfer", _("转办问题")
        PRESS = "press", _("督办问题")
        EXTEND = "extend", _("准予延期")
        FOCUS = "focus", _("定明日重点")
        DECLINE = "decline", _("不采纳")

    class Stage(models.TextChoices):
        OPEN = "open", _("待落实")
        DONE = "done", _("已落实")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    stage = models.CharField(max_length=6, choices=Stage.choices, default=Stage.OPEN)
    text = models.CharField(_("做什么"), max_length=400)
    problem = models.ForeignKey(Problem, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions")
    unit = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions")
    due_at = models.DateTimeField(_("什么时候之前"), null=True, blank=True)
    decided_by = _person()
    decided_at = models.DateTimeField()
    done_by = _person(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(_("落实情况"), blank=True, max_length=1000)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="task") | Q(unit__isnull=False, due_at__isnull=False),
                name="decision_task_has_unit_and_deadline",
            ),
            models.CheckConstraint(
                condition=Q(stage="open", done_at=None) | Q(stage="done", done_at__isnull=False),
                name="decision_done_at_an_instant",
            ),
        ]
        indexes = [models.Index(fields=["operation", "-decided_at"], name="decision_by_day")]

    def dimensions(self):
        return {"unit": self.unit_id, "group": self.group_id}
