"""One problem: its clock, its next move, its story in words, what proves it; and entering one by hand."""

import json
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from duzhan.base.clock.instants import travel
from duzhan.base.errors import Refused
from duzhan.base.ledger import actions as books
from duzhan.base.ledger import triggers
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.proof import packet_faults
from duzhan.base.uploads.models import Upload
from duzhan.places.actions import post_at_point
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import MOVES, Stage
from duzhan.supervision.problems.models import Problem
from tests.base.uploads.made_files import encoded, sent
from tests.builders.pages import of
from tests.builders.problems import problem_at, verification
from tests.builders.uploads import photo_of
from tests.people import HOUR, NOON

HTMX = {"HTTP_HX_REQUEST": "true"}


def page_of(person, problem):
    return of(person).get(f"/problems/{problem.pk}/")


def story_of(answer):
    """(title, who, text) of each line, oldest first."""
    return [(line.title, f"{line.by} · {line.unit}", line.text) for line in reversed(answer.context["story"])]


@pytest.mark.parametrize("stage", Stage)
def test_each_stage_shows_its_page_to_those_who_may_see_it(stage, cast):
    problem = problem_at(cast, stage)
    for who in ("office", "inspector", "verifier", "leader", "discipline"):
        answer = page_of(cast.people[who], problem)
        assert answer.status_code == 200, who
        assert problem.number in answer.content.decode()
    unit_sees = problem.unit_id is not None
    assert page_of(cast.unit, problem).status_code == (200 if unit_sees else 404)
    for who in ("other_unit", "far_office", "volunteer"):
        assert page_of(cast.people[who], problem).status_code == 404, who


def test_a_sealed_problem_is_not_there_for_the_office(cast):
    problem = problem_at(cast, Stage.FOUND, klass="conduct")
    for who, status in (("office", 404), ("leader", 404), ("verifier", 404), ("discipline", 200), ("inspector", 200)):
        assert page_of(cast.people[who], problem).status_code == status, who
        assert of(cast.people[who]).get(f"/problems/{problem.pk}/packet.json").status_code == status, who


def test_the_likeliest_move_comes_first_and_what_is_closed_says_why(cast):
    problem = problem_at(cast, Stage.RECTIFIED)
    moves = page_of(cast.verifier, problem).context["moves"]
    assert [str(move["label"]) for move in moves] == ["销号", "退回"]
    answer = page_of(cast.inspector, problem)
    assert [(str(move["label"]), bool(move["why"])) for move in answer.context["moves"]] == [
        ("退回", False),
        ("销号", True),
    ]
    assert "发现此件的人不能自己办这一步，请由另一人办理。" in answer.content.decode()
    accepted = problem_at(cast, Stage.ACCEPTED)
    assert str(page_of(cast.unit, accepted).context["moves"][0]["label"]) == "报整改"
    shown = {
        str(move["label"]) for name in ("moves", "closed_moves") for move in page_of(cast.unit, accepted).context[name]
    }
    every = {str(move.label) for move in MOVES.values() if Stage.ACCEPTED in move.start} - {"加证据"}
    assert shown == every


def test_whoever_keeps_watch_there_reads_that_they_cannot_verify(cast):
    problem = problem_at(cast, Stage.RECTIFIED)
    post_at_point(cast.points["station"], cast.verifier, "志愿者")
    answer = page_of(cast.verifier, problem)
    assert "在该点位任职、值守的人不能核验该点位的问题。" in answer.content.decode()
    assert not [move for move in answer.context["moves"] if not move["why"]]


def test_a_paused_or_extended_clock_puts_the_office_move_first(cast):
    problem = problem_at(cast, Stage.ACCEPTED)
    actions.ask_extension(problem, by=cast.unit, due_at=NOON + timedelta(days=2), reason="材料未到。")
    asked = page_of(cast.office, problem)
    assert str(asked.context["moves"][0]["label"]) == "延期"
    assert "责任单位申请延至 11月27日12时。" in asked.content.decode()
    actions.pause(problem, by=cast.office, reason="点位临时关闭。")
    paused = page_of(cast.office, problem)
    assert str(paused.context["moves"][0]["label"]) == "恢复计时"
    assert "暂停中" in paused.content.decode()


