"""The reader as a whole: places, pieces, bounds."""

from hypothesis import given
from hypothesis import strategies as st

from duzhan.insight.bulletins.reading.marking import paragraphs
from duzhan.insight.bulletins.reading.originals import Original, take_in
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.reader import read

PHRASES = st.sampled_from(
    ["渝北区纪委监委", "截至11月5日18时，", "发现问题", "已整改", "交办", "处理", "3个", "12起", "二百人", "近40名干部",
     "其中", "，", "。", "；", "、", "\n", "整改率98%", "全区", "该市", "（", "）", "：5，", "第2批", "检查", "查"]
)  # fmt: skip


@given(st.lists(PHRASES, max_size=40).map("".join))
def test_offsets_always_give_back_the_piece(text):
    prepared = prepare(Original(text, "utf-8", "text"))
    reading = read(prepared)
    for figure in reading.figures:
        seen = "".join(text[figure.start : figure.end].split())
        assert seen == "".join(figure.text.split())
    spans = [(k, figure.start, figure.end) for k, figure in enumerate(reading.figures)]
    marked = ["".join(piece.text for piece in pieces) for pieces in paragraphs(prepared, spans)]
    assert marked == [line for line in prepared.text.split("\n") if line]


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_crash(text):
    for figure in read(prepare(Original(text, "utf-8", "text")), year=2022).figures:
        assert 0 <= figure.start <= figure.end <= len(text)


def test_traditional_characters_with_pinyin_are_read_and_placed():
    given_text = "渝北區(qū)發(fā)現(xiàn)問題(tí)十二個(gè)，已整改３個。"
    reading = read(prepare(Original(given_text, "utf-8", "text")))
    assert [(figure.type, figure.value) for figure in reading.figures] == [
        ("problems_found", 12),
        ("problems_rectified", 3),
    ]
    first = reading.figures[0]
    assert given_text[first.start : first.end] == "問題(tí)十二個(gè)"


def test_a_page_is_read_without_its_tags():
    page = "<html><body><p>渝北区<b>发现问题</b>12个。</p><style>.a{width:74个}</style></body></html>"
    reading = read(prepare(take_in(page.encode())))
    assert [(figure.type, figure.value, figure.scope) for figure in reading.figures] == [
        ("problems_found", 12, "渝北区")
    ]


def test_a_failing_check_names_its_figures():
    reading = read(prepare(Original("渝北区交办问题9个，已整改5个，正在整改2个。", "utf-8", "text")))
    assert [(check.holds, check.figures) for check in reading.checks] == [(False, (0, 1, 2))]
