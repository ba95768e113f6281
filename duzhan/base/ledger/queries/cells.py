"""Which part of a book is counted, along which axis, and how that is said of a row of the sums or of an event."""

from dataclasses import dataclass

from django.db import connection

from ..cells import BRANCH

NUMBERS = {"unit", "group"}
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
    is_apart: bool = False  # told apart by the beginning of the topic

    @classmethod
    def of(cls, slice, axis=None, is_apart=False):
        """What answers for a slice: as one number, or for each value along an axis."""
        bounds, topic = parted(slice)
        axes = {*bounds, *([axis] if axis else [])}
        if topic and not is_branch(topic):
            axes.add("topic")
        if len(axes) > 1:
            return cls(axis or "area", None if axis else EVERYTHING, bounds=slice.bounds(), is_apart=is_apart)
        if not axes:
            return cls(topic=topic, is_apart=is_apart)
        [only] = axes
        values = tuple(str(each) for each in bounds[only]) if only in bounds else None
        return cls(only, values, topic, is_apart=is_apart)

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

    def branch(self, table) -> str:
        """The beginning of the topic of a row of the sums, where it is told apart."""
        return f"{table}.topic" if self.is_apart else "''"

    def cells(self, table) -> str:
        """The condition on a row of the sums, of late events or of first encounters."""
        found = f"{table}.book = %(book)s AND {table}.axis = '{self.axis}'"
        if self.topic:
            found += f" AND {table}.topic = %(topic)s" if is_branch(self.topic) else f" AND {table}.value IN ({TOPICS})"
        return found if self.values is None else f"{found} AND {table}.value IN ({self._named()})"

    def _named(self):
        return ", ".join(f"%(value{n})s" for n in range(len(self.values)))

    # --- in the events, called `e`

    @property
    def branch_of_event(self) -> str:
        return BRANCH[connection.vendor] if self.is_apart else "''"

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
