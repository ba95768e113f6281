"""What rules read, and the way back: each trap of real texts by its name."""

import pytest

from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare


def read(text, **how):
    return prepare(take_in(text.encode(), **how))


def seen(prepared, piece):
    """What a person sees in the original where rules read ``piece``."""
    start = prepared.text.index(piece)
    a, b = prepared.span(start, start + len(piece))
    return prepared.original.text[a:b]


@pytest.mark.parametrize(
    ("given", "piece", "original"),
    [
        ("全市累計(jì)發(fā)現(xiàn)隱患８４個(gè)，均已整改。", "发现隐患84个", "發(fā)現(xiàn)隱患８４個(gè)"),
        ("当地(dì)的(de)检查共７处", "的检查", "的(de)检查"),
        ("<p>共检查<b>6</b>41处，发现</p>", "641处", "6</b>41处"),
        ("<p>检查&#54;41处</p>", "641", "&#54;41"),
        ("<p>整改率9&#56;</p>", "98", "9&#56;"),
        ("整改率９８．２３％。", "98.23%", "９８．２３％"),
        ("发 现 问 题 5 2 个", "发现问题", "发 现 问 题"),
        ("检查 336 个部门", "检查336个部门", "检查 336 个部门"),
        ("检查33\u200b6个", "336个", "33\u200b6个"),
        ("截至21日18：00", "18:00", "18：00"),
        ("共1,234处,均已", "1,234处，均", "1,234处,均"),
        ("乾燥天氣持續，乾隆橋封閉", "干燥天气持续，乾隆桥", "乾燥天氣持續，乾隆橋"),
        ("检查点位\r\n　　3206个\r\n", "点位\n3206个", "点位\r\n　　3206个"),
    ],
)
def test_a_piece_is_found_in_the_original_as_it_is_seen(given, piece, original):
    assert seen(read(given), piece) == original


def test_real_brackets_stay():
    given = "全区(近)两周检查3次（2021）、用app(v2)登记，见表(a)和单位(de)。"
    assert read(given).text == "全区（近）两周检查3次（2021）、用app（v2）登记，见表（a）和单位（de）。"


def test_nothing_is_an_empty_piece():
    prepared = read("检查３处")
    assert prepared.span(2, 2) == (2, 2)
    assert prepared.span(0, len(prepared.text)) == (0, 4)


@pytest.mark.parametrize(
    ("given", "script"),
    [
        ("督察组进驻后查处问题，责令整改。", "simplified"),
        ("督察組進駐後查處問題，責令整改。", "traditional"),
        ("督察組進駐後查處問題。督察组进驻后责令整改，问题线索转办。", "mixed"),
        ("2021", "simplified"),
    ],
)
def test_the_script_is_told(given, script):
    assert read(given).script == script


def test_lines_broken_by_a_machine_become_paragraphs_again():
    paragraph = (
        "　　各督导组对照清单逐项检查城乡结合部的冷库农贸市场养老机构和学校食堂，共检查点位1206个，其中冷库38个、"
        "农贸市场12个，养老机构45个，学校食堂106个，发现问题27个，已经整改25个，余下两个正在整改，直至全部销号。"
    )
    lines = "\n".join(paragraph[k : k + 24] for k in range(0, len(paragraph), 24))
    told = f"督导简报\n\n{lines}\n　　下一周继续检查。"
    assert read(told).text.split("\n") == ["督导简报", paragraph.strip("　"), "下一周继续检查。"]


def test_lines_of_a_list_stay_lines():
    rows = "\n".join(
        f"{name}督导组检查点位{number}个" for name, number in (("东城", 10), ("西城", 11), ("南城", 12), ("北城", 13))
    )
    assert read(rows).text == rows


def test_columns_of_a_plain_table_are_parted():
    assert read("街道    检查   问题\n城东街道   12    3\n").text == "街道\t检查\t问题\n城东街道\t12\t3"


@pytest.mark.parametrize(
    "line",
    [
        "当前位置：首页 > 督查动态 > 12",
        "上一篇：督查12个乡镇",
        "责任编辑：值班03",
        "【字体：大 中 小】【打印】",
        "版权所有 2021 某区纪委监委",
        "某ICP备05017375号-1",
        "扫一扫 在手机打开当前页 10086",
    ],
)
def test_furniture_of_a_page_is_left_out_of_plain_text_too(line):
    assert read(f"督查通报\n{line}\n检查点位5个。\n{line}").text == "督查通报\n检查点位5个。"


def test_the_head_that_a_feed_puts_before_an_article_is_left_out():
    given = "\n---\ntitle: '督查 99 处'\ndate: Thu, 18 Nov 2021 23:42:33 GMT\n---\n\n<div><p>原标题：督查通报</p><p>检查5处。</p></div>"
    assert read(given).text == "督查通报\n检查5处。"


def test_the_editor_in_brackets_is_left_out():
    assert read("检查5处。（某区纪委监委 || 责任编辑 值班03）").text == "检查5处。"


def test_what_lies_outside_the_characters_of_any_text_is_named():
    prepared = read("检查点位\ue123\ue124个，发现问题3个")
    assert prepared.text == "检查点位\ufffd个，发现问题3个"
    assert prepared.unreadable == [(4, 6)]
