"""Is the ledger what was written? Recomputes digests, chains, order, seals and current rows, and names each fault."""

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from django.db import DataError, connection, transaction
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput

from . import digests, proof, sifting
from .cells import LEVELS, hour_of
from .lags import CLASSES, LagClass
from .met import meets
from .models import Dense, Entry, Event, Late, Rollup, Seal, Tail, subjects
from .stretches import doubtful, stretches
from .workers import Workers

CHUNK = 5000


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit: what it is (问题 17, 封条 3) and why, in a sentence."""

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
        wholes = [workers.ask(partial(_all, each)) for each in (_order_and_sum_faults, _seal_faults)]
        of, done = Event.objects.count(), notes.events
        yield from notes.faults
        yield from _stranger_faults()
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
    name = f"{subjects()[kind].subject_word} {subject}"
    try:
        with _one_moment():
            row = subjects()[kind]._base_manager.filter(pk=subject).first()
            events = list(Event.objects.filter(subject_kind=kind, subject_id=subject).order_by("seq"))
    except DataError:  # an instant before Christ, a number beyond all bounds
        return [Fault(name, _("有读不出来的值"))]
    if not events:
        return [Fault(name, _("有这一行，却没有任何事件"))] if row else []
    state, found = {}, []
    for event, faults in _chain(events, name):
        found += faults
        state |= event.changes
    return [*found, *_row_faults(name, row, state, events[-1])]


@contextmanager
def _one_moment():
    """Whatever is read within is read as of the same moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            if len(connection.savepoint_ids) == 0:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(sifting.TRUE_NAMES)
        yield cursor


def _stranger_faults():
    """From kind to kind along the index: there are few kinds and many events."""
    kinds, kind = Event.objects.order_by("subject_kind").values_list("subject_kind", flat=True), ""
    while kind is not None:
        kind = kinds.filter(subject_kind__gt=kind).first()
        if kind is not None and kind not in subjects():
            yield Fault(kind, _("没有这种事物，却有它的事件"))


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
        if event.seq != number:
            faults.append(_("第 %(number)s 个事件缺失或次序不对") % {"number": number})
        if event.prev != prev:
            faults.append(_("与前一个事件衔接不上"))
        if event.computed_digest() != event.digest:
            faults.append(_("写下以后内容被改过"))
        if event.late != (hour_of(event.at) != hour_of(event.recorded_at)):
            faults.append(_("是否迟录的标记被改过"))
        if at and (event.at < at or event.recorded_at < known):
            faults.append(_("生效或记录的时刻早于前一个事件"))
        prev, at, known = event.digest, event.at, event.recorded_at
        yield event, [Fault(_event_of(name, event), why) for why in faults]


def _event_of(name, event):
    words = {"name": name, "seq": event.seq, "kind": event.kind, "id": event.id}
    return _("%(name)s的第 %(seq)s 个事件（%(kind)s，%(id)s）") % words


def _row_faults(name, row, state, head):
    if row is None:
        yield Fault(name, _("事件还在，这一行却没有了"))
        return
    for column, value in row.state().items():
        if state.get(column) != value:
            yield Fault(name, _differs(row, column, value, state.get(column)))
    if (row.seq, row.head) != (head.seq, head.digest):
        words = {"row": row.seq, "ledger": head.seq}
        yield Fault(name, _("这一行记到第 %(row)s 个事件，账本里到第 %(ledger)s 个，或不是同一个") % words)
    if (row.changed_at, row.known_at) != (head.at, head.recorded_at):
        yield Fault(name, _("最后一个事件的时刻与这一行不符"))


def _differs(row, column, here, told):
    if column in row.sealed_fields:
        return _("%(column)s 不是事件里封存的那个值") % {"column": column}
    return _("%(column)s 现为 %(here)s，事件里是 %(told)s") % {"column": column, "here": repr(here), "told": repr(told)}


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


def _order_and_sum_faults():
    with _one_moment() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        cursor.execute(GAPS)
        for missing, _position in cursor.fetchall():
            yield Fault(_entry(missing), _("次序里缺了这一项"))
        cursor.execute(STRAYS)
        strays = cursor.fetchall()
        yield from _stray_faults(strays)
        twice = list(Tail.objects.filter(event__entry__isnull=False))
        for tail in twice:
            yield Fault(_event(tail.event_id), _("在次序里出现两次"))
        # where each event has one place, those that do not wait are those that are settled; that is found faster
        yield from _sum_faults(Q(entry__isnull=False) if strays or twice else Q(tail__isnull=True))


