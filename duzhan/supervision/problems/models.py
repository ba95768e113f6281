from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duzhan.base.clock.instants import TICK, now
from duzhan.base.ledger.models import Recorded
from duzhan.operations.models import Focus, Operation
from duzhan.people.models import Body, Group
from duzhan.places.models import Area, Point

from . import flow
from .flow import COUNTED, Class, Stage

IN_PROGRESS = Q(stage__in=[str(stage) for stage in Stage if stage in flow.IN_PROGRESS])
RIGHTS = ("klass", "found_by")  # what decides, beside area and unit, who sees a problem
CLOCK = ("due_at", "paused_at")


def _person(**more):
    more = {"db_index": False, **more}
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **more)


def _index(name, *fields, condition=None, include=()):
    """An index whose areas can be entered by their beginnings (PostgreSQL wants to be told; SQLite does it anyway).

    `include`: what else a count wants to know, so that it reads no row.
    """
    ways = ["varchar_pattern_ops" if field == "area_path" else "" for field in fields]
    return models.Index(
        fields=fields, name=name, condition=condition, include=include, opclasses=ways if any(ways) else ()
    )


def number_of(operation, pk) -> str:
    """The number of a problem as people say it: YB-0017."""
    return f"{operation.prefix}-{pk:04d}"


class Problem(Recorded):
    """问题: a fault found on a visit or otherwise, followed until it is closed. Changes through actions.py only.

    Its number is given once and never again. `source_kind` and `source_id` say where it came from (a visit, a
    demand …); it knows no more of that. `topic` counts it along class, field and cause (M49).
    """

    subject_kind = "problem"
    subject_word = pgettext_lazy("subject", "问题")
    recorded_fields = (
        "operation_id", "title", "detail", "klass", "field", "cause", "clause", "responsibility", "point_id",
        "place_kind", "area_id", "area_path", "unit_id", "group_id", "focus_id", "source_kind", "source_id", "stage",
        "is_sent_back", "relapses", "found_by_id", "found_at", "handed_over_by_id", "handed_over_at", "due_at",
        "due_rule", "asked_due_at", "paused_at", "accepted_at", "rectified_by_id", "rectified_at", "closed_by_id",
        "closed_at", "merged_into_id",
    )  # fmt: skip

    # a list is read by the indexes below, so a reference has none of its own: each is paid for at every move
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="problems", db_index=False)
    title = models.CharField(_("问题"), max_length=120)
    detail = models.TextField(_("事实"), blank=True, max_length=4000)
    klass = models.CharField(_("性质"), max_length=20, choices=Class.choices, default=Class.ORDINARY)
    field = models.CharField(_("领域"), max_length=40)
    cause = models.CharField(_("成因"), max_length=40, blank=True)
    clause = models.CharField(_("依据"), max_length=40, blank=True)
    responsibility = models.CharField(_("责任"), max_length=40, blank=True)
    point = models.ForeignKey(
        Point, null=True, blank=True, on_delete=models.PROTECT, related_name="problems", db_index=False
    )
    place_kind = models.CharField(max_length=40, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="problems", db_index=False)
    area_path = models.CharField(max_length=255)
    unit = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="problems", db_index=False
    )
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="problems")
    focus = models.ForeignKey(
        Focus, null=True, blank=True, on_delete=models.PROTECT, related_name="problems", db_index=False
    )
    source_kind = models.CharField(max_length=20, blank=True)
    source_id = models.BigIntegerField(null=True, blank=True)
    stage = models.CharField(_("阶段"), max_length=12, choices=Stage.choices, default=Stage.FOUND)
    is_sent_back = models.BooleanField(_("已退回"), default=False)
    relapses = models.PositiveSmallIntegerField(_("复发次数"), default=0)
    found_by = _person(null=True, db_index=True)
    found_at = models.DateTimeField(_("发现时刻"))
    handed_over_by = _person(null=True, blank=True)
    handed_over_at = models.DateTimeField(_("交办时刻"), null=True, blank=True)
    due_at = models.DateTimeField(_("时限"), null=True, blank=True)
    due_rule = models.CharField(max_length=20, blank=True)
    asked_due_at = models.DateTimeField(_("申请延期至"), null=True, blank=True)
    paused_at = models.DateTimeField(_("暂停于"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("签收时刻"), null=True, blank=True)
    rectified_by = _person(null=True, blank=True)
    rectified_at = models.DateTimeField(_("报整改时刻"), null=True, blank=True)
    closed_by = _person(null=True, blank=True)
    closed_at = models.DateTimeField(_("销号时刻"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(stage__in=["handed_over", "accepted", "rectified", "closed"])
                | Q(unit__isnull=False, handed_over_at__isnull=False),
                name="problem_handed_over_has_unit_and_instant",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["handed_over", "accepted"]) | Q(due_at__isnull=False),
                name="problem_in_progress_has_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["rectified", "closed"])
                | Q(rectified_by__isnull=False, rectified_at__isnull=False),
                name="problem_rectified_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=~Q(stage="closed") | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="problem_closed_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=~Q(stage="merged") | Q(merged_into__isnull=False), name="problem_merged_into_another"
            ),
        ]
        indexes = [
            # each order of the ledger; the area stands last, so that rows elsewhere are passed over in the index
            _index("problem_newest", "operation", "-id", "area_path"),
            _index("problem_newest_of_stage", "operation", "stage", "-id", "area_path"),
            _index("problem_in_unit", "operation", "unit", "id", "area_path"),
            _index(
                "problem_due",
                "operation",
                "due_at",
                "id",
                "area_path",
                condition=IN_PROGRESS & Q(paused_at=None),
                include=RIGHTS,
            ),
            _index(
                "problem_paused", "operation", "due_at", "id", "area_path", condition=IN_PROGRESS & ~Q(paused_at=None)
            ),
            _index("problem_waiting", "operation", "found_at", "id", "area_path", condition=Q(stage=Stage.FOUND)),
            _index(
                "problem_unverified", "operation", "rectified_at", "id", "area_path", condition=Q(stage=Stage.RECTIFIED)
            ),
            _index("problem_closed", "operation", "closed_at", "id", "area_path", condition=Q(stage=Stage.CLOSED)),
            # few rows out of many, sorted when they have been found; whatever is counted in an area is counted here
            _index(
                "problem_by_stage_and_area",
                "operation",
                "stage",
                "area_path",
                "-id",
                include=(*RIGHTS, "unit", "handed_over_at", *CLOCK),
            ),
            # what a unit sees, newest first; its inbox asks for it in every operation, and for what is late
            _index(
                "problem_of_unit",
                "unit",
                "stage",
                "operation",
                "-id",
                "area_path",
                condition=Q(handed_over_at__isnull=False),
                include=CLOCK,
            ),
            _index("problem_by_point", "point", "-id"),
            _index("problem_by_source", "source_kind", "source_id"),
            _index("problem_own_conduct", "found_by", condition=Q(klass=Class.CONDUCT)),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def book(self):
        return self.operation_id

    def dimensions(self):
        return {
            "area": self.area_path, "unit": self.unit_id, "group": self.group_id, "place": self.point_id,
            "place_kind": self.place_kind, "topic": self.topic,
        }  # fmt: skip

    @property
    def number(self) -> str:
        return number_of(self.operation, self.pk)

    @property
    def topic(self) -> str:
        return f"{self.klass}:{self.field}:{self.cause}"

    @property
    def is_in_progress(self) -> bool:
        return self.stage in flow.IN_PROGRESS

    @property
    def is_counted(self) -> bool:
        return self.stage in COUNTED

    def runs_out(self):
        """The first instant past its deadline, while it is in progress and its clock runs."""
        return self.due_at + TICK if self.is_in_progress and self.paused_at is None else None

    def is_overdue(self, at=None) -> bool:
        """Handed over, not rectified, its clock running and past its deadline."""
        runs_out = self.runs_out()
        return runs_out is not None and runs_out <= (at or now())


class Unread(models.Model):
    """A problem whose words the index of letters does not hold yet: written by a trigger, see texts.py."""

    problem_id = models.BigIntegerField(primary_key=True)
