"""Is the ledger what was written? Recomputes digests, chains, order, seals and current rows, and names each fault."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Exists, F, OuterRef, Sum

from . import proof
from .cells import hour_of
from .met import meets
from .models import Entry, Event, Rollup, Seal, Tail, subjects

CHUNK = 2000


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit: what it is (`problem 17`, `seal 3`) and why, in a sentence."""

    what: str
    why: str

    def __str__(self):
        return f"{self.what}: {self.why}"


def verify(progress=lambda done, of: None):
    """Yield every fault of the ledger; nothing when it is whole.

    An edit of an event, of its order or of a current row, and the removal of sealed events, are each found and
    named. Memory does not grow with the ledger. `progress(done, of)` is called now and then with event counts.
    """
    yield from _subject_faults(progress)
    yield from _order_faults()
    yield from _seal_faults()
    yield from _sum_faults()


def _subject_faults(progress):
    of, done = Event.objects.count(), 0
    models = subjects()
    strangers = Event.objects.exclude(subject_kind__in=models).values_list("subject_kind", flat=True).distinct()
    for kind in strangers:
        yield Fault(kind, "events of a kind of subject that does not exist")
    for kind, model in sorted(models.items()):
        rows = _Rows(model)
        events = Event.objects.filter(subject_kind=kind).order_by("subject_id", "seq").iterator(chunk_size=CHUNK)
        for subject_id, chain in groupby(events, key=lambda event: event.subject_id):
            yield from rows.without_events_before(subject_id)
            state, head = {}, None
            for event, fault in _chain(chain, f"{kind} {subject_id}"):
                yield from fault
                state |= event.changes
                head = event
                done += 1
                if done % CHUNK == 0:
                    progress(done, of)
            yield from rows.compare(subject_id, state, head)
        yield from rows.without_events_before(None)
    progress(done, of)


def _chain(events, name):
    prev, at, known = proof.FIRST, None, None
    for number, event in enumerate(events, 1):
        faults = []
        what = f"{name}, event {event.seq} ({event.kind}, {event.id})"
        if event.seq != number:
            faults.append(Fault(what, f"event {number} is missing or out of order"))
        if event.prev != prev:
            faults.append(Fault(what, "does not follow the event before it"))
        if event.computed_digest() != event.digest:
            faults.append(Fault(what, "its content was changed after it was written"))
        if event.late != (hour_of(event.at) != hour_of(event.recorded_at)):
            faults.append(Fault(what, "its mark of lateness was changed"))
        if at and (event.at < at or event.recorded_at < known):
            faults.append(Fault(what, "takes effect or was recorded before the event that precedes it"))
        prev, at, known = event.digest, event.at, event.recorded_at
        yield event, faults


class _Rows:
    """The current rows of one model in the order of their ids, walked beside the events."""

    def __init__(self, model):
        self.kind = model.subject_kind
        self.rows = model._base_manager.order_by("pk").iterator(chunk_size=CHUNK)
        self.row = next(self.rows, None)

    def without_events_before(self, subject_id):
        while self.row is not None and (subject_id is None or self.row.pk < subject_id):
            yield Fault(f"{self.kind} {self.row.pk}", "the row stands there without any event")
            self.row = next(self.rows, None)

    def compare(self, subject_id, state, head):
        name = f"{self.kind} {subject_id}"
        if self.row is None or self.row.pk != subject_id:
            yield Fault(name, "the row is gone, though its events stand")
            return
        row, self.row = self.row, next(self.rows, None)
        for column, value in row.state().items():
            if state.get(column) != value:
                yield Fault(name, f"{column} reads {value!r}, its events say {state.get(column)!r}")
        if (row.seq, row.head) != (head.seq, head.digest):
            yield Fault(name, f"the row knows {row.seq} events, the ledger holds {head.seq}")
        if (row.changed_at, row.known_at) != (head.at, head.recorded_at):
            yield Fault(name, "the instants of its newest event do not fit")


def _order_faults():
    expected = 1
    for entry in Entry.objects.order_by("position").iterator(chunk_size=CHUNK):
        if entry.position != expected:
            yield Fault(f"entry {expected}", "is missing from the order")
            expected = entry.position
        expected += 1
    gone = Entry.objects.exclude(Exists(Event.objects.filter(pk=OuterRef("event_id"))))
    for entry in gone.order_by("position").iterator(chunk_size=CHUNK):
        yield Fault(f"entry {entry.position}", f"its event {entry.event_id} was removed")
    other = Event.objects.filter(entry__isnull=False).exclude(entry__digest=F("digest"))
    for event in other.iterator(chunk_size=CHUNK):
        yield Fault(f"event {event.id}", "is not the event that stands in the order")
    loose = Event.objects.filter(entry__isnull=True, tail__isnull=True)
    for event in loose.iterator(chunk_size=CHUNK):
        yield Fault(f"event {event.id} ({event.subject_kind} {event.subject_id})", "has no place in the order")
    for tail in Tail.objects.filter(event__entry__isnull=False):
        yield Fault(f"event {tail.event_id}", "stands in the order twice")


def _seal_faults():
    prev, first = proof.FIRST, 1
    number = 0
    for number, seal in enumerate(Seal.objects.order_by("number"), 1):
        name = f"seal {seal.number}"
        if (seal.number, seal.first, seal.prev) != (number, first, prev):
            yield Fault(name, "does not follow the seal before it")
        if proof.seal_digest(seal.content()) != seal.digest:
            yield Fault(name, "was changed after it was made")
        covered = Entry.objects.filter(position__range=(seal.first, seal.last)).order_by("position")
        digests = list(covered.values_list("digest", flat=True))
        if len(digests) != seal.last - seal.first + 1 or proof.merkle_root(digests) != seal.root:
            yield Fault(name, f"entries {seal.first} to {seal.last} are not what was sealed")
        prev, first = seal.digest, seal.last + 1


def _sum_faults():
    """The sums over everything against the settled events: a sum that was edited would change a report."""
    told = _told()
    for level in "hd":
        rows = Rollup.objects.filter(axis="area", value="", level=level).order_by()
        kept = {tuple(step): n for *step, n in rows.values_list(*STEP).annotate(n=Sum("total"))}
        for step in sorted(told.keys() | kept.keys()):
            if told.get(step, 0) != kept.get(step, 0):
                yield Fault(
                    f"sums of {step[1]} in book {step[0]}", f"say {kept.get(step, 0)}, events {told.get(step, 0)}"
                )


STEP = ("book", "kind", "was", "now")


def _told() -> dict:
    """What the settled events say of each sum: steps, those past their time in the end, different things met."""
    settled = Event.objects.filter(entry__isnull=False).order_by()
    found = {tuple(step): n for *step, n in settled.values_list(*STEP).annotate(n=Sum("amount"))}
    clocks = settled.values_list("book", "subject_kind").annotate(n=Count("due") - Count("was_due"))
    found |= {(book, f"{kind}:due", "", ""): n for book, kind, n in clocks if n}
    for kind, dimensions in meets().items():
        for dimension in dimensions:
            met = (
                settled.filter(kind=kind, was="", now="")
                .values_list("book")
                .annotate(n=Count(dimension, distinct=True))
            )
            found |= {(book, f"{kind}:{dimension}", "", ""): n for book, n in met if n}
    return found


def size() -> dict:
    """How much there is to verify."""
    counts = Event.objects.aggregate(events=Count("pk"))
    return {**counts, "settled": Entry.objects.count(), "seals": Seal.objects.count()}
