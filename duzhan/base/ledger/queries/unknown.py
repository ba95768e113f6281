"""What had taken effect but was not known yet: found by how late it was recorded, and in dense books summed."""

from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from duzhan.base.clock.instants import TICK

from ..cells import HOUR, cut, hour_of
from ..lags import CLASSES, COUNTED, SLACK, class_of
from .asked import Instants

UNSETTLED = "EXISTS (SELECT 1 FROM ledger_tail t WHERE t.event_id = e.id)"


@dataclass(frozen=True)
class Unknown:
    """Of what had taken effect before the last edge, what was recorded after `known_at`: of settled events alone.

    Each class of late events is read from its sums from an edge between steps of recording on; what lies between that
    edge and `known_at` is counted, or taken away, one by one.
    """

    asked: Instants
    is_summed: bool  # are there sums of late events for what is asked?

    @property
    def last(self):
        return self.asked.edges[-1]

    @cached_property
    def classes(self) -> dict:
        """The classes of which any can be unknown, and from which instant of recording on their sums are read (None: never)."""
        return {
            number: self._edge(lag)
            for number, lag in CLASSES.items()
            if lag.within is None or self.asked.known_at <= self.last + lag.within + SLACK
        }

    def _edge(self, lag):
        after = self.asked.known_at + TICK
        if not self.is_summed or not self.asked.since or not lag.steps:
            return None
        edge = self.asked.nearer(after, cut(after, lag.recorded), lag.recorded)
        return edge if self.asked.since <= self._earliest(lag, edge) else None

    def _earliest(self, lag, recorded):
        """Before what is recorded from then on can have taken effect."""
        return cut(recorded - lag.within - SLACK, lag.steps[-1])

    # --- in the sums of late events, called `l`

    def cells(self):
        """The conditions under which sums of late events count, one for each step of each class."""
        for number, recorded in self.classes.items():
            lag, since = CLASSES[number], recorded and self.asked.at(recorded)
            for step in range(len(lag.steps) if recorded else 0):
                stretches = [self._is_within(*each) for each in self._stretches(lag, step, recorded)]
                if stretches:
                    which = f"l.lag = {number} AND l.step = {step} AND l.recorded >= {since}"
                    yield f"{which} AND ({' OR '.join(stretches)})"

    def _is_within(self, start, end) -> str:
        return f"l.at >= {self.asked.at(start)} AND l.at < {self.asked.at(end)}"

    def _stretches(self, lag, step, recorded):
        """Where sums by this step are read: within coarser steps that hold an edge, but for its own that hold one."""
        length = lag.steps[step]
        holes = self._steps_with_an_edge(length) if step else []
        if length == lag.steps[-1]:
            around = [(self._earliest(lag, recorded), self.last)]
        else:
            coarser = lag.steps[step + 1]
            around = [(start, min(start + coarser, self.last)) for start in self._steps_with_an_edge(coarser)]
        found = []
        for start, end in around:
            for hole in holes:
                if start <= hole < end:
                    found.append((start, hole))
                    start = hole + length
            found.append((start, end))
        return [(start, end) for start, end in found if start < end]

    def _steps_with_an_edge(self, step):
        return sorted({cut(edge, step) for edge in self.asked.edges})

    # --- in the events, called `e`

    def events(self, where) -> str:
        """Those to be counted one by one, with the sign by which they are unknown."""
        columns = ", ".join(f'e."{name}"' for name in COUNTED)
        before = f"{where} AND e.at < {self.asked.at(self.last)} AND e.recorded_at"
        each = [
            f"SELECT {columns}, {sign} AS sign FROM ledger_event e WHERE {before} {condition}"
            for sign, condition in (*self._late_ones(), *self._of_the_same_hour())
        ]
        nothing = f"SELECT {columns}, 0 AS sign FROM ledger_event e WHERE 0 = 1"
        return f"SELECT e.* FROM ({' UNION ALL '.join(each) or nothing}) e WHERE NOT {UNSETTLED}"

    def _late_ones(self):
        known_at, lag_of = self.asked.known, class_of(connection.vendor)
        for number, recorded in self.classes.items():
            within = CLASSES[number].within
            which = f"AND late AND {lag_of} = {number}"
            if within is not None:
                which += f" AND e.recorded_at <= {self.asked.at(self.last + within + SLACK)}"
            if recorded is None:
                yield 1, f"> {known_at} {which}"
            elif recorded > self.asked.known_at + TICK:
                yield 1, f"> {known_at} AND e.recorded_at < {self.asked.at(recorded)} {which}"
            elif recorded <= self.asked.known_at:
                yield -1, f"<= {known_at} AND e.recorded_at >= {self.asked.at(recorded)} {which}"

    def _of_the_same_hour(self):
        """What took effect and was recorded in the hour of the last edge is not late by the clock of the index."""
        end = hour_of(self.last - TICK) + HOUR
        if self.asked.known_at < end:
            within = f"> {self.asked.known} AND e.recorded_at < {self.asked.at(end)}"
            yield 1, f"{within} AND NOT late AND e.at < e.recorded_at"
