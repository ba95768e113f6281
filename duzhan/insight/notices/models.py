from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from duzhan.base.ledger.models import Event

WAITING = Q(read_at=None, overtaken_at=None)
SETTLED = Coalesce("read_at", "overtaken_at")  # since when it waits no longer


class Notice(models.Model):
    """通知: one step of one thing, told to one person. It holds no words: they are made from the event when it is shown.

    `overtaken_at` is set when a later step has made it needless: nobody must still verify what has been closed.
    """

    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)  # a key of kinds.KINDS
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()  # of the event, within its subject
    body = models.BigIntegerField(null=True)  # for whom the person is told, where it is told to a unit
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    overtaken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "person", "kind"], name="notice_once_per_event_and_person")
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_by_person"),
            models.Index(fields=["person", "-id"], name="notice_waiting", condition=WAITING),
            models.Index(fields=["subject_kind", "subject_id"], name="notice_by_subject", condition=WAITING),
            models.Index(SETTLED, name="notice_settled"),
        ]

    @property
    def is_waiting(self) -> bool:
        """Neither read nor overtaken."""
        return self.read_at is None and self.overtaken_at is None
