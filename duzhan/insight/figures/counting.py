"""How a figure of the catalogue is counted: as one number, along an axis of the ledger, or at several instants."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q

from duzhan.base.ledger import queries as ledger
from duzhan.base.ledger.models import Event, plain
from duzhan.base.ledger.queries import ALL, Slice
from duzhan.base.ui.spelling import ratio_text
from duzhan.supervision.problems import queries as problems
from duzhan.supervision.problems.flow import RECTIFIED
from duzhan.supervision.problems.models import Problem

from .catalogue import CATALOGUE, Distinct, Flow, Overdue, Share, Stock, dimensions_of

AT_ONCE = 5000  # subjects whose deadlines are read together


@dataclass(frozen=True)
class Ratio:
    """n of N, such as 277 of 282."""

    n: int
    N: int

    @property
    def text(self) -> str:
        """`98.23%`: two decimals, half up."""
        return ratio_text(self.n, self.N)

    def __str__(self):
        return self.text


@dataclass
class Whole:
    """One number for the whole slice."""

    book: int
    as_of: object
    known_at: object
    slice: Slice = ALL
    told: dict = field(default_factory=dict)  # what has been asked already, by slice

    @property
    def columns(self):
        return [None]

    def steps(self, slice) -> dict:
        """How often each step was taken: {column: Counter}."""
        if slice not in self.told:
            self.told[slice] = self._steps(slice)
        return self.told[slice]

    def _steps(self, slice):
        return {None: ledger.totals(self.book, self.as_of, self.known_at, slice)}

    def different(self, slice, kinds) -> dict:
        """How many different things events of these kinds touched: {column: {dimension: n}}."""
        if (slice, kinds) not in self.told:
            self.told[slice, kinds] = self._different(slice, kinds, dimensions_of(kinds))
        return self.told[slice, kinds]

    def _different(self, slice, kinds, dimensions):
        return {None: ledger.distinct(self.book, kinds, dimensions, self.as_of, self.known_at, slice)}

    def late(self, slice, stock) -> Counter:
        """How many of a stock are past their deadline: {column: n}."""
        return Counter({None: len(overdue(self.book, stock, self.as_of, self.known_at, slice))})


@dataclass
class Along(Whole):
    """A number for each value along an axis of the ledger, as `read` reads it."""

    axis: str = ""
    read: callable = str

    @property
    def columns(self):
        return []  # whichever appear

    def _steps(self, slice):
        found = {}
        for value, counter in ledger.totals_by(self.book, self.axis, self.as_of, self.known_at, slice).items():
            found.setdefault(self.read(value), Counter()).update(counter)
        return found

    def _different(self, slice, kinds, dimensions):
        told = ledger.distinct_by(self.book, kinds, dimensions, self.axis, self.as_of, self.known_at, slice)
        return {self.read(value): numbers for value, numbers in told.items()}

    def late(self, slice, stock):
        events = overdue(self.book, stock, self.as_of, self.known_at, slice)
        values = (getattr(event, self.axis) for event in events)
        return Counter(self.read(value) for value in values if value not in ("", None))


@dataclass
class Within(Whole):
    """A number for each of some areas, each with everything below it; under "" what lies in none of them."""

    areas: tuple = ()

    @property
    def columns(self):
        return [*self.areas, ""]

    @cached_property
    def lengths(self):
        return sorted({len(path) for path in self.areas})

    def around(self, path):
        """The columns that something at this path belongs to."""
        return [area for area in self.areas if path.startswith(area)] or [""]

    def _steps(self, slice):
        found = {column: Counter() for column in self.columns}
        length = self.lengths[-1] if self.areas else None
        told = ledger.totals_by(self.book, "area", self.as_of, self.known_at, slice, length=length)
        for path, counter in told.items():
            for column in self.around(path):
                found[column].update(counter)
        return found

    def _different(self, slice, kinds, dimensions):
        found = {column: dict.fromkeys(dimensions, 0) for column in self.columns}
        for length in self.lengths:  # what was met in two parts of an area is one thing in it: no sum of parts
            told = ledger.distinct_by(
                self.book, kinds, dimensions, "area", self.as_of, self.known_at, slice, length=length
            )
            found |= {path: numbers for path, numbers in told.items() if path in self.areas}
        elsewhere = ledger.encounters(self.book, kinds, self.as_of, self.known_at, slice)
        for area in self.areas:
            elsewhere = elsewhere.exclude(area__startswith=area)
        return found | {"": ledger.different(elsewhere, dimensions)}

    def late(self, slice, stock):
        events = overdue(self.book, stock, self.as_of, self.known_at, slice)
        return Counter(column for event in events for column in self.around(event.area))


@dataclass
class At(Whole):
    """A number as of each of some instants, in order; the column is the number of the instant."""

    instants: tuple = ()

    @property
    def columns(self):
        return list(range(len(self.instants)))

    def _steps(self, slice):
        return dict(enumerate(ledger.totals_at(self.book, self.instants, self.known_at, slice)))

    def _different(self, slice, kinds, dimensions):
        return dict(enumerate(ledger.distinct_at(self.book, kinds, dimensions, self.instants, self.known_at, slice)))

    def late(self, slice, stock):
        each = (overdue(self.book, stock, instant, self.known_at, slice) for instant in self.instants)
        return Counter({number: len(events) for number, events in enumerate(each)})


# --- counting ---------------------------------------------------------------------------------------------------


def numbers(lens, keys) -> dict:
    """The figures with these keys: {column: {key: int, Ratio or None}}; None where there is nothing to divide by."""
    each = {key: _count(lens, CATALOGUE[key]) for key in _with_parts(keys)}
    columns = lens.columns or sorted({column for told in each.values() for column in told})
    return {column: {key: _value(CATALOGUE[key].counts, each, key, column) for key in keys} for column in columns}


def _with_parts(keys):
    """These keys and those that their shares are made of, shares left out."""
    found = {}
    for key in keys:
        counts = CATALOGUE[key].counts
        parts = (counts.n, counts.of, counts.fallback) if isinstance(counts, Share) else (key,)
        found |= dict.fromkeys(part for part in parts if part)
    return found


def _value(counts, each, key, column):
    if not isinstance(counts, Share):
        return each[key].get(column, 0)
    whole = each[counts.of].get(column, 0) or (each[counts.fallback].get(column, 0) if counts.fallback else 0)
    return Ratio(each[counts.n].get(column, 0), whole) if whole else None


def _count(lens, figure) -> dict:
    slice = narrowed(lens.slice, figure)
    return COUNT[type(figure.counts)](lens, slice, figure.counts) if slice else {}


def narrowed(slice, figure) -> Slice | None:
    """The slice below the figure's own topic; None where the two have nothing in common."""
    if slice.topic.startswith(figure.topic):
        return slice
    return slice.narrowed(topic=figure.topic) if figure.topic.startswith(slice.topic) else None


