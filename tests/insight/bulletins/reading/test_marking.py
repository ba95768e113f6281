"""The text as a person reads it: figures marked where they stand, repairs and lost characters shown as such."""

from duzhan.insight.bulletins.reading.marking import paragraphs
from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare


def marked(text, *pieces):
    """The paragraphs of a text with these pieces of it marked: [[(words, figures, mark), …], …]."""
    prepared = prepare(take_in(text.encode()))
    spans = [(k, text.index(piece), text.index(piece) + len(piece)) for k, piece in enumerate(pieces)]
    return [[(one.text, one.figures, one.mark) for one in each] for each in paragraphs(prepared, spans)]


def test_figures_stand_in_the_words_of_the_original():
    assert marked("　　檢(jiǎn)查８４處，發(fā)現(xiàn)問題５個(gè)。\n完。", "檢(jiǎn)查８４處", "問題５個(gè)") == [
        [("檢查８４處", (0,), ""), ("，發現", (), ""), ("問題５個", (1,), ""), ("。", (), "")],
        [("完。", (), "")],
    ]


def test_a_page_is_shown_without_its_tags_and_with_its_characters():
    page = "<p>检查<b>6</b>41处，&lt;合格&gt;</p><script>9</script><p>整改3个</p>"
    assert marked(page, "6</b>41处") == [
        [("检查", (), ""), ("641处", (0,), ""), ("，<合格>", (), "")],
        [("整改3个", (), "")],
    ]


def test_figures_within_each_other_share_their_words():
    assert marked("发现问题5个", "问题5个", "5个") == [[("发现", (), ""), ("问题", (0,), ""), ("5个", (0, 1), "")]]


def test_repairs_and_lost_characters_show():
    slipped = "各街道逐项销号每日报告进展情况"
    shifted = (b"?" + slipped.encode("gbk")[1:-1] + b"?").decode("gb18030")
    assert marked(f"约谈12人。{shifted}，共5处。", "5处") == [
        [
            ("约谈12人。", (), ""), ("□", (), "lost"), (slipped[1:-1], (), "repaired"), ("□", (), "lost"), ("，共", (), ""),
            ("5处", (0,), ""), ("。", (), ""),
        ]
    ]  # fmt: skip
