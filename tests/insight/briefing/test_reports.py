"""The daily report: counted at the cut-off, frozen with a number and a seal, corrected in the open (M110, M111)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput, CannotMove, NotAllowed
from duzhan.base.ledger.models import Event, Seal, Tail
from duzhan.base.ledger.plain import uuid7
from duzhan.base.ledger.verify import verify
from duzhan.insight.briefing.actions import reports
from duzhan.insight.briefing.models import Amendment, Report
from duzhan.insight.briefing.queries import papers
from duzhan.insight.briefing.queries.late import late_events
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems import actions as problems
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

DAY = date(2022, 11, 25)
FREEZING = NOON + 6.5 * HOUR  # 18:30, half an hour after the cut-off


@pytest.fixture
def day(cast):
    """One problem closed and one accepted by noon; told at half past six in the evening."""
    cast.closed, cast.accepted = problem_at(cast, Stage.CLOSED), problem_at(cast, Stage.ACCEPTED)
    with travel(FREEZING):
        yield cast


def freeze(cast, by="leader", **more):
    return reports.freeze(cast.operation, DAY, by=cast.people[by], **more)


def test_a_frozen_report_keeps_number_figures_sentence_and_seal(day):
    report = freeze(day, tomorrow="一查消杀记录。")
    assert (report.number, report.stage, report.cut_off_at) == (1, "frozen", NOON + 6 * HOUR)
    told = {key: report.figures[key] for key in ("problems_handed_over", "problems_rectified", "problems_in_progress")}
    assert told == {"problems_handed_over": 2, "problems_rectified": 1, "problems_in_progress": 1}
    assert report.figures["rectification_rate"] == {"n": 1, "N": 2}
    assert "50.00%" in papers.spoken(report.sentence["zh"]["summary"])
    assert "2 = 1 + 1" in report.text and "一查消杀记录。" in report.text and "第 1 号" in report.text
    seal = Seal.objects.get(number=report.seal_number)
    frozen = Event.objects.get(kind="report.freeze", subject_id=report.pk)
    assert seal.first <= frozen.entry.position <= seal.last
    assert list(verify()) == []


def test_only_what_had_happened_by_the_cut_off_is_counted(cast):
    with travel(NOON + 6.25 * HOUR):  # 18:15
        problem_at(cast, Stage.HANDED_OVER)
    with travel(FREEZING):
        assert freeze(cast).figures["problems_handed_over"] == 0


def test_numbers_follow_each_other_and_a_day_is_frozen_once(day):
    freeze(day)
    with pytest.raises(CannotMove, match="第 1 号"):
        freeze(day)
    with travel(FREEZING + timedelta(days=1)):
        following = reports.freeze(day.operation, by=day.office)
    assert (following.number, following.day) == (2, DAY + timedelta(days=1))
    assert Report.objects.count() == 2


def test_a_report_is_not_frozen_before_its_cut_off(cast):
    with pytest.raises(CannotMove, match="截止时刻"):
        freeze(cast)
    assert not Report.objects.exists() and not Seal.objects.exists()


@pytest.mark.parametrize("name", ["inspector", "unit", "far_office", "volunteer", "discipline"])
def test_others_do_not_freeze(day, name):
    with pytest.raises(NotAllowed):
        freeze(day, by=name)
    assert not Report.objects.exists()


@pytest.mark.parametrize("day_", [DAY + timedelta(days=1), date(2022, 11, 18)])
def test_there_is_no_report_of_a_day_that_is_not(day, day_):
    with pytest.raises(BadInput):
        reports.draft(day.operation, day_, by=day.office, highlights="x")
    assert not Report.objects.exists()


def test_what_was_drafted_stays_when_only_the_other_text_is_written(day):
    reports.draft(day.operation, DAY, by=day.office, highlights="甲")
    reports.draft(day.operation, DAY, by=day.office, tomorrow="乙")
    report = freeze(day)
    assert (report.highlights, report.tomorrow) == ("甲", "乙")
    assert [event.kind for event in Event.objects.filter(subject_kind="report").order_by("seq")] == [
        "report.draft", "report.draft", "report.freeze", "report.seal",
    ]  # fmt: skip


def test_a_sum_that_does_not_hold_stops_the_report_and_is_named(day):
    forged = Event(
        id=uuid7(), book=day.operation.pk, kind="problem.report_rectified", subject_kind="problem", subject_id=10**6,
        seq=1, at=NOON, recorded_at=NOON, now="rectified", prev="0" * 64,
    )  # fmt: skip
    forged.digest = forged.computed_digest()
    forged.save(force_insert=True)
    Tail.objects.create(event=forged)  # not settled yet: so the sums see it
    with pytest.raises(CannotMove, match="各区域之和 = 合计：2 ≠ 3 · 1 ≠ 2 · 1 = 1"):
        freeze(day)
    assert not Report.objects.exists() and not Seal.objects.exists()


def late_send_back(cast):
    """At nine in the evening it is told that the closed one was found to be back at five."""
    with travel(NOON + 9 * HOUR):
        visit = record_visit(
            cast.operation, {"point": cast.points["station"], "at": NOON + 5 * HOUR}, by=cast.inspector
        )
        problems.relapse(
            cast.closed, by=cast.office, reason="又出现排队聚集。", visit=visit.pk, at=NOON + 5 * HOUR,
            due_at=NOON + 12 * HOUR,
        )  # fmt: skip
    return visit


def test_what_is_told_later_does_not_change_the_report_but_stands_beside_it(day):
    report = freeze(day)
    assert not late_events(report).exists()
    late_send_back(day)
    report.refresh_from_db()
    assert report.figures["problems_rectified"] == 1
    assert [event.kind for event in late_events(report)] == ["visit.record", "problem.relapse"]


def test_a_fact_told_within_the_hour_in_which_it_happened_is_late_too(day):
    with travel(NOON + 6 * HOUR):
        report = reports.freeze(day.operation, DAY, by=day.leader)
    with travel(NOON + 6 * HOUR + timedelta(minutes=20)):
        record_visit(day.operation, {"point": day.points["station"], "at": NOON + 6 * HOUR}, by=day.inspector)
    assert [event.kind for event in late_events(report)] == ["visit.record"]


def test_an_amendment_lists_each_difference_with_the_events_that_make_it(day):
    report = freeze(day)
    late_send_back(day)
    with travel(NOON + 10 * HOUR):
        amendment = reports.amend(report, by=day.leader, reason="复发补记")
    relapse = Event.objects.get(kind="problem.relapse")
    whole = {each["figure"]: each for each in amendment.differences if not each["table"]}
    rectified = whole["problems_rectified"]
    assert (rectified["was"], rectified["is"]) == (1, 0)
    assert rectified["records"] == [
        {"kind": "problem", "pk": day.closed.pk, "number": day.closed.number, "delta": -1, "events": [str(relapse.pk)]}
    ]
    assert {"relapses", "problems_in_progress", "inspections", "rectification_rate"} <= whole.keys()
    assert "problems_handed_over" not in whole
    for each in whole.values():
        if isinstance(each["was"], int):
            assert sum(record["delta"] for record in each["records"]) == each["is"] - each["was"]
    report.refresh_from_db()
    assert (report.stage, report.amended, report.figures["problems_rectified"]) == ("amended", 1, 1)
    assert (amendment.figures["problems_rectified"], amendment.seal_number) == (0, report.seal_number + 1)
    assert "已整改 1 改为 0" in amendment.text and "复发补记" in amendment.text
    assert list(verify()) == []


def test_amending_twice_with_one_key_is_done_once_and_nothing_new_is_refused(day):
    report, key = freeze(day), uuid4()
    late_send_back(day)
    with travel(NOON + 10 * HOUR):
        first = reports.amend(report, by=day.leader, reason="复发补记", request_key=key)
        assert reports.amend(report, by=day.leader, reason="复发补记", request_key=key) == first
        with pytest.raises(CannotMove, match="没有可更正的"):
            reports.amend(report, by=day.leader, reason="再来一次")
    assert Amendment.objects.count() == 1


def test_a_second_amendment_starts_from_the_first(day):
    report = freeze(day)
    late_send_back(day)
    with travel(NOON + 10 * HOUR):
        reports.amend(report, by=day.leader, reason="复发补记")
    with travel(NOON + 11 * HOUR):
        record_visit(day.operation, {"point": day.points["market"], "at": NOON + HOUR}, by=day.verifier)
    with travel(NOON + 12 * HOUR):
        second = reports.amend(report, by=day.leader, reason="补一次走访")
    assert second.number == 2
    assert {each["figure"] for each in second.differences if not each["table"]} == {
        "inspections", "points_visited", "units_inspected",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["inspector", "unit", "far_office", "volunteer"])
def test_others_do_not_amend(day, name):
    report = freeze(day)
    late_send_back(day)
    with travel(NOON + 10 * HOUR), pytest.raises(NotAllowed):
        reports.amend(report, by=day.people[name], reason="x")
    assert not Amendment.objects.exists()


def test_an_amendment_needs_a_reason(day):
    report = freeze(day)
    late_send_back(day)
    with travel(NOON + 10 * HOUR), pytest.raises(BadInput):
        reports.amend(report, by=day.leader, reason=" ")
    report.refresh_from_db()
    assert (report.stage, report.amended) == ("frozen", 0)
    assert not Amendment.objects.exists()


def test_the_tables_of_a_report_add_up_by_area_and_by_group(day):
    tables = freeze(day).tables
    assert {row["name"]: row["figures"]["problems_handed_over"] for row in tables["areas"]} == {
        "双龙湖街道": 2, "龙溪街道": 0,
    }  # fmt: skip
    assert [row["figures"]["problems_handed_over"] for row in tables["groups"]] == [2]
    assert tables["new"]["problems_handed_over"] == 2
    assert tables["fields"][0] == {"code": "testing", "zh": day.operation.words.fields["testing"].zh,
                                   "en": day.operation.words.fields["testing"].en, "n": 2}  # fmt: skip
