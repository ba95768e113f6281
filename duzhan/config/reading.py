"""`duzhan read`: the figures of bulletins, file by file. It asks neither the database nor Django for anything."""

import html
import json
import sys
from pathlib import Path

from msgspec import json as fast_json
from msgspec import to_builtins

from duzhan.insight.bulletins.reading.grammar import OTHER
from duzhan.insight.bulletins.reading.instants import published_on
from duzhan.insight.bulletins.reading.labels import LABELS
from duzhan.insight.bulletins.reading.marking import paragraphs
from duzhan.insight.bulletins.reading.originals import LARGEST_DOCUMENT, take_in
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.reader import read
from duzhan.insight.bulletins.reading.refusals import Unreadable, _

DONE, REFUSED = 0, 2
UNOPENED, TITLE = _("文件打不开：%(reason)s"), _("读出的数字")
NO_DATE = _("日期应写成 2024-01-25。")
STYLE = (
    "body{font:16px/1.8 sans-serif;max-width:48rem;margin:1rem auto;padding:0 1rem;color:#1f2933}"
    "p{white-space:pre-wrap;overflow-wrap:anywhere;text-indent:2em}"
    "mark{position:relative;background:#dbeafe;border-radius:3px;padding:0 2px;cursor:help}"
    "mark.fails{background:#fee2e2;outline:2px solid #b91c1c}"
    "mark span{display:none;position:absolute;left:0;top:100%;z-index:1;min-width:12rem;padding:.4rem .6rem;background:#1f2933;"
    "color:#fff;border-radius:4px;font-size:14px;line-height:1.5}"
    "mark{text-indent:0}i{color:#b91c1c;font-style:normal}u{text-decoration:underline dotted}"
    "mark:hover span,mark:focus span{display:block}.fails{color:#b91c1c;font-weight:600}"
)


def answer(asked, say=str) -> int:
    """Read what was asked for and print it; `say` translates a sentence. 2 when a file could not be read."""
    told = _Told(say)
    show = FORMATS[asked.format](say)
    if not _is_date(asked.published):
        told.refuse(asked.published, say(NO_DATE))
        return told.code
    show.begin()
    for path, published in _files(asked, told):
        reading = _reading(path, asked.year, published, told)
        if reading:
            show.file(path, *reading)
    show.end()
    return told.code


class _Told:
    """Says why a file is not read, and remembers that it was not."""

    def __init__(self, say):
        self.say, self.code = say, DONE

    def refuse(self, path, sentence):
        self.code = REFUSED
        print(f"duzhan: {path}: {sentence}", file=sys.stderr)


def _is_date(written):
    try:
        published_on(written)
    except ValueError:
        return False
    return True


def _files(asked, told):
    """(path, published) of every file named or listed; a list may name them relative to itself."""
    for path in asked.files:
        yield path, asked.published
    if not asked.list:
        return
    try:
        lines = Path(asked.list).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeError):
        told.refuse(asked.list, told.say(_("清单打不开，或不是 UTF-8 文字。")))
        return
    for line in lines:
        path, _tab, published = line.partition("\t")
        published = published.strip() or asked.published
        if not path.strip():
            continue
        if not _is_date(published):
            told.refuse(path, told.say(NO_DATE))
            continue
        beside = Path(asked.list).parent / path
        yield (path if Path(path).exists() or not beside.exists() else str(beside)), published


def _reading(path, year, published, told):
    try:
        with open(path, "rb") as file:
            given = file.read(LARGEST_DOCUMENT + 1)
        prepared = prepare(take_in(given, name=Path(path).name))
        return prepared, read(prepared, year=year, published=published)
    except Unreadable as refusal:
        told.refuse(path, told.say(str(refusal)))
    except OSError as error:
        told.refuse(path, told.say(UNOPENED) % {"reason": error.strerror})
    return None


class _Json:
    """One object a line, one line a file."""

    def __init__(self, say):
        self.say = say

    def begin(self):
        pass

    def file(self, path, prepared, reading):
        print(as_json(path, prepared, reading))

    end = begin


def as_json(path, prepared, reading) -> str:
    told = _told(path, prepared, reading)
    try:
        return fast_json.encode(told).decode()
    except OverflowError:  # a number beyond 64 bits, which only a hostile text has
        return json.dumps(to_builtins(told), ensure_ascii=False)


def as_dict(path, prepared, reading) -> dict:
    """What was read, as JSON has it; offsets count the characters of the original text."""
    return to_builtins(_told(path, prepared, reading))


def _told(path, prepared, reading):
    return {
        "file": path,
        "encoding": prepared.original.encoding,
        "script": prepared.script,
        "repairs": [
            {"start": each.start, "end": each.end, "from": each.before, "to": each.after} for each in prepared.repairs
        ],
        "unreadable": [{"start": start, "end": end} for start, end in prepared.unreadable],
        "as_of": reading.as_of,
        "figures": reading.figures,
        "checks": reading.checks,
    }


class _Table(_Json):
    """Tab-separated lines with a head for each file."""

    def file(self, path, prepared, reading):
        print(f"# {path}\t{reading.as_of or '-'}")
        for figure in reading.figures:
            label = self.say(LABELS[figure.type])
            amount = f"{figure.approx or ''}\t{figure.value}\t{figure.unit}"
            print(
                f"{label}\t{amount}\t{figure.scope}\t{figure.as_of or '-'}\t{figure.start}-{figure.end}\t{figure.text}"
            )
        for check in reading.checks:
            print(f"{'✓' if check.holds else '✗'}\t{check.text}")


class _Html(_Json):
    """One page for all files, complete in itself: no script, nothing fetched; the text marked as its page marks it."""

    def begin(self):
        print('<!doctype html><html lang="zh-Hans"><meta charset="utf-8">')
        print('<meta name="viewport" content="width=device-width,initial-scale=1">')
        print(f"<title>{html.escape(self.say(_('读出的数字')))}</title><style>{STYLE}</style>")

    def file(self, path, prepared, reading):
        failing = {k for check in reading.checks if not check.holds for k in check.figures}
        spans = [(k, each.start, each.end) for k, each in enumerate(reading.figures) if each.type != OTHER]
        print(f"<h2>{html.escape(path)}</h2>")
        for pieces in paragraphs(prepared, spans):
            print(f"<p>{''.join(self._drawn(piece, reading.figures, failing) for piece in pieces)}</p>")
        print("<ul>")
        for check in reading.checks:
            sign, kind = ("✓", "holds") if check.holds else ("✗", "fails")
            print(f'<li class="{kind}">{sign} {html.escape(check.text)}</li>')
        print("</ul>")

    def _drawn(self, piece, figures, failing):
        text = html.escape(piece.text)
        if piece.figures:
            tip = html.escape("；".join(self._tip(figures[k]) for k in piece.figures))
            kind = ' class="fails"' if failing.intersection(piece.figures) else ""
            return f'<mark tabindex="0"{kind}>{text}<span>{tip}</span></mark>'
        if piece.mark == "lost":
            return f'<i title="{html.escape(self.say(_("此处编码损坏，读不出原字")))}">{text}</i>'
        return f"<u>{text}</u>" if piece.mark else text

    def _tip(self, figure):
        amount = f"{figure.approx or ''}{figure.value}{figure.unit}"
        parts = (self.say(LABELS[figure.type]), amount, figure.scope, figure.as_of)
        return " · ".join(part for part in parts if part)


FORMATS = {"json": _Json, "table": _Table, "html": _Html}
