"""The pages of figures: as of any instant, each number a link to as many records, masked where they must be."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duzhan.base.clock.instants import travel
from duzhan.insight.figures import queries
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.insight.figures.records import COLUMNS
from duzhan.operations.queries import slice_for
from duzhan.supervision.inspections.actions import record_visit, record_visits
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import one_of_each, problem_at
from tests.people import HOUR, NOON

HTMX = {"HX-Request": "true"}
PINNED = "2022-11-25 12:00"


@pytest.fixture
def busy(cast):
    one_of_each(cast)
    return cast


def text_of(response):
    text = b"".join(response.streaming_content) if response.streaming else response.content
    return html.unescape(text.decode())


def get(client, cast, name, address, **more):
    client.force_login(cast.people[name])
    return client.get(address, more.pop("query", {}), **more)


def links(text, key):
    """The addresses on a page that open the records of a figure."""
    return re.findall(rf'href="({reverse("figure-records", args=[key])}\?[^"]*)"', text)


ADDRESSES = [
    reverse("figure-list"),
    reverse("figure-records", args=["inspections"]),
    reverse("figure-records-csv", args=["inspections"]),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_is_asked_to_sign_in(client, cast, address):
    response = client.get(address)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_figures_are_only_read(client, busy, address):
    client.force_login(busy.office)
    assert client.post(address).status_code == 405


def test_somebody_without_an_operation_is_told_so(client, cast):
    assert "不在任何一个行动中" in text_of(get(client, cast, "volunteer", reverse("figure-list")))
    for address in ADDRESSES[1:]:
        assert get(client, cast, "volunteer", address).status_code == 404


def test_an_unknown_figure_is_a_page_that_is_not_there(client, busy):
    assert get(client, busy, "office", reverse("figure-records", args=["problems"])).status_code == 404


@pytest.mark.parametrize("key", CATALOGUE)
def test_each_number_opens_to_as_many_records(client, busy, key):
    with travel(NOON + HOUR):
        page = text_of(get(client, busy, "office", reverse("figure-list")))
        value = queries.figures(busy.operation, keys=[key])[key]
        opened = get(client, busy, "office", links(page, key)[0])
    assert opened.status_code == 200
    rows = opened.context["lines"]
    assert len(rows) == (value.N if CATALOGUE[key].counts.word == "ratio" else value)
    assert str(value) in text_of(opened)


def test_a_number_and_its_records_are_of_one_moment(client, busy):
    """The page pins its instants: what happens between the two clicks changes nothing."""
    address = links(text_of(get(client, busy, "office", reverse("figure-list"))), "problems_in_progress")[0]
    before = get(client, busy, "office", address).context["value"]
    with travel(NOON + HOUR):
        problem_at(busy, Stage.HANDED_OVER)
        assert get(client, busy, "office", address).context["value"] == before


def test_as_of_and_known_at_and_area_are_read_from_the_address(client, busy):
    with travel(NOON + 2 * HOUR):
        record_visit(busy.operation, {"point": busy.points["station"], "at": NOON}, by=busy.inspector)
        address = reverse("figure-records", args=["inspections"])

        def value(**query):
            return get(client, busy, "office", address, query=query).context["value"]

        assert value() == 3
        assert value(as_of="2022-11-25T11:59:59+08:00") == 0
        assert value(as_of=PINNED) == 3
        assert value(as_of=PINNED, known_at="2022-11-25 13:00") == 2
        assert value(area="双龙湖街道") == value(area="500112016") == value(area="双龙湖") == 2
        assert value(unit=str(busy.bodies["other_street"].pk)) == 1
        assert value(kind="supermarket") == 1
        assert value(topic="verify") == 1
        assert value(group="0") == 0


@pytest.mark.parametrize(
    ("query", "said"),
    [({"as_of": "昨天"}, "不是时刻"), ({"known_at": "2022-13-01"}, "不是时刻"), ({"area": "火星"}, "没有叫“火星”的区域"),
     ({"area": "全州县"}, "没有叫“全州县”的区域"), ({"unit": "x"}, "整数"), ({"group": "-1"}, "0"), ({"unit": "9" * 30}, ""),
     ({"as_of": "0001-01-01"}, ""), ({"area": "\x00"}, "")],
)  # fmt: skip
@pytest.mark.parametrize("address", ADDRESSES)
def test_what_cannot_be_read_is_said_and_typed_text_kept(client, busy, address, query, said):
    response = get(client, busy, "office", address, query=query)
    assert response.status_code == (400 if said else response.status_code)
    assert response.status_code < 500
    text = text_of(response)
    assert said in text
    if said and not address.endswith("csv"):
        [typed] = query.values()
        assert typed in text


def test_htmx_gets_the_records_alone(client, busy):
    address = reverse("figure-records", args=["problems_in_progress"])
    text = text_of(get(client, busy, "office", address, headers=HTMX))
    assert text.strip().startswith("<section") and 'id="records"' in text
    assert "<html" not in text


def test_a_unit_sees_its_own_figures(client, busy):
    text = text_of(get(client, busy, "other_unit", reverse("figure-list")))
    response = get(client, busy, "other_unit", links(text, "inspections")[0])
    assert response.context["value"] == 1
    own = queries.figures(busy.operation, slice=slice_for(busy.other_unit, busy.operation))
    assert own["problems_found"] == 0


def test_conduct_problems_have_no_title_and_no_link(client, busy):
    address = reverse("figure-records", args=["problems_handed_over"])
    office = get(client, busy, "office", address)
    assert "作风纪律问题，内容不公开" in text_of(office)
    [masked] = [line for line in office.context["lines"] if line.record.is_masked]
    assert masked.url == ""
    assert reverse("problem", args=[masked.record.pk]) not in text_of(office)
    assert "本页有 1 件您无权查看内容" in text_of(office)
    assert "内容不公开" not in text_of(get(client, busy, "discipline", address))


def test_a_late_problem_is_late_as_of_then(client, cast):
    actions.hand_over(problem_at(cast, Stage.FOUND), by=cast.office, unit=cast.bodies["street"], due_at=NOON + HOUR)
    address = reverse("figure-records", args=["problems_in_progress"])
    with travel(NOON + 30 * HOUR):
        then = text_of(get(client, cast, "office", address, query={"as_of": "2022-11-25 12:30"}))
        later = text_of(get(client, cast, "office", address, query={"as_of": "2022-11-25 15:00"}))
    assert "还剩 30分" in then and "is-late" not in then
    assert "超期 2小时" in later and "is-late" in later


def test_long_lists_go_page_by_page(client, cast):
    station = cast.points["station"]
    rows = [{"point": station, "at": NOON - timedelta(minutes=number // 2)} for number in range(120)]
    record_visits(cast.operation, rows, by=cast.inspector)
    seen, address = [], reverse("figure-records", args=["inspections"])
    while address:
        response = get(client, cast, "office", address)
        seen += [line.record.pk for line in response.context["lines"]]
        following = response.context["page"].next_url
        address = following and reverse("figure-records", args=["inspections"]) + following
    assert len(seen) == len(set(seen)) == 120


def statements(client, cast, address):
    client.force_login(cast.office)
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("key", ["", *CATALOGUE])
def test_a_page_asks_the_same_at_any_length(client, busy, key):
    address = reverse("figure-records", args=[key]) if key else reverse("figure-list")
    few = statements(client, busy, address)
    for stage in (Stage.CLOSED, Stage.ACCEPTED, Stage.ACCEPTED):
        problem_at(busy, stage)
    assert statements(client, busy, address) <= few + (key in ("points_visited", "units_inspected"))
    assert few < 26


# --- as a file --------------------------------------------------------------------------------------------------


def table(response):
    text = text_of(response)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_the_file_holds_every_record(client, busy):
    response = get(client, busy, "office", reverse("figure-records-csv", args=["problems_found"]))
    assert response["Content-Disposition"] == 'attachment; filename="yubei-test-problems_found-2022-11-25.csv"'
    head, *rows = table(response)
    assert len(head) == len(COLUMNS) and head[0] == "编号"
    assert len(rows) == queries.figures(busy.operation)["problems_found"]
    sealed = [row for row in rows if row[1] == "作风纪律问题，内容不公开"]
    assert len(sealed) == 1 and len(list(filter(None, sealed[0]))) == 3


def test_the_file_is_in_the_readers_language(client, busy):
    client.cookies["duzhan_language"] = "en"
    head, *_rows = table(get(client, busy, "office", reverse("figure-records-csv", args=["problems_found"])))
    assert head[0] == "Number"


def test_no_cell_of_the_file_is_a_formula(client, cast):
    for title in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1"):
        actions.find(
            cast.operation,
            by=cast.inspector,
            point=cast.points["station"],
            title=title,
            field="testing",
            cause="careless_measures",
        )
    _head, *rows = table(get(client, cast, "office", reverse("figure-records-csv", args=["problems_found"])))
    assert not any(row[1].startswith(("=", "+", "-", "@", "\t")) for row in rows)
