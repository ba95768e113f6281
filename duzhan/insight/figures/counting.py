"""How a figure of the catalogue is counted: as one number, along an axis of the ledger, or at several instants."""

from collections import Counter
from dataclasses import dataclass, field

from duzhan.base.ledger import queries as ledger
from duzhan.base.ledger.queries import ALL, Slice, due
from duzhan.base.ui.spelling import ratio_text

from .catalogue import CATALOGUE, Distinct, Flow, Overdue, Share, Stock, dimensions_of


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
        if not ledger.is_branch(slice.topic):
            return {None: ledger.totals(self.book, self.as_of, self.known_at, slice)}
        branches = self._branches(slice.narrowed(topic=""))
        if slice.topic:
            return {None: branches.get(slice.topic, Counter())}
        whole = Counter()
        for counter in branches.values():
            whole.update(counter)
        return {None: whole}

    def _branches(self, slice):
        """The steps of each beginning of the topic, so that the figures of one topic are no second question."""
        key = slice, "branches"
        if key not in self.told:
            self.told[key] = ledger.totals_by_branch(self.book, self.as_of, self.known_at, slice)
        return self.told[key]

    def different(self, slice, kind) -> dict:
        """How many different things events of this kind touched: {column: {dimension: n}}."""
        if (slice, kind) not in self.told:
            self.told[slice, kind] = self._different(slice, kind, dimensions_of(kind))
        return self.told[slice, kind]

    def _different(self, slice, kind, dimensions):
        return {None: ledger.distinct(self.book, kind, dimensions, self.as_of, self.known_at, slice)}


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

    def _different(self, slice, kind, dimensions):
        told = ledger.distinct_by(self.book, kind, dimensions, self.axis, self.as_of, self.known_at, slice)
        return {self.read(value): numbers for value, numbers in told.items()}


@dataclass
class Within(Whole):
    """A number for each of some areas, each with everything below it; under "" what lies in none of them."""

    areas: tuple = ()

    @property
    def columns(self):
        return [*self.areas, ""]

    def _steps(self, slice):
        return ledger.totals_within(self.book, self.areas, self.as_of, self.known_at, slice)

    def _different(self, slice, kind, dimensions):
        elsewhere = self.steps(slice)[""]
        return ledger.distinct_within(
            self.book, kind, dimensions, self.areas, self.as_of, self.known_at, slice, elsewhere=bool(elsewhere[kind, "", ""])
        )  # fmt: skip


@dataclass
class At(Whole):
    """A number as of each of some instants, in order; the column is the number of the instant."""

    instants: tuple = ()

    @property
    def columns(self):
        return list(range(len(self.instants)))

    def _steps(self, slice):
        return dict(enumerate(ledger.totals_at(self.book, self.instants, self.known_at, slice)))

    def _different(self, slice, kind, dimensions):
        return dict(enumerate(ledger.distinct_at(self.book, kind, dimensions, self.instants, self.known_at, slice)))


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
    return {column: each[distinct.of] for column, each in lens.different(slice, distinct.kind).items()}


def _overdue(lens, slice, stock):
    return {column: counter[due(stock.subject_kind)] for column, counter in lens.steps(slice).items()}


COUNT = {Flow: _flow, Stock: _stock, Distinct: _distinct, Overdue: _overdue}
