"""The figures of one day at the station: as of any instant, as known at any instant, and the relations between them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duzhan.base.clock.instants import travel
from duzhan.base.errors import NotFound
from duzhan.base.ledger.queries import Slice
from duzhan.base.ledger.rollups import settle
from duzhan.insight.figures import queries
from duzhan.insight.figures.counting import Ratio
from duzhan.people.actions import stand_down
from duzhan.supervision.inspections.actions import answer_help
from duzhan.supervision.inspections.models import Help
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.insight.figures.asked import DAY, told, visit
from tests.people import HOUR, NOON


def test_an_operation_in_which_nothing_was_done_has_noughts_and_no_rate(cast):
    values = told(cast)
    assert values.pop("rectification_rate") is None
    assert values.pop("groups_formed") == 1
    assert values.pop("people_assigned") == 2
    assert set(values.values()) == {0}


def test_each_stage_is_counted_where_it_belongs(cast, of_every_stage):
    values = told(cast)
    # the merged one brought its twin along, which is still to be handed over
    assert values["problems_found"] == 6
    assert values["problems_handed_over"] == 4
    assert values["problems_rectified"] == 2
    assert values["problems_in_progress"] == 2
    assert values["problems_closed"] == 1
    assert values["rectification_rate"] == Ratio(2, 4)
    assert values["inspections"] == 1  # the visit that verified


def test_sums_do_not_change_when_the_events_are_settled(cast, of_every_stage):
    with travel(NOON + 5 * HOUR):
        before = told(cast)
        settle(limit=7)
        assert told(cast) == before
        settle()
        assert told(cast) == before


def test_different_points_and_units_are_counted_once(cast):
    for point in ("station", "station", "market"):
        visit(cast, point)
    values = told(cast)
    assert (values["inspections"], values["points_visited"], values["units_inspected"]) == (3, 2, 2)


def test_a_late_record_counts_as_of_its_instant_but_not_as_known_before(cast):
    with travel(NOON + 3 * HOUR):
        visit(cast, at=NOON + HOUR)
        assert told(cast, as_of=NOON + 2 * HOUR)["inspections"] == 1
        assert told(cast, as_of=NOON + 2 * HOUR, known_at=NOON + 2 * HOUR)["inspections"] == 0
        assert told(cast, as_of=NOON)["inspections"] == 0


def test_the_same_question_about_the_past_has_the_same_answer_ever_after(cast, of_every_stage):
    with travel(NOON + HOUR):
        before = told(cast)
    with travel(NOON + 2 * HOUR):
        actions.relapse(of_every_stage[Stage.CLOSED], by=cast.inspector, reason="又出现了。")
        actions.transfer(
            of_every_stage[Stage.ACCEPTED], by=cast.office, unit=cast.bodies["other_street"], reason="属地有误。"
        )
        assert told(cast, as_of=NOON + HOUR, known_at=NOON + HOUR) == before
        now = told(cast)
    assert now["problems_closed"] == before["problems_closed"] - 1
    assert now["relapses"] == 1


def test_a_transfer_moves_a_problem_from_one_unit_to_the_other(cast):
    problem = problem_at(cast, Stage.ACCEPTED)
    street, other = cast.bodies["street"].pk, cast.bodies["other_street"].pk
    with travel(NOON + HOUR):
        actions.transfer(problem, by=cast.office, unit=cast.bodies["other_street"], reason="属地有误。")
        assert told(cast, slice=Slice(unit=other))["problems_in_progress"] == 1
        assert told(cast, slice=Slice(unit=street))["problems_in_progress"] == 0
        assert told(cast, slice=Slice(unit=street), as_of=NOON)["problems_in_progress"] == 1
        assert told(cast)["problems_in_progress"] == 1


def test_overdue_is_exact_in_the_past_too(cast):
    problem = actions.hand_over(
        problem_at(cast, Stage.FOUND), by=cast.office, unit=cast.bodies["street"], due_at=NOON + 2 * HOUR
    )
    with travel(NOON + HOUR):
        actions.pause(problem, by=cast.office, reason="封控，进不去。")
    with travel(NOON + 4 * HOUR):
        actions.resume(problem, by=cast.office)  # the deadline is now NOON + 5h
    with travel(NOON + 6 * HOUR):
        late = [told(cast, as_of=NOON + hours * HOUR)["problems_overdue"] for hours in range(7)]
        assert late == [0, 0, 0, 0, 0, 0, 1]
        actions.extend(problem, by=cast.office, due_at=NOON + 9 * HOUR, reason="材料未到。")
        assert told(cast)["problems_overdue"] == 0
        assert told(cast, as_of=NOON + 6 * HOUR - timedelta(seconds=1))["problems_overdue"] == 1


def test_a_paused_problem_is_not_overdue(cast):
    problem = actions.hand_over(
        problem_at(cast, Stage.FOUND), by=cast.office, unit=cast.bodies["street"], due_at=NOON + HOUR
    )
    with travel(NOON + 2 * HOUR):
        assert told(cast)["problems_overdue"] == 1
        actions.pause(problem, by=cast.office, reason="封控，进不去。")
        assert told(cast)["problems_overdue"] == 0


def test_what_else_is_counted(cast):
    problem_at(cast, Stage.CLOSED, klass="over_enforcement")
    rectified = problem_at(cast, Stage.RECTIFIED)
    actions.send_back(rectified, by=cast.verifier, reason="仍有两处。")
    on_the_spot = problem_at(cast, Stage.FOUND)
    actions.fix_on_the_spot(on_the_spot, by=cast.inspector, unit=cast.bodies["street"], note="当场划线。")
    visit(cast, difficulty="缺防护服。")
    answer_help(Help.objects.get(), by=cast.office, answer="已调拨。")
    values = told(cast)
    wanted = {
        "over_enforcement": 1,
        "sent_back": 1,
        "fixed_on_the_spot": 1,
        "help_asked": 1,
        "help_answered": 1,
        "relapses": 0,
    }
    assert {key: values[key] for key in wanted} == wanted


def test_a_group_that_stood_down_leaves_the_count(cast):
    with travel(NOON + HOUR):
        stand_down(cast.group, by=cast.office)
        values = told(cast)
        assert (values["groups_formed"], values["people_assigned"]) == (0, 0)
        assert told(cast, as_of=NOON)["people_assigned"] == 2


def test_rate_is_out_of_what_was_found_where_nothing_is_handed_over(cast):
    problem_at(cast, Stage.FOUND)
    figures = queries.figures(cast.operation)
    assert figures["rectification_rate"] == Ratio(0, 1)
    assert figures.identities[-1].text == "0 / 1 = 0.00%"
    assert figures.hold


@pytest.mark.parametrize(("n", "whole", "text"), [(277, 282, "98.23%"), (516, 522, "98.85%"), (1, 8, "12.50%"), (1, 16, "6.25%"),
                                                  (1, 32, "3.13%"), (2, 3, "66.67%"), (5, 5, "100.00%")])  # fmt: skip
def test_rate_has_two_decimals_half_up(n, whole, text):
    assert Ratio(n, whole).text == text


VALUES = {"problems_closed": 216, "problems_rectified": 277, "problems_in_progress": 5, "problems_handed_over": 282,
          "problems_found": 282, "rectification_rate": Ratio(277, 282)}  # fmt: skip


def test_identities_are_written_out():
    assert [(each.text, each.holds) for each in queries.identities(VALUES)] == [
        ("282 = 277 + 5", True), ("216 ≤ 277 ≤ 282 ≤ 282", True), ("277 / 282 = 98.23%", True),
    ]  # fmt: skip


@pytest.mark.parametrize(("change", "broken", "text"), [
    ({"problems_in_progress": 4}, 0, "282 ≠ 277 + 4"), ({"problems_closed": 280}, 1, "280 ≤ 277 ≤ 282 ≤ 282"),
    ({"rectification_rate": Ratio(276, 282)}, 2, "276 / 282 = 97.87%"),
])  # fmt: skip
def test_a_broken_identity_says_so(change, broken, text):
    told = queries.identities(VALUES | change)
    assert [each.holds for each in told] == [number != broken for number in range(3)]
    assert told[broken].text == text
    assert broken or told[0].difference == 1


def test_identities_hold_at_every_minute_of_a_story(cast, of_every_stage):
    with travel(NOON + HOUR):
        actions.relapse(of_every_stage[Stage.CLOSED], by=cast.inspector, reason="又出现了。")
        actions.withdraw(of_every_stage[Stage.ACCEPTED], by=cast.office, reason="不是问题。")
        for minutes in (-1, 0, 30, 59, 60, 61):
            assert queries.figures(cast.operation, as_of=NOON + timedelta(minutes=minutes)).hold


def test_an_instant_still_to_come_means_now(cast):
    figures = queries.figures(cast.operation, as_of=NOON + DAY)
    assert (figures.as_of, figures.known_at) == (NOON, NOON)


def test_an_unknown_key_is_refused_with_the_keys_there_are(cast):
    with pytest.raises(NotFound, match="problems_found"):
        queries.figures(cast.operation, keys=["problems"])


def test_the_answer_costs_the_same_few_statements_at_any_size(cast):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            told(cast)
        return len(asked)

    for stage in (Stage.HANDED_OVER, Stage.CLOSED):
        problem_at(cast, stage)
    few = statements()
    for stage in (Stage.HANDED_OVER, Stage.CLOSED, Stage.ACCEPTED):
        problem_at(cast, stage)
    assert statements() == few == 3
