"""How late an event was recorded, by classes: so that what was unknown at an instant long past is found by an index.

Whatever took effect before one instant and was recorded after another lies, for each class, in a window as long as the
class allows; how many events were recorded since does not matter. In a dense book (see `models.Dense`) late events are summed
by when they took effect and when they were recorded, both in steps: so how many lie in the window does not matter either.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Func, SmallIntegerField
from django.utils.deconstruct import deconstructible

from .cells import DAY, FINE, HOUR


@dataclass(frozen=True)
class Lag:
    """One class: its longest lag (None: any), and the steps of time by which its sums are cut, if there are any.

    `steps` are those of taking effect, each part of the next; `recorded` that of recording.
    """

    within: timedelta | None
    steps: tuple = ()
    recorded: timedelta | None = None


CLASSES = {
    0: Lag(2 * HOUR, (FINE,), 3 * FINE),
    1: Lag(8 * HOUR, (FINE, 6 * FINE), 6 * FINE),
    2: Lag(2 * DAY, (FINE, 3 * HOUR), 3 * HOUR),
    3: Lag(16 * DAY, (FINE, 3 * HOUR, DAY), DAY),
    4: Lag(None),
}
# What is counted of a late event; the index holds it all, so that the event itself is not read.
COUNTED = (
    "id",
    "at",
    "kind",
    "subject_kind",
    "was",
    "now",
    "amount",
    "due",
    "was_due",
    "area",
    "unit",
    "group",
    "place_kind",
    "topic",
)
SLACK = timedelta(seconds=1)  # SQLite reckons instants by the millisecond
LAG = {  # as it stands in the index: the statement that uses it must say the same
    "postgresql": "recorded_at - at <= interval '{hours} hours'",
    "sqlite": "(julianday(recorded_at) - julianday(at)) * 24 <= {hours}",
}


def class_of(vendor) -> str:
    """The class of an event as an expression of this database."""
    *classes, last = CLASSES
    within = {number: LAG[vendor].format(hours=CLASSES[number].within // HOUR) for number in classes}
    cases = " ".join(f"WHEN {condition} THEN {number}" for number, condition in within.items())
    return f"CASE {cases} ELSE {last} END"


@deconstructible(path="duzhan.base.ledger.lags.LagClass")
class LagClass(Func):
    """`class_of` in an index; of rows that have `at` and `recorded_at`."""

    output_field = SmallIntegerField()

    def as_sql(self, compiler, connection, **_more):
        return f"({class_of(connection.vendor)})", []
