"""Stories: where subjects stood at an instant, their columns then, and everything that happened to one."""

from django.db.models import Exists, OuterRef, Q

from ..models import Event
from .slices import ALL, known_events, until


def standing(book, subject_kind, stages, as_of=None, known_at=None, slice=ALL):
    """The subjects that stood in one of these stages: of each, the event that brought it there or last touched it.

    As many as the sum of steps says: within a subject both instants never decrease, so what is known and has taken
    effect is the beginning of its story, and the last step of that beginning says where it stands.
    """
    as_of, known_at = until(as_of, known_at)
    newer = Event.objects.filter(
        subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id"), seq__gt=OuterRef("seq"),
        at__lte=as_of, recorded_at__lte=known_at,
    ).exclude(was="", now="")  # fmt: skip
    events = known_events(book, as_of, known_at, slice).filter(subject_kind=subject_kind, now__in=stages)
    return events.filter(~Exists(newer))


def past_due(book, subject_kind, as_of=None, known_at=None, slice=ALL):
    """The subjects that were past their time: of each, the event that set the clock which has run out.

    As many as the sum under `due` says: the last word on a subject's clock, of what is known and has taken effect.
    """
    as_of, known_at = until(as_of, known_at)
    newer = Event.objects.filter(
        Q(due__isnull=False) | Q(was_due__isnull=False), subject_kind=OuterRef("subject_kind"),
        subject_id=OuterRef("subject_id"), seq__gt=OuterRef("seq"), at__lte=as_of, recorded_at__lte=known_at,
    )  # fmt: skip
    events = known_events(book, as_of, known_at, slice).filter(subject_kind=subject_kind, due__lte=as_of)
    return events.filter(~Exists(newer))


def states(subject_kind, ids, as_of=None, known_at=None, columns=None) -> dict[int, dict]:
    """The recorded columns of subjects as they stood: {id: {column: value}}, instants as the ledger writes them.

    With `columns`, only events that changed one of these are read.
    """
    as_of, known_at = until(as_of, known_at)
    events = Event.objects.filter(
        subject_kind=subject_kind, subject_id__in=ids, at__lte=as_of, recorded_at__lte=known_at
    )
    if columns:
        events = events.filter(changes__has_any_keys=list(columns))
    found = {}
    for subject, changes in events.order_by("subject_id", "seq").values_list("subject_id", "changes"):
        kept = {name: value for name, value in changes.items() if not columns or name in columns}
        found.setdefault(subject, {}).update(kept)
    return found


def story(subject):
    """Everything that happened to one subject, oldest first."""
    return Event.objects.filter(subject_kind=subject.subject_kind, subject_id=subject.pk).order_by("seq")
