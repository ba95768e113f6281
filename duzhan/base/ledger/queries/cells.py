"""How a question is put to the sums: at which instants, along which axis, and the pieces of SQL for either."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from duzhan.base.clock.instants import TICK, now

from ..cells import day_of, hour_of
from ..lags import CLASSES, COUNTED, OPEN, SLACK, class_of

NUMBERS = {"unit", "group"}
ON, HOUR, THERE = range(3)  # how long a row counts: from its step on, within its hour, at its step alone
EVERYTHING = ("",)  # the path that all areas begin with

# Every topic that has sums, found one after the other by the index, however many sums each has.
TOPICS = """
    WITH RECURSIVE t(value) AS (
        SELECT min(value) FROM ledger_rollup WHERE book = %(book)s AND axis = 'topic' AND level = 'd'
        UNION ALL
        SELECT (SELECT min(x.value) FROM ledger_rollup x
                WHERE x.book = %(book)s AND x.axis = 'topic' AND x.level = 'd' AND x.value > t.value)
        FROM t WHERE t.value IS NOT NULL
    ) SELECT value FROM t WHERE substr(value, 1, length(%(topic)s)) = %(topic)s
"""


@dataclass(frozen=True)
class Scope:
    """Along which axis it is counted, for which values (None: each there is), and below which topic.

    `bounds` are those of a slice that the sums cannot answer, because they are kept along one axis at a time: then the
    events are counted themselves.
    """

    axis: str = "area"
    values: tuple | None = EVERYTHING
    topic: str = ""
    bounds: dict | None = None

    @classmethod
    def of(cls, slice, axis=None):
        """What answers for a slice: as one number, or for each value along an axis."""
        bounds, topic = parted(slice)
        axes = {*bounds, *([axis] if axis else [])}
        if topic and not is_branch(topic):
            axes.add("topic")
        if len(axes) > 1:
            return cls(axis or "area", None if axis else EVERYTHING, bounds=slice.bounds())
        if not axes:
            return cls(topic=topic)
        [only] = axes
        values = tuple(str(each) for each in bounds[only]) if only in bounds else None
        return cls(only, values, topic)

    @property
    def is_empty(self):
        """Nothing can be in it."""
        return self.values == () or any(values == () for values in (self.bounds or {}).values())

    @property
    def params(self) -> dict:
        found = {f"value{n}": value for n, value in enumerate(self.values or ())}
        for axis, values in (self.bounds or {}).items():
            found |= {f"{axis}{n}": value for n, value in enumerate(values)}
        return found | {"topic": self.topic} if self.topic else found

    # --- in the sums

    def cells(self, table) -> str:
        """The condition on a row of the sums, or of first encounters."""
        found = f"{table}.book = %(book)s AND {table}.axis = '{self.axis}'"
        if self.topic:
            found += f" AND {table}.topic = %(topic)s" if is_branch(self.topic) else f" AND {table}.value IN ({TOPICS})"
        return found if self.values is None else f"{found} AND {table}.value IN ({self._named()})"

    def _named(self):
        return ", ".join(f"%(value{n})s" for n in range(len(self.values)))

    # --- in the events, called `e`

    @property
    def value(self) -> str:
        """The value of an event along the axis."""
        if self.axis == "area" and self.values is not None:
            return "''" if self.values == EVERYTHING else "v.column1"
        return f'CAST(e."{self.axis}" AS varchar(255))'

    @property
    def join(self) -> str:
        """What it takes to tell an event's areas among the values: an event counts in each that lies around it."""
        if self.axis != "area" or self.values in (None, EVERYTHING):
            return ""
        rows = ", ".join(f"(%(value{n})s)" for n in range(len(self.values)))
        return f"JOIN (VALUES {rows}) v ON substr(e.area, 1, length(v.column1)) = v.column1"

    @property
    def where(self) -> str:
        """The condition on an event."""
        found = ["e.book = %(book)s"]
        if self.axis != "area":
            found.append(f'e."{self.axis}" IS NOT NULL' if self.axis in NUMBERS else f"e.{self.axis} <> ''")
            if self.values is not None:
                found.append(f"{self.value} IN ({self._named()})")
        if self.topic:
            found.append("substr(e.topic, 1, length(%(topic)s)) = %(topic)s")
        for axis, values in (self.bounds or {}).items():
            one = f"substr(e.{axis}, 1, length(%({axis}{{0}})s)) = %({axis}{{0}})s"
            each = one if axis in ("area", "topic") else f'e."{axis}" = %({axis}{{0}})s'
            found.append("(" + " OR ".join(each.format(n) for n in range(len(values))) + ")")
        return " AND ".join(found)


