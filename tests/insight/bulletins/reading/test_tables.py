"""Tables: heads above, a name and numbers in each row."""

import pytest

from duzhan.insight.bulletins.reading.originals import Original
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.reader import read


def told(text):
    reading = read(prepare(Original(text, "utf-8", "text")))
    return [(figure.type, figure.value, figure.scope) for figure in reading.figures]


@pytest.mark.parametrize(
    "table",
    [
        "街道\t走访点位\t发现问题\t已整改\t整改率\n东街街道\t45\t12\t10\t83.33%\n",
        "街道 走访点位 发现问题 已整改 整改率\n东街街道 45 12 10 83.33%\n",
        "| 街道 | 走访点位 | 发现问题 | 已整改 | 整改率 |\n|---|---|---|---|---|\n| 东街街道 | 45 | 12 | 10 | 83.33% |\n",
    ],
)
def test_a_row_is_read_under_its_heads(table):
    assert told(table) == [
        ("points_visited", 45, "东街街道"),
        ("problems_found", 12, "东街街道"),
        ("problems_rectified", 10, "东街街道"),
        ("rectification_rate", 83.33, "东街街道"),
    ]


def test_the_sum_of_a_table_belongs_to_the_body_of_the_text():
    table = "渝北区督导情况\n街道\t交办问题\t已整改\n东街街道\t5\t4\n合计\t9\t7\n"
    assert told(table)[-2:] == [("problems_handed_over", 9, "渝北区"), ("problems_rectified", 7, "渝北区")]


def test_a_row_of_another_length_is_not_guessed():
    assert told("街道\t交办问题\t已整改\n东街街道\t5\t4\t3\n") == []
