"""The ledger's sums over a table of events that another engine reads.

Which figures there are, and what each adds up, stands in the catalogue alone: here are the questions that a lens asks
of the ledger (`counting.Whole`), as SQL that DuckDB and Spark both read. A statement names its values `:name` and the
table `events e`; columns go by `e.`, because some have the names of words of SQL.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput
from duzhan.base.ledger.queries import due, until
from duzhan.base.ledger.queries.slices import PATHS

from ..counting import Whole

KNOWN = "e.at <= :as_of AND e.recorded_at <= :known_at"
LATE = "count(CASE WHEN e.due <= :as_of THEN 1 END) - count(CASE WHEN e.was_due <= :as_of THEN 1 END)"


@dataclass
class Kept(Whole):
    """One number for the whole slice, counted over kept events; `ask(statement, values)` gives rows."""

    ask: Callable = None
    topics: dict = field(default_factory=dict)  # what has been asked already, by slice

    def _steps(self, slice):
        found = Counter()
        for topic, counter in self._by_topic(slice.narrowed(topic="")).items():
            if topic.startswith(slice.topic):
                found.update(counter)
        return {None: found}

    def _by_topic(self, slice):
        """The steps of each topic, so that the figures of one topic cost no second reading: {topic: Counter}."""
        if slice not in self.topics:
            found, of = {}, "e.topic, e.kind, e.was, e.now, e.subject_kind"
            for topic, kind, was, now, subject_kind, n, late in self._rows(
                f"{of}, sum(e.amount), {LATE}", slice, by=of
            ):
                counter = found.setdefault(topic, Counter())
                counter[kind, was, now] += int(n)
                counter[due(subject_kind)] += late
            self.topics[slice] = found
        return self.topics[slice]

    def _different(self, slice, kind, dimensions):
        counts = ", ".join(f"count(DISTINCT e.{dimension})" for dimension in dimensions)
        [numbers] = self._rows(counts, slice, "e.kind = :kind", {"kind": kind})
        return {None: dict(zip(dimensions, numbers, strict=True))}

    def _rows(self, columns, slice, condition="true", values=None, by=""):
        as_of, known_at = until(self.as_of, self.known_at)
        bounds, bound = within(slice)
        grouped = f" GROUP BY {by}" if by else ""
        statement = f"SELECT {columns} FROM events e WHERE {KNOWN} AND {bounds} AND {condition}{grouped}"  # noqa: S608
        return self.ask(statement, {"as_of": as_of, "known_at": known_at, **bound, **(values or {})})


def within(slice) -> tuple[str, dict]:
    """The bounds of a slice as a condition, and the values it names."""
    conditions, named = ["true"], {}
    for axis, values in slice.bounds().items():
        condition, more = (_below if axis in PATHS else _one_of)(f"e.{axis}", axis, values)
        conditions.append(condition)
        named |= more
    return " AND ".join(conditions), named


def _one_of(column, name, values):
    named = {f"{name}_{number}": value for number, value in enumerate(values)}
    return f"{column} IN ({', '.join(f':{each}' for each in named)})" if named else "false", named


def _below(column, name, beginnings):
    """Paths that begin so, as a stretch of the order of texts: an engine leaves out what lies outside it unread."""
    named, each = {}, []
    for number, beginning in enumerate(beginnings):
        named |= {f"{name}_{number}": beginning, f"{name}_{number}_end": beginning[:-1] + chr(ord(beginning[-1]) + 1)}
        each.append(f"({column} >= :{name}_{number} AND {column} < :{name}_{number}_end)")
    return f"({' OR '.join(each)})" if each else "false", named


def kept_by(ask) -> Callable:
    """The lens that counts by asking so: for `queries.figures(…, lens=…)`."""
    return partial(Kept, ask=ask)


def not_counted(engine, error) -> BadInput:
    """An engine could not read what it was given: the first line of what it says."""
    why = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return BadInput(
        _("%(engine)s 没有数成：%(why)s；请先用 duzhan verify --parquet 核对。") % {"engine": engine, "why": why[:300]}
    )
