"""Pages of the web: their words stay, their furniture goes, whatever state their tags are in."""

import pytest

from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare


def text_of(page):
    return prepare(take_in(page.encode())).text


def test_a_page_keeps_its_paragraphs_and_loses_its_furniture():
    page = (
        "<html><head><title>动态</title><style>p{width:74px}</style></head><body>"
        '<div class="nav">当前位置：首页 浏览次数：3721</div><div class="TRS_Editor"><p>检查5处。<br/>发现2个。</p>'
        "<script>if (1<2) pv(10086)</script><p>整改2个。</p></div>"
        '<div class="appendQr_wrap">扫码看7篇</div><p class="article-editor">责任编辑：值班员 SF055</p></body></html>'
    )
    assert text_of(page) == "检查5处。\n发现2个。\n整改2个。"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>检查<b>6</b><i>41</i>处</p>", "检查641处"),
        ("<p>检查6&nbsp;&nbsp;处，&ldquo;督查&rdquo;3&#20010;</p>", "检查6\t处，“督查”3个"),
        ("<P>检查5处</P><P>发现2个", "检查5处\n发现2个"),
        ("<p>检查\n   5处，发现\n2个</p>", "检查5处，发现2个"),
        ("<p>检查5处<!-- 检查9处 --><!-- a < b -->。</p>", "检查5处。"),
        ("<p>检查5处<!-- 没有结束的注释</p>", "检查5处没有结束的注释"),
        ("<p>检查5处</p><script>var n=9", "检查5处\nvar n=9"),
        ('<p title="5>3">检查5处</p>', "检查5处"),
        ("<p>整改率<98%，检查5处</p>", "整改率<98%，检查5处"),
        ("<p>检查5处</div></span></p></table><p>发现2个", "检查5处\n发现2个"),
        (
            "<div class=footer>技术支持 12345</div><p>检查5处，发现问题两个，已经整改。</p>",
            "检查5处，发现问题两个，已经整改。",
        ),
        ("<form><p>检查5处</p></form>", "检查5处"),
        ("<nav>首页 12</nav>", "首页12"),
        ('<div class="foot"><p>检查5处，整页都在页脚里。</p></div>', "检查5处，整页都在页脚里。"),
    ],
    ids="inline entities upper soft comments open-comment open-script quoted angle crossed foot form only-nav all-foot".split(),
)
def test_pages_in_every_state(page, text):
    assert text_of(page) == text


def test_the_cells_of_a_table_are_parted_and_its_rows_are_lines():
    page = (
        "<table><tr><th>街道</th><th>检查</th><th>问题</th></tr>"
        "<tr><td><p>城东</p></td><td><p>1<b>2</b></p></td><td>3</td></tr></table><p>完</p>"
    )
    assert text_of(page) == "街道\t检查\t问题\n城东\t12\t3\n完"


def test_a_hundred_thousand_levels_are_read():
    assert text_of("<div>" * 100_000 + "检查5处" + "</div>" * 100_000) == "检查5处"
    assert text_of("<div class=nav>" * 100_000 + "检查5处") == "检查5处"
