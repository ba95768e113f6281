"""Admonitions told by name: one for each person, unless the text counts them."""

import pytest

from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.reader import read


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("检查3个卡口，发现问题2个。镇纪委给予孙某诫勉处理。", [1]),
        ("检查3个卡口，发现问题2个。对孙某某、周某予以诫勉谈话。", [2]),
        ("检查3个卡口，发现问题2个。孙某被诫勉，此后孙某受到书面诫勉；吴某也被诫勉谈话。", [1, 1]),
        ("检查3个卡口，发现问题2个。诫勉3人，其中孙某受到诫勉处理。", [3]),
        ("检查3个卡口，发现问题2个。镇纪委建议给予孙某诫勉处理，孙某没有被诫勉。", []),
    ],
)
def test_persons_named_are_counted_where_no_number_is(text, values):
    reading = read(prepare(take_in(text.encode())))
    told = [figure for figure in reading.figures if figure.type == "admonitions"]
    assert [figure.value for figure in told] == values
    assert all("人" in figure.text or "诫勉" in text[figure.start : figure.end] for figure in told)
