"""Visits as they are written: in few statements whatever their number, with all that must follow from them."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.models import Event, Tail
from duzhan.base.ledger.verify import verify
from duzhan.people.actions import issue_token
from duzhan.supervision.inspections.actions import record_visit, record_visits
from duzhan.supervision.inspections.models import Help, Visit
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from tests.people import HOUR, NOON

FOUND = {"title": "未设一米线", "field": "testing", "cause": "careless_measures"}
MOST = {"postgresql": 10, "sqlite": 16}  # statements, with transactions; SQLite takes a table at a time


@pytest.fixture
def statements_of(client, cast):
    """How many statements it takes to post something to the API."""
    token = issue_token(cast.inspector, "test")

    def counted(path, sent, expected):
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(
                path, sent, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
            )
        assert answer.status_code == expected, answer.json()
        return [query["sql"] for query in asked.captured_queries]

    return counted


def sent(cast, **more):
    return {"id": str(uuid4()), "point": cast.points["station"].pk, "problems": [FOUND], **more}


def test_one_visit_with_a_problem_takes_few_statements(statements_of, cast):
    operation = {"operation": cast.operation.code}
    statements = statements_of("/api/visits", sent(cast) | operation, 201)
    written = [each for each in statements if "INSERT" in each]
    assert len(statements) <= MOST[connection.vendor], "\n".join(statements)
    assert len(written) == (1 if connection.vendor == "postgresql" else 4), "\n".join(written)


@pytest.mark.parametrize("visits", [1, 50])
def test_a_batch_takes_as_many_statements_as_one_visit(statements_of, cast, visits):
    batch = {"operation": cast.operation.code, "visits": [sent(cast) for _ in range(visits)]}
    statements = statements_of("/api/visits/batch", batch, 200)
    assert len(statements) <= MOST[connection.vendor], "\n".join(statements)


def test_what_was_just_found_moves_on_without_being_read_again(statements_of, cast):
    moving = {**FOUND, "hand_over": {}}, {**FOUND, "fixed_on_the_spot": {"note": "当场设好。"}}
    statements = statements_of("/api/visits", sent(cast, problems=moving) | {"operation": cast.operation.code}, 201)
    assert not [each for each in statements if 'FROM "problems_problem"' in each]
    assert {each.stage for each in Problem.objects.all()} == {Stage.HANDED_OVER, Stage.RECTIFIED}
    assert list(verify()) == []


def test_all_that_a_visit_brings_is_written_and_verifies(cast):
    row = {
        "id": uuid4(), "point": cast.points["station"], "difficulty": "缺两名引导员。", "minutes": 20,
        "problems": [FOUND, {**FOUND, "id": str(uuid4()).upper(), "hand_over": {"note": "请今日整改。"}}],
    }  # fmt: skip
    with travel(NOON):
        visit = record_visit(cast.operation, row, by=cast.inspector)
    found, handed_over = Problem.objects.filter(source_kind="visit", source_id=visit.pk).order_by("pk")
    assert [each.pk for each in visit.found] == [found.pk, handed_over.pk]
    assert (found.stage, handed_over.stage) == (Stage.FOUND, Stage.HANDED_OVER)
    assert found.unit_id == handed_over.unit_id == cast.bodies["street"].pk
    assert Help.objects.get().visit_id == visit.pk
    kinds = ["visit.record", "problem.find", "problem.find", "help.ask", "problem.hand_over"]
    assert list(Tail.objects.order_by("pk").values_list("event__kind", flat=True))[-5:] == kinds
    assert Event.objects.get(pk=row["problems"][1]["id"]).subject_id == handed_over.pk
    assert list(verify()) == []


def test_a_visit_just_recorded_reads_like_one_that_is_loaded(cast):
    row = {"point": cast.points["station"], "problems": [FOUND], "answers": {}, "difficulty": "缺水。"}
    with travel(NOON):
        visit = record_visit(cast.operation, row, by=cast.inspector)
    loaded = Visit.objects.get(pk=visit.pk)
    [problem] = visit.found
    for made, kept in ((visit, loaded), (problem, Problem.objects.get(pk=problem.pk))):
        columns = [column.attname for column in made._meta.concrete_fields]
        assert {name: getattr(made, name) for name in columns} == {name: getattr(kept, name) for name in columns}
        assert not made._state.adding
        assert made.changes() == {}
    assert visit.group == loaded.group == cast.group
    assert problem.operation == cast.operation


def test_a_visit_sent_again_is_answered_and_one_with_its_number_refused(cast):
    row = {"id": uuid4(), "point": cast.points["station"], "problems": [FOUND]}
    with travel(NOON):
        [first] = record_visits(cast.operation, [row], by=cast.inspector)
        again, fresh = record_visits(cast.operation, [row, {**row, "id": uuid4()}], by=cast.inspector)
        [other] = record_visits(cast.operation, [row], by=cast.verifier)
    assert again.pk == first.pk
    assert fresh.pk != first.pk
    assert other.code == "conflict"
    assert Visit.objects.count() == 2


def test_what_a_covert_visit_finds_names_no_unit_until_it_is_handed_over(cast):
    row = {"point": cast.points["station"], "method": "covert", "problems": [FOUND, {**FOUND, "hand_over": {}}]}
    with travel(NOON + HOUR):
        visit = record_visit(cast.operation, row, by=cast.inspector)
    kept, handed_over = visit.found
    events = Event.objects.filter(subject_kind="problem").values_list("subject_id", "kind", "unit")
    assert Problem.objects.get(pk=kept.pk).unit_id is None
    assert Problem.objects.get(pk=handed_over.pk).unit_id == cast.bodies["street"].pk
    assert set(events) >= {
        (kept.pk, "problem.find", None), (handed_over.pk, "problem.find", None),
        (handed_over.pk, "problem.hand_over", cast.bodies["street"].pk),
    }  # fmt: skip
    assert list(verify()) == []
