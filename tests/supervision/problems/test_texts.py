"""查找: whatever stands in a problem's words is found, at one letter, two or more, read in or not, on both databases."""

import sys
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from duzhan.base.ui.spelling import NOTHING, number_text
from duzhan.people.actions import appoint, register_person
from duzhan.places.models import Point
from duzhan.supervision.problems import actions, texts
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem, Unread
from duzhan.supervision.problems.queries import ORDERS, asked_for, counts, ledger, neighbours, page_of, stretches
from duzhan.supervision.problems.queries import paging as walking
from tests.builders.pages import of
from tests.people import STARTED

TITLES = (
    "采样点排队间距不足", "排队无人引导", "口罩佩戴不规范", "100%查验流于形式", "QR code 未张贴", "qr码失效", "通道_堵塞",
    "𠮷祥小区未消毒", "反斜杠\\记录", "桌椅间距", "椅", "İ号楼", "ß试", "“引号”内容", "队排",
)  # fmt: skip
WANTED = (
    "排队",
    "队",
    "椅",
    "排队间距不足",
    "%",
    "_",
    "\\",
    "qr",
    "QR",
    "Q",
    "𠮷",
    "𠮷祥",
    "“引",
    "没有的字",
    "站",
    "示例",
    "İ",
    "试",
)


@pytest.fixture
def many(cast):
    rows = [
        {"point": cast.points["station"], "title": title, "detail": f"现场第{n}处", "field": "testing", "cause": "careless_measures"}
        for n, title in enumerate(TITLES)
    ]  # fmt: skip
    return actions.find_many(cast.operation, rows, by=cast.inspector)


def found(cast, text):
    asked = asked_for({"q": text, "sort": "newest"}, cast.office, cast.operation)
    page = page_of(ledger(cast.office, cast.operation, asked), asked, {"size": "100"})
    told = counts(cast.office, cast.operation, asked)
    assert told["all"] in (None, page.shown)
    assert [row.pk for part in stretches(ledger(cast.office, cast.operation, asked), asked) for row in part] == [
        row.pk for row in page.rows
    ]
    return {row.pk for row in page.rows}


def looked_at(text):
    """Those that the database itself finds by looking at each."""
    like = Problem.objects.filter(title__icontains=text)
    like |= Problem.objects.filter(detail__icontains=text) | Problem.objects.filter(point__name__icontains=text)
    return {row.pk for row in like}


@pytest.mark.parametrize("way", ["unread", "read", "half", "many", "unread and many"])
def test_what_stands_in_the_words_is_found(way, cast, many, monkeypatch):
    if "many" in way:
        monkeypatch.setattr(texts, "MOST", dict.fromkeys(texts.MOST, 0))
        monkeypatch.setattr(walking, "LOOKED_AT", 2)
    if "unread" not in way:
        assert texts.read_new(7 if way == "half" else 2000) == (7 if way == "half" else len(TITLES))
    for text in WANTED:
        assert found(cast, text) == looked_at(text), text
    assert found(cast, "排队") == {many[0].pk, many[1].pk}


@pytest.mark.parametrize("way", ["named", "met"])
def test_what_is_done_is_found_as_what_is_open(way, cast, many, monkeypatch):
    if way == "met":  # what is done is walked along, as beside very many that are open
        monkeypatch.setattr(texts.Sought, "sample", texts.Sample(looked=100, is_open=1, met=1, total=1000))
    texts.read_new()
    for problem in (many[0], many[2]):
        actions.withdraw(problem, by=cast.office, reason="经核实不是问题。")
    assert set(Unread.objects.values_list("pk", flat=True)) == {many[0].pk, many[2].pk}
    for _state in ("unread", "read"):
        for text, expected in (("排队", many[:2]), ("间距", [many[0], many[9]]), ("口罩", [many[2]])):
            assert {row.pk for row in shown(cast, text, everything=True)} == {row.pk for row in expected}
            assert {row.pk for row in shown(cast, text)} == {
                row.pk for row in expected if row not in (many[0], many[2])
            }
        texts.read_new()
    assert not Unread.objects.exists()


def test_what_is_done_is_counted_beside_few_that_are_open(cast, many, monkeypatch):
    texts.read_new()
    actions.withdraw(many[0], by=cast.office, reason="经核实不是问题。")
    asked = asked_for({"q": "间距"}, cast.office, cast.operation)
    told = counts(cast.office, cast.operation, asked)
    assert (str(told["all"]), str(told["left"])) == ("1", "1")
    monkeypatch.setattr(sys.modules[counts.__module__], "FEW_OPEN", 0)
    told = counts(cast.office, cast.operation, asked)
    assert (str(told["found"]), str(told["all"]), number_text(told["left"])) == ("1", "1+", NOTHING)


