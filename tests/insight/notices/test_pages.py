"""The page of notices and the bell: counted, opened, marked as read; by their receiver alone."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duzhan.insight.notices import queries
from duzhan.insight.notices.models import Notice
from duzhan.supervision.problems.flow import Stage
from tests.builders.pages import of
from tests.builders.problems import problem_at

from .test_notices import carry_out


@pytest.fixture
def handed_over(cast):
    problem = problem_at(cast, Stage.HANDED_OVER)
    carry_out()
    return problem


def bell(answer):
    found = re.search(r'class="dz-bell"[^>]*>.*?</a>', answer.content.decode(), re.DOTALL)[0]
    number = re.search(r"<b[^>]*>([^<]*)</b>", found)
    return number[1] if number else ""


def test_the_bell_counts_what_waits_and_the_page_shows_it(cast, handed_over):
    assert bell(of(cast.unit).get("/problems/inbox/")) == "1"
    assert bell(of(cast.office).get("/")) == ""
    answer = of(cast.unit).get("/notices/")
    [line] = answer.context["lines"]
    assert (line.number, line.title, line.word, line.stands) == (
        handed_over.number,
        handed_over.title,
        "交办",
        "已交办",
    )
    assert "没有未读的通知" in of(cast.office).get("/notices/").content.decode()


def test_opening_one_reads_it_and_leads_to_its_record(cast, handed_over):
    unit, [notice] = of(cast.unit), Notice.objects.all()
    answer = unit.post(f"/notices/{notice.pk}/open/")
    assert (answer.status_code, answer["Location"]) == (302, f"/problems/{handed_over.pk}/")
    notice.refresh_from_db()
    read_at = notice.read_at
    assert bell(unit.get("/notices/")) == ""
    assert unit.get("/notices/").context["lines"] == []
    [line] = unit.get("/notices/?show=all").context["lines"]
    assert not line.notice.is_waiting
    unit.post(f"/notices/{notice.pk}/open/")
    notice.refresh_from_db()
    assert notice.read_at == read_at


def test_looking_changes_nothing(cast, handed_over):
    unit, [notice] = of(cast.unit), Notice.objects.all()
    for address in ("/notices/", "/notices/?show=all"):
        unit.get(address)
    for address in (f"/notices/{notice.pk}/open/", f"/notices/{notice.pk}/read/", "/notices/read/"):
        assert unit.get(address).status_code == 405
    notice.refresh_from_db()
    assert notice.is_waiting


@pytest.mark.parametrize("name", ["office", "other_unit", "far_office"])
def test_nobody_reads_what_was_told_to_somebody_else(name, cast, handed_over):
    [notice] = Notice.objects.all()
    page = of(cast.people[name])
    for act in ("open", "read"):
        assert page.post(f"/notices/{notice.pk}/{act}/").status_code == 404
    page.post("/notices/read/", {"until": notice.pk})
    notice.refresh_from_db()
    assert notice.is_waiting


def test_all_are_read_up_to_the_newest_that_was_shown(cast, handed_over):
    unit = of(cast.unit)
    until = unit.get("/notices/").context["newest"]
    problem_at(cast, Stage.HANDED_OVER)
    carry_out()
    answer = unit.post("/notices/read/", {"until": until}, follow=True)
    assert "1 条已读" in answer.content.decode()
    assert queries.unread_count(cast.unit) == 1


@pytest.mark.parametrize("until", ["", "x", "-1", "9" * 19, "１"])
def test_an_end_that_cannot_be_read_is_refused(until, cast, handed_over):
    assert of(cast.unit).post("/notices/read/", {"until": until}).status_code == 400
    assert queries.unread_count(cast.unit) == 1


def test_a_long_list_asks_no_more_than_a_short_one(cast):
    def questions():
        page = of(cast.unit)
        page.get("/notices/")
        with CaptureQueriesContext(connection) as asked:
            page.get("/notices/")
        return len(asked)

    problem_at(cast, Stage.HANDED_OVER)
    carry_out()
    short = questions()
    for _each in range(12):
        problem_at(cast, Stage.HANDED_OVER)
    carry_out()
    assert questions() == short


def test_in_english_there_is_no_chinese_but_names(cast, handed_over):
    unit = of(cast.unit)
    unit.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    text = unit.get("/notices/").content.decode()
    assert "Mark all as read" in text
    assert "Handed over to" in text
    assert ", 1 unread" in text


def test_what_is_to_be_done_stands_in_a_tab_of_its_own(cast):
    problem_at(cast, Stage.CLOSED)
    asked = problem_at(cast, Stage.HANDED_OVER)
    carry_out()
    unit = of(cast.unit)
    assert [tab["count"] for tab in unit.get("/notices/").context["tabs"]] == [2, 1, 3]
    [line] = unit.get("/notices/?show=asking").context["lines"]
    assert line.number == asked.number
    assert unit.get("/notices/?show=later").status_code == 400
