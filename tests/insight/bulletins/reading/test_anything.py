"""Whatever comes is read or refused in a sentence: real texts torn and put together anew, any characters, any bytes.

`DUZHAN_FUZZ_EXAMPLES=20000` searches for minutes instead of seconds. The corpus beside the checkout gives the real texts;
without it the sentences below do.
"""

import html
import json
import os
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duzhan.config.reading import as_dict
from duzhan.insight.bulletins.reading.marking import LOST, SHOWN_AS_LOST, paragraphs, shown_text
from duzhan.insight.bulletins.reading.marks import narrow
from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.reader import read
from duzhan.insight.bulletins.reading.refusals import Unreadable

from .test_documents import docx, paragraph, pdf

anything = settings(
    max_examples=int(os.environ.get("DUZHAN_FUZZ_EXAMPLES", "60")),
    deadline=None,
    derandomize="DUZHAN_FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

CORPUS = Path(__file__).resolve().parents[5] / "shared" / "corpus" / "dev" / "raw"
SENTENCES = (
    "渝北区督导情况\n截至25日18时，全区共出动检查组9个、干部39人，检查点位3206个，发现问题310余个，已整改98.85%。\n街道\t交办问题\t已整改\n东街\t5\t4\n",
    "<div class='nav'>首页</div><p>区纪委監委約談<b>3</b>人次，环(huán)节(jié)&nbsp;受理诉求二百八十二件，其中办结百分之九十。</p>",
    "審計署抽查了５１家單位，發現問題３．３萬個；某省?２榇β涫祷菝裾\ue479問責12人。",
)
TEXTS = [path.read_bytes().decode("utf-8", "replace") for path in sorted(CORPUS.glob("*.txt"))] or list(SENTENCES)
PIECES = (
    "，", "。", "\n", "\t", " ", "其中", "12个", "百分之九十八", "1,234", "问题", "整改", "市纪委监委", "截至21日18时", "<p>", "</p>", "<td>",
    "&nbsp;", "&#x4e00;", "&#55296;", "<!--", "<script>", "<div class=nav>", "(huán)", LOST, "?", "：46，", "|", "个案", "３", "該州", "万", "亿",
    "余", "以上", "\ue111", "\x00", "\u200b", "\u3000", "\r\n", "原标题：", "（编辑", "1" * 50, "一" * 50, "\U0001f600",
)  # fmt: skip

cuts = st.tuples(
    st.floats(0, 1), st.integers(0, 30), st.sampled_from(PIECES) | st.text(max_size=3), st.sampled_from((1, 1, 1, 40))
)


@st.composite
def texts(draw):
    """Part of a text, perhaps going on as another, with pieces taken out and put in."""
    one, other = draw(st.sampled_from(TEXTS)), draw(st.sampled_from(TEXTS))
    start, length = draw(st.floats(0, 1)), draw(st.integers(1, 1500))
    first = int(start * len(one))
    text = one[first : first + length] + draw(st.sampled_from(("", other[-300:])))
    for place, out, put, times in draw(st.lists(cuts, max_size=12)):
        at = int(place * len(text))
        text = text[:at] + put * times + text[at + out :]
    return text.encode("utf-8", "ignore").decode()


@st.composite
def files(draw):
    """A text as some program might have written it to a file, a few bytes of it lost or changed."""
    text = draw(texts() | st.text(max_size=300))
    told = draw(st.sampled_from(("utf-8", "gb18030", "big5hkscs", "utf-16", "page", "docx", "pdf")))
    if told == "page":
        given = f"<html><body><p>{text.replace(chr(10), '</p><p>')}</body>".encode()
    elif told == "docx":
        given = docx("".join(paragraph(html.escape(line)) for line in text.split("\n")))
    elif told == "pdf":
        given = pdf(
            [line[:60].encode("utf-16-be", "ignore").decode("utf-16-be", "replace") for line in text.split("\n")[:20]]
        )
    else:
        given = text.encode(told, "ignore")
    for place, out, put in draw(
        st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(max_size=3)), max_size=4)
    ):
        at = int(place * len(given))
        given = given[:at] + put + given[at + out :]
    return given


def prepared_of(given):
    try:
        return prepare(take_in(given))
    except Unreadable:
        return None


@anything
@given(files() | st.binary(max_size=2000))
def test_every_character_prepared_knows_its_place(given):
    prepared = prepared_of(given)
    if prepared is None:
        return
    size = len(prepared.original.text)
    assert len(prepared.at) == len(prepared.text) + 1
    assert list(prepared.at) == sorted(prepared.at) and prepared.at[-1] <= size
    spans = [(each.start, each.end) for each in prepared.repairs] + prepared.unreadable
    assert all(0 <= start < end <= size for start, end in spans)


@anything
@given(files(), st.sampled_from((None, "2024", "2024-01-25")))
def test_every_figure_read_gives_back_its_piece_of_the_source(given, published):
    prepared = prepared_of(given)
    if prepared is None:
        return
    reading = read(prepared, published=published)
    for figure, (start, end) in zip(reading.figures, reading.places, strict=True):
        assert figure.text == prepared.text[start:end] != ""
        assert (figure.start, figure.end) == prepared.span(start, end)
        if prepared.original.kind != "html":  # where &#49; is a digit too
            assert digits(figure.text) in digits(narrow(prepared.original.text[figure.start : figure.end]))
    assert all(0 <= k < len(reading.figures) for check in reading.checks for k in check.figures)
    json.dumps(as_dict("", prepared, reading), ensure_ascii=False).encode()


def digits(text):
    return "".join(sign for sign in text if sign in "0123456789")


@anything
@given(files())
def test_everything_prepared_is_shown_and_every_figure_marked(given):
    prepared = prepared_of(given)
    if prepared is None:
        return
    figures = [(number, figure.start, figure.end) for number, figure in enumerate(read(prepared).figures)]
    marked = paragraphs(prepared, figures)
    shown = [line.replace(LOST, SHOWN_AS_LOST) for line in shown_text(prepared).split("\n") if line]
    assert ["".join(piece.text for piece in line) for line in marked] == shown
    assert {number for line in marked for piece in line for number in piece.figures} == {
        number for number, _, _ in figures
    }
