"""今日: the four figures and what they rest on, what is late, whose page it is, and every other moment."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duzhan.base.clock.instants import travel
from duzhan.insight.overview.queries import moment_of, to_verify
from duzhan.operations.actions import end
from duzhan.people.actions import appoint, end_post, register_person
from duzhan.places.actions import post_at_point
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.pages import of
from tests.builders.problems import problem_at
from tests.insight.overview.story import SECRET, conduct, handed_over
from tests.people import HOUR, NOON


def home(person, address="/"):
    answer = of(person).get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer


def figures(answer):
    return [tile["value"] for tile in answer.context["tiles"]]


# --- the figures ------------------------------------------------------------------------------------------------


def test_the_four_figures_their_sum_and_where_they_open(cast):
    record_visit(cast.operation, {"point": cast.points["station"]}, by=cast.inspector)
    for stage in (Stage.FOUND, Stage.ACCEPTED, Stage.ACCEPTED, Stage.RECTIFIED):
        problem_at(cast, stage)
    answer = home(cast.office)
    assert figures(answer) == [1, 3, 1, 2]
    assert answer.context["identity"] | {"url": "", "words": ""} == {
        "whole": 3, "parts": (1, 2), "holds": True, "difference": 0, "url": "", "words": "",
    }  # fmt: skip
    assert [each["text"] for each in answer.context["waiting"]] == ["1 个待交办", "1 个待核验"]
    for tile in answer.context["tiles"]:
        opened = of(cast.office).get(tile["url"])
        assert opened.status_code == 200 and opened.context["value"] == tile["value"], tile["label"]


def test_each_figure_says_its_days_and_todays_change(cast):
    with travel(NOON - 30 * HOUR):
        problem_at(cast, Stage.ACCEPTED)
    problem_at(cast, Stage.RECTIFIED)
    tiles = {tile["label"]: tile for tile in home(cast.office).context["tiles"]}
    handed_over, in_progress = tiles["交办问题"], tiles["正在整改"]
    assert handed_over["days"] == [0, 0, 0, 0, 0, 1, 1] and handed_over["delta"] == "今日 +1"
    assert in_progress["days"] == [0, 0, 0, 0, 0, 1, 1] and in_progress["delta"] == "较昨日 ±0"
    assert "50.00% = 1 / 2" in tiles["已整改"]["delta"]


def test_what_is_late_comes_first_with_the_move_beside_it(cast):
    later, late = handed_over(cast, 2)
    actions.extend(later, by=cast.office, due_at=NOON + 90 * HOUR, reason="停工，无法整改。")
    with travel(late.due_at + HOUR):
        answer = home(cast.office)
        lines = answer.context["lines"]
    assert [line.number for line in lines] == [late.number, later.number]
    assert [line.is_late for line in lines] == [True, False]
    assert {line.move for line in lines} == {"督办"}
    assert lines[0].move_url == f"/problems/{late.pk}/press/"
    assert answer.context["tiles"][3]["late"] == "其中超期 1 个"
    assert [tile["late"] for tile in answer.context["areas"]["tiles"] if tile["value"]] == [1]


def test_a_clock_that_stands_is_set_going_and_an_extension_asked_for_is_answered(cast):
    paused, asked = handed_over(cast, 2)
    actions.pause(paused, by=cast.office, reason="点位临时关闭。")
    actions.ask_extension(asked, by=cast.unit, due_at=asked.due_at + HOUR, reason="配件未到。")
    moves = {line.number: line.move for line in home(cast.office).context["lines"]}
    assert moves == {asked.number: "延期", paused.number: "恢复计时"}


def test_areas_say_what_is_in_progress_and_what_was_handed_over(cast):
    problem_at(cast, Stage.ACCEPTED)
    problem_at(cast, Stage.CLOSED)
    record_visit(cast.operation, {"point": cast.points["market"]}, by=cast.inspector)
    tiles = {tile["name"]: (tile["value"], tile["total"]) for tile in home(cast.office).context["areas"]["tiles"]}
    assert tiles == {"双龙湖街道": (1, 2), "龙溪街道": (0, 0)}


def test_nothing_in_progress_is_said_in_a_sentence(cast):
    answer = home(cast.leader)
    assert figures(answer) == [0, 0, 0, 0]
    assert "没有正在整改的问题，也没有超期。" in answer.content.decode()


# --- other moments ----------------------------------------------------------------------------------------------


def test_a_moment_in_the_past_shows_what_was_so_then(cast):
    with travel(NOON - 26 * HOUR):
        problem = problem_at(cast, Stage.ACCEPTED)
    with travel(NOON - 2 * HOUR):
        actions.report_rectified(problem, by=cast.unit, note="已划线分区。")
    assert figures(home(cast.office)) == [0, 1, 1, 0]
    answer = home(cast.office, "/?as_of=2022-11-24 18:00")
    assert figures(answer) == [0, 1, 0, 1]
    [line] = answer.context["lines"]
    assert (line.number, line.word, line.move, line.since) == (problem.number, "已签收", "", "已报整改")
    assert "不是此刻的数字" in answer.content.decode()
    asked = parse_qs(urlsplit(answer.context["tiles"][1]["url"]).query)
    assert asked["as_of"] == ["2022-11-24T10:00:00+00:00"]


def test_what_was_told_late_is_not_known_before(cast):
    record_visit(cast.operation, {"point": cast.points["station"], "at": NOON - 3 * HOUR}, by=cast.inspector)
    with travel(NOON + HOUR):
        assert figures(home(cast.office, "/?as_of=2022-11-25 10:00"))[0] == 1
        assert figures(home(cast.office, "/?as_of=2022-11-25 10:00&known_at=2022-11-25 11:00"))[0] == 0


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/?as_of=昨天", "不是时刻"),
        ("/?known_at=2022-13-40", "不是时刻"),
        ("/?as_of=0001-01-01", "启动，此前没有数字"),
        ("/?as_of=2022-11-25 18:00&known_at=2022-11-01", "启动，此前没有数字"),
    ],
)
def test_an_instant_that_cannot_be_is_refused_in_a_sentence(cast, address, sentence):
    answer = of(cast.office).get(address)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_an_instant_to_come_means_this_one(cast):
    problem_at(cast, Stage.ACCEPTED)
    assert figures(home(cast.office, "/?as_of=2099-01-01")) == [0, 1, 0, 1]


def test_an_operation_that_fell_silent_stands_at_its_last_day(cast):
    problem = problem_at(cast, Stage.ACCEPTED)
    with travel(NOON + timedelta(days=400)):
        moment = moment_of(cast.operation)
        answer = home(cast.office)
    assert (moment.kind, moment.as_of) == ("last_day", NOON + 6 * HOUR)  # 18:00 there
    assert "已停止更新" in answer.content.decode()
    assert answer.context["tiles"][1]["delta"] == "当日 +1"
    assert [line.number for line in answer.context["lines"]] == [problem.number]


def test_an_operation_that_has_ended_stands_at_its_end(cast):
    problem_at(cast, Stage.CLOSED)
    ended = end(cast.operation, by=cast.office)
    with travel(NOON + 30 * HOUR):
        assert moment_of(ended).kind == "ended"
        assert "行动已结束" in home(cast.office).content.decode()


# --- whose page it is -------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in(cast):
    for address in ("/", "/wall/"):
        answer = Client().get(address)
        assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, "/accounts/login/"), address


def test_a_unit_is_led_to_its_inbox(cast):
    for address in ("/", "/wall/"):
        answer = of(cast.unit).get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/problems/inbox/"), address


def test_somebody_without_a_post_reads_what_to_do(cast):
    page = home(cast.volunteer).content.decode()
    assert "volunteer" in page and "系统管理员" in page and "/people/me/" in page


def test_an_administrator_is_led_to_the_people(cast):
    admin = register_person("admin-only", "示例管理员")
    appoint(admin, cast.bodies["office"], "admin", area="", starts_at=NOON)
    page = home(admin).content.decode()
    assert "/people/" in page and "dz-figures" not in page


def test_without_an_operation_the_office_may_start_one(cast):
    page = home(cast.far_office).content.decode()
    assert "/operations/new/" in page and "dz-figures" not in page


def test_each_sees_as_much_as_their_posts_reach(cast):
    problem_at(cast, Stage.ACCEPTED)  # in 双龙湖街道
    handed_over(cast, point=cast.points["market"])  # in 龙溪街道
    near = register_person("near", "示例近")
    appoint(near, cast.bodies["office"], "inspector", area=cast.areas["street"].path, starts_at=NOON)
    answer = home(near)
    assert figures(answer) == [0, 1, 0, 1]
    assert len(answer.context["lines"]) == 1 and not answer.context["areas"]["is_shown"]


@pytest.mark.parametrize("name", ["office", "leader", "verifier"])
def test_a_problem_about_conduct_is_counted_and_never_named(cast, name):
    conduct(cast)
    answer = home(cast.people[name])
    assert figures(answer) == [0, 1, 0, 1]
    assert SECRET not in answer.content.decode()
    assert "另有 1 个不在您可看的范围内，只计数。" in answer.content.decode()


def test_who_may_open_a_problem_about_conduct_sees_it_named(cast):
    conduct(cast)
    assert SECRET in home(cast.discipline).content.decode()


# --- the inspector ----------------------------------------------------------------------------------------------


def test_an_inspector_reads_first_what_is_wanted_of_them(cast):
    waiting = problem_at(cast, Stage.RECTIFIED)  # found by inspector, mended by unit
    late = problem_at(cast, Stage.ACCEPTED)
    with travel(late.due_at + HOUR):
        answer = home(cast.verifier)
    rows = [(row["verb"], row["url"]) for row in answer.context["mine"]["rows"]]
    assert rows == [("核验", f"/problems/{waiting.pk}/"), ("督办", f"/problems/{late.pk}/")]
    page = answer.content.decode()
    assert (
        page.index("要我办的")
        < page.index("/visits/new/")
        < page.index("/problems/?mine=found")
        < page.index("dz-figures")
    )


def test_nobody_is_asked_to_verify_what_they_may_not(cast):
    problem = problem_at(cast, Stage.RECTIFIED)
    assert list(to_verify(cast.verifier, cast.operation)) == [problem]
    assert list(to_verify(cast.inspector, cast.operation)) == []  # found it
    post_at_point(cast.points["station"], cast.verifier, "点长", starts_at=NOON)
    assert list(to_verify(cast.verifier, cast.operation)) == []  # has a duty there


def test_the_office_has_no_such_list(cast):
    problem_at(cast, Stage.RECTIFIED)
    assert home(cast.office).context["mine"] is None
    appoint(cast.verifier, cast.bodies["office"], "office", area=cast.areas["district"].path, starts_at=NOON)
    assert home(cast.verifier).context["mine"] is None


# --- how much it asks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["office", "verifier", "leader"])
def test_a_fixed_number_of_questions_however_much_there_is(cast, name):
    def story(many):
        record_visit(cast.operation, {"point": cast.points["station"]}, by=cast.inspector)
        waiting = actions.accept_many(handed_over(cast, 2 * many), by=cast.unit)
        actions.report_rectified_many([(each, {"note": "已整改。"}) for each in waiting[:many]], by=cast.unit)

    def asked():
        client = of(cast.people[name])
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/").status_code == 200
        return len(asked)

    story(1)
    with travel(NOON + 100 * HOUR):
        few = asked()
    story(30)
    with travel(NOON + 100 * HOUR):
        assert asked() == few
    assert few <= 30


def test_a_post_that_has_lapsed_shows_nothing(cast):
    end_post(cast.leader.posts.get(), by=None)
    cast.leader.forget_hats()
    with travel(NOON + HOUR):
        assert "dz-figures" not in home(cast.leader).content.decode()
