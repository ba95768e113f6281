"""Every move as a page: the form, the refusal with what was typed, the double click, and the part for htmx."""

from datetime import timedelta

import pytest
from django.test import Client

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.models import Event
from duzhan.base.uploads.models import Upload
from duzhan.people.actions import appoint
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import MOVES, Stage
from duzhan.supervision.problems.models import Problem
from tests.base.uploads.made_files import encoded, noise, sent
from tests.builders.pages import of
from tests.builders.problems import problem_at, verification
from tests.people import HOUR, NOON

KEY = "0192f3a0-0000-7000-8000-0000000000{:02d}"
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "moves"}


def move(person, problem, name, *, htmx=False, key=None, **said):
    said |= {"request_key": KEY.format(key)} if key else {}
    return of(person).post(f"/problems/{problem.pk}/{name}/", said, **(HTMX if htmx else {}))


def events(problem):
    return Event.objects.filter(subject_kind="problem", subject_id=problem.pk).count()


BY_PAGE = {  # how each move is typed: (stage, who, what), and where it leads
    "hand_over": ("found", "office", lambda cast: {"unit": cast.bodies["street"].name, "due_at": "2022-11-25 18:00"}, "handed_over"),
    "fix_on_the_spot": ("found", "inspector", lambda cast: {"unit": str(cast.bodies["street"].pk), "note": "当场划线。"}, "rectified"),
    "accept": ("handed_over", "unit", lambda cast: {}, "accepted"),
    "report_rectified": ("accepted", "unit", lambda cast: {"note": "已划线。", "uploads": sent(encoded())}, "rectified"),
    "close": ("rectified", "verifier", lambda cast: {"visit": verification(cast).pk}, "closed"),
    "send_back": ("rectified", "verifier", lambda cast: {"reason": "仍有缺口。"}, "handed_over"),
    "transfer": ("accepted", "office", lambda cast: {"unit": cast.bodies["other_street"].name, "reason": "属地有误。"}, "handed_over"),
    "press": ("accepted", "leader", lambda cast: {"note": "请抓紧。"}, "accepted"),
    "ask_extension": ("accepted", "unit", lambda cast: {"due_at": "2022-11-27 12:00", "reason": "材料未到。"}, "accepted"),
    "extend": ("accepted", "office", lambda cast: {"due_at": "2022-11-27 12:00", "reason": "材料未到。"}, "accepted"),
    "pause": ("accepted", "office", lambda cast: {"reason": "点位临时关闭。"}, "accepted"),
    "resume": ("paused", "office", lambda cast: {}, "accepted"),
    "reclassify": (
        "found", "office",
        lambda cast: {"klass": "hazard", "field": "testing", "cause": "careless_measures", "reason": "尚未造成后果。"}, "found",
    ),
    "merge": ("found", "office", lambda cast: {"into": problem_at(cast, Stage.FOUND).number, "reason": "同一件。"}, "merged"),
    "withdraw": ("found", "office", lambda cast: {"reason": "不是问题。"}, "withdrawn"),
    "relapse": ("closed", "inspector", lambda cast: {"reason": "又出现了。"}, "handed_over"),
    "add_evidence": ("accepted", "unit", lambda cast: {"uploads": sent(encoded())}, "accepted"),
}  # fmt: skip


def at_stage(cast, stage):
    if stage != "paused":
        return problem_at(cast, stage)
    problem = problem_at(cast, Stage.ACCEPTED)
    return actions.pause(problem, by=cast.office, reason="点位临时关闭。")


def test_every_move_of_the_table_is_tried_here():
    assert set(BY_PAGE) == set(MOVES)


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("name", MOVES)
def test_each_move_has_its_page_and_is_carried_out_by_it(name, htmx, cast):
    stage, who, typed, end = BY_PAGE[name]
    problem, person = at_stage(cast, stage), cast.people[who]
    said = typed(cast)
    form = of(person).get(f"/problems/{problem.pk}/{name}/", **(HTMX if htmx else {}))
    assert form.status_code == 200
    text = form.content.decode()
    assert ("<html" in text) != htmx
    assert all(f'name="{asked}"' in text for asked in MOVES[name].asks)
    before = events(problem)
    answer = move(person, problem, name, htmx=htmx, key=1, **said)
    problem.refresh_from_db()
    assert problem.stage == end
    last = Event.objects.filter(subject_kind="problem", subject_id=problem.pk).order_by("seq").last()
    assert (last.kind, last.actor, str(last.pk)) == (f"problem.{name}", person.pk, KEY.format(1))
    assert events(problem) - before in (1, 2)  # 2: it also left a column of the report
    if htmx:
        assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (200, "#problem", "outerHTML")
        assert 'id="problem"' in answer.content.decode()
        assert problem.number in answer.content.decode()
    else:
        assert answer["Location"] == f"/problems/{problem.pk}/"


