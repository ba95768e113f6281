"""The five operations retold: what the ledger says of them is what was reported of them at the time."""

import pytest

import demo
from duzhan.base.clock.instants import parse_instant
from duzhan.base.errors import BadInput, Conflict
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.queries import Slice
from duzhan.base.ledger.verify import verify
from duzhan.insight.figures import queries as figures
from duzhan.operations.models import Operation
from duzhan.people.models import Person
from duzhan.places.models import Area
from duzhan.places.queries import area_named

pytestmark = pytest.mark.django_db

STREETS_OF_YUBEI = {  # points visited, handed over, rectified
    "双龙湖": (82, 38, 37),
    "双凤桥": (74, 32, 32),
    "仙桃": (69, 29, 29),
    "两路": (88, 43, 41),
    "龙山": (66, 27, 27),
    "龙塔": (61, 24, 24),
    "龙溪": (72, 34, 33),
    "宝圣湖": (68, 28, 28),
    "回兴": (61, 27, 26),
}


def told(name, as_of, area="", topic=""):
    """The figures of an operation that has just been told, as of an instant of Chinese time."""
    operation = Operation.objects.get(code=name)
    path = area_named(area).path if area else ""
    return figures.figures(operation, as_of=parse_instant(as_of), slice=Slice(area=path, topic=topic))


@pytest.fixture
def tell():
    """Tell an operation; afterwards the ledger is whole."""

    def telling(name):
        lines = []
        [operation] = demo.tell([name], progress=lines.append)
        assert [line.partition(":")[0] for line in lines] == [name]
        assert list(verify()) == []
        return operation

    return telling


def test_yubei(tell):
    operation = tell("yubei-2022")
    found = told("yubei-2022", "2022-11-25 18:00")
    assert found.hold
    assert (found["points_visited"], found["problems_handed_over"]) == (641, 282)
    assert (found["problems_rectified"], found["problems_in_progress"]) == (277, 5)
    assert found["rectification_rate"].text == "98.23%"
    assert (found["groups_formed"], found["people_assigned"]) == (9, 39)
    assert (
        figures.sentence(found, operation, "zh")
        == "截至11月25日18时,共走访点位641个,交办问题282个,已整改277个,其余5个正在整改中."
    )
    for street, numbers in STREETS_OF_YUBEI.items():
        part = told("yubei-2022", "2022-11-25 18:00", street)
        assert (part["points_visited"], part["problems_handed_over"], part["problems_rectified"]) == numbers
    assert found["sent_back"] > 10 and found["relapses"] == 1 and found["problems_overdue"] == 2
    check_evenings(operation)
    check_traces(operation)
    check_people()


def check_evenings(operation):
    """Six reports, the fifth amended for what came late; six meetings; lower bodies that say 310余 of themselves."""
    reports = list(operation.reports.order_by("day"))
    assert [(report.number, report.amended) for report in reports] == [(1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (6, 0)]
    last = reports[-1].figures
    assert (last["points_visited"], last["problems_handed_over"], last["problems_rectified"]) == (641, 282, 277)
    [amended] = reports[4].amendments.all()
    [rectified] = [each for each in amended.differences if each["figure"] == "problems_rectified" and not each["table"]]
    assert rectified["was"] - rectified["is"] == 1
    assert operation.meetings.filter(stage="held").count() == 6
    newest = operation.self_reports.filter(as_of=max(operation.self_reports.values_list("as_of", flat=True)))
    assert sum(each.figures["problems_found"]["value"] for each in newest) == 310


def check_traces(operation):
    """Late news, sent back, relapsed, fixed on the spot, passed on, merged: each is there to be looked at."""
    kinds = set(Event.objects.filter(book=operation.pk).values_list("kind", flat=True))
    moves = (
        "fix_on_the_spot",
        "send_back",
        "relapse",
        "transfer",
        "press",
        "ask_extension",
        "extend",
        "pause",
        "resume",
    )
    assert {f"problem.{move}" for move in (*moves, "merge", "withdraw", "close")} <= kinds
    assert {"help.ask", "help.answer"} <= kinds
    late = Event.objects.filter(book=operation.pk, late=True, kind="problem.send_back")
    assert [event.recorded_at.hour - event.at.hour for event in late] == [3]


def check_people():
    """All are invented, and only the accounts that are told of can sign in."""
    assert all(person.is_demo and person.name.startswith("示例人员") for person in Person.objects.all())
    assert len(set(Person.objects.values_list("name", flat=True))) == Person.objects.count()
    can_sign_in = {person.username for person in Person.objects.all() if person.has_usable_password()}
    assert can_sign_in == {username for username, _password, _who in demo.accounts()}
    roles = {"office", "inspector", "verifier", "leader", "unit", "discipline"}
    assert can_sign_in == {f"yubei-{role}" for role in roles}
    username, password, _who = demo.accounts()[0]
    assert Person.objects.get(username=username).check_password(password)


def test_chongqing(tell):
    tell("chongqing-2021")
    found = told("chongqing-2021", "2021-11-18 18:00")
    assert found.hold
    assert (found["points_visited"], found["problems_found"], found["problems_rectified"]) == (3206, 846, 843)
    assert told("chongqing-2021", "2021-11-18 18:00", "两江新区")["groups_formed"] == 2
    assert told("chongqing-2021", "2021-11-18 18:00", "沙坪坝区")["groups_formed"] == 9


def test_winter(tell):
    tell("winter-2020")
    found = told("winter-2020", "2020-11-21 18:00", "伊犁")
    assert found.hold
    assert (found["units_inspected"], found["problems_found"], found["problems_rectified"]) == (1921, 522, 516)
    assert found["rectification_rate"].text == "98.85%"
    assert told("winter-2020", "2020-11-21 18:00", "巴彦淖尔")["groups_formed"] == 12


def test_qinghai(tell):
    tell("qinghai-2021")
    found = told("qinghai-2021", "2021-11-12 18:00", "西宁")
    assert found.hold
    assert (found["inspections"], found["problems_found"], found["groups_formed"]) == (1446, 356, 2 + 7)
    assert told("qinghai-2021", "2021-11-12 18:00", "海东")["groups_formed"] == 3
    assert told("qinghai-2021", "2021-11-12 18:00", "海东")["problems_found"] == 87


def test_guilin(tell):
    tell("guilin-2022")
    assert told("guilin-2022", "2022-11-25 18:00")["groups_formed"] == 10
    county = told("guilin-2022", "2022-11-25 18:00", "全州县")
    assert county.hold and county["problems_found"] == 23
    operation = Operation.objects.get(code="guilin-2022")
    of_one_sort = figures.by_topic(
        operation, "cause", as_of=parse_instant("2022-11-25 18:00"), slice=Slice(area=area_named("全州县").path)
    )
    assert of_one_sort["formalism_bureaucracy"]["problems_found"] == 23
    assert told("guilin-2022", "2022-11-25 18:00")["over_enforcement"] >= 9


def test_nothing_is_told_twice_or_by_halves(tell):
    tell("guilin-2022")
    there = Event.objects.count(), Person.objects.count(), Area.objects.count()
    with pytest.raises(Conflict, match="guilin-2022"):
        demo.tell(["yubei-2022", "guilin-2022"], progress=lambda line: None)
    with pytest.raises(BadInput, match="atlantis"):
        demo.tell(["atlantis"], progress=lambda line: None)
    assert (Event.objects.count(), Person.objects.count(), Area.objects.count()) == there
