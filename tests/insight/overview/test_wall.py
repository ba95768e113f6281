"""大屏: the same numbers for everybody in the room, asked again every minute, and no problem about conduct by name."""

from urllib.parse import urlsplit

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duzhan.base.clock.instants import travel
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems.flow import Stage
from tests.builders.pages import of
from tests.builders.problems import problem_at
from tests.insight.overview.story import SECRET, conduct, handed_over
from tests.people import HOUR, NOON


def test_the_wall_shows_the_numbers_the_late_and_how_fresh_it_is(cast):
    record_visit(cast.operation, {"point": cast.points["station"]}, by=cast.inspector)
    problem = problem_at(cast, Stage.ACCEPTED)
    with travel(problem.due_at + HOUR):
        answer = of(cast.leader).get("/wall/")
    assert answer.status_code == 200
    assert [tile["value"] for tile in answer.context["tiles"]] == [1, 1, 0, 1]
    assert [(line.title, line.left.text) for line in answer.context["lines"]] == [(problem.title, "超期 1小时")]
    assert answer.context["table"]["rows"] == [{"name": "双龙湖街道", "numbers": [1, 1, 0, 1], "late": 1}]
    page = answer.content.decode()
    assert "1 = 0 + 1" in page and "最近一次登记 11-25 12:00" in page and 'data-theme="dark"' in page


def test_it_asks_again_by_itself_and_gets_only_its_part(cast):
    page = of(cast.leader).get("/wall/").content.decode()
    assert 'hx-get="/wall/"' in page and 'hx-trigger="every 60s"' in page
    part = of(cast.leader).get("/wall/", headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="wall"') and "<html" not in part


def test_who_was_signed_out_meanwhile_is_led_to_the_door_as_a_whole(cast):
    answer = Client().get("/wall/", headers={"HX-Request": "true"})
    assert urlsplit(answer["HX-Redirect"]).path == "/accounts/login/"


def test_nobodys_wall_names_a_problem_about_conduct(cast):
    conduct(cast)
    for person in (cast.office, cast.leader, cast.inspector, cast.discipline):
        answer = of(person).get("/wall/")
        assert SECRET not in answer.content.decode(), person
        assert answer.context["tiles"][3]["value"] == 1 and answer.context["more"] == 1


def test_more_areas_than_there_is_room_for_are_added_up(cast, monkeypatch):
    monkeypatch.setattr("duzhan.insight.overview.shown.WALL_ROWS", 1)
    problem_at(cast, Stage.ACCEPTED)
    handed_over(cast, 2, point=cast.points["market"])
    rows = of(cast.leader).get("/wall/").context["table"]["rows"]
    assert [(row["name"], row["numbers"][1]) for row in rows] == [("其余", 3)]


def test_a_fixed_number_of_questions_however_much_there_is(cast):
    def asked():
        client = of(cast.leader)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/wall/").status_code == 200
        return len(asked)

    handed_over(cast)
    with travel(NOON + HOUR):
        few = asked()
    handed_over(cast, 30)
    with travel(NOON + HOUR):
        assert asked() == few
    assert few <= 30