def _flow(lens, slice, flow):
    steps = lens.steps(slice)
    return {
        column: sum(n for (kind, _was, _now), n in counter.items() if kind in flow.kinds)
        for column, counter in steps.items()
    }


def _stock(lens, slice, stock):
    return {column: _standing(counter, stock) for column, counter in lens.steps(slice).items()}


def _standing(counter, stock):
    """Those that came into one of the stages less those that left."""
    steps = (step for step in counter.items() if step[0][0].startswith(f"{stock.subject_kind}."))
    return sum(n * ((now in stock.stages) - (was in stock.stages)) for (_kind, was, now), n in steps)


def _distinct(lens, slice, distinct):
    return {column: each[distinct.of] for column, each in lens.different(slice, distinct.kinds).items()}


COUNT = {Flow: _flow, Stock: _stock, Distinct: _distinct, Overdue: lambda lens, slice, stock: lens.late(slice, stock)}


def overdue(book, stock, as_of, known_at, slice) -> list:
    """Of a stock at an instant, the events of those whose clock ran and whose deadline had passed.

    What has not moved since stands in its row; only what moved on later is replayed from its events.
    """
    as_of, known_at = ledger.until(as_of, known_at)
    moved_on = Q(changed_at__gt=as_of) | Q(known_at__gt=known_at)
    rows = Problem.objects.filter(operation=book)
    return [
        *_late_still(rows.exclude(moved_on).filter(problems.overdue(as_of)), book, slice),
        *_late_then(rows.filter(moved_on, handed_over_at__lte=as_of), stock, book, as_of, known_at, slice),
    ]


def _late_still(rows, book, slice):
    newest = dict(rows.values_list("pk", "seq"))
    events = Event.objects.filter(slice.events(), book=book, subject_kind="problem", seq__in=set(newest.values()))
    for ids in _batches(newest):
        for event in events.filter(subject_id__in=ids).defer("changes", "facts"):
            if newest[event.subject_id] == event.seq:
                yield event


def _late_then(rows, stock, book, as_of, known_at, slice):
    mended = Q(stage__in=RECTIFIED, rectified_at__lte=as_of, known_at__lte=known_at)  # before, and never since undone
    standing = ledger.standing(book, stock.subject_kind, stock.stages, as_of, known_at, slice)
    instant = plain(as_of)
    for ids in _batches(rows.exclude(mended).values_list("pk", flat=True)):
        clocks = ledger.states(stock.subject_kind, ids, as_of, known_at, ("due_at", "paused_at"))
        for event in standing.filter(subject_id__in=ids).defer("changes", "facts"):
            if _is_late(clocks.get(event.subject_id, {}), instant):
                yield event


def _batches(ids):
    """Numbers, so many at a time: named one by one, so that the index of the subjects is taken at any size."""
    ids = list(ids)
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


def _is_late(clock, instant):
    due_at = clock.get("due_at")
    return due_at is not None and clock.get("paused_at") is None and due_at < instant