def test_the_story_says_who_what_and_why(cast):
    problem = problem_at(cast, Stage.FOUND)
    street, other = cast.bodies["street"], cast.bodies["other_street"]
    actions.hand_over(problem, by=cast.office, unit=other, due_at=NOON + 4 * HOUR, note="当面交办。")
    actions.transfer(problem, by=cast.office, unit=street, reason="属地有误。")
    actions.accept(problem, by=cast.unit)
    actions.pause(problem, by=cast.office, reason="点位临时关闭。")
    with travel(NOON + timedelta(minutes=40)):
        actions.resume(problem, by=cast.office)
        actions.report_rectified(problem, by=cast.unit, note="已划线。", uploads=[photo_of(cast.unit)])
        actions.send_back(problem, by=cast.verifier, reason="仍有缺口。")
        actions.press(problem, by=cast.leader, note="请抓紧。")
        answer = page_of(cast.office, problem)
    office, unit = "示例office · 渝北区office", "示例unit · 双龙湖街道territory"
    assert story_of(answer) == [
        ("发现", "示例inspector · 第一督导组", ""),
        ("交办", office, f"交给{other}，最迟 25日 16:00。　当面交办。"),
        ("转办", office, f"由{other}改交{street}，最迟 25日 16:00。　属地有误。"),
        ("签收", unit, ""),
        ("暂停计时", office, "点位临时关闭。"),
        ("恢复计时", office, "暂停共 40分，最迟时限由 25日 16:00 顺延至 25日 16:40。"),
        ("报整改", unit, "已划线。　证据：照片、文件 1 份。"),
        ("退回", "示例verifier · 渝北区office", "最迟 25日 16:40。　仍有缺口。"),
        ("督办", "示例leader · 渝北区office", "请抓紧。"),
    ]
    kinds = [line.kind for line in answer.context["story"]]
    assert kinds == ["", "now", "", "", "pause", "", "", "", ""]
    assert answer.context["clock"]["pauses"] == [(NOON, NOON + timedelta(minutes=40))]
    [(_photo, caption)] = answer.context["photos"]
    assert caption == "报整改 25日 12:40 · 示例unit"


def test_what_was_entered_later_says_both_instants(cast):
    problem = problem_at(cast, Stage.HANDED_OVER)
    with travel(NOON + HOUR):
        actions.accept(problem, by=cast.unit, at=NOON + timedelta(minutes=5))
        text = page_of(cast.office, problem).content.decode()
    assert "补记：" in text
    assert "12:05 发生，13:00 才录入；时限按发生时刻计。" in text


def test_the_other_stories_are_told_too(cast):
    closed = problem_at(cast, Stage.CLOSED)
    actions.relapse(closed, by=cast.inspector, reason="又出现了。")
    assert story_of(page_of(cast.office, closed))[-1][2] == "最迟 26日 00:00。　又出现了。"
    moved = problem_at(cast, Stage.FOUND)
    actions.reclassify(moved, by=cast.office, field="isolation", klass="hazard", reason="领域有误。")
    text = story_of(page_of(cast.office, moved))[-1][2]
    assert text == "一般问题改为风险隐患，核酸检测改为隔离管控。　领域有误。"
    into = problem_at(cast, Stage.FOUND)
    actions.merge(moved, by=cast.office, into=into, reason="同一件。")
    answer = page_of(cast.office, moved)
    assert story_of(answer)[-1][2] == f"并入 {into.number}。　同一件。"
    assert "已合并，不再计数；编号保留。" in answer.content.decode()


def test_similar_problems_at_the_point_without_the_sealed_ones(cast):
    problem, other = problem_at(cast, Stage.FOUND), problem_at(cast, Stage.HANDED_OVER)
    sealed = problem_at(cast, Stage.FOUND, klass="conduct")
    assert [row.problem for row in page_of(cast.office, problem).context["similar"]] == [other]
    assert [row.problem for row in page_of(cast.discipline, problem).context["similar"]] == [sealed, other]


