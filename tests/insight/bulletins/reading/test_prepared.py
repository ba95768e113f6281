"""What rules read, and the way back: each trap of real texts by its name."""

import pytest

from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare


def read(text):
    return prepare(take_in(text.encode()))


def seen(prepared, piece):
    """What a person sees in the original where rules read ``piece``."""
    start = prepared.text.index(piece)
    a, b = prepared.span(start, start + len(piece))
    return prepared.original.text[a:b]


@pytest.mark.parametrize(
    ("given", "piece", "original"),
    [
        ("全市累計(jì)發(fā)現(xiàn)隱患８４個(gè)，均已整改。", "发现隐患84个", "發(fā)現(xiàn)隱患８４個(gè)"),
        ("<p>共检查<b>6</b>41处，发现</p>", "641处", "6</b>41处"),
        ("<p>检查&#54;41处</p>", "641", "&#54;41"),
        ("整改率９８．２３％。", "98.23%", "９８．２３％"),
        ("发 现 问 题 5 2 个", "发现问题", "发 现 问 题"),
        ("检查 336 个部门", "检查336个部门", "检查 336 个部门"),
        ("检查33\u200b6个", "336个", "33\u200b6个"),
        ("截至21日18：00", "18:00", "18：00"),
        ("共1,234处,均已", "1,234处，均", "1,234处,均"),
        ("乾燥天氣持續，乾隆橋封閉", "干燥天气持续，乾隆桥", "乾燥天氣持續，乾隆橋"),
    ],
)
def test_a_piece_is_found_in_the_original_as_it_is_seen(given, piece, original):
    assert seen(read(given), piece) == original


def test_real_brackets_stay():
    assert (
        read("全区(近)两周检查3次（2021）、用app(v2)登记。").text == "全区（近）两周检查3次（2021）、用app（v2）登记。"
    )


def test_a_page_keeps_its_paragraphs_and_loses_its_furniture():
    page = (
        "<html><head><title>动态</title><style>p{width:74px}</style></head><body>"
        '<div class="nav">当前位置：首页 浏览次数：3721</div><div class="TRS_Editor"><p>检查5处。<br/>发现2个。</p>'
        "<script>if (1<2) pv(10086)</script><p>整改2个。</p></div>"
        '<div class="appendQr_wrap">扫码看7篇</div><p class="article-editor">责任编辑：值班员 SF055</p></body></html>'
    )
    assert read(page).text.split() == ["检查5处。", "发现2个。", "整改2个。"]
