"""Areas to look up, and points to enter: one by one, or a table of which every row is right or none is entered."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duzhan.base.errors import BadInput
from duzhan.base.geo.positions import Position, metres_between
from duzhan.places.actions import add_area, register_points
from duzhan.places.forms import sheets
from duzhan.places.forms.points import read_degrees
from duzhan.places.models import Point
from duzhan.places.queries import nearest, position_of
from tests.builders.pages import asked_by, of, sends_to_sign_in, words_of

HEADS = ["名称", "类别", "区域", "责任单位", "地址", "纬度", "经度", "坐标系"]
GOOD = ["示例校门", "学校", "双龙湖街道", "双龙湖街道territory", "示例路 1 号", "29.71", "106.62", "GCJ-02"]
IMPORT = "/points/import/"


def csv_of(*rows, heads=HEADS, encoding="utf-8"):
    text = "\r\n".join(",".join(map(str, row)) for row in [heads, *rows])
    return SimpleUploadedFile("points.csv", text.encode(encoding), "text/csv")


def xlsx_of(*rows, heads=HEADS):
    book = openpyxl.Workbook()
    for row in [heads, *rows]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("points.xlsx", file.getvalue())


def row(**more):
    return [more.get(head, value) for head, value in zip(HEADS, GOOD, strict=True)]


# --- strangers, and those whose it is not -------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in(cast):
    for address in ("/points/areas/", "/points/new/", IMPORT, "/points/import/points.csv"):
        assert sends_to_sign_in(of(None).get(address))
    assert sends_to_sign_in(of(None).post(IMPORT, {"file": csv_of(GOOD)}))


@pytest.mark.parametrize("name", ["inspector", "leader", "unit", "volunteer"])
def test_nobody_but_the_office_enters_points(cast, name):
    client = of(cast.people[name])
    for answer in (client.get("/points/new/"), client.get(IMPORT), client.post(IMPORT, {"file": csv_of(GOOD)}),
                   client.post("/points/new/", {"name": "甲", "kind": "school", "area": "双龙湖街道"})):  # fmt: skip
        assert (answer.status_code, "点位由督导办登记" in words_of(answer)) == (403, True)
    assert Point.objects.count() == 2


def test_an_office_without_an_operation_is_told_to_start_one(cast):
    answer = of(cast.far_office).get("/points/new/")
    assert (answer.status_code, "先启动行动" in words_of(answer)) == (403, True)


# --- areas --------------------------------------------------------------------------------------------------------


def test_the_tree_is_walked_a_step_at_a_time(cast):
    client = of(cast.office)
    answer = client.get("/points/areas/")
    assert [(area.name, area.points_here) for area in answer.context["page"].rows] == [
        ("双龙湖街道", 1),
        ("龙溪街道", 1),
    ]
    top = client.get("/points/areas/?under=000000")
    assert [area.name for area in top.context["page"].rows] == ["渝北区", "全州县"]
    assert [area.points_here for area in top.context["page"].rows] == [2, 0]
    assert "这里没有下级区域" in words_of(client.get("/points/areas/?under=500112016"))
    assert client.get("/points/areas/?under=火星").status_code == 404


def test_areas_are_found_by_name_or_code_with_what_lies_above_them(cast):
    client = of(cast.unit)
    for asked in ("双龙", "500112016"):
        [area] = client.get(f"/points/areas/?q={asked}").context["page"].rows
        assert [each.name for each in area.parents] == ["中国", "渝北区"]
    assert "没有这个名称或代码的区域" in words_of(client.get("/points/areas/?q=火星"))
    assert of(cast.volunteer).get("/points/areas/").status_code == 403


def test_the_list_of_areas_asks_the_same_however_long_it_is(cast):
    client = of(cast.office)
    before = asked_by(client, "/points/areas/"), asked_by(client, "/points/areas/?q=街道")
    for number in range(30):
        add_area(f"示例{number}街道", f"5001129{number:02}", "street", parent=cast.areas["district"])
    assert (asked_by(client, "/points/areas/"), asked_by(client, "/points/areas/?q=街道")) == before
    page = client.get("/points/areas/").context["page"]
    assert (page.shown, len(client.get(f"/points/areas/{page.next_url}").context["page"].rows)) == (25, 7)


# --- one point ----------------------------------------------------------------------------------------------------


def point_given(**more):
    return {
        "name": "示例校门", "kind": "school", "area": "双龙湖街道", "body": "双龙湖街道territory", "address": "示例路 1 号",
        "lat": "29.71", "lon": "106.62", "datum": "gcj02",
    } | more  # fmt: skip


def test_the_office_registers_a_point(cast):
    answer = of(cast.office).post("/points/new/", point_given())
    point = Point.objects.get(name="示例校门")
    assert answer["Location"] == f"/points/{point.pk}/"
    assert (point.kind, point.area, point.area_path) == ("school", cast.areas["street"], cast.areas["street"].path)
    assert (point.body, str(point.lat), str(point.lon), point.datum) == (
        cast.bodies["street"],
        "29.710000",
        "106.620000",
        "gcj02",
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, ""), ({"kind": "moon_base"}, "moon_base"), ({"area": "火星"}, "没有“火星”"), ({"area": "450324"}, "没有“450324”"),
        ({"body": "火星局"}, "没有叫“火星局”的单位"), ({"lat": ""}, "要么都填，要么都不填"), ({"lat": "91"}, "±90"),
        ({"lon": "东经"}, "不是度数"), ({"lat": "nan"}, "不是度数"), ({"datum": "bd09"}, "bd09"),
        ({"name": "示例采样点01", "kind": "sampling_point"}, "已有同名同类的点位"),
    ],
)  # fmt: skip
def test_a_point_that_is_wrong_is_not_registered_and_nothing_typed_is_lost(cast, wrong, told):
    answer = of(cast.office).post("/points/new/", point_given(**wrong))
    assert (answer.status_code, told in words_of(answer), "示例路 1 号" in words_of(answer)) == (400, True, True)
    assert Point.objects.count() == 2


def test_a_name_that_several_areas_have_asks_for_the_code(cast):
    for number in (1, 2):
        add_area("城关社区", f"50011201600{number}", "community", parent=cast.areas["street"])
    office = of(cast.office)
    assert "请写代码" in words_of(office.post("/points/new/", point_given(area="城关社区")))
    assert office.post("/points/new/", point_given(area="500112016002")).status_code == 302


# --- a table ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [csv_of, xlsx_of, lambda *rows: csv_of(*rows, encoding="gb18030")])
def test_a_table_is_looked_through_first_and_then_entered_as_a_whole(cast, file):
    office = of(cast.office)
    rows = [row(), row(名称="示例校门 2", 区域="500112009", 责任单位="", 地址="", 纬度="", 经度="", 坐标系="")]
    answer = office.post(IMPORT, {"file": file(*rows)})
    assert "登记 2 个点位" in words_of(answer)
    assert Point.objects.count() == 2  # nothing yet
    answer = office.post(IMPORT, {"checked": answer.context["kept"]})
    assert (answer.status_code, answer["Location"]) == (302, "/points/")
    first, second = Point.objects.order_by("pk")[2:]
    assert (first.name, first.kind, first.body, str(first.lon), first.datum) == (
        "示例校门", "school", cast.bodies["street"], "106.620000", "gcj02",
    )  # fmt: skip
    assert (second.area, second.body, second.lat) == (cast.areas["other_street"], None, None)


def test_numbers_of_a_workbook_are_read_as_they_look(cast):
    office = of(cast.office)
    answer = office.post(IMPORT, {"file": xlsx_of(row(区域=500112016, 纬度=29.71, 经度=106.62))})
    assert answer.status_code == 200
    office.post(IMPORT, {"checked": answer.context["kept"]})
    assert str(Point.objects.get(name="示例校门").lat) == "29.710000"


def test_every_mistake_is_told_with_its_row_and_nothing_is_entered(cast):
    rows = [
        row(), row(名称=""), row(名称="b", 类别="月球基地"), row(名称="c", 区域="火星"), row(名称="d", 责任单位="火星局"),
        row(名称="e", 纬度=""), row(名称="f", 纬度="95"), row(名称="g", 坐标系="BD-09"), row(), ["", "", ""],
        row(名称="示例采样点01", 类别="sampling_point"), row(名称="h" * 101), row(名称="i", 区域="450324"),
    ]  # fmt: skip
    answer = of(cast.office).post(IMPORT, {"file": csv_of(*rows)})
    assert answer.status_code == 400
    told = [(number, head) for number, head, _sentence in answer.context["told"]]
    assert told == [
        (3, "名称"), (4, "类别"), (5, "区域"), (6, "责任单位"), (7, "纬度"), (8, "纬度"), (9, "坐标系"), (10, "名称"),
        (12, "名称"), (13, "名称"), (14, "区域"),
    ]  # fmt: skip
    for expected in ("第 3 行", "与第 2 行重复", "有 11 处不对，什么也没有登记"):
        assert expected in words_of(answer)
    assert (Point.objects.count(), answer.context["kept"]) == (2, "")


def test_heads_may_stand_in_any_order_and_mean_the_same(cast):
    heads = ["备注", "Kind", "街道*", "点位名称"]
    answer = of(cast.office).post(IMPORT, {"file": csv_of(["无", "School", "双龙湖街道", "示例校门"], heads=heads)})
    assert [(each["name"], each["kind"]) for each in answer.context["preview"]] == [("示例校门", "school")]
    answer = of(cast.office).post(IMPORT, {"file": csv_of(["示例校门"], heads=["名称"])})
    assert (answer.status_code, "第一行没有这些列：类别、区域" in words_of(answer)) == (400, True)


def test_the_world_may_change_between_looking_through_and_entering(cast):
    office = of(cast.office)
    kept = office.post(IMPORT, {"file": csv_of(row())}).context["kept"]
    assert office.post(IMPORT, {"checked": kept}).status_code == 302
    again = office.post(IMPORT, {"checked": kept})
    assert (again.status_code, "已有同名同类的点位" in words_of(again)) == (400, True)
    assert Point.objects.count() == 3


def test_a_checked_table_is_no_good_altered_or_in_other_hands(cast):
    office = of(cast.office)
    kept = office.post(IMPORT, {"file": csv_of(row())}).context["kept"]
    for text in (kept[:-3] + "xyz", "", "x:y:z"):
        answer = office.post(IMPORT, {"checked": text})
        assert (answer.status_code, "请重新选择文件" in words_of(answer)) == (400, True)
    other = of(cast.leader)
    assert other.post(IMPORT, {"checked": kept}).status_code == 403
    assert Point.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空"), (b"   \n", "空的"), (b"\xff\xfe\x00\x01\xff", "也不是 UTF-8"), (b"PK\x03\x04 torn", "打不开"),
        ('名称,类别,区域\n"甲'.encode(), "引号"), ("名称,类别,区域\n甲\x00,学校,渝北区".encode(), ""),
        (("名称,类别,区域\n" + "甲,学校,渝北区\n" * 5001).encode(), "超过 5000 行"),
        (("名称,类别,区域\n" + "长" * 600).encode(), "超过 500 字"), ((",".join(["名称"] * 70)).encode(), "超过 60 列"),
        ("名称,类别,区域\n".encode(), "表里没有点位"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_with_a_sentence(cast, content, told):
    answer = of(cast.office).post(IMPORT, {"file": SimpleUploadedFile("points.csv", content)})
    assert (answer.status_code, told in words_of(answer)) == (400, True)
    assert Point.objects.count() == 2


def workbook(sheet, **parts):
    """A workbook whose first sheet is this XML."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.save(file)
    old, made = zipfile.ZipFile(file), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, sheet if part.filename == "xl/worksheets/sheet1.xml" else content)
        for name, content in parts.items():
            new.writestr(name.replace("__", "/"), content)
    return SimpleUploadedFile("points.xlsx", made.getvalue())


