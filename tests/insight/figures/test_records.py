"""The records behind a figure: as many as it says, as they stood then, and nothing that the reader may not see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duzhan.base.clock.instants import travel
from duzhan.base.errors import NotFound
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.queries import ALL, Slice
from duzhan.base.ledger.rollups import settle
from duzhan.insight.figures import queries
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.insight.figures.counting import Ratio
from duzhan.operations.queries import slice_for
from duzhan.supervision.inspections.actions import answer_help, record_visit
from duzhan.supervision.inspections.models import Help
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

MINUTE = timedelta(minutes=1)


def behind(cast, key, **question):
    return list(queries.records(cast.operation, key, **question))


def visit(cast, point="station", **row):
    return record_visit(cast.operation, {"point": cast.points[point], **row}, by=cast.inspector)


@pytest.fixture
def busy(cast):
    """Something behind every figure, over five hours, settled in part."""
    problems = {stage: problem_at(cast, stage) for stage in Stage}
    with travel(NOON + HOUR):
        visit(cast, difficulty="缺防护服。")
        visit(cast, "market", at=NOON)
        answer_help(Help.objects.get(), by=cast.office, answer="已调拨。")
        problem_at(cast, Stage.CLOSED)
        problem_at(cast, Stage.HANDED_OVER, klass="over_enforcement")
        conduct = problem_at(cast, Stage.FOUND, klass="conduct")
        actions.hand_over(conduct, by=cast.discipline, unit=cast.bodies["street"])
        on_the_spot = problem_at(cast, Stage.FOUND)
        actions.fix_on_the_spot(on_the_spot, by=cast.inspector, unit=cast.bodies["street"], note="当场划线。")
    with travel(NOON + 2 * HOUR):
        actions.relapse(problems[Stage.CLOSED], by=cast.inspector, reason="又出现了。")
        actions.send_back(problems[Stage.RECTIFIED], by=cast.verifier, reason="仍有两处。")
    with travel(NOON + 3 * HOUR):
        actions.transfer(
            problems[Stage.ACCEPTED], by=cast.office, unit=cast.bodies["other_street"], reason="属地有误。"
        )
    settle(limit=20)
    with travel(NOON + 400 * HOUR):
        yield cast


@pytest.mark.parametrize("key", CATALOGUE)
def test_there_are_as_many_records_as_the_figure_says(busy, key):
    street = busy.areas["street"].path
    slices = [ALL, Slice(area=street), Slice(unit=busy.bodies["street"].pk), Slice(group=busy.group.pk), Slice(topic="ordinary:"),
              Slice(units=()), Slice(place_kind="supermarket")]  # fmt: skip
    instants = [(NOON + hours * HOUR, NOON + later * HOUR) for hours in (-1, 1, 3, 400) for later in (2, 400)]
    for slice in slices:
        for as_of, known_at in instants:
            question = {"as_of": as_of, "known_at": known_at, "slice": slice}
            value = queries.figures(busy.operation, keys=[key], **question)[key]
            found = behind(busy, key, **question)
            if CATALOGUE[key].counts.word == "ratio":
                n = sum(record.counts for record in found)
                assert (Ratio(n, len(found)) if found else None) == value
            else:
                assert len(found) == value
            assert len(queries.records(busy.operation, key, **question)) == len(found)


def test_something_is_behind_every_figure(busy):
    assert all(queries.figures(busy.operation).values.values())


@pytest.mark.parametrize("key", CATALOGUE)
def test_records_of_a_page_cost_the_same_at_any_length(busy, key):
    records = queries.records(busy.operation, key, person=busy.office)
    rows = list(records.rows.order_by(*records.order))

    def statements(rows):
        with CaptureQueriesContext(connection) as asked:
            records.told(rows)
        return len(asked)

    busy.office.hats()
    assert statements(rows * 10) == statements(rows) <= 6


def test_a_problem_stands_as_it_stood_then(cast):
    problem = problem_at(cast, Stage.HANDED_OVER)
    due_at = problem.due_at
    with travel(NOON + MINUTE):
        actions.extend(problem, by=cast.office, due_at=due_at + HOUR, reason="材料未到。")
        actions.accept(problem, by=cast.unit)
    with travel(NOON + HOUR):
        actions.report_rectified(problem, by=cast.unit, note="已划线。")
        [then] = behind(cast, "problems_in_progress", as_of=NOON)
        [later] = behind(cast, "problems_in_progress", as_of=NOON + MINUTE)
        assert behind(cast, "problems_in_progress") == []
    assert (then.number, then.title, then.stage, then.due_at) == (problem.number, problem.title, "handed_over", due_at)
    assert (later.stage, later.due_at) == ("accepted", due_at + HOUR)
    assert (then.area, then.unit, then.group) == ("双龙湖街道", str(cast.bodies["street"]), "第一督导组")
    assert then.rectified_at is None
    assert then.handed_over_at == then.at == NOON
    assert then.digest == Event.objects.get(pk=then.event).digest


def test_a_problem_that_moved_on_stands_with_the_unit_it_had(busy):
    then = behind(busy, "problems_in_progress", as_of=NOON + 2 * HOUR, slice=Slice(unit=busy.bodies["street"].pk))
    now = behind(busy, "problems_in_progress", slice=Slice(unit=busy.bodies["other_street"].pk))
    [moved] = now
    assert moved.number in {record.number for record in then}
    assert moved.unit == str(busy.bodies["other_street"])


def test_a_point_is_one_record_with_its_first_and_last_visit(cast):
    with travel(NOON + 4 * HOUR):
        for hours in (2, 1, 3):
            visit(cast, at=NOON + hours * HOUR)
        [point] = behind(cast, "points_visited")
        assert (point.title, point.first_at, point.last_at, point.times) == (
            "示例采样点01",
            NOON + HOUR,
            NOON + 3 * HOUR,
            3,
        )
        [point] = behind(cast, "points_visited", as_of=NOON + 2 * HOUR)
        assert (point.last_at, point.times) == (NOON + 2 * HOUR, 2)
        [unit] = behind(cast, "units_inspected")
        assert (unit.title, unit.times) == (str(cast.bodies["street"]), 3)


def test_a_share_tells_which_of_the_whole_are_in_it(busy):
    records = behind(busy, "rectification_rate")
    assert {record.number for record in records if record.counts} == {
        record.number for record in behind(busy, "problems_rectified")
    }


def test_what_was_sent_back_is_called_so_as_of_then(busy):
    def words(hours):
        question = {"as_of": NOON + hours * HOUR, "known_at": NOON + 5 * HOUR}
        return {record.pk: record.stage_label for record in behind(busy, "problems_handed_over", **question)}

    [sent_back] = Event.objects.filter(kind="problem.send_back").values_list("subject_id", flat=True)
    assert (words(1)[sent_back], words(2)[sent_back]) == ("已报整改", "已退回")
    asked = f"as_of={(NOON + 2 * HOUR).isoformat()}".replace("+", "%2B")
    client = Client()
    client.force_login(busy.office)
    page = client.get(f"/figures/problems_handed_over/?{asked}").content.decode()
    assert page.count("data-back") == list(words(2).values()).count("已退回")


def test_an_unknown_figure_is_refused(cast):
    with pytest.raises(NotFound):
        queries.records(cast.operation, "problems")


# --- who may see what -------------------------------------------------------------------------------------------


def seen_by(cast, name, key, **question):
    person = cast.people[name]
    return behind(cast, key, person=person, slice=slice_for(person, cast.operation), **question)


def test_the_system_sees_all(busy):
    assert not any(record.is_masked for key in CATALOGUE for record in behind(busy, key))


@pytest.mark.parametrize("name", ["office", "leader", "verifier"])
def test_conduct_problems_keep_number_and_stage_alone(busy, name):
    masked = [record for record in seen_by(busy, name, "problems_handed_over") if record.is_masked]
    assert len(masked) == 1
    [record] = masked
    shown = {field: value for field, value in vars(record).items() if value not in ("", None)}
    assert shown == {"kind": "problem", "pk": record.pk, "number": record.number, "stage": "handed_over", "is_masked": True,
                     "title": "作风纪律问题，内容不公开"}  # fmt: skip


@pytest.mark.parametrize("name", ["discipline", "inspector"])  # the inspector found it
def test_conduct_problems_are_open_to_discipline_and_finder(busy, name):
    assert not any(record.is_masked for record in seen_by(busy, name, "problems_handed_over"))


def test_a_unit_sees_its_own_and_of_what_is_not_yet_its_own_a_number(busy):
    problem_at(busy, Stage.FOUND)
    found = actions.find(
        busy.operation, by=busy.inspector, point=busy.points["station"], title="未交办", field="testing",
        cause="careless_measures", unit=busy.bodies["street"],
    )  # fmt: skip
    records = {record.pk: record for record in seen_by(busy, "unit", "problems_found")}
    assert records[found.pk].is_masked
    assert records[found.pk].title == "此件不在您的查看范围，内容不公开"
    assert [record.pk for record in records.values() if record.is_masked] == [found.pk]


def test_a_covert_visit_is_no_news_to_the_unit(cast):
    with travel(NOON + HOUR):
        visit(cast, at=NOON + MINUTE)
        visit(cast, method="covert")
        visits = seen_by(cast, "unit", "inspections")
        assert [(record.is_masked, record.at) for record in visits] == [(False, NOON + MINUTE)]
        assert len(seen_by(cast, "office", "inspections")) == 2
        [point] = seen_by(cast, "unit", "points_visited")
        assert (point.times, point.last_at) == (1, NOON + MINUTE)
        [point] = seen_by(cast, "office", "points_visited")
        assert (point.times, point.last_at) == (2, NOON + HOUR)


def test_a_point_visited_only_covertly_is_not_counted_for_its_unit(cast):
    visit(cast, method="covert")
    assert [seen_by(cast, "unit", key) for key in ("points_visited", "inspections")] == [[], []]
    [point] = seen_by(cast, "office", "points_visited")
    assert point.first_at is not None


def test_other_offices_see_nothing(busy):
    assert all(seen_by(busy, "far_office", key) == [] for key in CATALOGUE)


# --- what became known since ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [key for key in CATALOGUE if CATALOGUE[key].counts.word != "ratio"])
def test_arrivals_add_up_to_the_difference(busy, key):
    with travel(NOON + 401 * HOUR):
        visit(busy, "market", at=NOON + HOUR, difficulty="缺人手。")
        stages = [Stage.CLOSED, Stage.HANDED_OVER, Stage.WITHDRAWN]
        for problem in [problem_at(busy, stage) for stage in stages]:
            assert problem.pk
        for hours in (0, 1, 2, 3, 401):
            for later in (2, 3, 401):
                question = {"as_of": NOON + hours * HOUR, "slice": ALL}
                before = queries.figures(busy.operation, known_at=NOON + HOUR, **question)[key]
                after = queries.figures(busy.operation, known_at=NOON + later * HOUR, **question)[key]
                found = queries.arrivals(
                    busy.operation, key, known_from=NOON + HOUR, known_to=NOON + later * HOUR, **question
                )
                assert sum(each.delta for each in found) == after - before


def test_an_arrival_is_the_record_that_came_late(cast):
    visit(cast, "market")
    with travel(NOON + 2 * HOUR):
        late = visit(cast, at=NOON)
        [arrival] = queries.arrivals(cast.operation, "inspections", as_of=NOON, known_from=NOON + HOUR)
        assert (arrival.delta, arrival.record.pk, arrival.record.recorded_at) == (1, late.pk, NOON + 2 * HOUR)
        [arrival] = queries.arrivals(cast.operation, "points_visited", as_of=NOON, known_from=NOON + HOUR)
        assert arrival.record.title == "示例采样点01"


def test_arrivals_of_a_share_are_those_of_its_parts(cast):
    problem = problem_at(cast, Stage.HANDED_OVER)
    with travel(NOON + 2 * HOUR):
        actions.report_rectified(problem, by=cast.unit, note="已划线。", at=NOON + HOUR)
        found = queries.arrivals(cast.operation, "rectification_rate", as_of=NOON + HOUR, known_from=NOON + HOUR)
        assert [(each.record.number, each.delta) for each in found] == [(problem.number, 1)]
