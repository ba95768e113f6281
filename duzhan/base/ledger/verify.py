"""Is the ledger what was written? Recomputes digests, chains, order, seals and current rows, and names each fault."""

import json
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput

from . import proof
from .cells import hour_of
from .met import meets
from .models import Entry, Event, Rollup, Seal, Tail, subjects
from .stretches import doubtful, stretches
from .workers import Workers

CHUNK = 5000


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit: what it is (`problem 17`, `seal 3`) and why, in a sentence."""

    what: str
    why: str

    def __str__(self):
        return f"{self.what}: {self.why}"


def verify(progress=lambda done, of: None, processes=1, kept=None):
    """Yield every fault of the ledger; nothing when it is whole.

    An edit of an event, of its order or of a current row, and the removal of sealed events, are each found and
    named. Memory does not grow with the ledger. `progress(done, of)` is called now and then with event counts.
    With `kept`, a path, what was checked is written down there: when it breaks off, the next call goes on from there.
    """
    with Notes(kept) as notes, Workers(processes) as workers:
        of, done = Event.objects.count(), notes.events
        yield from notes.faults
        yield from _stranger_faults()
        wholes = [workers.ask(partial(_all, each)) for each in (_order_faults, _seal_faults, _sum_faults)]
        for (kind, _start, end), (many, faults) in workers.ask_each(_stretch, _stretches(notes)):
            notes.add(kind, end, many, faults)
            done += many
            progress(done, of)
            yield from faults
        for told in wholes:
            yield from told()
        notes.are_complete = True


def _all(check) -> list:
    return list(check())


def _stretches(notes):
    for kind in sorted(subjects()):
        if not notes.is_done(kind):
            for start, end in stretches(kind, notes.upto.get(kind)):
                yield kind, start, end


def _stretch(kind, start, end):
    """How many events there are in a stretch of subjects, and its faults."""
    many, doubt = doubtful(kind, start, end)
    return many, [fault for subject in doubt for fault in _explained(kind, subject)]


def _explained(kind, subject):
    """What is wrong with a subject: its events and its row as of one moment, so that no writer comes in between."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        row = subjects()[kind]._base_manager.filter(pk=subject).first()
        events = list(Event.objects.filter(subject_kind=kind, subject_id=subject).order_by("seq"))
    if not events:
        return [Fault(f"{kind} {subject}", "the row stands there without any event")] if row else []
    state, found = {}, []
    for event, faults in _chain(events, f"{kind} {subject}"):
        found += faults
        state |= event.changes
    return [*found, *_row_faults(f"{kind} {subject}", row, state, events[-1])]


def _stranger_faults():
    strangers = Event.objects.exclude(subject_kind__in=subjects()).values_list("subject_kind", flat=True).distinct()
    for kind in strangers.order_by("subject_kind"):
        yield Fault(kind, "events of a kind of subject that does not exist")


# --- in one go or several ---------------------------------------------------------------------------------------


class Notes:
    """How far a check has come, in a file of lines: the faults found so far are among them. None: nothing is kept."""

    def __init__(self, path):
        self.path, self.upto, self.events, self.faults, self.file = path and Path(path), {}, 0, [], None
        self.are_complete = False
        if path:
            self.file = self.path.open("a+", encoding="utf-8")
            self._read()

    def _read(self):
        """Take what is there; half a line is what a broken-off check was about to write."""
        self.file.seek(0)
        text = self.file.read()
        whole = text[: text.rfind("\n") + 1]
        try:
            for line in whole.splitlines():
                self._take(json.loads(line))
        except (ValueError, LookupError, TypeError):
            self.file.close()
            raise BadInput(_("%(path)s 不是核对的进度文件，没有改动它。") % {"path": self.path}, field="kept") from None
        self.file.truncate(len(whole.encode()))

    def _take(self, line):
        self.upto[line["kind"]] = line["end"]
        self.events += line["events"]
        self.faults += [Fault(**fault) for fault in line["faults"]]

    def is_done(self, kind) -> bool:
        return kind in self.upto and self.upto[kind] is None

    def add(self, kind, end, events, faults):
        if self.file:
            line = {"kind": kind, "end": end, "events": events, "faults": [asdict(fault) for fault in faults]}
            self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self.file.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        """Where it came to its end, the next check begins anew."""
        if self.file:
            self.file.close()
            if self.are_complete:
                self.path.unlink()


# --- what is wrong ----------------------------------------------------------------------------------------------


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


def _row_faults(name, row, state, head):
    if row is None:
        yield Fault(name, "the row is gone, though its events stand")
        return
    for column, value in row.state().items():
        if state.get(column) != value:
            yield Fault(name, f"{column} reads {value!r}, its events say {state.get(column)!r}")
    if (row.seq, row.head) != (head.seq, head.digest):
        yield Fault(name, f"the row knows {row.seq} events, the ledger holds {head.seq}")
    if (row.changed_at, row.known_at) != (head.at, head.recorded_at):
        yield Fault(name, "the instants of its newest event do not fit")


GAPS = """
    SELECT before + 1, position FROM (
        SELECT position, lag(position, 1, 0) OVER (ORDER BY position) AS before FROM ledger_entry
    ) n WHERE position <> before + 1 ORDER BY position
"""
STRAYS = """
    SELECT n.position, n.event_id, e.id, e.subject_kind, e.subject_id
    FROM ledger_entry n FULL JOIN ledger_event e ON e.id = n.event_id
    WHERE e.id IS NULL OR n.digest <> e.digest
    OR n.event_id IS NULL AND NOT EXISTS (SELECT 1 FROM ledger_tail t WHERE t.event_id = e.id)
"""


def _order_faults():
    with connection.cursor() as cursor:
        cursor.execute(GAPS)
        for missing, _position in cursor.fetchall():
            yield Fault(f"entry {missing}", "is missing from the order")
        cursor.execute(STRAYS)
        for position, event_id, pk, kind, subject in cursor.fetchall():
            if pk is None:
                yield Fault(f"entry {position}", f"its event {UUID(str(event_id))} was removed")
            elif event_id is None:
                yield Fault(f"event {UUID(str(pk))} ({kind} {subject})", "has no place in the order")
            else:
                yield Fault(f"event {UUID(str(pk))}", "is not the event that stands in the order")
    for tail in Tail.objects.filter(event__entry__isnull=False):
        yield Fault(f"event {tail.event_id}", "stands in the order twice")


def _seal_faults():
    prev, first = proof.FIRST, 1
    for number, seal in enumerate(Seal.objects.order_by("number"), 1):
        name = f"seal {seal.number}"
        if (seal.number, seal.first, seal.prev) != (number, first, prev):
            yield Fault(name, "does not follow the seal before it")
        if proof.seal_digest(seal.content()) != seal.digest:
            yield Fault(name, "was changed after it was made")
        covered = Entry.objects.filter(position__range=(seal.first, seal.last)).order_by("position")
        tree, many = proof.Merkle(), 0
        for digest in covered.values_list("digest", flat=True).iterator(chunk_size=CHUNK):
            tree.add(digest)
            many += 1
        if many != seal.last - seal.first + 1 or tree.root() != seal.root:
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