def sheet_of(rows):
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>', "超过 5000 行"),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>', "XFD 列"),
        ("<row/>" * 20 + "<row><c><v>1</v></c></row>", "没有写明位置"),
        ("<x:row/>", "没有写明位置"),
        ("<row r='1'>" + "<c r='A1'><v>1</v></c>" * 3_000_000 + "</row>", "解压后太大"),
    ],
)
def test_a_workbook_that_would_burst_the_reader_is_refused_before_it_is_read(rows, told):
    with pytest.raises(BadInput, match=told):
        sheets.read_sheet(workbook(sheet_of(rows)))


def test_only_what_is_a_workbook_is_opened_as_one():
    with pytest.raises(BadInput, match="不是 XLSX"):
        sheets.read_sheet(workbook(sheet_of(""), mimetype=b"application/vnd.oasis.opendocument.spreadsheet"))
    file = SimpleUploadedFile("a.csv", b"x" * (sheets.MOST_BYTES + 1))
    with pytest.raises(BadInput, match="超过 5 MB"):
        sheets.read_sheet(file)


def test_rows_keep_the_numbers_they_have_in_the_workbook():
    sheet = sheet_of('<row r="2"><c r="B2"><v>1.5</v></c></row><row r="4"><c r="A4"><v>7</v></c></row>')
    assert sheets.read_sheet(workbook(sheet)) == [["", ""], ["", "1.5"], ["", ""], ["7", ""]]


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    try:
        rows = sheets.read_sheet(SimpleUploadedFile("points.csv", content))
    except BadInput:
        return
    assert all(isinstance(cell, str) for each in rows for cell in each)