@pytest.mark.parametrize("sort", sorted(ORDERS))
@pytest.mark.parametrize("way", ["named", "met"])
def test_what_has_the_words_stands_in_the_same_order_however_it_is_met(way, sort, cast, many, monkeypatch):
    if way == "met":
        monkeypatch.setattr(texts, "MOST", dict.fromkeys(texts.MOST, 0))
        monkeypatch.setattr(walking, "LOOKED_AT", 2)
    texts.read_new()
    actions.hand_over_many(many[2:9], by=cast.office, unit=cast.bodies["street"])
    actions.pause(many[4], by=cast.office, reason="等待上级答复。")
    actions.withdraw(many[0], by=cast.office, reason="经核实不是问题。")
    asked = replace(asked_for({"q": "现场", "sort": sort}, cast.office, cast.operation), within=frozenset(Stage))
    rows = ledger(cast.office, cast.operation, asked)
    plain = replace(asked, chosen=())
    expected = [row.pk for part in stretches(ledger(cast.office, cast.operation, plain), plain) for row in part]
    assert sorted(expected) == sorted(problem.pk for problem in many)  # the words stand in each
    for place, number in enumerate(expected):
        beside = neighbours(rows, asked, rows.get(pk=number))
        before, after = (row and row.pk for row in beside)
        assert before == (expected[place - 1] if place else None)
        assert after == (expected[place + 1] if place + 1 < len(expected) else None)
    assert [row.pk for row in page_of(rows, asked, {"size": "100"}).rows] == expected


def test_who_sees_nothing_there_finds_nothing(cast, many, monkeypatch):
    """However frequent the words: what is seen is asked before them."""
    texts.read_new()
    monkeypatch.setattr(texts, "MOST", dict.fromkeys(texts.MOST, 0))
    narrow = register_person("narrow", "示例督导办")
    appoint(narrow, cast.bodies["other_street"], "office", area=cast.areas["other_street"].path, starts_at=STARTED)
    answer = of(narrow).get("/problems/", {"q": "现场", "area": cast.areas["street"].code})
    assert (answer.status_code, answer.context["rows"]) == (200, [])


def test_what_is_done_and_frequent_is_found_before_the_database_has_counted_it(cast, many, monkeypatch):
    """As after an import: few open ones named, many done ones walked along, and no statistics of the table yet."""
    texts.read_new()
    for problem in many[3:]:
        actions.withdraw(problem, by=cast.office, reason="经核实不是问题。")
    texts.read_new()
    monkeypatch.setattr(texts, "MOST", {"open": 100, "done": 3})
    assert {row.pk for row in shown(cast, "现场", everything=True)} == {problem.pk for problem in many}


def shown(cast, text, everything=False):
    asked = asked_for({"q": text}, cast.office, cast.operation)
    asked = replace(asked, within=frozenset(Stage)) if everything else asked
    return page_of(ledger(cast.office, cast.operation, asked), asked, {}).rows


def test_whoever_enters_a_problem_writes_only_its_number(cast, many):
    assert set(Unread.objects.values_list("pk", flat=True)) == {problem.pk for problem in many}
    assert texts.read_new() == len(many)
    assert texts.read_new() == 0
    actions.hand_over_many(many[:3], by=cast.office, unit=cast.bodies["street"])
    assert not Unread.objects.exists()  # a move changes no words


def test_a_point_that_is_called_otherwise_is_found_by_its_new_name(cast, many):
    texts.read_new()
    Point.objects.filter(pk=cast.points["station"].pk).update(name="新名采样站")
    assert found(cast, "新名") == {problem.pk for problem in many}
    assert texts.read_new() == len(many)
    assert found(cast, "新名") == {problem.pk for problem in many}
    assert found(cast, "名采样") == {problem.pk for problem in many}


def test_words_do_not_run_on_from_the_title_into_the_facts(cast, many):
    texts.read_new()
    assert found(cast, "足现") == set()


@given(st.text(max_size=30), st.data())
def test_the_pairs_of_a_part_are_pairs_of_the_whole(text, data):
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    assert set(texts.pairs(part).split()) <= set(texts.pairs(text).split())


def test_the_page_finds_two_letters(cast, many):
    texts.read_new()
    client = Client()
    client.force_login(cast.office)
    answer = client.get("/problems/", {"q": "排队"})
    assert [row.problem.pk for row in answer.context["rows"]] == [many[0].pk, many[1].pk]
    assert answer.context["counts"]["all"] == 2


@pytest.mark.postgres
def test_postgresql_enters_the_index_of_pairs(cast, many):
    texts.read_new()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT 1 FROM problems_text WHERE is_open AND problems_pairs(letters) @> problems_pairs('排队')"
        )
        assert "problem_open_by_pairs" in str(cursor.fetchall())
