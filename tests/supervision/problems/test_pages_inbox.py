"""收件箱: what a unit has to do, the most urgent first; accepted one by one or all at once."""

from urllib.parse import urlsplit

from django.db import connection
from django.test.utils import CaptureQueriesContext

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.models import Event
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from tests.builders.pages import of
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

INBOX = "/problems/inbox/"


def shown(answer):
    return [row.problem.pk for row, _buttons in answer.context["cards"]]


def test_the_most_urgent_comes_first_whatever_its_stage(cast):
    later, accepted = problem_at(cast, Stage.HANDED_OVER), problem_at(cast, Stage.ACCEPTED)
    [soon] = actions.find_many(
        cast.operation,
        [{"point": cast.points["station"], "title": "缺一米线", "field": "testing", "cause": "careless_measures"}],
        by=cast.inspector,
    )
    actions.hand_over(soon, by=cast.office, unit=cast.bodies["street"], due_at=NOON + HOUR)
    with travel(NOON + 2 * HOUR):
        answer = of(cast.unit).get(INBOX)
    assert shown(answer) == [soon.pk, later.pk, accepted.pk]
    assert "超期 1 件" in answer.content.decode()


def test_each_tray_holds_what_it_says(cast):
    at = {stage: problem_at(cast, stage) for stage in Stage}
    back = problem_at(cast, Stage.RECTIFIED)
    actions.send_back(back, by=cast.verifier, reason="仍有缺口。")
    expected = {
        "new": [at["handed_over"]], "work": [at["accepted"]], "back": [back], "wait": [at["rectified"]], "done": [at["closed"]],
        "todo": [at["handed_over"], at["accepted"], back],
    }  # fmt: skip
    page = of(cast.unit)
    for name, problems in expected.items():
        answer = page.get(INBOX, {"tray": name})
        assert shown(answer) == [problem.pk for problem in problems], name
        assert [tab["count"] for tab in answer.context["tabs"]] == [3, 1, 1, 1, 1, 1]
    assert page.get(INBOX, {"tray": "attic"}).status_code == 400


def test_another_units_work_is_not_here_and_others_have_no_inbox(cast):
    problem_at(cast, Stage.HANDED_OVER)
    assert shown(of(cast.other_unit).get(INBOX)) == []
    assert "没有责任单位的岗位" in of(cast.office).get(INBOX).content.decode()


def test_one_is_accepted_with_one_press_and_rectified_with_a_form(cast):
    problem = problem_at(cast, Stage.HANDED_OVER)
    page = of(cast.unit)
    [(_row, buttons)] = page.get(INBOX, {"tray": "new"}).context["cards"]
    accept, report = buttons
    done = page.post(accept["url"], {"request_key": accept["key"], "next": accept["next"]})
    assert done["Location"] == "/problems/inbox/?tray=new"
    assert Problem.objects.get().stage == Stage.ACCEPTED
    form = page.get(report["url"])
    assert form.status_code == 200
    assert 'type="file"' in form.content.decode()
    [(_row, buttons)] = page.get(INBOX, {"tray": "work"}).context["cards"]
    assert [urlsplit(button["url"]).path for button in buttons] == [f"/problems/{problem.pk}/report_rectified/"]


def test_all_on_the_page_are_accepted_at_once_and_no_more(cast):
    shown_then = [problem_at(cast, Stage.HANDED_OVER) for _n in range(3)]
    page = of(cast.unit)
    form = page.get(INBOX, {"tray": "new"}).context["accept_form"]
    said = {"chosen": [problem.pk for problem in shown_then], "request_key": form["request_key"].value()}
    arrived = problem_at(cast, Stage.HANDED_OVER)
    done = page.post("/problems/inbox/accept/", said)
    assert done["Location"] == "/problems/inbox/?tray=work"
    assert set(Problem.objects.filter(stage=Stage.ACCEPTED)) == set(shown_then)
    arrived.refresh_from_db()
    assert arrived.stage == Stage.HANDED_OVER
    assert page.post("/problems/inbox/accept/", said).status_code == 302
    assert Event.objects.filter(kind="problem.accept").count() == 3


def test_accepting_all_is_all_or_none(cast):
    problems = [problem_at(cast, Stage.HANDED_OVER) for _n in range(2)]
    actions.transfer(problems[1], by=cast.office, unit=cast.bodies["other_street"], reason="属地有误。")
    page = of(cast.unit)
    assert page.post("/problems/inbox/accept/", {"chosen": [p.pk for p in problems]}).status_code == 404
    third = problem_at(cast, Stage.ACCEPTED)
    answer = page.post("/problems/inbox/accept/", {"chosen": [problems[0].pk, third.pk]})
    assert answer.status_code == 409
    assert f"{third.number}现在是“已签收”，不能签收。" in answer.content.decode()
    problems[0].refresh_from_db()
    assert problems[0].stage == Stage.HANDED_OVER


def test_the_inbox_asks_the_same_questions_for_one_and_for_thirty(cast):
    def questions():
        page = of(cast.unit)
        page.get(INBOX)
        with CaptureQueriesContext(connection) as asked:
            answer = page.get(INBOX, {"tray": "new", "size": "50"})
        return len(asked), len(shown(answer))

    problem_at(cast, Stage.HANDED_OVER)
    (one, rows) = questions()
    assert rows == 1
    for _n in range(29):
        problem_at(cast, Stage.HANDED_OVER)
    assert questions() == (one, 30)