@given(st.text(max_size=30))
def test_any_text_is_degrees_or_refused(text):
    try:
        degrees = read_degrees(text, "lat")
    except BadInput:
        return
    assert degrees is None or -90 <= degrees <= 90


def test_the_sample_table_can_be_brought_back(cast):
    office = of(cast.office)
    sample = office.get("/points/import/points.csv")
    assert "attachment" in sample["Content-Disposition"]
    answer = office.post(IMPORT, {"file": SimpleUploadedFile("points.csv", sample.content)})
    assert answer.status_code == 200
    assert answer.context["preview"][0]["area"] == cast.areas["street"]


# --- the nearest --------------------------------------------------------------------------------------------------


def test_the_nearest_points_come_first_whatever_their_datum(cast):
    here = Position(29.70, 106.60)
    bent = here.to("GCJ-02")
    rows = [
        {"name": "就在这里", "lat": round(bent.lat, 6), "lon": round(bent.lon, 6), "datum": "gcj02"},
        {"name": "三百米外", "lat": "29.702700", "lon": "106.600000", "datum": "wgs84"},
        {"name": "看上去近", "lat": "29.700000", "lon": "106.600000", "datum": "gcj02"},  # some 500 m off in truth
        {"name": "没有坐标", "lat": None, "lon": None},
    ]  # fmt: skip
    register_points([{"kind": "school", "area": cast.areas["street"], **each} for each in rows])
    found = nearest(Point.objects.all(), here, 3)
    assert [point.name for point in found] == ["就在这里", "三百米外", "看上去近"]
    assert found[0].metres < 1
    assert found[1].metres == pytest.approx(metres_between(here, position_of(found[1])))


@given(st.floats(-90, 90), st.floats(-180, 180))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_one_may_stand_anywhere(db, lat, lon):
    assert nearest(Point.objects.all(), Position(lat, lon)) == []
