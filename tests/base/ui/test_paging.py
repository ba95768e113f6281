"""Pages by key: nothing twice, nothing left out, whatever comes or goes meanwhile."""

import json

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from duzhan.base.errors import BadInput
from duzhan.base.ui.paging import page_of
from duzhan.people.models import Body, Post

ORDER = ("kind", "-name", "pk")


@pytest.fixture
def bodies(db):
    """Sixty bodies in two kinds, many of one name."""
    rows = [Body(name=f"单位{number % 7}", kind=("office", "department")[number % 2]) for number in range(60)]
    return Body.objects.bulk_create(rows)


def asked(url="", **more):
    query = QueryDict(url.removeprefix("?"), mutable=True)
    for name, value in more.items():
        query[name] = value
    return query


def read_through(step, first):
    found, address = [], first
    while True:
        page = page_of(Body.objects.all(), ORDER, asked(address))
        found.append([body.pk for body in page.rows])
        address = getattr(page, step)
        if not address:
            return found


def test_every_row_stands_on_one_page_forwards_and_backwards(bodies):
    whole = list(Body.objects.order_by(*ORDER).values_list("pk", flat=True))
    forwards = read_through("next_url", "")
    assert [len(rows) for rows in forwards] == [25, 25, 10]
    assert sum(forwards, []) == whole
    last = page_of(Body.objects.all(), ORDER, asked(page_of(Body.objects.all(), ORDER, asked()).next_url))
    last = page_of(Body.objects.all(), ORDER, asked(last.next_url))
    assert not last.next_url
    backwards = [[body.pk for body in last.rows], *read_through("previous_url", last.previous_url)]
    assert sum(reversed(backwards), []) == whole


def test_a_row_that_goes_away_moves_no_other_to_another_page(bodies):
    first = page_of(Body.objects.all(), ORDER, asked())
    expected = [body.pk for body in page_of(Body.objects.all(), ORDER, asked(first.next_url)).rows]
    Body.objects.filter(pk=first.rows[-1].pk).delete()
    assert [body.pk for body in page_of(Body.objects.all(), ORDER, asked(first.next_url)).rows] == expected


def test_filters_and_size_stay_in_the_addresses(bodies):
    page = page_of(Body.objects.all(), ORDER, asked(q="单位", size="50"))
    assert page.shown == 50
    kept = asked(page.next_url)
    assert (kept["q"], kept["size"]) == ("单位", "50")
    assert [(each["size"], each["is_current"]) for each in page.sizes] == [(25, False), (50, True), (100, False)]
    assert page_of(Body.objects.all(), ORDER, asked(size="1000000")).shown == 25


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "[]",
        '["a"]',
        "[1,2,3,4]",
        "{}",
        "null",
        '["office","单位",null]',
        '["office","a\\u0000b",1]',
        "[" * 5000,
        '["office","a\\ud800b",1]',
        f'["office","单位",{10**30}]',
    ],  # fmt: skip
)
def test_an_altered_address_is_refused(bodies, key):
    with pytest.raises(BadInput):
        page_of(Body.objects.all(), ORDER, asked(after=key))


@pytest.mark.parametrize("instant", ["2022-11-25T12:00:00", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"])
def test_an_instant_without_a_zone_or_out_of_all_time_is_refused(db, instant):
    with pytest.raises(BadInput):
        page_of(Post.objects.all(), ("starts_at", "pk"), asked(after=json.dumps([instant, 1])))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(key):
    try:
        page_of(Body.objects.none(), ORDER, asked(after=key))
    except BadInput:
        pass