def test_what_is_typed_reaches_the_record(cast):
    problem = problem_at(cast, Stage.FOUND)
    move(
        cast.office, problem, "hand_over", unit=cast.bodies["street"].name, due_at="2022-11-25 18:00", note="当面交办。"
    )
    problem.refresh_from_db()
    assert (problem.unit, problem.due_at) == (cast.bodies["street"], NOON + 6 * HOUR)  # 18:00 in the operation's zone
    move(
        cast.unit,
        problem,
        "report_rectified",
        note="已划线。",
        uploads=[sent(encoded(), "a.jpg"), sent(encoded(noise((40, 30))), "b.jpg")],
    )
    event = Event.objects.get(kind="problem.report_rectified")
    assert event.facts["note"] == "已划线。"
    assert len(event.facts["evidence"]) == 2
    assert set(Upload.objects.values_list("about_kind", "about_id")) == {("problem", problem.pk)}


def test_a_double_click_is_answered_once(cast):
    problem = problem_at(cast, Stage.ACCEPTED)
    said = {"note": "已划线。", "key": 1}
    first = move(cast.unit, problem, "report_rectified", uploads=sent(encoded()), **said)
    before = events(problem)
    second = move(cast.unit, problem, "report_rectified", uploads=sent(encoded()), **said)
    assert first.status_code == second.status_code == 302
    assert events(problem) == before
    assert Upload.objects.count() == 1
    stolen = move(cast.other_unit, problem, "report_rectified", **said)
    assert stolen.status_code == 404


def test_the_key_of_another_request_is_refused(cast):
    problem, other = problem_at(cast, Stage.ACCEPTED), problem_at(cast, Stage.ACCEPTED)
    move(cast.unit, problem, "report_rectified", note="已划线。", key=1)
    answer = move(cast.unit, other, "report_rectified", note="已划线。", key=1)
    assert answer.status_code == 409
    assert "这个请求编号已用于另一件事" in answer.content.decode()
    other.refresh_from_db()
    assert other.stage == Stage.ACCEPTED


def test_the_second_of_two_who_close_reads_who_was_faster_and_when(cast):
    problem = problem_at(cast, Stage.RECTIFIED)
    visit = verification(cast)
    with travel(NOON + timedelta(minutes=5)):
        move(cast.verifier, problem, "close", visit=visit.pk)
    before = events(problem)
    for htmx in (False, True):
        answer = move(cast.office, problem, "close", htmx=htmx, visit=visit.pk, note="现场已看。")
        text = answer.content.decode()
        assert answer.status_code == 409
        assert f"{problem.number}现在是“已销号”，不能销号。" in text
        assert "示例verifier在 25日 12:05 已办：已销号。" in text
        assert "现场已看。" in text
    assert events(problem) == before


def test_the_page_of_a_move_that_is_closed_says_why(cast):
    problem = problem_at(cast, Stage.RECTIFIED)
    answer = of(cast.inspector).get(f"/problems/{problem.pk}/close/")
    assert answer.status_code == 403
    assert "发现此件的人不能自己办这一步，请由另一人办理。" in answer.content.decode()
    assert of(cast.unit).get(f"/problems/{problem.pk}/accept/").status_code == 409
    assert of(cast.office).get(f"/problems/{problem.pk}/nonsense/").status_code == 404
    assert of(cast.other_unit).get(f"/problems/{problem.pk}/close/").status_code == 404


