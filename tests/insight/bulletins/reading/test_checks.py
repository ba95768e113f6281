"""The arithmetic between figures."""

from duzhan.insight.bulletins.reading.checks import between
from duzhan.insight.bulletins.reading.originals import Original
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.reader import read


def reading(text):
    return read(prepare(Original(text, "utf-8", "text")))


def checks(text):
    return [(check.text, check.holds) for check in reading(text).checks]


def test_handed_over_is_rectified_and_in_progress():
    assert checks("督导组交办问题98个，已整改95个，其余3个正在整改中。") == [("98 = 95 + 3", True)]


def test_a_sum_that_does_not_add_up_fails():
    assert checks("督导组交办问题98个，已整改95个，其余5个正在整改中。") == [("98 = 95 + 5", False)]


def test_a_rate_is_rounded_half_up():
    assert ("277 / 282 = 98.23%", True) in checks("督导组交办问题282个，已整改277个，整改率98.23%。")
    assert ("1 / 8 = 12.5%", True) in checks("督导组发现问题8个，已整改1个，整改率12.5%。")
    assert ("1 / 8 = 13%", True) in checks("督导组发现问题8个，已整改1个，整改率13%。")


def test_a_wrong_rate_fails_and_says_what_it_should_be():
    assert ("100 / 150 = 66.67%，文中为66.37%", False) in checks("青海省列入整改的问题150条，已整改100条，占66.37%。")


def test_a_part_is_at_most_its_whole():
    assert checks("西宁市查摆问题25个，已整改17个。") == [("17 ≤ 25", True)]
    assert checks("西宁市查摆问题25个，已整改27个。") == [("27 ≤ 25", False)]


def test_fuzzy_figures_are_not_held_to_the_digit():
    assert checks("西宁市查摆问题100余个，已整改102个。") == [("102 ≤ 100余", True)]


def test_discipline_beside_accountability_is_no_part_of_it():
    assert checks("广西处理5人，其中给予党纪政务处分3人。") == [("3 ≤ 5", True)]
    assert checks("广西处理5人，给予党纪政务处分8人。") == []


def test_figures_of_two_bodies_are_not_mixed():
    assert checks("甘肃省交办问题9个；青海省已整改12个。") == []


def test_no_cumulative_figure_falls_from_one_bulletin_to_the_next():
    earlier = reading("渝北区发现问题50个，已整改40个，正在整改10个。")
    later = reading("渝北区发现问题48个，已整改45个，正在整改3个。")
    told = [(check.text, check.holds) for check in between(earlier.figures, later.figures)]
    assert told == [("48 ≥ 50", False), ("45 ≥ 40", True)]
