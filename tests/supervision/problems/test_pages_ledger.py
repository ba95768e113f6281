"""问题台账: who sees which rows, in which order, under which filters, and what many at once may be done."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.models import Event
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from duzhan.supervision.problems.queries import ORDERS, Asked, counts, ledger, neighbours, page_of
from tests.builders.pages import of
from tests.builders.problems import found, problem_at
from tests.people import HOUR, NOON

LEDGER = "/problems/"


def numbers(answer):
    """The numbers of the rows of a page, in their order."""
    return [row.problem.pk for row in answer.context["rows"]]


def test_a_stranger_is_sent_to_sign_in(cast):
    for address in (LEDGER, "/problems/1/", "/problems/1/close/", "/problems/new/", "/problems/inbox/",
                    "/problems/1/packet.json", "/problems/units/", "/problems/points/"):  # fmt: skip
        answer = Client().get(address)
        assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, "/accounts/login/"), address
    answer = Client().post("/problems/bulk/press/", {"chosen": "1"})
    assert urlsplit(answer["Location"]).path == "/accounts/login/"


def test_somebody_without_a_post_is_told_so(cast):
    answer = of(cast.volunteer).get(LEDGER)
    assert answer.status_code == 200
    assert "不在任何一个行动中" in answer.content.decode()


def test_the_late_come_first_then_the_next_to_fall_due_then_what_waits_then_what_is_done(cast):
    closed, rectified, waiting = (problem_at(cast, stage) for stage in (Stage.CLOSED, Stage.RECTIFIED, Stage.FOUND))
    paused = problem_at(cast, Stage.ACCEPTED)
    actions.pause(paused, by=cast.office, reason="点位临时关闭。")
    due = {}
    for name, hours in (("late", 1), ("soon", 3), ("later", 9)):
        [problem] = found(cast)
        due[name] = actions.hand_over(problem, by=cast.office, unit=cast.bodies["street"], due_at=NOON + hours * HOUR)
    with travel(NOON + 2 * HOUR):
        answer = of(cast.office).get(LEDGER)
    expected = [due["late"], due["soon"], due["later"], waiting, paused, rectified, closed]
    assert numbers(answer) == [problem.pk for problem in expected]
    assert [row.is_late for row in answer.context["rows"]] == [True] + [False] * 6
    assert answer.context["rows"][0].left.text == "超期 1小时"


def test_tabs_count_each_stage_in_one_statement(cast):
    for stage in Stage:
        problem_at(cast, stage)
    with CaptureQueriesContext(connection) as asked:
        told = counts(cast.office, cast.operation, Asked())
    assert len(asked) == 2  # the numbers, and whether the reader has found anything about conduct
    # the problem that the merged one went into was found too
    assert {stage: told[stage] for stage in Stage} == dict.fromkeys(Stage, 1) | {Stage.FOUND: 2}
    assert (told["all"], told["left"], told["overdue"], told["today"], told["mine"]) == (6, 2, 0, 2, 0)
    answer = of(cast.office).get(LEDGER)
    assert "发现 6 · 交办 4" in answer.content.decode()
    assert len(numbers(answer)) == 6
    left = of(cast.office).get(LEDGER, {"stage": "left"})
    assert {row.word for row in left.context["rows"]} == {"已合并", "已撤销"}


def test_every_filter_stands_in_the_address_and_can_be_taken_off(cast):
    [mine] = found(cast, title="一米线缺失", field="testing", point=cast.points["station"], group=cast.group)
    [other] = found(cast, title="扫码没有落实", field="entry_codes", point=cast.points["market"], klass="hazard",
                    cause="responsibility", unit=cast.bodies["other_street"])  # fmt: skip
    page = of(cast.office)
    for name, value, expected in (
        ("q", "一米线", mine), ("q", f"YT-{other.pk:04d}", other), ("q", "超市02", other), ("field", "entry_codes", other),
        ("klass", "hazard", other), ("cause", "responsibility", other), ("kind", "supermarket", other),
        ("group", cast.group.pk, mine), ("unit", cast.bodies["other_street"].pk, other),
        ("area", cast.areas["other_street"].code, other),
    ):  # fmt: skip
        answer = page.get(LEDGER, {name: value})
        assert numbers(answer) == [expected.pk], (name, value)
        [tag] = answer.context["tags"]
        assert name not in parse_qs(urlsplit(tag["url"]).query)
        assert numbers(page.get(LEDGER + tag["url"])) == [mine.pk, other.pk]
    assert numbers(of(cast.inspector).get(LEDGER, {"mine": "found"})) == [mine.pk, other.pk]
    assert numbers(page.get(LEDGER, {"mine": "found"})) == []
    both = page.get(LEDGER, {"field": "testing", "klass": "hazard"})
    assert "没有符合条件的问题" in both.content.decode()
    assert [tag["label"] for tag in both.context["tags"]] == ["领域：核酸检测", "性质：风险隐患"]


def test_due_filters_follow_the_clock_and_the_operations_day(cast):
    tonight, tomorrow = problem_at(cast, Stage.HANDED_OVER), problem_at(cast, Stage.ACCEPTED)
    actions.extend(tomorrow, by=cast.office, due_at=NOON + timedelta(days=1), reason="材料未到。")
    page = of(cast.office)
    assert numbers(page.get(LEDGER, {"due": "today"})) == [tonight.pk]
    assert numbers(page.get(LEDGER, {"due": "overdue"})) == []
    with travel(NOON + 13 * HOUR):
        assert numbers(page.get(LEDGER, {"due": "overdue"})) == [tonight.pk]
        assert numbers(page.get(LEDGER, {"due": "today"})) == [tomorrow.pk]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage", "nonsense"), ("due", "someday"), ("mine", "yes"), ("area", "999999"), ("unit", "0" * 30), ("unit", "9" * 18),
        ("unit", "abc"), ("group", "-1"), ("field", "x"), ("klass", "x"), ("cause", "x"), ("kind", "x"), ("sort", "price"),
        ("q", "x" * 200), ("q", "a\x00b"), ("area", "a\x00b"), ("after", "[99, 1, 1]"), ("after", "{}"), ("before", "[0]"),
        ("after", '[0, "2022-11-25", 1]'), ("after", "[1e400,1,1]"), ("after", '[0, "\x00", 1]'), ("after", "[-1, 1, 1]"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_read_is_refused_with_a_sentence(name, value, cast):
    answer = of(cast.office).get(LEDGER, {name: value})
    assert answer.status_code == 400
    assert "data-refusal" in answer.content.decode()


@pytest.mark.parametrize("way", ["after", "before"])
@pytest.mark.parametrize("words", ["", "排队"])
@pytest.mark.parametrize(
    ("sort", "place"),
    [
        ("newest", [0, 10**30, 10**30]), ("newest", [True, 5, 5]), ("newest", ["0", 5, 5]), ("unit", [1, 10**30, 1]),
        ("unit", [1, 1, -(10**30)]), ("stage", [3, 10**30, 10**30]), ("deadline", [0, "2022-01-01T00:00:00Z", 10**30]),
        ("deadline", [0, "0001-01-01T00:00:00+23:00", 1]), ("deadline", [0, "9999-12-31T23:59:59-23:00", 1]),
    ],
)  # fmt: skip
def test_a_place_that_no_row_can_have_is_refused(sort, place, words, way, cast):
    problem_at(cast, Stage.FOUND)
    answer = of(cast.office).get(LEDGER, {"sort": sort, "q": words, way: json.dumps(place)})
    assert (answer.status_code, "从第一页看起" in answer.content.decode()) == (400, True)


def test_a_number_beyond_any_finds_nothing(cast):
    problem_at(cast, Stage.FOUND)
    assert numbers(of(cast.office).get(LEDGER, {"q": "9" * 18})) == []
    assert of(cast.office).get(f"/problems/{10**30}/").status_code == 404


@pytest.mark.parametrize("sort", ORDERS)
def test_pages_follow_each_other_without_gap_or_repeat(sort, cast):
    expected = _some_of_every_stage(cast)
    page = of(cast.office)
    forward, address = [], f"?sort={sort}"
    while address:
        answer = page.get(f"{LEDGER}{address}&size=25")
        forward += numbers(answer)
        last, address = address, answer.context["page"].next_url
    assert len(forward) == len(set(forward)) == expected
    backward, address = [], last
    while address:
        answer = page.get(LEDGER + address)
        backward = numbers(answer) + backward
        address = answer.context["page"].previous_url
    assert backward == forward


def _some_of_every_stage(cast):
    problems = found(cast, 60)
    actions.hand_over_many(problems[:45], by=cast.office, unit=cast.bodies["street"])
    actions.accept_many(problems[:30], by=cast.unit)
    actions.report_rectified_many([(problem, {"note": "已改。"}) for problem in problems[:12]], by=cast.unit)
    return 60


def test_paging_is_stable_while_others_come_and_go(cast):
    problems = found(cast, 40)
    page = of(cast.office)
    first = page.get(LEDGER, {"sort": "newest"})
    found(cast, 7)
    actions.withdraw(problems[30], by=cast.office, reason="不是问题。")
    second = page.get(LEDGER + first.context["page"].next_url)
    assert numbers(first) + numbers(second) == [problem.pk for problem in reversed(problems)]


def test_a_number_of_rows_is_chosen_and_kept(cast):
    found(cast, 60)
    answer = of(cast.office).get(LEDGER, {"size": "50", "field": "testing"})
    assert len(numbers(answer)) == 50
    assert parse_qs(urlsplit(answer.context["page"].next_url).query)["size"] == ["50"]
    assert parse_qs(urlsplit(answer.context["page"].next_url).query)["field"] == ["testing"]
    assert len(numbers(of(cast.office).get(LEDGER, {"size": "1000000"}))) == 25


def test_the_ledger_asks_the_same_questions_for_one_row_and_for_thirty(cast):
    def questions(**asked):
        page = of(cast.office)
        page.get(LEDGER)
        with CaptureQueriesContext(connection) as queries:
            page.get(LEDGER, asked)
        return [re.sub(r"\d+", "#", query["sql"])[:60] for query in queries]

    found(cast, 1)
    one = questions(stage="found")
    found(cast, 29)
    assert questions(stage="found", size="50") == one
    assert len(one) <= 14
    assert not [sql for sql in one if "OFFSET" in sql]


def test_a_unit_sees_its_own_and_nothing_sealed_leaks(cast):
    own = problem_at(cast, Stage.HANDED_OVER)
    sealed = problem_at(cast, Stage.FOUND, klass="conduct")
    assert numbers(of(cast.unit).get(LEDGER)) == [own.pk]
    assert numbers(of(cast.other_unit).get(LEDGER)) == []
    for who, sees in (("office", False), ("leader", False), ("discipline", True), ("inspector", True)):
        answer = of(cast.people[who]).get(LEDGER)
        assert (sealed.pk in numbers(answer)) == sees, who
        assert answer.context["counts"]["all"] == 1 + sees, who
    assert ledger(cast.far_office, cast.operation, Asked()).count() == 0


def test_neighbours_are_those_of_the_ledger_one_came_from(cast):
    a, b, c = found(cast, 3)
    rows = ledger(cast.office, cast.operation, Asked(sort="newest"))
    assert neighbours(rows, Asked(sort="newest"), b) == (c, a)
    assert neighbours(rows, Asked(), b) == (a, c)
    assert neighbours(rows, Asked(), a) == (None, b)
    address = page_of(rows, Asked(), {"size": "25"})
    assert address.next_url == address.previous_url == ""


# --- many at once ---------------------------------------------------------------------------------------------


def chosen(problems, **more):
    return {"chosen": [problem.pk for problem in problems], **more}


KEY = "0192f3a0-0000-7000-8000-0000000000{:02d}"


def test_handing_over_many_asks_first_and_then_does_all(cast):
    problems = found(cast, 4)
    page = of(cast.office)
    asked = page.post("/problems/bulk/hand_over/", chosen(problems, next="/problems/?stage=found"))
    assert asked.status_code == 200
    assert "交办 4 件" in asked.content.decode()
    assert Problem.objects.filter(stage=Stage.FOUND).count() == 4
    unit = cast.bodies["street"].name
    done = page.post(
        "/problems/bulk/hand_over/",
        chosen(problems, unit=unit, request_key=KEY.format(1), next="/problems/?stage=found"),
    )
    assert done["Location"] == "/problems/?stage=found"
    assert Problem.objects.filter(stage=Stage.HANDED_OVER, unit=cast.bodies["street"]).count() == 4
    again = page.post("/problems/bulk/hand_over/", chosen(problems, unit=unit, request_key=KEY.format(1)))
    assert again.status_code == 302  # the second click of a double click
    assert Event.objects.filter(kind="problem.hand_over").count() == 4


def test_many_are_done_all_or_none_and_the_refusal_names_the_number(cast):
    problems = found(cast, 3)
    actions.withdraw(problems[1], by=cast.office, reason="不是问题。")
    said = chosen(problems, unit=cast.bodies["street"].name, note="请抓紧。", request_key=KEY.format(2))
    answer = of(cast.office).post("/problems/bulk/hand_over/", said)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert f"{problems[1].number}现在是“已撤销”，不能交办。" in text
    assert "请抓紧。" in text
    assert Problem.objects.filter(stage=Stage.FOUND).count() == 2
    assert not Event.objects.filter(kind="problem.hand_over").exists()


@pytest.mark.parametrize(
    ("who", "name", "status"), [("unit", "accept", 302), ("leader", "press", 302), ("leader", "accept", 403)]
)
def test_who_may_do_what_with_many(who, name, status, cast):
    problems = [problem_at(cast, Stage.HANDED_OVER) for _n in range(2)]
    answer = of(cast.people[who]).post(
        f"/problems/bulk/{name}/", chosen(problems, note="请抓紧。", request_key=KEY.format(3))
    )
    assert answer.status_code == status


def test_a_bulk_move_of_what_one_may_not_see_is_not_found(cast):
    own, foreign = problem_at(cast, Stage.HANDED_OVER), problem_at(cast, Stage.FOUND)
    answer = of(cast.unit).post("/problems/bulk/accept/", chosen([own, foreign], request_key=KEY.format(4)))
    assert answer.status_code == 404
    own.refresh_from_db()
    assert own.stage == Stage.HANDED_OVER


@pytest.mark.parametrize(
    "said", [{}, {"chosen": "abc"}, {"chosen": "9" * 40}, {"chosen": [str(n) for n in range(1, 102)]}]
)
def test_a_choice_that_cannot_be_read_is_refused(said, cast):
    assert of(cast.office).post("/problems/bulk/press/", said).status_code == 400


def test_closing_is_not_done_in_bulk_and_the_bar_says_why(cast):
    problem_at(cast, Stage.HANDED_OVER)
    page = of(cast.office)
    text = page.get(LEDGER).content.decode()
    assert "销号须逐件看证据，不能批量" in text
    assert reverse("problem-bulk", args=["press"]) in text
    assert reverse("problem-bulk", args=["hand_over"]) not in text  # nothing on this page waits for it
    assert page.post("/problems/bulk/close/", {"chosen": "1"}).status_code == 404


def test_rows_of_another_operation_stay_out(cast):
    problem = problem_at(cast, Stage.FOUND)
    assert of(cast.far_office).get(f"/problems/{problem.pk}/").status_code == 404
