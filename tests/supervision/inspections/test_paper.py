"""The paper of a visit: what is asked, what a "no" opens, what submitting does, and that it does it once."""

from datetime import timedelta

import pytest

from duzhan.base.clock.instants import parse_instant, travel
from duzhan.base.errors import BadInput
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.base.uploads.models import Upload
from duzhan.base.uploads.queries import about
from duzhan.operations.actions import set_focuses
from duzhan.people.actions import appoint, end_post
from duzhan.places.actions import register_point
from duzhan.places.models import Point
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.inspections.models import Help, Visit
from duzhan.supervision.problems.models import Problem
from tests.builders.pages import of, sends_to_sign_in, words_of
from tests.people import HOUR, NOON, STARTED
from tests.supervision.inspections.papers import further, no_to, paper_of, photo

# --- choosing a point ---------------------------------------------------------------------------------------------


def offered(answer):
    return [point.name for point in answer.context["found"]]


def test_ones_own_area_is_offered_first_the_long_unvisited_before_the_rest(cast, inspector):
    never = register_point("示例采样点03", "sampling_point", cast.areas["street"])
    with travel(NOON - HOUR):
        inspector.post(f"/visits/new/{cast.points['station'].pk}/", paper_of(cast, visited_at="2022-11-25 11:00"))
    answer = inspector.get("/visits/new/")
    assert offered(answer) == [never.name, "示例采样点01"]  # the market lies in the other street
    assert "第一督导组" in answer.context["heading"]
    assert "从未走访" in words_of(answer)


def test_any_point_one_may_visit_is_found_by_name_address_or_number(cast, inspector):
    market = cast.points["market"]
    Point.objects.filter(pk=market.pk).update(address="示例路 7 号")
    for words in ("超市", "示例路", str(market.pk)):
        assert offered(inspector.get("/visits/new/", {"q": words})) == ["示例超市02"], words
    answer = inspector.get("/visits/new/", {"q": "火星"})
    assert (offered(answer), "没有查到" in words_of(answer)) == ([], True)


def test_the_nearest_come_first_with_how_far_they_are(cast, inspector):
    answer = inspector.get("/visits/new/", {"lat": "29.60", "lon": "106.52", "accuracy": "12"})
    assert offered(answer) == ["示例超市02", "示例采样点01"]
    assert "定位误差 12 米" in words_of(answer)
    assert "10 米" in words_of(answer)
    assert offered(inspector.get("/visits/new/", {"lat": "-89", "lon": "0"})) == []
    for wrong in ({"lat": "nan", "lon": "0"}, {"lat": "99", "lon": "0"}, {"lat": "x"}, {"q": "a" * 100}, {"q": "\x00"}):
        assert inspector.get("/visits/new/", wrong).status_code == 200


def test_a_closed_point_is_not_offered_and_not_visited(cast, inspector, address):
    Point.objects.update(is_open=False)
    assert offered(inspector.get("/visits/new/")) == []
    assert inspector.get(address).status_code == 404
    assert inspector.post(address, paper_of(cast)).status_code == 404
    with pytest.raises(BadInput, match="已停用"):
        record_visit(cast.operation, {"point": Point.objects.get(pk=cast.points["station"].pk)}, by=cast.inspector)
    assert not Visit.objects.exists()


def test_a_visit_sent_again_after_its_point_was_closed_is_still_the_same_visit(cast, inspector, address):
    paper = paper_of(cast)
    first = inspector.post(address, paper)
    Point.objects.update(is_open=False)
    assert inspector.post(address, paper)["Location"] == first["Location"]
    assert Visit.objects.count() == 1


# --- who --------------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in(cast, address):
    for page in ("/visits/new/", address):
        assert sends_to_sign_in(of(None).get(page))
    assert sends_to_sign_in(of(None).post(address, paper_of(cast)))


@pytest.mark.parametrize("name", ["leader", "unit"])
def test_who_does_not_go_out_is_told_so(cast, address, name):
    client = of(cast.people[name])
    for answer in (client.get("/visits/new/"), client.get(address), client.post(address, paper_of(cast))):
        assert (answer.status_code, "督导组的在岗人员" in words_of(answer)) == (403, True)
    assert not Visit.objects.exists()


def test_somebody_without_an_operation_is_told_so(cast, address):
    for person in (cast.volunteer, cast.far_office):
        assert of(person).post(address, paper_of(cast)).status_code == 403
    assert not Visit.objects.exists()


