"""As of when: cut-offs with everything a text may leave out."""

import pytest

from duzhan.insight.bulletins.reading.instants import cut_offs, published_on


def only(text, **known):
    [told] = cut_offs(text, **known)
    return told.instant


@pytest.mark.parametrize(
    ("text", "known", "instant"),
    [
        ("截至2022年11月25日18时", {}, "2022-11-25T18:00"),
        ("截至11月25日18时", {}, "--11-25T18:00"),
        ("截至11月25日18时", {"year": 2022}, "2022-11-25T18:00"),
        ("截至11月25日18时", {"published": "2022-11-26"}, "2022-11-25T18:00"),
        ("截至12月30日", {"published": "2023-01-04"}, "2022-12-30"),
        ("截止到2月16日", {"published": "2020-02-19"}, "2020-02-16"),
        ("截至4月份", {"published": "2021-04-29"}, "2021-04-30"),
        ("截至4月份", {}, "--04"),
        ("截至2024年2月底", {}, "2024-02-29"),
        ("截至去年底", {"published": "2024-03-01"}, "2023-12-31"),
        ("截至今年6月底", {"published": "2024-07-10"}, "2024-06-30"),
        ("截至昨日24时", {"published": "2022-03-01"}, "2022-02-28T24:00"),
        ("截至本月20日", {"published": "2022-03-25"}, "2022-03-20"),
        ("截至28日", {"published": "2022-03-02"}, "2022-02-28"),
        ("截至上月底", {"published": "2022-01-05"}, "2021-12-31"),
        ("截至下午3时", {}, None),
        ("截至18时", {"published": "2022-03-16"}, "2022-03-16T18:00"),
        ("3月15日采样。截至18时", {"published": "2022-03-16"}, "2022-03-15T18:00"),
        ("11月20日起排查。截至21日下午3时", {}, "--11-21T15:00"),
        ("截至二〇二一年三月五日", {}, "2021-03-05"),
        ("截至十一月二十五日十八时", {"year": 2022}, "2022-11-25T18:00"),
        ("截至目前", {"published": "2022-01-05"}, None),
        ("截至昨晚8点", {"published": "2018-05-02"}, "2018-05-01T20:00"),
        ("截至今天（5月2日）12时", {"published": "2018-05-02"}, "2018-05-02T12:00"),
        ("截至前天", {"published": "2022-04-09"}, "2022-04-07"),
        ("截至3月1日零时", {"published": "2020-03-02"}, "2020-03-01T00:00"),
        ("3月1日采样。截至当天17时", {"published": "2020-03-05"}, "2020-03-01T17:00"),
        ("截至当晚10点", {"published": "2022-04-09"}, "2022-04-09T22:00"),
        ("截至去年年底", {"published": "2018-05-02"}, "2017-12-31"),
        ("截至一季度末", {"published": "2018-05-02"}, "2018-03-31"),
        ("截至2018年第三季度", {}, "2018-09-30"),
        ("截至今年上半年", {"published": "2018-07-12"}, "2018-06-30"),
        ("截至二〇一三年十二月底", {}, "2013-12-31"),
        ("发布时间：2021年11月12日\n截至11月10日", {}, "2021-11-10"),
    ],
)
def test_cut_off(text, known, instant):
    assert only(text + "，发现问题3个。", **known) == instant


@pytest.mark.parametrize("text", ["截断面积", "截获12件", "没有截止的时候"])
def test_what_is_no_cut_off(text):
    assert [told for told in cut_offs(text) if told.instant] == []


@pytest.mark.parametrize("written", ["2024", "2024-01", "2024-01-25", "2024-01-25 19:21:51", "2024-01-25T08:00+08:00"])
def test_published_in_many_ways(written):
    assert published_on(written).year == 2024


@pytest.mark.parametrize("written", ["昨天", "2024-13", "2024-02-30"])
def test_what_is_no_date_is_refused(written):
    with pytest.raises(ValueError):
        published_on(written)
