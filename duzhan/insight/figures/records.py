"""What is behind a figure: exactly as many records as it says, as they stood then, and only what the reader may see."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock.instants import now
from duzhan.base.ledger import queries as ledger
from duzhan.base.ledger.queries import Slice
from duzhan.people.models import Body, Group, Membership
from duzhan.places.models import Area, Point
from duzhan.supervision.inspections.models import Help, Visit
from duzhan.supervision.inspections.queries import helps_visible_to, visits_visible_to
from duzhan.supervision.problems import queries as problems
from duzhan.supervision.problems.flow import Class, Stage, is_back, stage_word
from duzhan.supervision.problems.models import Problem

from .catalogue import CATALOGUE, Distinct, Figure, Flow, Overdue, Share, Stock
from .counting import narrowed

CHUNK = 500  # records told together
CLOSED = gettext_lazy("此件不在您的查看范围，内容不公开")

STAGES = {"problem": Stage, "help": Help.Stage, "group": Group.Stage, "membership": Membership.Stage}
OPEN_TO = {  # the subjects of a kind that a person may open; kinds without an entry are open to whoever sees the figure
    "problem": problems.visible_to, "visit": visits_visible_to, "help": helps_visible_to,
}  # fmt: skip
INSTANTS = ("due_at", "paused_at", "found_at", "handed_over_at", "rectified_at", "closed_at")
COLUMNS = (  # of a table of records, in order
    "number", "title", "area", "unit", "group", "topic", "stage", "at", "recorded_at", *INSTANTS, "first_at", "last_at", "times",
    "counts", "event", "digest",
)  # fmt: skip


@dataclass(frozen=True)
class Record:
    """One record behind a figure, as it stood at the instant of the question.

    `at` and `recorded_at` are those of the event that counts it; `event` and `digest` name that event. `first_at`,
    `last_at` and `times` are of things counted once however often they were met. `counts` says of a share whether it
    is among the n. A masked record has only its number and stage.
    """

    kind: str
    pk: int
    number: str
    title: str = ""
    area: str = ""
    unit: str = ""
    group: str = ""
    topic: str = ""
    stage: str = ""
    is_sent_back: bool | None = None
    at: datetime | None = None
    recorded_at: datetime | None = None
    due_at: datetime | None = None
    paused_at: datetime | None = None
    found_at: datetime | None = None
    handed_over_at: datetime | None = None
    rectified_at: datetime | None = None
    closed_at: datetime | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    times: int | None = None
    counts: bool | None = None
    event: str = ""
    digest: str = ""
    is_masked: bool = False

    @property
    def stage_label(self) -> str:
        if self.kind == "problem" and self.stage:
            return stage_word(self.stage, self.is_sent_back)
        return str(STAGES[self.kind](self.stage).label) if self.stage else ""

    @property
    def is_back(self) -> bool:
        return is_back(self.stage, self.is_sent_back)


@dataclass(frozen=True)
class Asked:
    """A question for records: which operation, which part of it, as of when, known when, by whom (None: the system).

    `at` is when it is asked: what the person may see is decided then, also where the answer is read later.
    """

    operation: object
    slice: Slice
    as_of: datetime
    known_at: datetime
    person: object = None
    at: datetime = field(default_factory=now)

    def events(self):
        return ledger.known_events(self.operation.pk, self.as_of, self.known_at, self.slice)

    def encounters(self, distinct):
        return ledger.encounters(self.operation.pk, distinct.kind, self.as_of, self.known_at, self.slice)

    def standing(self, stock):
        return ledger.standing(
            self.operation.pk, stock.subject_kind, stock.stages, self.as_of, self.known_at, self.slice
        )


class Records:
    """The records behind one figure. `rows` and `order` are for paging; `told` makes records of a page's rows.

    `identity` names the column by which a row is known again at another instant.
    """

    def __init__(self, figure: Figure, asked: Asked):
        slice = narrowed(asked.slice, figure)
        self.figure, self.asked = figure, replace(asked, slice=slice or Slice(units=()))
        self.rows, self.order, self.identity, self.tell = SOURCES[type(figure.counts)](self.asked, figure.counts)

    def __len__(self):
        return self.rows.count()

    def __iter__(self):
        """Every record, a chunk at a time."""
        chunk = []
        for row in self.rows.order_by(*self.order).iterator(chunk_size=CHUNK):
            chunk.append(row)
            if len(chunk) == CHUNK:
                yield from self.told(chunk)
                chunk = []
        yield from self.told(chunk)

    def told(self, rows) -> list[Record]:
        """Records of some of the rows, in their order, in a fixed number of statements."""
        return self.tell(self.asked, rows) if rows else []


# --- where the rows come from -----------------------------------------------------------------------------------


def _flow(asked, flow):
    return asked.events().filter(kind__in=flow.kinds), ("-at", "-subject_id", "-seq"), "pk", _told


def _stock(asked, stock):
    return asked.standing(stock), ("-subject_id",), "subject_id", _told


def _late(asked, stock):
    past = ledger.past_due(asked.operation.pk, stock.subject_kind, asked.as_of, asked.known_at, asked.slice)
    return asked.standing(stock).filter(subject_id__in=past.values("subject_id")), ("-subject_id",), "subject_id", _told


def _distinct(asked, distinct):
    model, tell = DIFFERENT[distinct.of]
    met = ledger.things(asked.operation.pk, distinct.kind, distinct.of, asked.as_of, asked.known_at, asked.slice)
    return model.objects.filter(met), ("pk",), "pk", lambda asked, rows: tell(asked, rows, distinct)


def _share(asked, share):
    """All of N, each marked whether it is among the n."""
    figures = [CATALOGUE[key] for key in (share.of, share.fallback) if key]
    found = [Records(figure, asked) for figure in figures]
    whole = next((records for records in found[:-1] if records.rows.exists()), found[-1])
    stages = CATALOGUE[share.n].counts.stages

    def tell(asked, rows):
        return [replace(record, counts=record.stage in stages) for record in whole.tell(asked, rows)]

    return whole.rows, whole.order, whole.identity, tell


SOURCES = {Flow: _flow, Stock: _stock, Overdue: _late, Distinct: _distinct, Share: _share}


# --- what each row says -----------------------------------------------------------------------------------------


def _told(asked, events) -> list[Record]:
    """Events as records; those whose subject the person may not open keep number and stage alone."""
    kind = events[0].subject_kind
    ids = {event.subject_id for event in events}
    open_ = _open_to(asked, kind, ids)
    names, tell, sealed = _names(events), TELL[kind](asked, events, ids), _conduct(kind, events, ids - open_)
    return [
        _record(asked, event, names, tell(event))
        if event.subject_id in open_
        else _masked(asked, event, event.subject_id in sealed)
        for event in events
    ]


def _open_to(asked, kind, ids):
    if asked.person is None or kind not in OPEN_TO:
        return ids
    return set(OPEN_TO[kind](asked.person, asked.at).filter(pk__in=ids).order_by().values_list("pk", flat=True))


def _record(asked, event, names, said):
    return Record(
        kind=event.subject_kind, pk=event.subject_id, number=_number(asked, event), area=names["area"].get(event.area, ""),
        unit=names["unit"].get(event.unit, ""), group=names["group"].get(event.group, ""), topic=event.topic, stage=event.now, at=event.at,
        recorded_at=event.recorded_at, event=str(event.id), digest=event.digest, **said,
    )  # fmt: skip


def _masked(asked, event, is_conduct):
    title = _("作风纪律问题，内容不公开") if is_conduct else CLOSED
    return Record(
        kind=event.subject_kind, pk=event.subject_id, number=_number(asked, event), title=str(title), stage=event.now,
        is_masked=True,
    )  # fmt: skip


def _conduct(kind, events, closed) -> set:
    """Of the problems that are not open to a person, those about conduct, then or since."""
    if kind != "problem" or not closed:
        return set()
    then = {event.subject_id for event in events if event.topic.startswith(f"{Class.CONDUCT}:")}
    return then | set(Problem.objects.filter(pk__in=closed, klass=Class.CONDUCT).values_list("pk", flat=True))


def _number(asked, event):
    return (
        f"{asked.operation.prefix}-{event.subject_id:04d}" if event.subject_kind == "problem" else str(event.subject_id)
    )


def _names(events):
    """The names of areas, units and groups of some events: three statements."""
    return {
        "area": dict(Area.objects.filter(path__in={event.area for event in events}).values_list("path", "name")),
        "unit": {body.pk: str(body) for body in Body.objects.filter(pk__in={event.unit for event in events})},
        "group": {group.pk: str(group) for group in Group.objects.filter(pk__in={event.group for event in events})},
    }


def _problems(asked, events, ids):
    states = ledger.states("problem", ids, asked.as_of, asked.known_at, ("title", "is_sent_back", *INSTANTS))

    def tell(event):
        state = states.get(event.subject_id, {})
        said = {"title": state.get("title", ""), "is_sent_back": bool(state.get("is_sent_back"))}
        return said | {name: _instant(state.get(name)) for name in INSTANTS}

    return tell


def _visits(asked, events, ids):
    points = Point.objects.in_bulk({event.place for event in events if event.place})
    return lambda event: {"title": f"{points.get(event.place, '')} · {Visit.Purpose(event.topic).label}"}


def _helps(asked, events, ids):
    texts = dict(Help.objects.filter(pk__in=ids).values_list("pk", "text"))
    return lambda event: {"title": texts.get(event.subject_id, "")}


def _groups(asked, events, ids):
    names = dict(Group.objects.filter(pk__in=ids).values_list("pk", "name"))
    return lambda event: {"title": names.get(event.subject_id, "")}


def _seats(asked, events, ids):
    seats = Membership.objects.filter(pk__in=ids).select_related("person")
    names = {seat.pk: str(seat.person) for seat in seats}
    return lambda event: {"title": names.get(event.subject_id, "")}


TELL = {"problem": _problems, "visit": _visits, "help": _helps, "group": _groups, "membership": _seats}


def _instant(text):
    return datetime.fromisoformat(text) if text else None


def _met(asked, rows, distinct):
    """When and how often each was met: {pk: (first, last, times)}, over the visits that the person may open."""
    events = asked.encounters(distinct).filter(**{f"{distinct.of}__in": [row.pk for row in rows]})
    if asked.person is not None:
        events = events.filter(subject_id__in=visits_visible_to(asked.person, asked.at).order_by().values("pk"))
    found = events.order_by().values_list(distinct.of).annotate(first=Min("at"), last=Max("at"), times=Count("pk"))
    return {pk: (first, last, times) for pk, first, last, times in found}


def _points(asked, points, distinct):
    met = _met(asked, points, distinct)
    areas = dict(Area.objects.filter(pk__in={point.area_id for point in points}).values_list("pk", "name"))
    bodies = Body.objects.in_bulk({point.body_id for point in points if point.body_id})
    return [
        _thing("point", point, met, area=areas[point.area_id], unit=str(bodies.get(point.body_id, "")))
        for point in points
    ]


def _bodies(asked, bodies, distinct):
    met = _met(asked, bodies, distinct)
    areas = dict(Area.objects.filter(path__in={body.area for body in bodies}).values_list("path", "name"))
    return [_thing("body", body, met, area=areas.get(body.area, "")) for body in bodies]


def _thing(kind, thing, met, **said):
    if thing.pk not in met:
        return Record(kind=kind, pk=thing.pk, number=str(thing.pk), title=str(CLOSED), is_masked=True)
    first, last, times = met[thing.pk]
    return Record(
        kind=kind,
        pk=thing.pk,
        number=str(thing.pk),
        title=thing.name,
        first_at=first,
        last_at=last,
        times=times,
        **said,
    )


DIFFERENT = {"place": (Point, _points), "unit": (Body, _bodies)}


# --- what has become known since --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arrival:
    """A record that changes a figure though it was known only later, and by how much."""

    record: Record
    delta: int


def arrivals(asked: Asked, figure, known_from) -> list[Arrival]:
    """What became known after `known_from` and changes a figure: with its signs, as much as the figure changed by."""
    if isinstance(figure.counts, Share):
        parts = dict.fromkeys((figure.counts.n, figure.counts.of))
        found = [each for part in parts for each in arrivals(asked, CATALOGUE[part], known_from)]
        return list({(each.record.pk, each.delta): each for each in found}.values())
    before, after = Records(figure, replace(asked, known_at=known_from)), Records(figure, asked)
    return [
        *(Arrival(record, 1) for record in _only_in(after, before, known_from)),
        *(Arrival(record, -1) for record in _only_in(before, after, known_from)),
    ]


def _only_in(these, those, known_from):
    """Among what was touched since: the records here that are not there."""
    touched = _touched(these.figure.counts, these.asked, max(these.asked.known_at, those.asked.known_at), known_from)
    there = set(those.rows.filter(**touched).values_list(these.identity, flat=True))
    rows = [
        row for row in these.rows.filter(**touched).order_by(*these.order) if getattr(row, these.identity) not in there
    ]
    return these.told(rows)


def _touched(counts, asked, known_to, known_from):
    """A condition over rows: what events that were recorded in between are about."""
    since = ledger.known_events(asked.operation.pk, asked.as_of, known_to).filter(recorded_at__gt=known_from)
    if isinstance(counts, Flow):
        return {"recorded_at__gt": known_from}
    if isinstance(counts, Overdue):
        return {}  # the clock alone makes something late
    if isinstance(counts, Distinct):
        return {"pk__in": since.filter(kind=counts.kind).exclude(**{counts.of: None}).values(counts.of)}
    return {"subject_id__in": since.filter(subject_kind=counts.subject_kind).values("subject_id")}
