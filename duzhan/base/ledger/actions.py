"""Everything that writes to the ledger: one event or many, with the rows they change, in one transaction."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput, Conflict, Refused

from . import deliveries, proof, writing
from .cells import hour_of
from .drafts import columns_of, draft, values_of
from .models import Delivery, Entry, Event, Seal, Tail, plain, subjects, uuid7
from .rollups import one_at_a_time, settle

SKEW = timedelta(minutes=5)  # a client's clock may run ahead by this much; its instant then becomes ours

NO_DIMENSIONS = {"area": "", "unit": None, "group": None, "place": None, "place_kind": "", "topic": ""}


@dataclass
class Fact:
    """One event to be: the subject as it is to stand, and what happened to it."""

    subject: object
    kind: str
    was: str = ""
    now: str = ""
    facts: dict = field(default_factory=dict)
    request_key: object = None
    amount: int = 1
    at: object = None  # None: the instant given to record_many for all
    links: dict = field(default_factory=dict)  # columns that hold the number of a row which may get it only now


@transaction.atomic
def record(subject, kind, *, by, at=None, request_key=None, via=None, was="", now="", facts=None, amount=1) -> Event:
    """Save a row's changed columns and append the event that says so, in the caller's transaction.

    `was` and `now` are stages; `at` (None: this instant) is when it took effect. An instant before the
    subject's newest event takes effect with that event and is kept in facts as `claimed_at`.
    Raises BadInput for an instant in the future, Conflict when somebody else changed the subject meanwhile.
    """
    fact = Fact(subject, kind, was, now, facts or {}, request_key, amount)
    return record_many([fact], by=by, at=at, via=via)[0]


@transaction.atomic(savepoint=False)
def record_many(facts: list[Fact], *, by, at=None, via=None) -> list[Event]:
    """`record` for many facts at once, with set-based SQL: one event for each fact, in its order.

    The rows may be of several tables: all that one person did at once is best told, and written, at once.
    """
    via = via or ("web" if by else "system")
    new = [fact.subject for fact in facts if fact.subject._state.adding]
    _give_ids(new)
    for fact in facts:
        for column, row in fact.links.items():
            setattr(fact.subject, column, row.pk)
    recorded_at = clock_now()
    events, main = [], []
    for fact in facts:
        written = list(_events_of(fact, by=by, at=fact.at or at, via=via, recorded_at=recorded_at))
        events += written
        main.append(written[-1])
        fact.subject.last_event = written[-1]
    _write(new, [fact.subject for fact in facts], events)
    return main


def _events_of(fact, *, by, at, via, recorded_at):
    subject = fact.subject
    claimed = at or recorded_at
    if claimed > recorded_at + SKEW:
        raise BadInput(_("发生时刻 %(at)s 在将来；请核对设备时间。") % {"at": plain(claimed)}, field="at")
    known_at = max(recorded_at, subject.known_at or recorded_at)
    at = min(max(claimed, subject.changed_at or claimed), known_at)
    facts = plain(fact.facts)
    if at != claimed:
        facts = {**facts, "claimed_at": plain(claimed)}
    common = {
        "book": subject.book(), "at": at, "recorded_at": known_at, "late": at < hour_of(known_at), "via": via,
        "actor": by.pk if by else None,
    }  # fmt: skip
    before, after = subject.as_it_was() if fact.now else None, _dimensions(subject)
    was, changes = fact.was, subject.changes()
    due, was_due = (_not_before(at, row.runs_out() if row and fact.now else None) for row in (subject, before))
    if before is not None and (there := _dimensions(before)) != after:
        # It moves to other columns of the report: out of the old ones first, so that each sum stays a plain sum.
        yield _next_event(
            subject, f"{subject.subject_kind}.leave", common, there,
            was=was, was_due=was_due, facts={"for": fact.kind},
        )  # fmt: skip
        was, was_due, facts = "", None, {**facts, "was": fact.was}
    if due == was_due:
        due = was_due = None
    yield _next_event(
        subject, fact.kind, common, after, was=was, now=fact.now, due=due, was_due=was_due,
        facts=facts, changes=changes, amount=fact.amount, id=fact.request_key,
    )  # fmt: skip
    subject.changed_at, subject.known_at = at, known_at


def _dimensions(subject):
    return {**NO_DIMENSIONS, **subject.dimensions()}


def _not_before(at, instant):
    return instant and max(at, instant)


def _next_event(subject, kind, common, dimensions, *, id=None, **rest):
    subject.seq += 1
    event = draft(
        Event, id=_key(id), kind=kind, subject_kind=subject.subject_kind, subject_id=subject.pk, seq=subject.seq,
        prev=subject.head, **dimensions, **common, **rest,
    )  # fmt: skip
    event.digest = subject.head = event.computed_digest()
    return event


def _key(request_key):
    if request_key is None or isinstance(request_key, UUID):
        return request_key or uuid7()
    return UUID(str(request_key))


def _give_ids(rows):
    """Say that a writer is at work, and give numbers: before rows are written, because the digest covers them."""
    waiting = {}
    for row in rows:
        if row.pk is None:
            waiting.setdefault(type(row), []).append(row)
    numbers = writing.announce_and_number({model: len(rows) for model, rows in waiting.items()})
    for model, rows in waiting.items():
        for row, number in zip(rows, numbers[model], strict=True):
            row.pk = number


def _write(new, rows, events):
    """What has changed, with the events that say so: what is new all in one statement."""
    fresh = {id(row): values_of(row) for row in new}
    changed = {id(row): row for row in rows if id(row) not in fresh}.values()
    for row in changed:
        _save_changed(row)
    rows = {}
    for row in new:
        rows.setdefault(type(row), []).append(fresh[id(row)])
    tables = {model: (columns_of(model), told) for model, told in rows.items()}
    tables[Event] = columns_of(Event), [values_of(event) for event in events]
    tables[Tail] = ("event_id",), [(event.id,) for event in events]
    tables[Delivery] = deliveries.PROMISE, deliveries.promised(events)
    try:
        writing.insert(tables)
    except IntegrityError as error:
        raise Conflict(_("刚刚有人改动了这条记录，或同一个请求编号已被使用，请刷新后再试。")) from error
    for row in (*new, *events):
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    for row in changed:
        row.remember()
    for row in new:
        row.remember_written(fresh[id(row)])


def _save_changed(row):
    names = (*row.changes(), *row.BOOKKEEPING)
    columns = {name: getattr(row, name) for name in names}
    if not type(row).objects.filter(pk=row.pk, seq=row.before()["seq"]).update(**columns):
        raise Conflict(_("刚刚有人改动了这条记录，请按最新情况再试。"))


def once(action):
    """An action that may be asked twice with one `request_key` and is done once: the second asker gets the first answer.

    The answer is the subject, with `last_event` set to the event that the first asking wrote.
    Raises Conflict when the key was used for something else or by somebody else.
    """

    @wraps(action)
    def asked(*arguments, by, request_key=None, **more):
        if request_key and (answer := _first_answer(request_key, by, arguments)):
            return answer
        try:
            with transaction.atomic():
                return action(*arguments, by=by, request_key=request_key, **more)
        except Refused:
            # A twin of this request may have been faster: then its answer is ours.
            if request_key and (answer := _first_answer(request_key, by, arguments)):
                return answer
            raise

    return asked


def _first_answer(request_key, by, arguments):
    event = Event.objects.filter(pk=request_key).first()
    if event is None:
        return None
    if event.actor != (by.pk if by else None) or not _is_about(event, arguments):
        raise Conflict(_("这个请求编号已用于另一件事，请换一个编号。"))
    subject = subjects()[event.subject_kind].objects.get(pk=event.subject_id)
    subject.last_event = event
    return subject


def _is_about(event, arguments):
    """What an action is asked about comes first: the thing itself, or what a new thing is entered under."""
    if not arguments:
        return True
    about = arguments[0]
    if about.subject_kind == event.subject_kind:
        return about.pk == event.subject_id
    return event.seq == 1 and about.book() == event.book


def locked(row):
    """The row as it is now, locked until the transaction ends (on SQLite the whole database is)."""
    _announce()  # always before a row is locked, so that `still` and a writer cannot wait for each other
    model = row.__class__  # not `type`: who is signed in is a person in a wrapper
    return model.objects.select_for_update(of=("self",)).get(pk=row.pk)


def locked_many(model, ids) -> dict:
    """Rows by id, locked in the order of their ids so that two writers cannot wait for each other."""
    _announce()
    rows = model.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows}


def _announce():
    """A writer is at work, until its transaction ends. Writers do not wait for each other here."""
    writing.announce_and_number({})


def still() -> datetime:
    """Wait for the writers at work and hold back new ones until the transaction ends; returns this instant.

    What is known at this instant stays known at it: without this, a writer in flight would later appear as if it had
    been known already. To be called before anything else is written. SQLite has one writer at a time anyway.
    """
    writing.wait_for_writers()
    return clock_now()


@transaction.atomic
def seal() -> Seal:
    """Seal every settled event that has no seal yet. An empty seal is made too: it says that nothing was added."""
    one_at_a_time()
    while settle():
        pass
    before = Seal.objects.order_by("number").last()
    first = before.last + 1 if before else 1
    tree, last = proof.Merkle(), first - 1
    digests = Entry.objects.filter(position__gte=first).order_by("position").values_list("digest", flat=True)
    for digest in digests.iterator(chunk_size=5000):
        tree.add(digest)
        last += 1
    made = Seal(
        number=before.number + 1 if before else 1,
        first=first,
        last=last,
        root=tree.root(),
        prev=before.digest if before else proof.FIRST,
        at=clock_now(),
    )
    made.digest = proof.seal_digest(made.content())
    made.save(force_insert=True)
    return made
