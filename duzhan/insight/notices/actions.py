"""Everything that writes notices: one step told to all who should know; read, one by one or all."""

from django.db import transaction

from duzhan.base import sweeping
from duzhan.base.clock.instants import now
from duzhan.base.errors import NotFound
from duzhan.base.ledger.models import Event
from duzhan.supervision.inspections.models import Help
from duzhan.supervision.problems.models import Problem

from . import kinds, queries
from .models import SETTLED, WAITING, Notice

SUBJECTS = {"problem": Problem, "help": Help}


@transaction.atomic
def tell(event) -> int:
    """通知: tell everybody who should know of a step, once; and take back what this step has made needless.

    Steps of one thing may be carried out in any order, also at once: its row is locked, and what a later step has
    overtaken already is told as overtaken. Nobody is told of what they did themselves. Returns how many were told.
    """
    subject = {"subject_kind": event.subject_kind, "subject_id": event.subject_id}
    _one_at_a_time(event)
    ended = kinds.ENDED_BY.get(event.kind, ())
    Notice.objects.filter(WAITING, **subject, kind__in=ended, seq__lt=event.seq).update(overtaken_at=now())
    later = set(Event.objects.filter(**subject, seq__gt=event.seq).values_list("kind", flat=True))
    rows = [
        Notice(
            event=event, person_id=person, kind=kind.key, seq=event.seq, made_at=now(), **subject,
            overtaken_at=now() if later & kind.done_by else None, body=_body(kind, event),
        )
        for kind in kinds.OF_EVENT.get(event.kind, ())
        for person in sorted(kind.to(event) - {event.actor})
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _one_at_a_time(event):
    """Until this transaction ends nobody else tells of the same thing, nor moves it."""
    SUBJECTS[event.subject_kind].objects.select_for_update().values_list("pk").get(pk=event.subject_id)


def _body(kind, event):
    if not kind.is_to_unit:
        return None
    return event.unit if kind.opens else event.facts.get("from_unit")


def read_one(pk, *, by) -> Notice:
    """已读: a person has read one notice; again makes no difference. Raises NotFound for one that is not theirs."""
    notice = queries.shown_to(by).filter(pk=pk).first()
    if notice is None:
        raise NotFound()
    if notice.read_at is None:
        notice.read_at = now()
        notice.save(update_fields=["read_at"])
    return notice


def read_all(until, *, by) -> int:
    """全部已读: everything up to the newest one that the page showed; what came since stays. Returns how many."""
    return queries.unread(by).filter(pk__lte=until).update(read_at=now())


def forget_settled(older_than) -> int:
    """清理: remove one portion of the notices read so long ago, or overtaken so long ago and never read; returns how many.

    What waits to be read stays however old it is, and so does what was told in the story of a demo.
    """
    old = Notice.objects.alias(settled=SETTLED).filter(settled__lt=now() - older_than).exclude(person__is_demo=True)
    return sweeping.remove(old.order_by("settled"))


def forget_all_of(person_id) -> int:
    """Remove whatever was told to this person (a number), who will never read it; returns how many."""
    return Notice.objects.filter(person=person_id).delete()[0]
