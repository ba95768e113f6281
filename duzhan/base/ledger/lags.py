"""How late an event was recorded, by classes: so that what was unknown at an instant long past is found by an index.

Whatever took effect before one instant and was recorded after another lies, for each class, in a window as long as the
class allows. How many events were recorded since does not matter.
"""

from datetime import timedelta

from django.db.models import Func, SmallIntegerField
from django.utils.deconstruct import deconstructible

CLASSES = {0: timedelta(hours=2), 1: timedelta(hours=8), 2: timedelta(days=2), 3: timedelta(days=16)}
OPEN = 4  # later still
# What is counted of a late event; the index holds it all, so that the event itself is not read.
COUNTED = (
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
    within = {number: LAG[vendor].format(hours=lag // timedelta(hours=1)) for number, lag in CLASSES.items()}
    cases = " ".join(f"WHEN {condition} THEN {number}" for number, condition in within.items())
    return f"CASE {cases} ELSE {OPEN} END"


@deconstructible(path="duzhan.base.ledger.lags.LagClass")
class LagClass(Func):
    """`class_of` in an index; of rows that have `at` and `recorded_at`."""

    output_field = SmallIntegerField()

    def as_sql(self, compiler, connection, **_more):
        return f"({class_of(connection.vendor)})", []
