"""A report is frozen while somebody still writes: what was in flight is in it, or is a late fact, and never in between."""

import threading

from django.db import connection, transaction

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.verify import verify
from duzhan.insight.briefing.actions import reports
from duzhan.insight.figures.queries import figures
from duzhan.supervision.problems import actions
from tests.people import HOUR, NOON

EVENING = NOON + 7 * HOUR


def test_a_writer_in_flight_is_waited_for(lasting_cast):
    cast = lasting_cast
    written, may_commit, frozen = threading.Event(), threading.Event(), []

    def write():
        try:
            with travel(EVENING), transaction.atomic():
                actions.find(
                    cast.operation, by=cast.inspector, point=cast.points["station"], title="示例问题", field="testing",
                    cause="careless_measures", at=NOON,
                )  # fmt: skip
                written.set()
                may_commit.wait(20)
        finally:
            connection.close()

    def freeze():
        try:
            with travel(EVENING + HOUR):
                frozen.append(reports.freeze(cast.operation, by=cast.office))
        finally:
            connection.close()

    writer, office = threading.Thread(target=write), threading.Thread(target=freeze)
    writer.start()
    assert written.wait(20)
    office.start()
    office.join(1)
    assert not frozen  # it waits for the writer
    may_commit.set()
    writer.join()
    office.join(30)
    [report] = frozen
    with travel(EVENING + 2 * HOUR):
        told = figures(cast.operation, as_of=report.cut_off_at, known_at=report.figures_known_at)
    assert told["problems_found"] == report.figures["problems_found"] == 1
    assert list(verify()) == []
