"""The sums: how often each step was taken, and the first encounters, in steps of time and along each axis."""

from django.db import models
from django.db.models import Q


class Sum(models.Model):
    """How many events of one kind and one step, along one axis of a book."""

    book = models.BigIntegerField()
    axis = models.CharField(max_length=10)
    value = models.CharField(max_length=255, blank=True)
    topic = models.CharField(max_length=130, blank=True)
    kind = models.CharField(max_length=60)
    was = models.CharField(max_length=20, blank=True)
    now = models.CharField(max_length=20, blank=True)
    total = models.BigIntegerField()

    class Meta:
        abstract = True


class Rollup(Sum):
    """How many events of one kind and one step fell into one step of time, along one axis.

    Two more kinds of sums are kept beside those of steps, with a colon in their kind: `problem:due`, those whose time
    runs out then less those that leave that state, and `visit.record:place`, the different things met (see `Met`).
    Sums of steps are kept apart by the beginning of the topic up to its first colon.
    """

    level = models.CharField(max_length=1)  # "h" hour, "d" day, "M" month, "m" five minutes in dense books; cut in UTC
    bucket = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "axis", "level", "value", "bucket", "topic", "kind", "was", "now"],
                name="rollup_once_per_cell",
            )
        ]


class Dense(models.Model):
    """A book in which so much happens in an hour that finer sums pay: they are kept for what takes effect from `since` on.

    Written once, when the first such hour is settled, and never changed: who has read it may ask for those sums.
    """

    book = models.BigIntegerField(primary_key=True)
    since = models.DateTimeField()  # the beginning of an hour


class Late(Sum):
    """How many late events of one class (see `lags`) took effect in one step of time and were recorded in another.

    By area and with the same kinds as `Rollup`: what was unknown at an instant is taken away by these. Only of dense books.
    """

    lag = models.PositiveSmallIntegerField()  # the class
    step = models.PositiveSmallIntegerField()  # which of the steps of its class `at` is cut by
    at = models.DateTimeField()
    recorded = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "axis", "value", "lag", "step", "at", "recorded", "topic", "kind", "was", "now"],
                name="late_once_per_cell",
            )
        ]


class Met(models.Model):
    """When a thing was first met, as it was known from `recorded_at` on; until then it was known from `before` on.

    Each row adds the thing to a count at `at` and takes it away again at `before` (None: nobody knew of it), both
    known from `recorded_at`: so the number of different things is a plain sum as of any instant and known at any other.
    """

    book = models.BigIntegerField()
    kind = models.CharField(max_length=72)  # of the encounter and of the thing: visit.record:place
    axis = models.CharField(max_length=10)
    value = models.CharField(max_length=500, blank=True)
    thing = models.BigIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    before = models.DateTimeField(null=True)
    late = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "kind", "axis", "value", "thing", "at", "recorded_at"], name="met_once_per_encounter"
            )
        ]
        indexes = [
            models.Index(fields=["book", "axis", "value", "at"], name="met_at"),
            models.Index(fields=["book", "axis", "value", "before"], name="met_before", condition=Q(before__isnull=False)),
            models.Index(fields=["book", "recorded_at"], name="met_late", condition=Q(late=True)),
        ]  # fmt: skip
