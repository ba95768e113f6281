"""Every character of the prepared text knows its place: whatever the noise, a number leads back to how it was written."""

from hypothesis import given, settings
from hypothesis import strategies as st

from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare

FILLERS = (
    "全市纪检监察机关检查点位",
    "督導組進駐以來，發現問題",
    "檢(jiǎn)查(chá)發(fā)現(xiàn)問題",
    "其中：农贸市场",
    "(近)两周",
    "责令整改",
    "。\r\n　　各督导组",
    "\n\n　　截至目前，",
    "各 街 道 　共",
    "\u200b",
    "A股、app登记",
)
MARKUP = (
    "<p>",
    "</p>",
    "<br/>",
    '<div class="a">',
    "</div>",
    "<span>",
    "</b>",
    "&nbsp;",
    "<!-- 注释 -->",
    "<td>",
    "</tr>",
)


def noisy(digits, ways, page):
    """The number as a careless hand or a converter writes it: each digit in its own way."""
    written = []
    for digit, way in zip(digits, ways, strict=False):
        full = chr(ord(digit) + 0xFEE0)
        forms = [digit, full, f"{digit}\u200b", f"\u2060{full}"]
        if page:
            forms += [f"<b>{digit}</b>", f"&#{ord(digit)};", f"<!-- 9 -->{full}", f'{digit}<i title="7">']
        written.append(forms[way % len(forms)])
    return "".join(written)


@st.composite
def documents(draw):
    """(text, [(number, start, end)]): numbers planted among pieces of Chinese, as plain text or as a page."""
    page = draw(st.booleans())
    pieces = draw(st.lists(st.sampled_from(FILLERS + MARKUP if page else FILLERS), min_size=1, max_size=12))
    text, planted = "<p>" if page else "", []
    for number, piece in enumerate(pieces):
        digits = f"{7000 + number}{draw(st.integers(0, 99))}"
        written = noisy(digits, draw(st.lists(st.integers(0, 7), min_size=6, max_size=6)), page)
        text += piece + "查"
        planted.append((digits, len(text), len(text) + len(written)))
        text += written + "个"
    return text, planted


@settings(max_examples=150, deadline=None)
@given(documents())
def test_a_planted_number_leads_back_to_how_it_was_written(told):
    text, planted = told
    prepared = prepare(take_in(text.encode()))
    assert len(prepared.at) == len(prepared.text) + 1
    assert all(a <= b for a, b in zip(prepared.at, prepared.at[1:], strict=False))
    for digits, start, end in planted:
        found = prepared.text.index(f"查{digits}个") + 1
        a, b = prepared.span(found, found + len(digits))
        assert start <= a < b <= end
        assert prepare(take_in(f"<p>{text[a:b]}".encode())).text.strip() == digits


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from((*FILLERS, *MARKUP, "<", "&", "?", "\ufffd", "\ue5e5", "(", "１,２", "<!--", "\t", "\r")))
)
def test_offsets_rise_and_stay_inside_whatever_comes(pieces):
    text = "".join(pieces)
    if not text.strip():
        return
    prepared = prepare(take_in(text.encode()))
    at = prepared.at
    assert len(at) == len(prepared.text) + 1
    assert all(0 <= a <= b <= len(text) for a, b in zip(at, at[1:], strict=False))
    for start in range(len(prepared.text)):
        a, b = prepared.span(start, start + 1)
        assert 0 <= a < b <= len(text)
    for repair in prepared.repairs:
        assert text[repair.start : repair.end] == repair.before
    assert all(0 <= a < b <= len(text) for a, b in prepared.unreadable)


def test_preparing_what_is_prepared_changes_nothing():
    told = "督导简报\n共检查点位3206个，整改率98.23%，18:00止，共1,234处（近）。\n街道\t检查\t问题"
    once = prepare(take_in(told.encode())).text
    assert once == told
    assert prepare(take_in(once.encode())).text == once
