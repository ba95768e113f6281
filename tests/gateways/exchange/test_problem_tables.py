"""The ledger as XLSX and CSV: the same rows as the page, nothing that runs, and a sheet that says what it is."""

import csv
import io
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from django.test import Client
from openpyxl import load_workbook

from duzhan.gateways.exchange import problems as table
from duzhan.gateways.exchange.tables import defused
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at

XLSX, CSV = "/problems/export.xlsx", "/problems/export.csv"
EVIL = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "  =1"]


def of(person, language="zh-hans"):
    client = Client()
    client.force_login(person)
    client.cookies["duzhan_language"] = language
    return client


def book(answer):
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.getvalue()))


def rows(answer):
    return [list(row) for row in book(answer).worksheets[0].iter_rows(values_only=True)]


def lines(answer):
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def found(cast, **more):
    row = {"point": cast.points["station"], "title": "缺一米线", "field": "testing", "cause": "careless_measures"}
    return actions.find_many(cast.operation, [row | more], by=cast.inspector)[0]


@pytest.mark.parametrize("address", [XLSX, CSV])
def test_a_stranger_signs_in_first(address, cast):
    assert urlsplit(Client().get(address)["Location"]).path == "/accounts/login/"


def test_somebody_without_an_operation_has_no_table(cast):
    assert of(cast.volunteer).get(XLSX).status_code == 404


def test_the_workbook_opens_and_has_the_rows_in_the_order_of_the_page(cast):
    waiting, accepted = problem_at(cast, Stage.FOUND), problem_at(cast, Stage.ACCEPTED)
    answer = of(cast.office).get(XLSX)
    assert answer["Content-Disposition"] == 'attachment; filename="yubei-test-problems-20221125-1200.xlsx"'
    head, *body = rows(answer)
    assert head[:3] == ["编号", "问题", "事实"]
    assert [row[0] for row in body] == [accepted.number, waiting.number]
    told = dict(zip(head, body[0], strict=True))
    assert told["领域"] == "核酸检测"
    assert told["责任单位"] == cast.bodies["street"].name
    assert told["阶段"] == "已签收"
    assert told["发现时刻"] == datetime(2022, 11, 25, 12)  # in the operation's zone
    assert told["时限"] == datetime(2022, 11, 26)
    assert told["发现人"] == "示例inspector"
    assert dict(zip(head, body[1], strict=True))["交办时刻"] is None


def test_the_second_sheet_says_what_the_file_is(cast):
    problem_at(cast, Stage.FOUND)
    sheet = book(of(cast.leader).get(XLSX, {"field": "testing", "stage": "found"})).worksheets[1]
    told = dict(sheet.iter_rows(values_only=True))
    assert told == {
        "行动": "渝北区疫情防控督导（测试） yubei-test",
        "条件": "阶段：待交办；领域：核酸检测",
        "截至": "2022-11-25 12:00:00 北京时间 UTC+8",
        "导出人": "示例leader",
        "件数": "1",
        "时刻": "各列时刻均为北京时间 UTC+8。",
    }


def test_the_csv_has_the_same_rows(cast):
    problem_at(cast, Stage.HANDED_OVER)
    page = of(cast.office)
    [head, row], [csv_head, csv_row] = rows(page.get(XLSX)), lines(page.get(CSV))
    assert csv_head == head
    written = [
        f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else "" if value is None else str(value)
        for value in row
    ]
    assert csv_row == written


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_typed_becomes_a_formula(evil, cast):
    found(cast, title=f"{evil}x", detail=evil)
    page = of(cast.office)
    sheet = book(page.get(XLSX)).worksheets[0]
    for cell in list(sheet.iter_rows(min_row=2))[0]:
        assert cell.data_type != "f"
        assert not str(cell.value or "").lstrip().startswith(("=", "+", "-", "@", "＝"))
    [_head, row] = lines(page.get(CSV))
    assert not [value for value in row if value.lstrip().startswith(("=", "+", "-", "@", "＝"))]


def test_what_is_no_formula_stays_as_it_is():
    assert [defused(value) for value in ("采样点", "A-1", 5, None, "'x", "")] == ["采样点", "A-1", 5, None, "'x", ""]
    assert defused("坏\x0b字符") == "坏字符"
    assert len(defused("字" * 40_000)) < 32_768


def test_the_filter_of_the_page_is_kept(cast):
    found(cast)
    other = found(cast, field="isolation", point=cast.points["market"])
    for asked in ({"field": "isolation"}, {"q": "超市"}, {"area": cast.areas["other_street"].code}):
        assert [row[0] for row in rows(of(cast.office).get(XLSX, asked))[1:]] == [other.number], asked
    assert of(cast.office).get(XLSX, {"field": "nonsense"}).status_code == 400
    assert of(cast.office).get(CSV, {"stage": "nonsense"}).status_code == 400


def test_nobody_takes_more_than_they_see(cast):
    own = problem_at(cast, Stage.HANDED_OVER)
    problem_at(cast, Stage.FOUND)
    sealed = problem_at(cast, Stage.FOUND, klass="conduct")
    assert [row[0] for row in rows(of(cast.unit).get(XLSX))[1:]] == [own.number]
    assert rows(of(cast.other_unit).get(XLSX))[1:] == []
    assert sealed.number not in {row[0] for row in rows(of(cast.office).get(XLSX))}
    assert sealed.number in {row[0] for row in lines(of(cast.discipline).get(CSV))}
    assert of(cast.far_office).get(XLSX).status_code == 404


def test_too_many_rows_are_refused_with_a_sentence(cast, monkeypatch):
    monkeypatch.setattr(table, "MOST", 2)
    found(cast)
    found(cast)
    assert len(rows(of(cast.office).get(XLSX))) == 3
    found(cast)
    for address in (XLSX, CSV):
        answer = of(cast.office).get(address)
        assert answer.status_code == 400
        assert "符合条件的问题超过 2 件，一个文件放不下" in answer.content.decode()


def test_what_is_asked_for_counts_and_not_the_rest(cast, monkeypatch):
    monkeypatch.setattr(table, "MOST", 2)
    for title in ("排队无人引导", "口罩佩戴不规范", "消毒记录不全", "口罩更换不及时"):
        found(cast, title=title)
    problem_at(cast, Stage.HANDED_OVER)
    assert [row[1] for row in rows(of(cast.office).get(XLSX, {"q": "口罩"}))[1:]] == [
        "口罩佩戴不规范",
        "口罩更换不及时",
    ]
    assert len(lines(of(cast.office).get(CSV, {"stage": "handed_over"}))) == 2
    assert of(cast.office).get(CSV, {"stage": "found"}).status_code == 400


def test_headings_follow_the_readers_language(cast):
    problem_at(cast, Stage.FOUND)
    head, row = rows(of(cast.office, "en").get(XLSX))
    told = dict(zip(head, row, strict=True))
    assert told["Field"] == "Nucleic acid testing"
    assert told["Stage"] == "to be handed over"
