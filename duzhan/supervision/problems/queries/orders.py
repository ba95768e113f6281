"""In which order a ledger is read."""

from dataclasses import dataclass
from operator import gt, lt

from django.db.models import Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from ..flow import IN_PROGRESS, Stage

EVERY = frozenset(Stage)
LEFT_STAGES = frozenset({Stage.MERGED, Stage.WITHDRAWN})


@dataclass(frozen=True)
class Run:
    """One stretch of an order: the stages in it, the column it runs along and which way, a column that is filled or not.

    An index of the table goes with each (`Problem.Meta.indexes`).
    """

    stages: frozenset
    key: str = "id"
    down: bool = False
    filled: tuple[str, bool] | None = None

    def rows(self, rows, stages):
        """Those of its rows that stand at some stages: said once, or the database believes that there are hardly any."""
        stages = [str(stage) for stage in Stage if stage in self.stages & stages]
        where = Q() if len(stages) == len(EVERY) else Q(stage__in=stages) if len(stages) > 1 else Q(stage=stages[0])
        if self.filled:
            name, is_filled = self.filled
            where &= Q(**{f"{name}__isnull": not is_filled})
        return rows.filter(where)

    def has(self, problem) -> bool:
        filled = self.filled is None or (getattr(problem, self.filled[0]) is not None) == self.filled[1]
        return problem.stage in self.stages and filled

    def in_order(self, problems, place, forward) -> list:
        """Those of some problems that belong here, from a place (value of the column, number) on: as `rows`, `names` and
        `beyond` ask the database for them."""
        ordered = sorted(filter(self.has, problems), key=self._place, reverse=forward == self.down)
        if place is None:
            return ordered
        is_beyond, place = lt if forward == self.down else gt, self._compared(*place)
        return [one for one in ordered if is_beyond(self._place(one), place)]

    def _place(self, problem):
        return self._compared(getattr(problem, self.key), problem.id)

    def _compared(self, key, number):
        return number if self.key == "id" else (key, number)

    def names(self, forward):
        """The columns to order by, walking forward or back."""
        turn = "-" if forward == self.down else ""
        return (f"{turn}{self.key}", f"{turn}id")

    def beyond(self, key, number, forward):
        """What lies behind a row. The pair is compared as one on PostgreSQL: told of as two columns, it believes that hardly
        anything is left behind, and sorts it all. SQLite enters the index by the first condition."""
        way, beyond = ("lt", TupleLessThan) if forward == self.down else ("gt", TupleGreaterThan)
        if self.key == "id":
            return Q(**{f"id__{way}": number})
        return Q(**{f"{self.key}__{way}e": key}) & Q(beyond(Tuple(self.key, "id"), (key, number)))


ORDERS = {
    # late first because they were due earliest; then the next to fall due, what waits for others, what is done
    "deadline": (
        Run(frozenset(IN_PROGRESS), "due_at", filled=("paused_at", False)),
        Run(frozenset({Stage.FOUND}), "found_at"),
        Run(frozenset(IN_PROGRESS), "due_at", filled=("paused_at", True)),
        Run(frozenset({Stage.RECTIFIED}), "rectified_at"),
        Run(frozenset({Stage.CLOSED}), "closed_at", down=True),
        Run(LEFT_STAGES, down=True),
    ),
    "newest": (Run(EVERY, down=True),),
    "unit": (Run(EVERY, filled=("unit_id", False)), Run(EVERY, "unit_id", filled=("unit_id", True))),
    "stage": tuple(Run(frozenset({stage}), down=True) for stage in Stage),
}