def test_the_packet_can_be_checked_outside(cast):
    problem = problem_at(cast, Stage.CLOSED)
    books.seal()
    answer = of(cast.unit).get(f"/problems/{problem.pk}/packet.json")
    assert answer["Content-Disposition"] == f'attachment; filename="{problem.number}-packet.json"'
    packet = json.loads(answer.content)
    assert packet_faults(packet) == []
    assert [event["kind"] for event in packet["subjects"][0]][-1] == "problem.close"
    assert set(packet["proofs"]) == {event["id"] for event in packet["subjects"][0]}


def test_the_page_says_what_is_sealed_and_where_the_chain_is_broken(cast):
    problem = problem_at(cast, Stage.ACCEPTED)
    assert "还没有封存" in page_of(cast.office, problem).content.decode()
    books.seal()
    with travel(NOON + HOUR):
        actions.press(problem, by=cast.leader, note="请抓紧。")
    keeping = page_of(cast.office, problem).context["keeping"]
    events = Event.objects.filter(subject_kind="problem", subject_id=problem.pk).count()
    assert (keeping.count, keeping.sealed, keeping.seal.number, keeping.broken) == (events, events - 1, 1, "")
    triggers.lift_triggers(connection)
    Event.objects.filter(subject_kind="problem", subject_id=problem.pk, seq=2).update(facts={"note": "改过"})
    answer = page_of(cast.office, problem)
    assert answer.context["keeping"].broken == "第 2 条与前面不相接。"
    assert "首尾相接" not in answer.content.decode()


def test_one_page_asks_the_same_for_a_short_story_and_a_long_one(cast):
    def questions():
        page = of(cast.office)
        page.get(f"/problems/{problem.pk}/")
        with CaptureQueriesContext(connection) as asked:
            page.get(f"/problems/{problem.pk}/?stage=accepted")
        return len(asked)

    problem = problem_at(cast, Stage.ACCEPTED)
    short = questions()
    for _n in range(15):
        problem_at(cast, Stage.ACCEPTED)
        actions.press(problem, by=cast.leader, note="请抓紧。")
        actions.add_evidence(problem, by=cast.unit, uploads=[photo_of(cast.unit)])
    assert questions() <= short
    assert short <= 24


def test_what_people_typed_stays_text(cast):
    evil = "<script>alert(1)</script>"
    problem = actions.find(
        cast.operation, by=cast.inspector, point=cast.points["station"], title=evil, detail=evil, field="testing",
        cause="careless_measures",
    )  # fmt: skip
    actions.hand_over(problem, by=cast.office, unit=cast.bodies["street"], note=evil)
    for answer in (
        page_of(cast.office, problem),
        of(cast.office).get("/problems/"),
        of(cast.unit).get("/problems/inbox/"),
    ):
        assert evil not in answer.content.decode()
        assert escape(evil) in answer.content.decode()


def test_reopening_is_offered_quietly_and_what_is_waited_for_is_filled(cast):
    closed, rectified = problem_at(cast, Stage.CLOSED), problem_at(cast, Stage.RECTIFIED)
    for problem, move, filled in ((closed, "relapse", False), (rectified, "close", True)):
        text = page_of(cast.verifier, problem).content.decode()
        [button] = re.findall(rf'<a class="([^"]*)" href="/problems/{problem.pk}/{move}/">', text)
        assert ("btn-primary" in button) is filled


def test_htmx_may_ask_for_the_moves_alone(cast):
    problem = problem_at(cast, Stage.RECTIFIED)
    answer = of(cast.verifier).get(f"/problems/{problem.pk}/", **HTMX, HTTP_HX_TARGET="moves")
    text = answer.content.decode()
    assert "销号" in text
    assert "<html" not in text
    assert "经过" not in text


# --- entered by hand ------------------------------------------------------------------------------------------


