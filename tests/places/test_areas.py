"""The tree of areas: entered from a table of GB/T 2260 codes, and never moved once it stands."""

import pytest

from duzhan.base.errors import BadInput, NotFound
from duzhan.places.actions import add_area, enter_areas
from duzhan.places.models import Area
from duzhan.places.queries import area_named

ROWS = [
    {"code": "500112016", "name": "双龙湖街道"},
    {"code": "000000", "name": "中国", "level": "country"},
    {"code": "500112", "name": "渝北区"},
    {"code": "500000", "name": "重庆市"},
    {"code": "500112016004", "name": "示例社区"},
    {"code": "LJXQ", "name": "两江新区", "level": "zone", "parent": "500000"},
]


@pytest.mark.django_db
def test_a_table_in_any_order_becomes_a_tree():
    enter_areas(ROWS)
    street = Area.objects.get(code="500112016")
    above = Area.objects.get_ancestors(street)
    assert [(area.name, area.level) for area in above] == [
        ("中国", "country"),
        ("重庆市", "province"),
        ("渝北区", "county"),
    ]
    for code, parent in (("LJXQ", "重庆市"), ("500112016004", "双龙湖街道")):
        assert Area.objects.get_parent(Area.objects.get(code=code)).name == parent


@pytest.mark.django_db
def test_entered_twice_it_stands_once_and_no_path_moves():
    enter_areas(ROWS)
    paths = dict(Area.objects.values_list("code", "path"))
    enter_areas([*ROWS, {"code": "500105", "name": "江北区"}])
    now = dict(Area.objects.values_list("code", "path"))
    assert now.pop("500105")
    assert now == paths


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"code": "500113", "name": "巴南区", "level": "planet"}, "第 2 行：没有这种层级"),
        ({"code": "500113", "name": "巴南区", "parent": "999999"}, "第 2 行：上级代码 999999 不存在"),
        ({"code": "5001130000000000", "name": "太长"}, "第 2 行"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_entered(row, why):
    with pytest.raises(BadInput, match=why):
        enter_areas([{"code": "500000", "name": "重庆市"}, row])
    assert not Area.objects.exists()


@pytest.mark.django_db
def test_an_area_is_found_by_code_name_and_short_name():
    enter_areas(ROWS)
    add_area("渝北区", "999112", "county", parent=Area.objects.get(code="500112016"))
    assert area_named("500112").code == "500112"
    assert area_named("渝北区").code == "500112"
    with pytest.raises(NotFound, match="火星"):
        area_named("火星")
