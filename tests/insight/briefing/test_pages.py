"""The pages of meetings and reports, as people use them; strangers are refused and lists stay at a fixed query count."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from duzhan.base.clock.instants import travel
from duzhan.insight.briefing.actions import meetings, reports
from duzhan.insight.briefing.actions.self_reports import file_self_report
from duzhan.insight.briefing.models import Amendment, Decision, Meeting, Report, SelfReport
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

DAY = date(2022, 11, 25)
EVENING = NOON + 8.5 * HOUR


@pytest.fixture
def evening(cast):
    """Half past eight: one problem closed, one accepted, one found; nothing frozen yet."""
    cast.problem = problem_at(cast, Stage.ACCEPTED)
    cast.closed, cast.found = problem_at(cast, Stage.CLOSED), problem_at(cast, Stage.FOUND)
    with travel(EVENING):
        yield cast


def as_(client, cast, name):
    client.force_login(cast.people[name])
    return client


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


# --- reports ----------------------------------------------------------------------------------------------------


def test_the_draft_states_the_sentence_with_every_number_a_link(client, evening):
    said = page(as_(client, evening, "office"), "report-today").content.decode()
    assert "/figures/problems_handed_over/?as_of=" in said and 'hx-target="#records"' in said
    assert "2 = 1 + 1" in said
    assert not Report.objects.exists()  # looking keeps nothing


def test_freezing_from_the_page_and_reading_it(client, evening):
    office = as_(client, evening, "office")
    answer = office.post(reverse("report-freeze", args=[DAY.isoformat()]), {"highlights": "甲", "tomorrow": "乙"})
    report = Report.objects.get()
    assert answer.url == reverse("report", args=[report.pk]) and report.number == 1
    again = office.post(reverse("report-freeze", args=[DAY.isoformat()]), {"highlights": "丙", "tomorrow": "丁"})
    assert again.url == answer.url and Report.objects.get().highlights == "甲"
    said = page(office, "report", report.pk).content.decode()
    assert "第 1 号" in said and "甲" in said and "<svg" in said and "data:" not in said and " style=" not in said


def test_a_draft_is_kept_and_shown_again(client, evening):
    office = as_(client, evening, "office")
    office.post(reverse("report-draft", args=[DAY.isoformat()]), {"highlights": "只写一半", "tomorrow": ""})
    assert Report.objects.get().stage == "draft"
    assert "只写一半" in page(office, "report-today").content.decode()


def test_the_seal_on_a_paper_is_compared(client, evening):
    report = reports.freeze(evening.operation, DAY, by=evening.leader)
    leader = as_(client, evening, "leader")
    shown = page(leader, "report", report.pk).context["shown"]
    assert shown.qr_url.endswith(f"{reverse('report', args=[report.pk])}?seal={shown.seal.digest[:32]}")
    fits = page(leader, "report", report.pk, seal=shown.seal.digest[:32]).context["paper_seal"]
    other = page(leader, "report", report.pk, seal="0" * 32).context["paper_seal"]
    assert (fits["fits"], other["fits"]) == (True, False)


def test_differences_amendment_and_versions(client, evening):
    report = reports.freeze(evening.operation, DAY, by=evening.leader)
    with travel(EVENING + HOUR):
        record_visit(evening.operation, {"point": evening.points["market"], "at": NOON + HOUR}, by=evening.inspector)
    with travel(EVENING + 2 * HOUR):
        leader = as_(client, evening, "leader")
        seen = page(leader, "report", report.pk)
        assert seen.context["shown"].late == 1 and "看差异" in seen.content.decode()
        assert "走访检查 1 改为 2" in page(leader, "report-differences", report.pk).content.decode()
        refused = leader.post(reverse("report-amend", args=[report.pk]), {"reason": ""})
        assert refused.status_code == 400 and not Amendment.objects.exists()
        leader.post(reverse("report-amend", args=[report.pk]), {"reason": "补一次走访"})
        amended = page(leader, "report", report.pk)
        assert "已更正 1 次" in amended.content.decode() and amended.context["shown"].figures["inspections"] == 2
        assert amended.context["shown"].late == 0
        assert page(leader, "report", report.pk, version=0).context["shown"].figures["inspections"] == 1
        assert page(leader, "report", report.pk, version=2).status_code == 404
        assert "补一次走访" in page(leader, "report-text", report.pk).content.decode()


def test_another_moment_keeps_nothing_and_stays_within_what_the_reader_sees(client, evening):
    office = as_(client, evening, "office")
    then = page(office, "report-live", as_of="2022-11-25 11:00", known_at="2022-11-25 11:00")
    assert then.context["shown"].figures["problems_handed_over"] == 0
    here = page(office, "report-live", area="500112009")
    assert here.context["shown"].figures["problems_handed_over"] == 0
    assert page(office, "report-live", as_of="nonsense").status_code == 400
    assert page(office, "report-live", area="450324").status_code == 404
    assert not Report.objects.exists()


def test_a_report_is_compared_with_the_one_before(client, evening):
    reports.freeze(evening.operation, DAY, by=evening.leader)
    with travel(EVENING + 24 * HOUR):
        second = reports.freeze(evening.operation, by=evening.leader)
        assert page(as_(client, evening, "leader"), "report-compare", second.pk).context["before"].number == 1


PAGES = [
    "report-list", "report-today", "report-live", "self-report-list", "self-report-new", "meeting", "meeting-list",
    "decision-list",
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_in_both_languages_and_sends_strangers_to_the_door(client, evening, name):
    assert page(client, name).status_code == 302
    office = as_(client, evening, "office")
    for language in ("zh-hans", "en"):
        assert office.get(reverse(name), headers={"Accept-Language": language}).status_code == 200


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [("report-today", "unit", 403), ("report-list", "unit", 403), ("report-live", "volunteer", 200),
     ("meeting", "unit", 403), ("meeting-list", "unit", 403), ("self-report-new", "volunteer", 403),
     ("self-report-new", "unit", 200)],
)  # fmt: skip
def test_who_may_open_what(client, evening, name, who, status):
    assert page(as_(client, evening, who), name).status_code == status


@pytest.mark.parametrize("who", ["far_office", "unit", "volunteer"])
def test_a_report_and_a_meeting_of_others_are_not_there(client, evening, who):
    report = reports.freeze(evening.operation, DAY, by=evening.leader)
    meeting = meetings.begin(meetings.plan(evening.operation, by=evening.office), by=evening.office)
    decision = meetings.decide(meeting, "decline", by=evening.office, text="x")
    stranger = as_(client, evening, who)
    for name, pk in (("report", report.pk), ("report-text", report.pk), ("report-differences", report.pk),
                     ("meeting-detail", meeting.pk), ("meeting-screen", meeting.pk), ("decision-done", decision.pk)):  # fmt: skip
        assert page(stranger, name, pk).status_code == 404, name
    for name, args in (("report-amend", [report.pk]), ("meeting-decide", [meeting.pk]), ("meeting-adjourn", [meeting.pk]),
                       ("meeting-hear", [meeting.pk, evening.group.pk])):  # fmt: skip
        assert stranger.post(reverse(name, args=args), {"kind": "task"}).status_code == 404, name
    assert Meeting.objects.get().stage == "open" and not Amendment.objects.exists()


def queries_of(client, name, django_assert_max_num_queries, most):
    with django_assert_max_num_queries(most) as counted:
        assert page(client, name).status_code == 200
    return len(counted)


def test_lists_ask_the_same_number_of_questions_with_more_rows(client, evening, django_assert_max_num_queries):
    office = as_(client, evening, "office")
    lists = ("report-list", "meeting-list", "decision-list", "self-report-list")

    def fill(day):
        with travel(EVENING + timedelta(days=day)):
            reports.freeze(evening.operation, by=evening.leader)
            meeting = meetings.begin(meetings.plan(evening.operation, by=evening.office), by=evening.office)
            meetings.decide(meeting, "task", by=evening.office, text="x", unit=evening.bodies["street"],
                            due_at=EVENING + timedelta(days=9))  # fmt: skip
            file_self_report(evening.operation, evening.bodies["street"], {"inspections": 1}, by=evening.unit)

    fill(0)
    few = {name: queries_of(office, name, django_assert_max_num_queries, 30) for name in lists}
    fill(1), fill(2)
    for name in lists:
        assert queries_of(office, name, django_assert_max_num_queries, few[name]) == few[name]


# --- the meeting ------------------------------------------------------------------------------------------------


def test_an_evening_on_the_pages(client, evening):
    as_(client, evening, "inspector").post(
        reverse("meeting-words", args=[evening.group.pk]), {"words": "今日走访一次。", "asks": "增派引导员\n"}
    )
    office = as_(client, evening, "office")
    office.post(reverse("meeting-begin"), {"attendance": "示例甲\n示例乙"})
    meeting = Meeting.objects.get()
    assert (meeting.stage, meeting.attendance) == ("open", ["示例甲", "示例乙"])
    office.post(reverse("meeting-hear", args=[meeting.pk, evening.group.pk]))
    said = page(office, "meeting-detail", meeting.pk).content.decode()
    assert "今日走访一次。" in said and "提请决定：增派引导员" in said and "正在汇报" in said
    spoken = page(office, "meeting-spoken", meeting.pk, evening.group.pk)
    assert spoken.content.decode() == "0分00秒"
    told = {
        "kind": "hand_over",
        "group": evening.group.pk,
        "problem": evening.found.number,
        "due_at": "2022-11-26 10:00",
    }
    office.post(reverse("meeting-decide", args=[meeting.pk]), told)
    evening.found.refresh_from_db()
    assert evening.found.stage == "handed_over" and Decision.objects.get().group == evening.group
    assert page(office, "meeting-screen", meeting.pk).status_code == 200
    office.post(reverse("meeting-adjourn", args=[meeting.pk]))
    assert page(office, "meeting-detail", meeting.pk).url == reverse("meeting-minutes", args=[meeting.pk])
    minutes = page(office, "meeting-minutes", meeting.pk).content.decode()
    assert "示例甲、示例乙" in minutes and evening.found.title in minutes


def test_a_decision_that_is_refused_is_shown_again_with_what_was_typed(client, evening):
    meeting = meetings.begin(meetings.plan(evening.operation, by=evening.office), by=evening.office)
    office = as_(client, evening, "office")
    told = {"kind": "task", "text": "调拨测温设备", "unit": evening.bodies["street"].pk, "due_at": "2022-11-25 08:00"}
    answer = office.post(reverse("meeting-decide", args=[meeting.pk]), told)
    assert answer.status_code == 400 and "调拨测温设备" in answer.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("kind", ["task", "hand_over", "transfer", "press", "extend", "focus", "decline", "nonsense"])
def test_each_kind_of_decision_has_its_form(client, evening, kind):
    meeting = meetings.begin(meetings.plan(evening.operation, by=evening.office), by=evening.office)
    assert page(as_(client, evening, "office"), "meeting-detail", meeting.pk, kind=kind).status_code == 200


def test_a_unit_says_that_its_task_is_done(client, evening):
    meeting = meetings.begin(meetings.plan(evening.operation, by=evening.office), by=evening.office)
    decision = meetings.decide(meeting, "task", by=evening.office, text="调拨", unit=evening.bodies["street"],
                               due_at=EVENING + HOUR)  # fmt: skip
    unit = as_(client, evening, "unit")
    assert page(unit, "decision-list").context["lines"][0]["decision"] == decision
    unit.post(reverse("decision-done", args=[decision.pk]), {"note": "已调拨。"})
    decision.refresh_from_db()
    assert decision.stage == "done"


def test_numbers_of_a_lower_body_are_filed_as_they_were_said(client, evening):
    unit = as_(client, evening, "unit")
    told = {"body": evening.bodies["street"].pk, "as_of": "2022-11-25 17:30", "problems_found": "310余"}
    unit.post(reverse("self-report-new"), told)
    assert SelfReport.objects.get().figures["problems_found"]["text"] == "310余"
    assert "310余" in page(unit, "self-report-list").content.decode()
    assert unit.post(reverse("self-report-new"), told | {"problems_found": "若干"}).status_code == 400
    assert SelfReport.objects.count() == 1
