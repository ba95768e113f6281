"""What an event says of its row: the columns that changed, from what was loaded to what stands there now."""

import json

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import Conflict
from duzhan.base.ledger.actions import Fact, record, record_many
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.supervision.inspections.models import Visit
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from tests.builders.problems import problem_at, verification
from tests.people import HOUR, NOON


@pytest.fixture
def found(cast):
    return Problem.objects.get(pk=problem_at(cast, Stage.FOUND).pk)


def noted(row, **facts):
    """What an event of this row says that changed."""
    with travel(NOON + 2 * HOUR):
        event = record(row, f"{row.subject_kind}.note", by=None, facts=facts)
    assert Event.objects.get(pk=event.pk).changes == event.changes
    return event.changes


def test_an_event_tells_the_changed_columns_alone(found):
    found.title = "另一个标题"
    assert noted(found) == {"title": "另一个标题"}
    found.detail = "补充说明"
    assert noted(found) == {"detail": "补充说明"}, "the state before is that of the last event"
    assert noted(found) == {}
    assert list(verify()) == []


def test_the_same_value_in_another_dress_is_no_change(found):
    found.stage, found.found_at = str(found.stage), found.found_at.astimezone()
    assert noted(found) == {}


def test_deferred_columns_are_neither_asked_for_nor_told(found, django_assert_num_queries):
    with django_assert_num_queries(1):
        row = Problem.objects.only("title", "seq").get(pk=found.pk)
    row.title = "另一个标题"
    assert row.changes() == {"title": "另一个标题"}
    assert "detail" in row.get_deferred_fields()
    assert noted(row) == {"title": "另一个标题"}
    assert list(verify()) == []


def test_a_deferred_column_that_was_read_is_no_change_and_one_that_was_set_is(found):
    row = Problem.objects.defer("detail", "title").get(pk=found.pk)
    assert row.detail == found.detail
    row.title = "另一个标题"
    assert noted(row) == {"title": "另一个标题"}
    assert list(verify()) == []


def test_a_row_that_was_loaded_in_part_leaves_the_columns_it_was_counted_in(found, cast):
    row = Problem.objects.only("unit").get(pk=found.pk)
    row.unit_id = cast.bodies["other_street"].pk
    with travel(NOON + 2 * HOUR):
        record(row, "problem.transfer", by=None, was=Stage.FOUND, now=Stage.FOUND)
    left, moved = Event.objects.filter(subject_kind="problem", subject_id=found.pk).order_by("seq")[1:]
    assert (left.kind, left.unit, left.area) == ("problem.leave", found.unit_id, found.area_path)
    assert (moved.unit, moved.area) == (row.unit_id, found.area_path)
    assert list(verify()) == []


def test_a_refreshed_row_starts_from_what_it_then_reads(found):
    stale, other = (Problem.objects.get(pk=found.pk) for _each in range(2))
    other.title = "另一个标题"
    noted(other)
    with pytest.raises(Conflict):
        noted(stale)
    stale.refresh_from_db()
    stale.detail = "补充说明"
    assert noted(stale) == {"detail": "补充说明"}
    assert list(verify()) == []


def test_one_refreshed_column_does_not_hide_that_somebody_was_faster(found):
    stale, other = (Problem.objects.get(pk=found.pk) for _each in range(2))
    other.title = "另一个标题"
    noted(other)
    stale.refresh_from_db(fields=["title"])
    with pytest.raises(Conflict):
        noted(stale)


def test_answers_that_were_changed_in_place_are_a_change(cast):
    visit = Visit.objects.get(pk=verification(cast).pk)
    visit.answers["ventilation"] = {"value": "no"}
    assert noted(visit) == {"answers": visit.answers}
    visit.answers["ventilation"]["value"] = "yes"
    assert noted(visit) == {"answers": visit.answers}
    assert list(verify()) == []


@pytest.mark.parametrize(
    "told",
    [
        [{"n": 1}, {"n": True}, {"n": 1}],
        [{"n": 1}, {"n": 1.0}, {"n": 1}],
        [{"n": [0]}, {"n": [False]}, {"n": [0]}],
        [{}, {"n": None}, {}],
        [{"n": 1}, {"n": 1}],
        [{}, {}],
        [{"n": {"of": "一"}}],
    ],
)
def test_rows_written_at_once_hold_each_its_own(cast, told):
    point = cast.points["station"]
    visits = [
        Visit(
            operation=cast.operation, point=point, place_kind=point.kind, area=point.area, area_path=point.area_path,
            visited_by=cast.inspector, visited_at=NOON, minutes=minutes,
        )
        for minutes in (None, 0, 1)[: len(told)]
    ]  # fmt: skip
    with travel(NOON):
        record_many(
            [Fact(visit, "visit.record", facts=facts) for visit, facts in zip(visits, told, strict=True)],
            by=cast.inspector,
        )
    written = Event.objects.filter(kind="visit.record").order_by("subject_id")
    assert json.dumps([event.facts for event in written], ensure_ascii=False) == json.dumps(told, ensure_ascii=False)
    assert [visit.minutes for visit in Visit.objects.order_by("pk")] == [None, 0, 1][: len(told)]
    assert list(verify()) == []