def row(cast, **more):
    said = {"title": "热线反映排队过长", "point": cast.points["station"].name, "klass": "ordinary", "field": "testing"}
    return {**said, "cause": "careless_measures", **more}


def test_a_problem_is_entered_without_a_visit(cast):
    page = of(cast.office)
    assert page.get("/problems/new/").status_code == 200
    said = row(cast, at="2022-11-25 11:30", unit=cast.bodies["street"].name, uploads=sent(encoded()))
    answer = page.post("/problems/new/", {**said, "request_key": "0192f3a0-0000-7000-8000-000000000001"})
    problem = Problem.objects.get()
    assert answer["Location"] == f"/problems/{problem.pk}/"
    assert (problem.source_kind, problem.found_by, problem.found_at) == ("other", cast.office, NOON - HOUR / 2)
    assert (problem.unit, problem.area, problem.stage) == (cast.bodies["street"], cast.areas["street"], "found")
    assert Upload.objects.filter(about_kind="problem", about_id=problem.pk).count() == 1
    page.post("/problems/new/", {**said, "request_key": "0192f3a0-0000-7000-8000-000000000001"})
    assert Problem.objects.count() == 1


def test_a_problem_may_stand_at_an_area_alone(cast):
    of(cast.inspector).post("/problems/new/", row(cast, point="", area=cast.areas["street"].code))
    assert Problem.objects.get().area == cast.areas["street"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"title": ""}, "问题"), ({"title": "x" * 121}, "121"), ({"point": ""}, "请写明点位"),
        ({"point": "没有的点位"}, "没有叫“没有的点位”的"), ({"at": "昨天"}, "不是时刻"), ({"at": "2022-11-26 11:30"}, "在将来"),
        ({"field": "nonsense"}, "nonsense"), ({"cause": "formalism_bureaucracy"}, "只用于"), ({"detail": "a\x00b"}, "事实"),
        ({"unit": "没有的单位"}, "没有叫“没有的单位”的"), ({"request_key": "1"}, "UUID"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_meant_is_shown_again(said, sentence, cast):
    answer = of(cast.office).post("/problems/new/", row(cast, **({"detail": "现场约 60 人。"} | said)))
    assert answer.status_code == 400
    text = answer.content.decode()
    assert sentence in text
    assert "dz-errors" in text
    assert ("现场约 60 人。" in text) == ("detail" not in said)
    assert not Problem.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("unit", 403), ("leader", 403), ("volunteer", 404), ("inspector", 200)])
def test_who_may_enter_one(who, status, cast):
    assert of(cast.people[who]).get("/problems/new/").status_code == status
    assert of(cast.people[who]).post("/problems/new/", row(cast)).status_code == (302 if status == 200 else status)


def test_a_point_elsewhere_is_refused_by_the_action_itself(cast):
    unit = cast.unit
    with pytest.raises(Refused):
        actions.find(cast.operation, by=unit, **{**row(cast), "point": cast.points["station"]})


def test_names_are_suggested_while_one_types(cast):
    page = of(cast.office)
    assert "示例超市02" in page.get("/problems/points/", {"point": "超市"}).content.decode()
    assert "示例采样点01" not in page.get("/problems/points/", {"point": "超市"}).content.decode()
    assert cast.bodies["street"].name in page.get("/problems/units/", {"unit": "双龙"}).content.decode()
    assert of(cast.unit).get("/problems/points/", {"point": "超市"}).content == b""
    assert page.get(f"/problems/units/?unit={quote(chr(0))}").status_code == 200


def test_proof_by_a_visit_is_offered_only_after_the_report(cast):
    verification(cast)
    with travel(NOON + HOUR):
        problem = problem_at(cast, Stage.RECTIFIED)
        text = of(cast.verifier).get(f"/problems/{problem.pk}/close/").content.decode()
        assert "25日 12:00" not in text
        visit = verification(cast)
        text = of(cast.verifier).get(f"/problems/{problem.pk}/close/").content.decode()
        assert f'value="{visit.pk}"' in text
        assert "25日 13:00 · 示例verifier" in text
