"""Lists of visits, points and calls for help: who sees which, under which filters, and one of each."""

from datetime import timedelta

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.operations.actions import set_focuses
from duzhan.places.actions import post_at_point, register_point
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.inspections.models import Help
from duzhan.supervision.problems import actions as problems
from tests.builders.pages import asked_by, of, sends_to_sign_in, words_of
from tests.people import HOUR, NOON

DAY = timedelta(days=1)
NO = {"answers": {"distance": "no"}}


def went(cast, place="station", by=None, before=timedelta(0), **row):
    with travel(NOON - before):
        return record_visit(cast.operation, {"point": cast.points[place], **row}, by=by or cast.inspector)


def shown(answer):
    return [row.pk for row in answer.context["page"].rows]


# --- visits -------------------------------------------------------------------------------------------------------


def test_strangers_are_sent_to_sign_in(cast):
    visit = went(cast, difficulty="缺人手")
    for address in ("/visits/", f"/visits/{visit.pk}/", "/visits/helps/", f"/visits/helps/{Help.objects.get().pk}/",
                    "/points/", f"/points/{visit.point_id}/"):  # fmt: skip
        assert sends_to_sign_in(of(None).get(address)), address
    assert sends_to_sign_in(of(None).post(f"/visits/helps/{Help.objects.get().pk}/", {"answer": "x"}))


def test_readers_see_all_visits_and_a_unit_those_to_its_own_points(cast):
    there, elsewhere = went(cast), went(cast, "market")
    for name in ("office", "leader", "discipline", "verifier"):
        assert shown(of(cast.people[name]).get("/visits/")) == [elsewhere.pk, there.pk]
    assert shown(of(cast.unit).get("/visits/")) == [there.pk]
    unit = of(cast.unit)
    assert (unit.get(f"/visits/{there.pk}/").status_code, unit.get(f"/visits/{elsewhere.pk}/").status_code) == (
        200,
        404,
    )
    for person in (cast.far_office, cast.volunteer):
        assert of(person).get("/visits/").status_code == 403
        assert of(person).get(f"/visits/{there.pk}/").status_code == 404


def test_a_covert_visit_is_hidden_from_the_unit_wherever_it_would_show(cast):
    covert = went(cast, method="covert", **NO)
    unit, point = of(cast.unit), f"/points/{cast.points['station'].pk}/"
    assert shown(unit.get("/visits/")) == []
    assert unit.get(f"/visits/{covert.pk}/").status_code == 404
    assert "从未走访" in words_of(unit.get(point))
    assert "还没有走访" in words_of(unit.get(point))
    [row] = unit.get("/points/").context["page"].rows
    assert (row.last_visit_at, row.visit_count) == (None, 0)
    assert shown(unit.get("/points/?unvisited=never")) == [cast.points["station"].pk]
    assert shown(of(cast.office).get("/points/?unvisited=never")) == [cast.points["market"].pk]
    assert "暗访" in words_of(of(cast.office).get(f"/visits/{covert.pk}/"))


def test_every_filter_cuts_the_list_down_and_can_be_taken_off(cast):
    [focus] = set_focuses(cast.operation, ["testing"], by=cast.office, starts_at=NOON - 3 * DAY)
    here = went(cast, focus=focus, **NO)
    there = went(cast, "market", by=cast.discipline, purpose="guide", before=DAY)
    office = of(cast.office)
    for query, expected in (
        ("q=超市", there), (f"area={cast.areas['other_street'].code}", there), (f"group={cast.group.pk}", here),
        ("purpose=guide", there), ("day=2022-11-24", there), ("day=2022-11-25", here), (f"focus={focus.pk}", here),
        ("found=yes", here), ("found=no", there),
    ):  # fmt: skip
        answer = office.get(f"/visits/?{query}")
        assert shown(answer) == [expected.pk], query
        for tag in answer.context["tags"]:
            assert set(shown(office.get(f"/visits/{tag['url']}"))) == {here.pk, there.pk}
    assert office.get(f"/visits/?area={cast.areas['district'].code}&purpose=guide").context["counts"]["every"] == 1
    assert "没有符合筛选的走访" in words_of(office.get("/visits/?q=火星"))


