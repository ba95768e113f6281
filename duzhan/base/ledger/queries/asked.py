"""The instants of a question: which steps of the sums answer for them, and what is left to be counted one by one.

The sums are read up to an edge between fine steps of time. What lies between the edge and the instant is counted from
the events: added where the edge comes before, taken away where it comes after. What was recorded after `known_at` is
taken away too (`unknown`).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property

from django.db import connection

from duzhan.base.clock.instants import TICK
from duzhan.base.clock.instants import now as clock_now

from ..cells import FINE, HOUR, cut, day_of, hour_of, month_of
from ..lags import COUNTED

# How long a row counts: from its instant on, as long as the hour of the edge or the edge is the same, or there alone.
ON, WITHIN_HOUR, BY_EDGE, THERE = range(4)
# What is not settled: named apart, so that PostgreSQL begins with the few that wait and does not look for them among all
# events of an area.
WAITING = (
    "waiting",
    "SELECT e.book, e.recorded_at, e.place, " + ", ".join(f'e."{name}"' for name in COUNTED) + " "
    "FROM ledger_tail t JOIN ledger_event e ON e.id = t.event_id",
)


@dataclass(frozen=True)
class Instants:
    """The instants of a question, in order, and the one at which all of them are known."""

    each: tuple
    known_at: object
    since: object = None  # from when on there are sums of five minutes and of late events
    may_pass: bool = True  # may an edge come after its instant?
    asked_at: object = field(default_factory=clock_now)
    names: dict = field(default_factory=dict)  # how the statement names an instant

    @classmethod
    def of(cls, instants, known_at=None, **more):
        """Nothing can have taken effect after the instant at which it is known."""
        known_at = known_at or clock_now()
        return cls(tuple(min(instant, known_at) for instant in instants), known_at, **more)

    def at(self, instant) -> str:
        """An instant as the statement names it."""
        return f"%({self.names.setdefault(instant, f'at{len(self.names)}')})s"

    @property
    def known(self) -> str:
        return self.at(self.known_at)

    @property
    def params(self) -> dict:
        adapt = connection.ops.adapt_datetimefield_value
        return {name: adapt(instant) for instant, name in self.names.items()}

    @cached_property
    def edges(self):
        """Up to where the sums are read, for each instant: the edge before it, or the one after it where that is nearer."""
        steps = [FINE if self.since and self.since <= instant else HOUR for instant in self.each]
        before = [cut(instant + TICK, step) for instant, step in zip(self.each, steps, strict=True)]
        if not self.may_pass or len({hour_of(edge) for edge in before}) < len(before):
            return before
        return [self.nearer(instant + TICK, *each) for instant, *each in zip(self.each, before, steps, strict=True)]

    def nearer(self, instant, before, step):
        """Of the edges of the step in which an instant lies the one with less in between; after now nothing lies."""
        return before + step if min(before + step, self.asked_at) - instant < instant - before else before

    @cached_property
    def hours(self):
        return [hour_of(edge) for edge in self.edges]

    # --- in the sums: rows with a column `bucket`

    @property
    def levels(self):
        """Which steps of time are read: (level, the condition, the number of the instant from which on, how long)."""
        bucket, month, day = "r.bucket", self.at(month_of(self.edges[0])), self.at(day_of(self.edges[0]))
        yield "M", f"{bucket} < {month}", "0", ON
        yield "d", f"{bucket} >= {month} AND {bucket} < {day}", "0", ON
        yield "h", f"{bucket} >= {day} AND {bucket} < {self.at(self.hours[-1])}", self.step(bucket, self.hours), ON
        running = self._between(bucket, zip(self.hours, self.edges, strict=True), "<")
        if running:
            yield "m", running, self.step(bucket, self.edges), WITHIN_HOUR

    # --- in the events, called `e`, or in first encounters

    def up_to_the_instant(self, column) -> str:
        """The condition that a column lies between an edge and the instant after it."""
        return self._between(column, zip(self.edges, self.each, strict=True), "<=")

    def up_to_the_edge(self, column) -> str:
        """The condition that a column lies between an instant and the edge after it."""
        after = [instant + TICK for instant in self.each]
        return self._between(column, zip(after, self.edges, strict=True), "<")

    def _between(self, column, pairs, than) -> str:
        """The condition that a column lies in one of these stretches; nothing where none of them has room."""
        told = [
            f"{column} >= {self.at(start)} AND {column} {than} {self.at(end)}"
            for start, end in dict.fromkeys(pairs)
            if start < end or (than == "<=" and start == end)
        ]
        return told and f"({' OR '.join(told)})"

    def step(self, column, instants, than="<") -> str:
        """The number of the first instant that an instant in a column comes before: from there on it counts."""
        if len(self.each) == 1:
            return "0"
        cases = (f"WHEN {column} {than} {self.at(instant)} THEN {number}" for number, instant in enumerate(instants))
        return f"CASE {' '.join(cases)} END"

    def counted(self, rows) -> list[Counter]:
        """What rows (step, how long, what, n) say as of each instant, in order."""
        found = [Counter() for _ in self.each]
        for step, how_long, what, n in rows:
            for later in range(step, len(self.each)):
                if (
                    how_long == ON
                    or later == step
                    or (how_long == WITHIN_HOUR and self.hours[later] == self.hours[step])
                    or (how_long == BY_EDGE and self.edges[later] == self.edges[step])
                ):
                    found[later][what] += n
        return found


def since_of(book):
    """From when on a book has finer sums. Asked before the statement that reads them: they stay once they are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT since FROM ledger_dense WHERE book = %s", [book])
        found = cursor.fetchone()
    return found and (found[0].replace(tzinfo=UTC) if connection.vendor == "sqlite" else found[0])


def rows_of(book, scope, asked, parts, named=()) -> list:
    """The rows of a statement put together from parts, each in the same columns; `named` are parts that others read."""
    told = ", ".join(f"{name} AS ({part})" for name, part in named)
    statement = f"{told and f'WITH {told} '}{' UNION ALL '.join(parts)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"book": book, **scope.params, **asked.params})
        return cursor.fetchall()
