"""Any tampering by SQL is found and named."""

import pytest
from django.db import connection

from duzhan.base.ledger import actions, rollups, triggers
from duzhan.base.ledger.models import Entry, Event
from duzhan.base.ledger.verify import verify
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def sealed(cast):
    """A ledger with every stage in it, sealed; the triggers are lifted, as somebody with the password could."""
    problems = {stage: problem_at(cast, stage) for stage in Stage}
    actions.seal()
    triggers.lift_triggers(connection)
    return problems


def faults():
    return [str(fault) for fault in verify()]


def test_a_whole_ledger_has_no_faults(sealed):
    assert faults() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", "2022-11-25 03:00:00+00:00"), ("actor", 99), ("now", "closed"), ("facts", '{"note": "x"}'), ("area", "0002"),
     ("amount", 7), ("kind", "problem.withdraw"), ("late", True), ("prev", "0" * 64)],
)  # fmt: skip
def test_an_edited_event_is_named(sealed, column, value):
    problem = sealed[Stage.CLOSED]
    event = Event.objects.get(subject_kind="problem", subject_id=problem.pk, kind="problem.accept")
    run(f'UPDATE ledger_event SET "{column}" = %s WHERE id = %s', value, event.id if connection.vendor == "postgresql" else event.id.hex)  # noqa: E501
    assert any(f"problem {problem.pk}" in fault and str(event.id) in fault for fault in faults())