@pytest.mark.parametrize(
    "query", ["area=450324", "area=x", "group=0", "group=x", "purpose=x", "day=昨天", "day=0001-01-01", "found=x", "focus=9",
              "q=%00", f"q={'长' * 61}", "after=x", "before=[1,2]"],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused_with_its_name(cast, query):
    answer = of(cast.office).get(f"/visits/?{query}")
    assert answer.status_code == 400
    assert "读不懂" in words_of(answer)


def test_the_head_counts_visits_and_places_apart(cast):
    went(cast), went(cast, **NO), went(cast, "market")
    answer = of(cast.office).get("/visits/")
    assert "走访 3 次 · 到过 2 个点位" in words_of(answer)
    assert [(tab["label"], tab["count"]) for tab in answer.context["tabs"]] == [
        ("全部", 3),
        ("发现问题", 1),
        ("未发现问题", 2),
    ]


def test_a_problem_that_one_may_not_see_is_not_counted_either(cast):
    went(
        cast, problems=[{"title": "作风问题", "klass": "conduct", "field": "command", "cause": "formalism_bureaucracy"}]
    )
    assert of(cast.discipline).get("/visits/").context["counts"]["yes"] == 1
    answer = of(cast.office).get("/visits/")
    assert (answer.context["counts"]["yes"], answer.context["page"].rows[0].found_count) == (0, 0)
    assert "作风问题" not in words_of(of(cast.office).get(f"/visits/{shown(answer)[0]}/"))


def test_lists_ask_the_same_however_long_they_are(cast):
    office = of(cast.office)
    addresses = (
        "/visits/",
        "/visits/?found=yes",
        "/visits/helps/",
        "/points/",
        f"/points/{cast.points['station'].pk}/",
    )
    went(cast, difficulty="缺人手", **NO)
    before = [asked_by(office, address) for address in addresses]
    for number in range(30):
        point = register_point(f"示例点{number}", "school", cast.areas["other_street"], lat=29.7, lon=106.6)
        went(cast, difficulty="缺人手", **NO)
        record_visit(cast.operation, {"point": point}, by=cast.verifier)
    assert [asked_by(office, address) for address in addresses] == before
    first = office.get("/visits/").context["page"]
    second = office.get(f"/visits/{first.next_url}").context["page"]
    third = office.get(f"/visits/{second.next_url}").context["page"]
    assert [page.shown for page in (first, second, third)] == [25, 25, 11]


def test_one_visit_shows_answers_problems_help_and_story(cast):
    visit = went(
        cast,
        answers={"distance": "no", "waste": "yes"},
        note="夜间灯光不足。",
        difficulty="缺引导员",
        minutes=20,
        method="on_site",
    )
    answer = of(cast.office).get(f"/visits/{visit.pk}/")
    words = words_of(answer)
    for expected in (
        "排队人员是否保持一米间距？",
        "不符合",
        "采样点排队人员聚集、未保持间距",
        "夜间灯光不足。",
        "缺引导员",
        "用时 20 分",
        "实地走访",
        "第一督导组",
    ):
        assert expected in words, expected
    digest = Event.objects.get(kind="visit.record").digest
    assert f"{digest[:4]} {digest[4:8]}" in words
    assert [line.event_kind for line in answer.context["story"]] == ["help.ask", "visit.record"]


def test_an_answer_that_has_left_the_checklist_is_still_shown(cast):
    visit = went(cast, **NO)
    type(visit).objects.filter(pk=visit.pk).update(answers={"list": "gone", "version": 1, "old_question": "yes"})
    assert "old_question" in words_of(of(cast.office).get(f"/visits/{visit.pk}/"))


# --- points -------------------------------------------------------------------------------------------------------


def test_points_say_when_they_were_last_visited_and_which_never(cast):
    went(cast, before=2 * DAY, **NO)
    answer = of(cast.office).get("/points/")
    rows = {row.name: row for row in answer.context["page"].rows}
    assert (rows["示例采样点01"].last_visit_at, rows["示例采样点01"].visit_count) == (NOON - 2 * DAY, 1)
    assert rows["示例超市02"].last_visit_at is None
    assert {tab["label"]: tab["count"] for tab in answer.context["tabs"]} == {
        "全部": 2, "从未走访": 1, "超过 1 天没去": 2, "超过 3 天没去": 1, "超过 7 天没去": 1,
    }  # fmt: skip
    office = of(cast.office)
    assert shown(office.get("/points/?unvisited=never")) == [cast.points["market"].pk]
    assert len(shown(office.get("/points/?unvisited=1"))) == 2
    for query in ("kind=supermarket", "area=500112009", "q=超市"):
        assert shown(office.get(f"/points/?{query}")) == [cast.points["market"].pk]


def test_points_in_progress_are_counted_as_far_as_one_sees(cast):
    visit = went(cast, **NO)
    problems.hand_over(visit.found[0], by=cast.office, unit=cast.bodies["street"])
    [row] = [row for row in of(cast.office).get("/points/").context["page"].rows if row.visit_count]
    assert row.open_count == 1


def test_a_unit_sees_its_own_points_alone(cast):
    unit = of(cast.unit)
    assert shown(unit.get("/points/")) == [cast.points["station"].pk]
    assert unit.get(f"/points/{cast.points['station'].pk}/").status_code == 200
    assert unit.get(f"/points/{cast.points['market'].pk}/").status_code == 404
    assert "登记点位" not in words_of(unit.get("/points/"))
    assert of(cast.far_office).get("/points/").status_code == 403


def test_the_sketch_draws_every_point_in_one_datum(cast):
    register_point("偏移的点", "school", cast.areas["street"], lat=29.70, lon=106.60, datum="gcj02")
    marks = {mark["name"]: mark for mark in of(cast.office).get("/points/").context["marks"]}
    assert marks["示例采样点01"]["lat"] == "29.720000"
    assert marks["偏移的点"]["lat"] != "29.700000"


def test_the_story_of_a_point(cast):
    first = went(cast, before=DAY, **NO)
    went(cast)
    post_at_point(cast.points["station"], cast.unit, "点长", starts_at=NOON - DAY)
    problems.hand_over(first.found[0], by=cast.office, unit=cast.bodies["street"], due_at=NOON + HOUR)
    with travel(NOON + 2 * HOUR):
        answer = of(cast.inspector).get(f"/points/{cast.points['station'].pk}/")
    words = words_of(answer)
    for expected in (
        "核酸采样点",
        "示例unit",
        "点长",
        "29.720000, 106.630000",
        "WGS-84",
        "共 1 个，正在整改 1 个",
        "超期 1 个",
        "2 次",
    ):
        assert expected in words, expected
    assert f"/visits/new/{cast.points['station'].pk}/" in words
    assert answer.context["here"].endswith(f"/visits/new/{cast.points['station'].pk}/")
    assert "登记走访</a>" not in words_of(of(cast.leader).get(f"/points/{cast.points['station'].pk}/"))


# --- calls for help -----------------------------------------------------------------------------------------------


def test_the_office_answers_a_call_once(cast):
    went(cast, difficulty="防护物资不够")
    office, asked = of(cast.office), Help.objects.get()
    address = f"/visits/helps/{asked.pk}/"
    key = office.get(address).context["form"]["request_key"].value()
    given = {"request_key": str(key), "answer": "今晚八时前由商务局送达。"}
    for _time in range(2):  # pressed twice
        assert office.post(address, given)["Location"] == address
    asked.refresh_from_db()
    assert (asked.stage, asked.answer, asked.answered_by) == ("answered", "今晚八时前由商务局送达。", cast.office)
    assert Event.objects.filter(kind="help.answer").count() == 1
    late = office.post(address, {"request_key": "0193a5b0-0000-7000-8000-000000000001", "answer": "又一次"})
    assert (late.status_code, "已经答复" in words_of(late)) == (400, True)
    assert "今晚八时前由商务局送达。" in words_of(of(cast.inspector).get(f"/visits/{asked.visit_id}/"))
    assert list(verify()) == []


def test_an_empty_answer_is_refused(cast):
    went(cast, difficulty="防护物资不够")
    address = f"/visits/helps/{Help.objects.get().pk}/"
    for given in ({}, {"answer": "  "}, {"answer": "长" * 1001}, {"answer": "好", "request_key": "x"}):
        assert of(cast.office).post(address, given).status_code == 400
    assert Help.objects.get().stage == "open"


def test_others_read_a_call_and_are_told_who_answers(cast):
    went(cast, difficulty="防护物资不够")
    address = f"/visits/helps/{Help.objects.get().pk}/"
    for name in ("inspector", "leader"):
        client = of(cast.people[name])
        assert "求助由督导办协调、答复" in words_of(client.get(address))
        answer = client.post(address, {"answer": "好", "request_key": "0193a5b0-0000-7000-8000-000000000001"})
        assert answer.status_code == 403
    for name in ("unit", "far_office", "volunteer"):
        assert of(cast.people[name]).get(address).status_code == 404
    assert Help.objects.get().stage == "open"


def test_calls_are_listed_by_whether_they_wait(cast):
    went(cast, difficulty="第一件"), went(cast, "market", difficulty="第二件")
    first, second = Help.objects.order_by("pk")
    office = of(cast.office)
    assert [(tab["label"], tab["count"]) for tab in office.get("/visits/helps/").context["tabs"]] == [
        ("全部", 2), ("待协调", 2), ("已答复", 0),
    ]  # fmt: skip
    assert shown(office.get("/visits/helps/?q=第一")) == [first.pk]
    assert shown(office.get("/visits/helps/?area=500112009")) == [second.pk]
    assert shown(office.get("/visits/helps/?stage=answered")) == []
    assert shown(of(cast.unit).get("/visits/helps/")) == []