def test_a_post_for_one_street_reaches_no_point_in_another(cast):
    appoint(cast.volunteer, cast.bodies["office"], "inspector", area=cast.areas["street"].path, starts_at=STARTED)
    client, far = of(cast.volunteer), f"/visits/new/{cast.points['market'].pk}/"
    assert client.get(f"/visits/new/{cast.points['station'].pk}/").status_code == 200
    assert client.get(far).status_code == 404
    assert client.post(far, paper_of(cast)).status_code == 404
    assert not Visit.objects.exists()


def test_a_post_that_ended_while_the_paper_was_open_records_nothing(cast, inspector, address):
    assert inspector.get(address).status_code == 200
    with travel(NOON + HOUR):
        end_post(cast.inspector.posts.get())
    with travel(NOON + 2 * HOUR):
        assert inspector.post(address, paper_of(cast)).status_code == 403
    assert not Visit.objects.exists()


# --- what is asked ------------------------------------------------------------------------------------------------


def test_the_paper_asks_the_questions_of_its_kind_of_point(cast, inspector, address):
    words = words_of(inspector.get(address))
    questions = cast.operation.words.questions_for("sampling_point").questions.values()
    assert all(question.zh in words for question in questions)
    assert all(question.title_zh in words for question in questions)  # in the sheets that stand ready
    assert '<button class="btn btn-primary" form="visit"' in words
    left = register_point("示例点位", "of_another_pack", cast.areas["street"])
    assert "词库里没有“of_another_pack”的检查表" in words_of(inspector.get(f"/visits/new/{left.pk}/"))


def test_the_focus_of_today_is_offered_and_one_of_yesterday_is_not(cast, inspector, address):
    [old] = set_focuses(cast.operation, ["port"], by=cast.office, starts_at=STARTED, ends_at=NOON - HOUR)
    [new] = set_focuses(cast.operation, ["testing"], by=cast.office)
    words = words_of(inspector.get(address))
    assert (f'value="{new.pk}" selected' in words, "口岸货运通道" in words) == (True, False)  # the only one is chosen
    inspector.post(address, paper_of(cast, focus=new.pk, **no_to("distance", cast)))
    assert (Visit.objects.get().focus, Problem.objects.get().focus) == (new, new)
    assert inspector.post(address, paper_of(cast, focus=old.pk)).status_code == 400


# --- what submitting does -----------------------------------------------------------------------------------------


def test_a_visit_without_a_problem_counts_too(cast, inspector, address):
    answer = inspector.post(
        address,
        paper_of(cast, q_distance="yes", q_waste="na", note="秩序平稳。", minutes="25", method="on_site"),
        follow=True,
    )
    visit = Visit.objects.get()
    assert answer.redirect_chain == [(f"/visits/{visit.pk}/", 302)]
    assert "未发现问题" in words_of(answer)
    assert (visit.answers["distance"], visit.answers["waste"], visit.answers["version"]) == ("yes", "na", 1)
    assert (visit.visited_by, visit.group, visit.unit, visit.minutes, visit.method) == (
        cast.inspector, cast.group, cast.bodies["street"], 25, "on_site",
    )  # fmt: skip
    assert (visit.visited_at, Problem.objects.count(), Help.objects.count()) == (NOON, 0, 0)
    assert list(verify()) == []


def test_a_no_hands_its_problem_over_with_photo_unit_and_deadline(cast, inspector, address):
    given = paper_of(
        cast, q_registration="yes", **no_to("distance", cast, title="排队间距不足半米", detail="约三十人", due="6h")
    )
    answer = inspector.post(address, given | {"p_distance-photos": [photo(), photo()]}, follow=True)
    problem = Problem.objects.get()
    assert (problem.stage, problem.unit, problem.title, problem.detail) == (
        "handed_over", cast.bodies["street"], "排队间距不足半米", "约三十人",
    )  # fmt: skip
    assert (problem.field, problem.cause, problem.source_kind) == ("testing", "careless_measures", "visit")
    assert (problem.due_at, problem.due_rule) == (NOON + 6 * HOUR, "6h")
    assert (problem.found_by, problem.handed_over_by) == (cast.inspector, cast.inspector)
    assert len(about("problem", problem.pk)) == 2
    assert problem.number in words_of(answer)


def test_left_as_it_is_a_question_brings_its_own_deadline(cast, inspector, address):
    inspector.post(
        address, paper_of(cast, **no_to("distance", cast), **no_to("registration", cast, title="录入不准确"))
    )
    by_title = {problem.title: problem for problem in Problem.objects.all()}
    assert by_title["采样点排队人员聚集"].due_at == NOON + 2 * HOUR  # the question says 2h
    assert by_title["录入不准确"].due_at == parse_instant("2022-11-26 00:00")  # the pack says today 24:00


