"""Tables: a line of heads (街道 走访点位 发现问题 已整改) and, below it, lines that begin with a name and go on in numbers."""

import re

from .grammar import OTHER
from .numerals import Number, value_of
from .sentences import Sentence
from .types import Typed, typed_numbers

_LINE = re.compile(r"[^\n]+")
_ROW = re.compile(
    r"[|\t ]*+([\u4e00-\u9fff（）()A-Za-z]{1,20}+)[|\t：: ]*+((?:\d[\d,.]{0,29}+%?[个处件人条家次份起名]?[|\t、，, ]*+){2,30})。?"
)
_ROW_BELOW = re.compile(rf"\n{_ROW.pattern}(?![^\n])")  # looked for at once in the whole text: most have none
_CELL = re.compile(r"(\d[\d,]*+(?:\.\d++)?+)(%?[个处件人条家次份起名]?)")
_TOTALS = frozenset(("合计", "总计", "小计", "全部", "共计"))
_IN_BRACKETS = re.compile("（[^（）]{1,6}）")
_LONGEST = 200  # signs of a line of heads


def table_numbers(text: str) -> list[Typed]:
    """The numbers of every table, each with the figure its column counts and the name its row begins with."""
    if not _ROW_BELOW.search(text):
        return []
    found, above, keys = [], None, []
    for line in _LINE.finditer(text):
        row = _ROW.fullmatch(text, *line.span())
        if row is None:
            if line[0].strip("|-—:： \t"):  # no rule between heads and rows
                above, keys = line.span(), []
            continue
        if above:
            keys, above = _heads(text, *above), None
        cells = list(_CELL.finditer(text, *row.span(2)))
        columns = keys[1:] if keys[:1] == [OTHER] else keys
        if len(columns) != len(cells):
            continue  # which number stands under which head cannot be told
        scope = "" if row[1] in _TOTALS else row[1]
        for cell, key in zip(cells, columns, strict=True):
            found.append(_typed(cell, key, line.start(), scope))
    return found


def _typed(cell, key, start, scope):
    number = Number(cell.start(), cell.end(), value_of(cell[1]), cell[2], None, False, False)
    return Typed(number, key, cell.start(), cell.end(), start, False, scope)


def _heads(text, start, end):
    """What each column counts; [] when the line is no line of heads."""
    if end - start > _LONGEST or any(sign in "。！？0123456789" for sign in text[start:end]):
        return []
    if "\t" in text[start:end] or "|" in text[start:end]:
        cells = [_IN_BRACKETS.sub("", cell).strip() for cell in re.split(r"[\t|]", text[start:end].strip("|\t "))]
        keys = [_key(cell) if cell else OTHER for cell in cells]
        return keys if sum(key != OTHER for key in keys) > 1 else []
    [words] = Sentence(text, start, end, []).gaps
    columns = []
    for word in words:
        beside = columns and columns[-1][1] == word.start and columns[-1][2] == "v"
        joined = beside and word.kind[0] == "n" and word.kind != "n.rate"
        if joined:
            columns[-1] = (columns[-1][0], word.end, "n")
        else:
            columns.append((word.start, word.end, word.kind[0]))
    keys = [_key(text[first:last]) for first, last, _kind in columns]
    return keys if sum(key != OTHER for key in keys) > 1 else []


def _key(head):
    """What a column counts: its head read as if a number followed."""
    return next((one.key for one in typed_numbers(f"{head}：1，")), OTHER)