def _stray_faults(strays):
    for position, event_id, pk, kind, subject in strays:
        if pk is None:
            yield Fault(_entry(position), _("它的事件 %(id)s 被删掉了") % {"id": UUID(str(event_id))})
        elif event_id is None:
            yield Fault(f"{_event(pk)} ({kind} {subject})", _("在次序里没有位置"))
        else:
            yield Fault(_event(pk), _("不是次序里的那个事件"))


def _entry(position):
    return _("次序第 %(position)s 项") % {"position": position}


def _event(event_id):
    return _("事件 %(id)s") % {"id": UUID(str(event_id))}


def _seal_faults():
    prev, first = proof.FIRST, 1
    for number, seal in enumerate(Seal.objects.order_by("number"), 1):
        name, words = _("封条 %(number)s") % {"number": seal.number}, {"first": seal.first, "last": seal.last}
        if (seal.number, seal.first, seal.prev) != (number, first, prev):
            yield Fault(name, _("与前一个封条衔接不上"))
        if proof.seal_digest(seal.content()) != seal.digest:
            yield Fault(name, _("做成以后被改过"))
        if not _is_root_of(seal):
            yield Fault(name, _("第 %(first)s 至 %(last)s 项不是当初封存的") % words)
        prev, first = seal.digest, seal.last + 1


def _is_root_of(seal) -> bool:
    covered = Entry.objects.filter(position__range=(seal.first, seal.last)).order_by("position")
    tree = digests.Merkle()
    try:
        many = tree.add_all(covered.values_list("digest", flat=True).iterator(chunk_size=CHUNK))
    except ValueError:  # not even hexadecimal
        return False
    return many == seal.last - seal.first + 1 and tree.root() == seal.root


def _sum_faults(is_settled):
    """The sums over everything against the settled events: a sum that was edited would change a report."""
    settled = Event.objects.filter(is_settled).order_by()
    told, sums = _told(settled), Rollup.objects.filter(axis="area", value="").order_by()
    for level in LEVELS:
        yield from _differing(told, sums.filter(level=level))
    dense = [*Dense.objects.all()]
    yield from _differing(_told_since(settled, dense), sums.filter(level="m"))
    late = settled.filter(late=True).annotate(lag=LagClass())
    sums = Late.objects.filter(axis="area", value="").order_by()
    for number, lag in CLASSES.items():
        told = {}
        for each in dense:
            told |= _told_of_steps(late.filter(lag=number, book=each.book, at__gte=each.since))
        for step in range(len(lag.steps)):
            yield from _differing(told, sums.filter(lag=number, step=step))


def _told_since(settled, dense) -> dict:
    found = {}
    for each in dense:
        found |= _told_of_steps(settled.filter(book=each.book), each.since)
    return found


def _differing(told, sums):
    kept = {tuple(step): n for *step, n in sums.values_list(*STEP).annotate(n=Sum("total"))}
    for step in sorted(told.keys() | kept.keys()):
        if told.get(step, 0) != kept.get(step, 0):
            what = _("第 %(book)s 本账里 %(kind)s 的合计") % {"book": step[0], "kind": step[1]}
            words = {"kept": kept.get(step, 0), "told": told.get(step, 0)}
            yield Fault(what, _("写着 %(kept)s，事件加起来是 %(told)s") % words)


STEP = ("book", "kind", "was", "now")


def _told(settled) -> dict:
    """What the settled events say of each sum: steps, those past their time in the end, different things met."""
    found = _told_of_steps(settled)
    for kind, dimensions in meets().items():
        for dimension in dimensions:
            met = (
                settled.filter(kind=kind, was="", now="")
                .values_list("book")
                .annotate(n=Count(dimension, distinct=True))
            )
            found |= {(book, f"{kind}:{dimension}", "", ""): n for book, n in met if n}
    return found


def _told_of_steps(settled, since=None) -> dict:
    """Steps, and those past their time in the end; with `since` what counts from then on alone."""
    at, due, was_due = (Q(**{f"{column}__gte": since}) if since else Q() for column in ("at", "due", "was_due"))
    found = {tuple(step): n for *step, n in settled.filter(at).values_list(*STEP).annotate(n=Sum("amount"))}
    past = Count("due", filter=due) - Count("was_due", filter=was_due)
    clocks = settled.values_list("book", "subject_kind").annotate(n=past)
    return found | {(book, f"{kind}:due", "", ""): n for book, kind, n in clocks if n}


def size() -> dict:
    """How much there is to verify."""
    counts = Event.objects.aggregate(events=Count("pk"))
    return {**counts, "settled": Entry.objects.count(), "seals": Seal.objects.count()}
