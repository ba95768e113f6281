"""修改点位: put right by the office of its area, with the event that says so; whoever else tries changes nothing."""

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput, Conflict, NotAllowed
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.people.actions import appoint, found_body, register_person
from duzhan.places.actions import add_area, change_point, register_point
from duzhan.places.models import Point
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from tests.builders.pages import of, words_of
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON, STARTED


@pytest.fixture
def station(cast):
    return cast.points["station"]


def address(point):
    return f"/points/{point.pk}/change/"


def as_it_stands(client, point):
    form = client.get(address(point)).context["form"]
    return {name: "" if (value := form[name].value()) is None else value for name in form.fields}


def unchanged(point):
    there = Point.objects.get(pk=point.pk)
    return (there.state(), there.seq) == (point.state(), point.seq)


def test_the_office_puts_a_point_right_and_the_ledger_says_what_it_is_now(cast, station):
    client = of(cast.office)
    assert f'href="{address(station)}"' in client.get(f"/points/{station.pk}/").content.decode()
    given = as_it_stands(client, station) | {
        "name": "示例采样点01（新址）", "area": "龙溪街道", "body": "龙溪街道territory", "address": "示例路 2 号",
        "lat": "29.60", "lon": "106.50", "datum": "gcj02",
    }  # fmt: skip
    with travel(NOON + HOUR):
        answer = client.post(address(station), given)
    assert answer["Location"] == f"/points/{station.pk}/"
    point = Point.objects.get(pk=station.pk)
    assert (point.name, point.area_path, point.body) == (
        "示例采样点01（新址）", cast.areas["other_street"].path, cast.bodies["other_street"],
    )  # fmt: skip
    event = Event.objects.get(kind="point.change")
    assert (event.actor, event.at, event.area) == (cast.office.pk, NOON + HOUR, cast.areas["other_street"].path)
    assert event.changes == {
        "name": "示例采样点01（新址）", "area_id": point.area_id, "area_path": point.area_path, "body_id": point.body_id,
        "address": "示例路 2 号", "lat": "29.600000", "lon": "106.500000", "datum": "gcj02",
    }  # fmt: skip
    assert list(verify()) == []


def test_what_was_found_there_stays_where_it_was_found_and_is_found_by_the_new_name(cast, station):
    problem = problem_at(cast, Stage.ACCEPTED)
    change_point(station, by=cast.office, name="示例新名字", area=cast.areas["other_street"])
    there = Problem.objects.get(pk=problem.pk)
    assert there.state() == problem.state()
    answer = of(cast.office).get("/problems/?q=示例新名字")
    assert [row.pk for row in answer.context["page"].rows] == [problem.pk]
    assert list(verify()) == []


def test_a_point_is_put_out_of_use_and_back(cast, station):
    client = of(cast.office)
    given = as_it_stands(client, station)
    client.post(address(station), {name: value for name, value in given.items() if name != "is_open"})
    assert "已停用" in words_of(client.get(f"/points/{station.pk}/"))
    assert of(cast.inspector).get(f"/visits/new/{station.pk}/").status_code != 200
    client.post(address(station), as_it_stands(client, station) | {"is_open": "on"})
    assert of(cast.inspector).get(f"/visits/new/{station.pk}/").status_code == 200


def test_what_is_saved_as_it_was_is_no_event(cast, station):
    client = of(cast.office)
    assert client.post(address(station), as_it_stands(client, station)).status_code == 302
    assert not Event.objects.filter(kind="point.change").exists()


def test_an_area_and_a_body_whose_names_others_have_too_stay(cast, station):
    found_body(cast.bodies["street"].name, "community")
    add_area("双龙湖街道", "500112999", "street", parent=cast.areas["district"])
    client = of(cast.office)
    assert client.post(address(station), as_it_stands(client, station) | {"address": "示例路"}).status_code == 302
    there = Point.objects.get(pk=station.pk)
    assert (there.body, there.area, there.address) == (cast.bodies["street"], cast.areas["street"], "示例路")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "名称"), ({"name": "长" * 101}, "100"), ({"kind": "castle"}, "castle"), ({"area": "火星"}, "火星"),
        ({"body": "没有这个单位"}, "没有叫"), ({"lat": ""}, "要么都填"), ({"lat": "95"}, "不是度数"), ({"seen": "x"}, ""),
        ({"address": "长" * 201}, "200"), ({"name": "示例超市02", "kind": "supermarket", "area": "龙溪街道"}, "同名同类"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_changes_nothing(cast, station, wrong, told):
    client = of(cast.office)
    answer = client.post(address(station), as_it_stands(client, station) | wrong)
    assert (answer.status_code, told in words_of(answer)) == (400, True)
    assert unchanged(station)


def test_whoever_was_slower_overwrites_nothing(cast, station):
    client = of(cast.office)
    given = as_it_stands(client, station)
    change_point(station, by=cast.office, address="示例路 9 号")
    answer = client.post(address(station), given | {"address": "示例路 1 号"})
    assert (answer.status_code, "刚由别人改过" in words_of(answer)) == (400, True)
    assert Point.objects.get(pk=station.pk).address == "示例路 9 号"


@pytest.mark.parametrize("name", ["inspector", "leader", "discipline", "unit"])
def test_nobody_but_the_office_changes_points(cast, station, name):
    client = of(cast.people[name])
    assert address(station) not in client.get(f"/points/{station.pk}/").content.decode()
    for answer in (client.get(address(station)), client.post(address(station), {"name": "别的"})):
        assert (answer.status_code, "督导办" in words_of(answer)) == (403, True)
    with pytest.raises(NotAllowed):
        change_point(station, by=cast.people[name], name="别的")
    assert unchanged(station)


def test_an_office_reaches_no_further_than_its_area(cast, station):
    narrow = register_person("narrow", "示例督导办")
    appoint(narrow, cast.bodies["office"], "office", area=cast.areas["street"].path, starts_at=STARTED)
    client, market = of(narrow), cast.points["market"]
    assert client.get(address(market)).status_code == 404
    answer = client.post(address(station), as_it_stands(client, station) | {"area": "龙溪街道"})
    assert (answer.status_code, "所在区域的督导办" in words_of(answer)) == (400, True)
    with pytest.raises(NotAllowed):
        change_point(market, by=narrow, name="别的")
    assert unchanged(station) and unchanged(market)


def test_a_point_outside_the_operation_is_changed_in_its_own(cast):
    appoint(cast.office, cast.bodies["far_office"], "office", area=cast.areas["far"].path, starts_at=STARTED)
    far = register_point("示例远点", "school", cast.areas["far"])
    answer = of(cast.office).get(address(far))
    assert (answer.status_code, "先换到" in words_of(answer)) == (403, True)


def test_the_action_asks_the_same_as_the_page(cast, station):
    for name in (" ", "长" * 101):
        with pytest.raises(BadInput):
            change_point(station, by=cast.office, name=name)
    with pytest.raises(BadInput):
        change_point(station, by=cast.office, lat=None)
    with pytest.raises(Conflict):
        change_point(station, by=cast.office, seen=station.seq + 1, name="别的")
    assert unchanged(station)
