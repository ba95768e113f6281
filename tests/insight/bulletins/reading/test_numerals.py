"""Numbers in Chinese prose: whatever notation they are written in, they read back; what only looks like one does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duzhan.insight.bulletins.reading.numerals import numbers, value_of

DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")


def below_ten_thousand(number):
    """二千零五: one group of four digits, read aloud."""
    told, zero = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            told += ("零" if zero and told else "") + DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return told


def in_chinese(number):
    """The number as a newspaper spells it out."""
    told = ""
    for size, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        group, number = divmod(number, size)
        if group:
            told += ("零" if told and group < 1000 else "") + below_ten_thousand(group) + name
    return told


whole = st.integers(1, 999_999_999)


@given(whole)
def test_any_number_in_chinese_reads_back(number):
    assert value_of(in_chinese(number)) == number


@given(whole)
def test_any_number_in_formal_characters_reads_back(number):
    assert value_of(in_chinese(number).translate(FORMAL)) == number


@given(whole)
def test_any_number_with_commas_reads_back(number):
    [found] = numbers(f"发现问题{number:,}个。")
    assert found.value == number


@given(st.integers(1, 99_999), st.sampled_from([("万", 10**4), ("亿", 10**8)]), st.integers(0, 2))
def test_any_decimal_with_a_multiplier_reads_back(number, multiplier, places):
    name, size = multiplier
    written = f"{number / 10**places:.{places}f}{name}"
    [found] = numbers(f"共{written}人。")
    assert found.value == pytest.approx(number * size / 10**places)


@given(st.integers(1, 9_999), st.integers(0, 99))
def test_any_per_cent_in_words_reads_back(number, decimals):
    spoken = "".join(DIGITS[int(digit)] for digit in f"{decimals:02d}")
    [found] = numbers(f"整改率百分之{in_chinese(number)}点{spoken}。")
    assert (found.value, found.unit) == (pytest.approx(number + decimals / 100), "%")


@given(st.text(alphabet="0123456789,.一二十百千万亿零〇点余多第个人件%至-", max_size=200))
def test_no_text_stops_the_reader(text):
    for found in numbers(text):
        assert 0 <= found.start < found.end <= len(text)
        assert found.value >= 0


@pytest.mark.parametrize(
    ("text", "value", "unit", "approx"),
    [
        ("二百八十二个", 282, "个", None),
        ("两千人", 2000, "人", None),
        ("三万三千件", 33_000, "件", None),
        ("三万五人", 35_000, "人", None),
        ("一万零三户", 10_003, "户", None),
        ("4.3万余人", 43_000, "人", "余"),
        ("2569余万元", 25_690_000, "元", "余"),
        ("近2000条", 2000, "条", "近"),
        ("310余个", 310, "个", "余"),
        ("400多名", 400, "名", "多"),
        ("达50起", 50, "起", "达"),
        ("超过1.36万家", 13_600, "家", "超过"),
        ("逾600人次", 600, "人次", "逾"),
        ("90个以上", 90, "个", "以上"),
        ("百余名", 100, "名", "余"),
        ("1亿2000万元", 120_000_000, "元", None),
        ("6135人（次）", 6135, "人（次）", None),
    ],
)
def test_notations(text, value, unit, approx):
    [found] = numbers(text)
    assert (found.value, found.unit, found.approx) == (value, unit, approx)


@pytest.mark.parametrize(
    "trap",
    [
        "渝北区第二人民医院",
        "第十五批",
        "党政一把手",
        "三级书记",
        "12345热线",
        "2021年",
        "11月25日18时",
        "值守24小时",
        "坚守14个日夜",
        "二〇二二年",
        "电话023-67181234",
        "渝纪发〔2022〕15号",
        "CA440航班",
        "违反中央八项规定精神",
        "提高2.9个百分点",
        "一些问题",
        "百家争鸣",
        "每年两轮",
    ],
)
def test_what_only_looks_like_a_count_is_none(trap):
    assert numbers(trap) == []


@pytest.mark.parametrize("text", ["检查3-5家", "检查三至五家", "由两轮增至三轮"])
def test_a_range_or_a_change_means_no_single_number(text):
    assert all(found.vague for found in numbers(text)[-1:])


@pytest.mark.parametrize("text", ["问题：46，", "问题\t46\n", "已整改44（"])
def test_digits_of_a_form_are_a_number_without_a_counter(text):
    [found] = numbers(text)
    assert found.unit == "" and found.value in (44, 46)


@pytest.mark.parametrize(
    ("written", "value"),
    [("0万", 0), ("零亿", 0), ("万", 10_000), ("三万亿", 3 * 10**12), ("3万亿", 3 * 10**12), ("0万五", 5000)],
)
def test_nothing_times_a_myriad_is_nothing(written, value):
    assert value_of(written) == value
