"""Each list asks the database the same number of questions for one row as for many, and counts nothing without end."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duzhan.base.clock.instants import travel
from duzhan.people.actions import issue_token
from duzhan.supervision.inspections.actions import record_visit
from tests.builders.pages import of
from tests.people import HOUR, NOON

LISTS = (  # who reads it, and where; whoever makes a new list puts it here
    ("office", "problem-list"), ("unit", "inbox"), ("office", "visit-list"), ("office", "help-list"), ("office", "point-list"),
    ("office", "meeting-list"), ("office", "decision-list"), ("office", "report-list"), ("office", "self-report-list"),
    ("office", "figure-list"), ("office", "operation-list"), ("office", "area-list"), ("office", "notice-list"),
)  # fmt: skip
API = ("/api/problems?operation=yubei-test", "/api/visits?operation=yubei-test", "/api/points")


def more(cast, many):
    """So many more of what stands in lists: visits with problems and a call for help, some handed over."""
    for n in range(many):
        found = {"title": f"第{n}处排队间距不足", "field": "testing", "cause": "careless_measures"}
        given = {**found, "hand_over": {"unit": cast.bodies["street"]}}
        record_visit(
            cast.operation,
            {"point": cast.points["station"], "problems": [found, given], "difficulty": "缺引导人员。"},
            by=cast.inspector,
        )


def statements(ask) -> list:
    with CaptureQueriesContext(connection) as asked:
        answer = ask()
    assert answer.status_code == 200
    return [query["sql"] for query in asked.captured_queries]


def ask_for(cast, who, name):
    browser, address = of(cast.people[who]), reverse(name)

    def ask():
        return browser.get(address)

    ask()
    return ask


@pytest.mark.parametrize(("who", "name"), LISTS, ids=[name for _who, name in LISTS])
def test_a_list_asks_as_much_for_many_as_for_a_few(cast, who, name):
    with travel(NOON + HOUR):
        more(cast, 2)
    with travel(NOON + 2 * HOUR):
        few = statements(ask_for(cast, who, name))
    with travel(NOON + 3 * HOUR):
        more(cast, 9)
    with travel(NOON + 4 * HOUR):
        many = statements(ask_for(cast, who, name))
    assert len(many) <= len(few), [sql[:150] for sql in many]
    assert len(many) <= 45
    assert not [sql for sql in many if " OFFSET " in sql]


@pytest.mark.parametrize("address", API)
def test_a_list_for_programs_asks_as_much_for_many_as_for_a_few(cast, client, address):
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {issue_token(cast.office, 'test')}"}

    def asked():
        return len(statements(lambda: client.get(address, **bearer)))

    more(cast, 2)
    asked()
    few = asked()
    more(cast, 9)
    assert asked() == few <= 9


def test_no_page_of_the_ledger_counts_everything(cast):
    """What is counted beside a list is bounded: the counting stops where a number says nothing more."""
    more(cast, 2)
    for who, name in (
        ("office", "problem-list"),
        ("unit", "inbox"),
        ("office", "visit-list"),
        ("office", "point-list"),
    ):
        counting = [sql for sql in statements(ask_for(cast, who, name)) if re.search(r"count\(", sql, re.IGNORECASE)]
        without_end = [sql[:200] for sql in counting if "LIMIT" not in sql and " IN (" not in sql]
        assert without_end == [], name