def parted(slice) -> tuple[dict, str]:
    """The bounds of a slice but that of the topic, and the topic."""
    bounds = slice.bounds()
    return bounds, *bounds.pop("topic", ("",))


def is_branch(topic) -> bool:
    """Is it the beginning by which sums are kept apart?"""
    return topic.find(":") == len(topic) - 1


@dataclass(frozen=True)
class Instants:
    """The instants of a question, in order, and the one at which all of them are known."""

    each: tuple
    known_at: object

    @classmethod
    def of(cls, instants, known_at=None):
        """Nothing can have taken effect after the instant at which it is known."""
        known_at = known_at or now()
        return cls(tuple(min(instant, known_at) for instant in instants), known_at)

    @cached_property
    def hours(self):
        """The hours in which the instants lie: all before the hour is in the sums."""
        return [hour_of(instant + TICK) for instant in self.each]

    @property
    def params(self) -> dict:
        adapt = connection.ops.adapt_datetimefield_value
        found = {
            "known": adapt(self.known_at), "day": adapt(day_of(self.hours[0])), "last": adapt(self.hours[-1]),
            "latest": adapt(self.each[-1]),
        } | {f"within{number}": adapt(self.hours[-1] + lag + SLACK) for number, lag in CLASSES.items()}  # fmt: skip
        for number, (hour, instant) in enumerate(zip(self.hours, self.each, strict=True)):
            found |= {f"hour{number}": adapt(hour), f"instant{number}": adapt(instant)}
        return found

    @property
    def asked(self) -> str:
        """The instants as rows: (step, hour, instant)."""
        rows = (f"({number}, %(hour{number})s, %(instant{number})s)" for number in range(len(self.each)))
        return f"asked(step, hour, instant) AS (VALUES {', '.join(rows)})"

    def unknown(self, where) -> str:
        """Of some events, called `e`, those that took effect before the last of the hours and were recorded too late."""
        lag, kinds = class_of(connection.vendor), [*CLASSES, OPEN]
        counted = ", ".join(f'"{name}"' for name in ("book", *COUNTED))
        until = {number: f" AND recorded_at <= %(within{number})s" for number in CLASSES}
        each = (
            f"SELECT {counted} FROM ledger_event e WHERE {where} AND late AND {lag} = {number} AND recorded_at > %(known)s"
            f"{until.get(number, '')} AND at < %(last)s"
            for number in kinds
        )
        return f"unknown AS ({' UNION ALL '.join(each)})"

    def running(self, column) -> str:
        """The condition that a column lies in one of the running hours, up to the instant asked for."""
        each = range(len(self.each))
        return "(" + " OR ".join(f"{column} >= %(hour{n})s AND {column} <= %(instant{n})s" for n in each) + ")"

    def counted(self, rows) -> list[Counter]:
        """What rows (step, how long, what, n) say as of each instant, in order."""
        found = [Counter() for _ in self.each]
        for step, how_long, what, n in rows:
            for later in range(step, len(self.each)):
                if how_long == ON or later == step or (how_long == HOUR and self.hours[later] == self.hours[step]):
                    found[later][what] += n
        return found

    def step(self, column, name="hour", than="<") -> str:
        """The number of the first instant that an instant in a column comes before: from there on it counts."""
        if len(self.each) == 1:
            return "0"
        cases = (f"WHEN {column} {than} %({name}{number})s THEN {number}" for number in range(len(self.each)))
        return f"CASE {' '.join(cases)} END"


def rows_of(book, scope, instants, parts) -> list:
    """The rows of a statement put together from parts, each in the same columns."""
    statement = f"WITH {instants.asked}, {instants.unknown(scope.where)} {' UNION ALL '.join(parts)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"book": book, **scope.params, **instants.params})
        return cursor.fetchall()