def test_whoever_may_not_is_shown_the_form_again_and_no_file_is_taken_in(cast):
    problem = problem_at(cast, Stage.RECTIFIED)
    answer = move(cast.inspector, problem, "close", note="现场已看。", uploads=sent(encoded()))
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "请由另一人办理" in text
    assert "现场已看。" in text
    assert "没有办成，什么也没有改变" in text
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("stage", "who", "name", "said", "sentence"),
    [
        ("found", "office", "hand_over", {"unit": ""}, "责任单位"),
        ("found", "office", "hand_over", {"unit": "没有的单位"}, "没有叫“没有的单位”的"),
        ("found", "office", "hand_over", {"unit": "双龙"}, "是不是：双龙湖街道"),
        ("found", "office", "hand_over", {"unit": "%(unit)s", "due_at": "明天"}, "不是时刻"),
        ("found", "office", "hand_over", {"unit": "%(unit)s", "due_at": "2022-11-25 11:00"}, "时限须在交办之后"),
        ("found", "office", "merge", {"into": "YT-9999", "reason": "x"}, "没有编号为 YT-9999 的问题"),
        ("found", "office", "merge", {"into": "%(number)s", "reason": "x"}, "只能并入"),
        ("found", "office", "reclassify", {"klass": "conduct", "field": "testing", "cause": "careless_measures", "reason": ""}, "理由"),
        ("found", "office", "reclassify",
         {"klass": "ordinary", "field": "testing", "cause": "careless_measures", "reason": "x"}, "类别没有变化"),
        ("accepted", "unit", "report_rectified", {"note": "  "}, "怎么改的"),
        ("accepted", "unit", "report_rectified", {"note": "x" * 1001}, "1001"),
        ("accepted", "unit", "ask_extension", {"due_at": "2022-11-25 12:30", "reason": "x"}, "延期须晚于"),
        ("accepted", "unit", "add_evidence", {"note": "看照片"}, "照片、文件"),
        ("rectified", "verifier", "close", {"note": "现场已看。"}, "销号须有证据"),
        ("rectified", "verifier", "close", {"visit": "999"}, "999"),
        ("rectified", "verifier", "close", {"kept_uploads": "abc", "note": "现场已看。"}, "附件的编号读不懂"),
        ("rectified", "verifier", "close", {"request_key": "abc", "note": "现场已看。"}, "UUID"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("htmx", [False, True])
def test_bad_input_is_shown_again_with_its_sentence(stage, who, name, said, sentence, htmx, cast):
    problem = problem_at(cast, stage)
    known = {"unit": cast.bodies["street"].name, "number": problem.number}
    said = {key: value % known if "%(" in value else value for key, value in said.items()}
    before = events(problem), problem.state()
    answer = move(cast.people[who], problem, name, htmx=htmx, **said)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in text
    assert "dz-errors" in text
    for value in {"现场已看。", "看照片", "YT-9999"} & set(said.values()):
        assert value in text
    if htmx:
        assert answer["HX-Retarget"] == "#moves"
        assert "<html" not in text
    problem.refresh_from_db()
    assert (events(problem), problem.state()) == before


def test_files_that_were_sent_are_not_lost_when_the_form_is_refused(cast):
    problem = problem_at(cast, Stage.ACCEPTED)
    refused = move(
        cast.unit,
        problem,
        "report_rectified",
        note="",
        uploads=[sent(encoded(), "现场.jpg"), sent(b"not a picture", "x.jpg")],
    )
    text = refused.content.decode()
    upload = Upload.objects.get()
    assert "已收到 现场.jpg" in text
    assert "x.jpg：不认识这种文件" in text
    assert f'value="{upload.pk}" checked' in text
    done = move(cast.unit, problem, "report_rectified", note="已划线。", kept_uploads=str(upload.pk))
    assert done.status_code == 302
    assert Event.objects.get(kind="problem.report_rectified").facts["evidence"][0]["upload"] == str(upload.pk)


def test_somebody_elses_upload_is_not_taken_for_ones_own(cast):
    problem = problem_at(cast, Stage.ACCEPTED)
    move(cast.unit, problem, "report_rectified", note="", uploads=sent(encoded()))
    other = problem_at(cast, Stage.RECTIFIED)
    answer = move(cast.verifier, other, "close", kept_uploads=str(Upload.objects.get().pk))
    assert answer.status_code == 400


def test_one_goes_on_where_one_came_from_and_nowhere_else(cast):
    problem = problem_at(cast, Stage.HANDED_OVER)
    assert (
        move(cast.unit, problem, "accept", next="/problems/inbox/?tray=new")["Location"] == "/problems/inbox/?tray=new"
    )
    answer = move(cast.unit, problem, "report_rectified", note="已改。", next="https://evil.example/")
    assert answer["Location"] == f"/problems/{problem.pk}/"


@pytest.mark.parametrize("htmx", [False, True])
def test_whoever_sealed_a_problem_off_from_themselves_goes_back_to_the_ledger(htmx, cast):
    problem = problem_at(cast, Stage.FOUND)
    said = {"klass": "conduct", "field": "testing", "cause": "formalism_bureaucracy", "reason": "属作风问题。"}
    answer = move(cast.office, problem, "reclassify", htmx=htmx, **said)
    assert answer["HX-Redirect" if htmx else "Location"] == "/problems/"
    assert of(cast.office).get(f"/problems/{problem.pk}/").status_code == 404
    assert Problem.objects.get(pk=problem.pk).klass == "conduct"


def test_two_hats_are_worn_one_at_a_time(cast):
    """M14: whoever stands for the unit and supervises too reports what was mended, and somebody else verifies it."""
    appoint(cast.unit, cast.bodies["office"], "inspector", area=cast.areas["district"].path, starts_at=NOON - HOUR)
    problem = problem_at(cast, Stage.ACCEPTED)
    move(cast.unit, problem, "report_rectified", note="已划线。")
    page = of(cast.unit)
    assert page.get("/problems/").context["counts"]["all"] == 1
    assert page.get("/problems/inbox/", {"tray": "wait"}).context["cards"]
    answer = move(cast.unit, problem, "close", visit=verification(cast).pk)
    assert answer.status_code == 403
    assert "报整改的人不能自己核验，请由另一人办理。" in answer.content.decode()
    assert move(cast.verifier, problem, "close", visit=verification(cast).pk).status_code == 302


def test_nothing_is_moved_by_a_mere_visit_to_a_page(cast):
    problem = problem_at(cast, Stage.HANDED_OVER)
    before = events(problem)
    of(cast.unit).get(f"/problems/{problem.pk}/accept/", {"note": "x"})
    assert events(problem) == before
    assert of(cast.unit).put(f"/problems/{problem.pk}/accept/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.unit)
    assert strict.post(f"/problems/{problem.pk}/accept/").status_code == 403
    assert events(problem) == before


def test_what_cannot_be_taken_back_says_so_beforehand(cast):
    problem = problem_at(cast, Stage.RECTIFIED)
    text = of(cast.verifier).get(f"/problems/{problem.pk}/close/").content.decode()
    assert "销号后计入已销号；复发须重新打开。" in text