def test_what_was_mended_on_the_spot_is_rectified_and_what_has_no_unit_only_found(cast, inspector, address):
    inspector.post(address, paper_of(
        cast, **no_to("distance", cast, fixed="on", fixed_note="当场疏导，划线。"), **no_to("waste", cast, title="未及时收运", unit=""),
    ))  # fmt: skip
    fixed, found = Problem.objects.order_by("pk")
    assert (fixed.stage, fixed.rectified_by, fixed.rectified_at) == ("rectified", cast.inspector, NOON)
    assert (found.stage, found.unit, found.klass) == ("found", None, "hazard")
    assert Event.objects.get(kind="problem.fix_on_the_spot").facts["note"] == "当场疏导，划线。"


def test_problems_outside_the_checklist_are_entered_too(cast, inspector, address):
    given = paper_of(
        cast,
        **further(1, cast),
        **further(3, cast, title="消毒记录缺失", field="disinfection", unit="", klass="hazard"),
    )
    inspector.post(address, given | {"x_1-photos": [photo()]})
    first, second = Problem.objects.order_by("pk")
    assert (first.title, first.field, first.stage) == ("值班电话无人接听", "command", "handed_over")
    assert (second.title, second.klass, second.stage) == ("消毒记录缺失", "hazard", "found")
    assert len(about("problem", first.pk)) == 1


def test_a_sheet_that_does_not_belong_is_not_read(cast, inspector, address):
    """Without script everything is sent, also what stands below an answer "yes"."""
    given = paper_of(cast, **no_to("distance", cast), **further(1, cast, title="")) | {"q_distance": "yes"}
    assert inspector.post(address, given | {"p_distance-photos": [photo()]}).status_code == 302
    assert (Problem.objects.count(), Upload.objects.count()) == (0, 0)


def test_a_difficulty_becomes_a_call_for_help_and_no_fault(cast, inspector, address):
    inspector.post(address, paper_of(cast, difficulty="some", difficulty_text="防护物资不够"))
    help_ = Help.objects.get()
    assert (help_.text, help_.stage, help_.visit, help_.asked_at) == ("防护物资不够", "open", Visit.objects.get(), NOON)
    assert not Problem.objects.exists()


def test_photos_of_the_visit_are_evidence_in_its_event(cast, inspector, address):
    inspector.post(address, paper_of(cast) | {"photos": [photo()]})
    [upload] = about("visit", Visit.objects.get().pk)
    assert Event.objects.get(kind="visit.record").facts["evidence"] == [
        {"upload": str(upload.pk), "sha256": upload.sha256}
    ]
    seen = of(cast.unit).get(f"/uploads/{upload.pk}/")  # it was their point
    assert (seen.status_code, len(b"".join(seen.streaming_content)) > 0) == (200, True)
    assert of(cast.other_unit).get(f"/uploads/{upload.pk}/").status_code == 404


def test_a_visit_of_this_morning_is_entered_as_of_then(cast, inspector, address):
    inspector.post(address, paper_of(cast, visited_at="2022-11-25 09:30", **no_to("distance", cast)))
    visit, event = Visit.objects.get(), Event.objects.get(kind="visit.record")
    assert visit.visited_at == event.at == NOON - timedelta(hours=2, minutes=30)
    assert event.recorded_at == NOON
    assert Problem.objects.get().due_at == visit.visited_at + 2 * HOUR
    assert "补记" in words_of(inspector.get(f"/visits/{visit.pk}/"))


# --- once ---------------------------------------------------------------------------------------------------------


def test_sent_twice_it_is_one_visit(cast, inspector, address):
    given = paper_of(cast, difficulty="some", difficulty_text="缺人手", **no_to("distance", cast))
    first = inspector.post(address, given | {"p_distance-photos": [photo()]})
    again = inspector.post(address, given | {"p_distance-photos": [photo()]}, follow=True)
    assert again.redirect_chain == [(first["Location"], 302)]
    assert "没有重复登记" in words_of(again)
    assert [model.objects.count() for model in (Visit, Problem, Help, Upload)] == [1, 1, 1, 1]


def test_the_same_number_in_other_hands_is_refused(cast, inspector, address):
    given = paper_of(cast)
    inspector.post(address, given)
    answer = of(cast.verifier).post(address, given)
    assert (answer.status_code, "请求编号已用于另一件事" in words_of(answer)) == (409, True)
    assert Visit.objects.count() == 1
